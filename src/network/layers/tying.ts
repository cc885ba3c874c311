import { rangeFault, typeFault } from '../../assert.ts';
import type { Tying } from '../format.ts';
import type { Fields } from '../record.ts';

export const tyingKeys: readonly (keyof Tying)[] = ['label', 'tiedTo'];

/** The `label` or the `tiedTo` of a layer, whatever they name. */
export function parseTying(path: string, fields: Fields): Tying {
  const [label, tiedTo] = tyingKeys.map((key) => {
    const value = fields.get(key);
    if (value !== undefined && typeof value !== 'string')
      throw typeFault(`${path}.${key}`, 'a string', value);
    return value;
  });
  if (label !== undefined && tiedTo !== undefined) {
    throw rangeFault(`${path}.label`, 'no label beside tiedTo', label);
  }
  return { ...(label !== undefined && { label }), ...(tiedTo !== undefined && { tiedTo }) };
}
