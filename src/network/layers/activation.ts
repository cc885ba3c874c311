import type { ActivationLayer } from '../format.ts';
import { activationFunctions, buildFunction, parseFunction } from './function.ts';
import type { LayerKind } from './kind.ts';

export const activation: LayerKind<ActivationLayer> = {
  kind: 'activation',
  keys: ['function', 'coefficient'],
  parse: (path, fields) =>
    Object.freeze({ kind: 'activation', ...parseFunction(path, fields, activationFunctions) }),
  outputDim: (_, width) => width,
  parameters: () => [],
  build: (layer, x, { graph }) => buildFunction(graph, layer, x),
};
