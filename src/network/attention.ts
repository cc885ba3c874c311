import { assertInteger, typeFault } from '../assert.ts';
import { rejectUnsupportedAttention, restrictedAttentionKeys } from './features.ts';
import type { AttentionLayer } from './format.ts';
import { unknownWordFault } from './nearest.ts';
import type { Fields } from './record.ts';
import { rejectUnknownKeys } from './record.ts';

/** An attention layer whose `outputDim` may be absent: then it is the width that comes in. */
export type AttentionLayerSpec = Omit<AttentionLayer, 'outputDim'> & { readonly outputDim?: number };

/** The keys of an attention layer in the format, apart from `kind` and `normalization`. */
export const attentionKeys: readonly string[] = [
  'headDim',
  'outputDim',
  'valueDim',
  'causal',
  ...restrictedAttentionKeys,
];

const normalizations = ['none', 'softmax'] as const;

/** Throws unless `value` is `"none"` or `"softmax"`. */
export function assertNormalization(
  path: string,
  value: unknown,
): asserts value is AttentionLayer['normalization'] {
  if (typeof value !== 'string') throw typeFault(path, '"none" or "softmax"', value);
  if (!(normalizations as readonly string[]).includes(value)) {
    throw unknownWordFault(path, value, normalizations);
  }
}

/** A boolean, `false` where the field is absent. */
export function optionalFlag(path: string, fields: Fields, key: string): boolean {
  const value = fields.get(key);
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw typeFault(`${path}.${key}`, 'true or false', value);
  return value;
}

/** A positive safe integer, or `undefined` where the field is absent. */
function optionalDimension(path: string, fields: Fields, key: string): number | undefined {
  const value = fields.get(key);
  if (value === undefined) return undefined;
  assertInteger(`${path}.${key}`, value, 1);
  return value;
}

/**
 * An attention layer in the minimal form, frozen, from the fields of an object; `outputDim` stays absent where it is.
 *
 * `normalization` is read from the fields unless it is given. Unknown keys, wrong values, and what this version does
 * not support throw (see `parseNetwork`).
 */
export function parseAttention(
  path: string,
  fields: Fields,
  given?: AttentionLayer['normalization'],
): AttentionLayerSpec {
  rejectUnknownKeys(path, fields, given ? attentionKeys : ['kind', 'normalization', ...attentionKeys]);
  rejectUnsupportedAttention(path, fields);
  const normalization = given ?? fields.get('normalization');
  assertNormalization(`${path}.normalization`, normalization);
  const headDim = fields.get('headDim');
  assertInteger(`${path}.headDim`, headDim, 1);
  const causal = optionalFlag(path, fields, 'causal');
  const valueDim = optionalDimension(path, fields, 'valueDim');
  const outputDim = optionalDimension(path, fields, 'outputDim');
  return Object.freeze({
    kind: 'attention',
    normalization,
    ...(causal && { causal }),
    headDim,
    ...(valueDim !== undefined && { valueDim }),
    ...(outputDim !== undefined && { outputDim }),
  });
}
