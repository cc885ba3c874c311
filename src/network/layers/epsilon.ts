import { rangeFault } from '../../assert.ts';
import { parseRational } from '../rational.ts';
import type { Fields } from '../record.ts';

/** The `epsilon` of a norm, absent if it is 0. */
export function parseEpsilon(path: string, fields: Fields): { readonly epsilon?: string } {
  const value = fields.get('epsilon');
  if (value === undefined) return {};
  const epsilon = parseRational(`${path}.epsilon`, value, 'a rational number ≥ 0');
  if (epsilon.startsWith('-')) throw rangeFault(`${path}.epsilon`, 'a rational number ≥ 0', value);
  return epsilon === '0' ? {} : { epsilon };
}
