import type { PositionsLayer } from '../format.ts';
import type { LayerKind } from './kind.ts';
import { parseTying, tyingKeys } from './tying.ts';

export const positions: LayerKind<PositionsLayer> = {
  kind: 'positions',
  keys: tyingKeys,
  parse: (path, fields) => Object.freeze({ kind: 'positions', ...parseTying(path, fields) }),
  outputDim: (_, width) => width,
  parameters: ({ tiedTo }, width, { sequenceLength }) =>
    tiedTo === undefined ? [{ name: 'P', rows: sequenceLength, cols: width }] : [],
  build: (_, x, { graph, parameter }) => graph.positions(x, parameter('P')),
};
