import type { Tensor } from '../../graph/tensor.ts';
import type { GatedLayer } from '../format.ts';
import { optionalFlag, optionalPositiveInteger, positiveInteger } from '../record.ts';
import { activationFunctions, buildFunction, parseFunction } from './function.ts';
import type { LayerKind, ParameterShape } from './kind.ts';
import { parseTying, tyingKeys } from './tying.ts';

export const gated: LayerKind<GatedLayer> = {
  kind: 'gated',
  keys: ['function', 'coefficient', 'hiddenDim', 'outputDim', 'bias', ...tyingKeys],
  parse(path, fields, width) {
    const gate = parseFunction(path, fields, [...activationFunctions, 'identity']);
    const hiddenDim = positiveInteger(path, fields, 'hiddenDim');
    const outputDim = optionalPositiveInteger(path, fields, 'outputDim') ?? width;
    const bias = optionalFlag(path, fields, 'bias');
    return Object.freeze({
      kind: 'gated',
      ...parseTying(path, fields),
      ...gate,
      ...(bias && { bias }),
      hiddenDim,
      outputDim,
    });
  },
  outputDim: ({ outputDim }) => outputDim,
  parameters({ hiddenDim, outputDim, bias, tiedTo }, width) {
    if (tiedTo !== undefined) return [];
    const shapes: readonly ParameterShape[] = [
      { name: 'G', rows: hiddenDim, cols: width },
      { name: 'bG', rows: hiddenDim, cols: 1 },
      { name: 'U', rows: hiddenDim, cols: width },
      { name: 'bU', rows: hiddenDim, cols: 1 },
      { name: 'D', rows: outputDim, cols: hiddenDim },
      { name: 'bD', rows: outputDim, cols: 1 },
    ];
    return bias ? shapes : shapes.filter(({ name }) => !name.startsWith('b'));
  },
  build(layer, x, { graph, parameter }) {
    const map = (z: Tensor, name: 'G' | 'U' | 'D'): Tensor => {
      const y = graph.linear(z, parameter(name));
      return layer.bias ? graph.bias(y, parameter(`b${name}`)) : y;
    };
    const gate = buildFunction(graph, layer, map(x, 'G'));
    return map(graph.product(gate, map(x, 'U')), 'D');
  },
};
