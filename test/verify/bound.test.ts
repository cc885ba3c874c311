import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedForm } from '../../src/theory/closed-form.ts';
import { anyNetwork } from './any-network.ts';
import { lightning, samples, softmax, stack, type Stack } from './networks.ts';
import { compiled, termsOf } from './produce.ts';
import { parameterCount } from './reference.ts';

const upper = (network: Stack): number => {
  const { scores, flag, output, scales } = termsOf(network);
  return scores + flag + output - scales;
};

const same = (make: typeof lightning, l: number, t: number, a: number, d: number): Stack =>
  stack(d, t, ...Array.from({ length: l }, () => make(a, d)));

describe('numbers of theory, section 7, and its traps', () => {
  test.each(samples)('%s', (_, network, dimension) => expect(upper(network)).toBe(dimension));

  test.each([
    [18, stack(3, 3, lightning(1, 3), lightning(2, 3))],
    [20, stack(3, 3, lightning(2, 3), lightning(1, 3))],
    [13, stack(3, 2, lightning(1, 2, { causal: true }), lightning(2, 2, { causal: true }))],
    [12, stack(3, 2, lightning(1, 2), lightning(2, 2))],
    [21, stack(5, 1, lightning(1, 4), lightning(1, 1))],
    [24, stack(5, 2, lightning(1, 4), lightning(1, 1), lightning(1, 4))],
    [34, stack(5, 2, softmax(2, 4), softmax(1, 1), softmax(1, 1), softmax(1, 3))],
    [52, same(softmax, 3, 4, 2, 4)],
    [7, stack(2, 2, lightning(1, 3), lightning(1, 1), lightning(1, 2))],
    [24, stack(4, 3, lightning(2, 2), lightning(2, 3))],
  ])('%i', (dimension, network) => expect(upper(network)).toBe(dimension));

  test('the figure and the tables', () => {
    expect([3, 4, 5, 6, 7, 8, 9, 10].map((d) => upper(same(softmax, 2, 3, 2, d)))).toEqual([
      25, 40, 57, 76, 97, 120, 145, 172,
    ]);
    expect([1, 2, 3, 4].map((a) => upper(same(softmax, 3, 3, a, 4)))).toEqual([37, 52, 61, 64]);
    expect([1, 2, 3, 4].map((a) => upper(same(lightning, 3, 2, a, 4)))).toEqual([34, 49, 58, 61]);
    expect([3, 4, 5, 6].map((d) => upper(same(lightning, 2, 3, 2, d)))).toEqual([23, 38, 55, 74]);
  });
});

test('two closed forms, written twice from the same text, agree', () => {
  const wide = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(anyNetwork, fc.array(wide, { minLength: 10, maxLength: 10 }), (network, sizes) => {
      const scaled: Stack = {
        ...network,
        inputDim: sizes[0]!,
        layers: network.layers.map((layer, i) => ({
          ...layer,
          headDim: sizes[i + 1]!,
          outputDim: sizes[i + 5]!,
        })),
      };
      for (const each of [network, scaled]) {
        const mine = termsOf(each);
        const { upper: sum, terms } = closedForm(each);
        expect(mine).toEqual({ ...terms });
        expect(upper(each)).toBe(sum);
        expect(sum).toBeLessThanOrEqual(parameterCount(each));
      }
    }),
    { numRuns: 1000 },
  );
});

test('parameters', () => {
  fc.assert(
    fc.property(
      anyNetwork,
      (network) => void expect(compiled(network).program.parameters).toBe(parameterCount(network)),
    ),
  );
});
