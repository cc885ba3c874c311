import { rangeFault } from '../../assert.ts';
import { parseFraction } from '../../fraction.ts';
import type { RmsNormLayer } from '../format.ts';
import { optionalFlag } from '../record.ts';
import { parseEpsilon } from './epsilon.ts';
import type { LayerKind } from './kind.ts';
import { parseTying, tyingKeys } from './tying.ts';

export const rmsnorm: LayerKind<RmsNormLayer> = {
  kind: 'rmsnorm',
  keys: ['epsilon', 'weight', 'unitOffset', ...tyingKeys],
  parse(path, fields) {
    const weight = optionalFlag(path, fields, 'weight', true);
    const unitOffset = optionalFlag(path, fields, 'unitOffset');
    if (unitOffset && !weight) throw rangeFault(`${path}.unitOffset`, 'false without weight', true);
    return Object.freeze({
      kind: 'rmsnorm',
      ...parseTying(path, fields),
      ...parseEpsilon(path, fields),
      ...(!weight && { weight }),
      ...(unitOffset && { unitOffset }),
    });
  },
  outputDim: (_, width) => width,
  parameters: ({ weight, tiedTo }, width) =>
    weight === false || tiedTo !== undefined ? [] : [{ name: 'gamma', rows: width, cols: 1 }],
  build({ epsilon = '0', weight, unitOffset = false }, x, { graph, parameter }) {
    const y = graph.normalize(x, parseFraction(epsilon));
    return weight === false ? y : graph.gain(y, parameter('gamma'), unitOffset);
  },
};
