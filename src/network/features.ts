import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { Fields } from './record.ts';

/** Layer kinds that the format has and this version does not support. */
export const unsupportedKinds: readonly string[] = [
  'residual',
  'linear',
  'power',
  'activation',
  'rmsnorm',
  'layernorm',
  'gated',
  'positions',
];

/** Fields of an attention layer that this version accepts with their default value only, or not at all. */
export const restrictedAttentionKeys: readonly string[] = [
  'numHeads',
  'numKeyValueHeads',
  'bias',
  'rotary',
  'window',
  'alibi',
];

const featureNames: Readonly<Record<string, string>> = {
  rotary: 'rotary position embedding',
  window: 'windowed attention',
  alibi: 'ALiBi',
};

/** A `RangeError` for what is part of the format but not supported yet. */
export function unsupportedFault(path: string, expected: string, got: unknown, feature: string): RangeError {
  const fault = rangeFault(path, expected, got);
  fault.message += ` (${feature} is part of the format but not supported by this version)`;
  return fault;
}

/** Throws unless every restricted field of an attention layer is absent or has its default value. */
export function rejectUnsupportedAttention(path: string, fields: Fields): void {
  const numHeads = fields.get('numHeads');
  if (numHeads !== undefined) {
    assertInteger(`${path}.numHeads`, numHeads, 1);
    if (numHeads > 1) throw unsupportedFault(`${path}.numHeads`, '1', numHeads, 'multi-head attention');
  }
  const numKeyValueHeads = fields.get('numKeyValueHeads');
  if (numKeyValueHeads !== undefined) {
    assertInteger(`${path}.numKeyValueHeads`, numKeyValueHeads, 1);
    if (numKeyValueHeads > 1) {
      throw rangeFault(`${path}.numKeyValueHeads`, 'a divisor of numHeads = 1', numKeyValueHeads);
    }
  }
  const bias = fields.get('bias');
  if (bias !== undefined && bias !== false) {
    if (bias !== true && (bias === null || typeof bias !== 'object' || Array.isArray(bias))) {
      throw typeFault(`${path}.bias`, 'true, false or an object', bias);
    }
    throw unsupportedFault(`${path}.bias`, 'false', bias, 'attention with biases');
  }
  for (const [key, feature] of Object.entries(featureNames)) {
    const value = fields.get(key);
    if (value !== undefined) throw unsupportedFault(`${path}.${key}`, 'no such field', value, feature);
  }
}
