import { rangeFault } from '../../assert.ts';
import { parseFraction } from '../../fraction.ts';
import type { LayerNormLayer } from '../format.ts';
import { optionalFlag } from '../record.ts';
import { parseEpsilon } from './epsilon.ts';
import type { LayerKind } from './kind.ts';
import { parseTying, tyingKeys } from './tying.ts';

export const layernorm: LayerKind<LayerNormLayer> = {
  kind: 'layernorm',
  keys: ['epsilon', 'weight', 'bias', ...tyingKeys],
  parse(path, fields, width) {
    if (width < 2) throw rangeFault(path, 'tokens of dimension at least 2 for "layernorm"', width);
    const weight = optionalFlag(path, fields, 'weight', true);
    const bias = optionalFlag(path, fields, 'bias');
    return Object.freeze({
      kind: 'layernorm',
      ...parseTying(path, fields),
      ...parseEpsilon(path, fields),
      ...(!weight && { weight }),
      ...(bias && { bias }),
    });
  },
  outputDim: (_, width) => width,
  parameters: ({ weight, bias, tiedTo }, width) =>
    tiedTo !== undefined
      ? []
      : [
          ...(weight === false ? [] : [{ name: 'gamma', rows: width, cols: 1 } as const]),
          ...(bias ? [{ name: 'beta', rows: width, cols: 1 } as const] : []),
        ],
  build({ epsilon = '0', weight, bias }, x, { graph, parameter }) {
    const normalized = graph.normalize(graph.center(x), parseFraction(epsilon));
    const y = weight === false ? normalized : graph.gain(normalized, parameter('gamma'), false);
    return bias ? graph.bias(y, parameter('beta')) : y;
  },
};
