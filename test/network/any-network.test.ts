import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNetwork } from '../../src/network/parse.ts';
import { anyNetwork } from './any-network.ts';

/** Kinds, functions and fields. */
const words = [
  ['attention', 'linear', 'power', 'activation', 'gated', 'rmsnorm', 'layernorm', 'positions', 'scale'],
  ['residual', 'sum', 'exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh', 'identity'],
  ['numHeads', 'numKeyValueHeads', 'valueDim', 'causal', 'window', 'alibi', 'rotary', 'dim', 'context'],
  ['bias', 'query', 'key', 'value', 'output', 'label', 'tiedTo', 'transposed'],
  ['exponent', 'coefficient', 'factor', 'epsilon', 'weight', 'unitOffset'],
].flat();

test('the generator makes valid networks of every kind and field', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyNetwork(), (network) => {
      expect(parseNetwork(JSON.parse(JSON.stringify(network)))).toEqual(network);
      JSON.stringify(network, (key, value: unknown) => {
        seen.add(key === 'kind' || key === 'function' ? String(value) : key);
        return value;
      });
    }),
    { numRuns: 1500 },
  );
  expect([...seen]).toEqual(expect.arrayContaining(words));
});
