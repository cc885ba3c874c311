import type { PowerLayer } from '../format.ts';
import { positiveInteger } from '../record.ts';
import type { LayerKind } from './kind.ts';

export const power: LayerKind<PowerLayer> = {
  kind: 'power',
  keys: ['exponent'],
  parse: (path, fields) =>
    Object.freeze({ kind: 'power', exponent: positiveInteger(path, fields, 'exponent') }),
  outputDim: (_, width) => width,
  parameters: () => [],
  build: ({ exponent }, x, { graph }) => graph.power(x, exponent),
};
