import { rangeFault } from '../../assert.ts';
import type { LinearLayer } from '../format.ts';
import { optionalFlag, positiveInteger } from '../record.ts';
import type { LayerKind } from './kind.ts';
import { parseTying, tyingKeys } from './tying.ts';

export const linear: LayerKind<LinearLayer> = {
  kind: 'linear',
  keys: ['outputDim', 'bias', 'transposed', ...tyingKeys],
  parse(path, fields) {
    const outputDim = positiveInteger(path, fields, 'outputDim');
    const bias = optionalFlag(path, fields, 'bias');
    const transposed = optionalFlag(path, fields, 'transposed');
    const tying = parseTying(path, fields);
    if (transposed && tying.tiedTo === undefined) {
      throw rangeFault(`${path}.transposed`, 'false without tiedTo', true);
    }
    return Object.freeze({
      kind: 'linear',
      ...tying,
      ...(transposed && { transposed }),
      ...(bias && { bias }),
      outputDim,
    });
  },
  outputDim: ({ outputDim }) => outputDim,
  parameters: ({ outputDim, bias, tiedTo, transposed }, width) => [
    ...(tiedTo === undefined ? [{ name: 'W', rows: outputDim, cols: width } as const] : []),
    ...(bias && (tiedTo === undefined || transposed)
      ? [{ name: 'b', rows: outputDim, cols: 1 } as const]
      : []),
  ],
  build(layer, x, { graph, parameter }) {
    const y = graph.linear(x, parameter('W'), layer.transposed);
    return layer.bias ? graph.bias(y, parameter('b')) : y;
  },
};
