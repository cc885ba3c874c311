import { rangeFault } from '../../assert.ts';
import { parseFraction } from '../../fraction.ts';
import type { ScaleLayer } from '../format.ts';
import { parseRational } from '../rational.ts';
import type { LayerKind } from './kind.ts';

export const scale: LayerKind<ScaleLayer> = {
  kind: 'scale',
  keys: ['factor'],
  parse(path, fields) {
    const value = fields.get('factor');
    const factor = parseRational(`${path}.factor`, value, 'a rational number ≠ 0');
    if (factor === '0') throw rangeFault(`${path}.factor`, 'a rational number ≠ 0', value);
    return Object.freeze({ kind: 'scale', factor });
  },
  outputDim: (_, width) => width,
  parameters: () => [],
  build: ({ factor }, x, { graph }) => graph.scale(x, parseFraction(factor)),
};
