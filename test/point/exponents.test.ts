import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import { exponentArguments, exponentCount } from '../../src/point/exponents.ts';
import { arbitraryNetwork } from '../theory/random-network.ts';

const softmax = { dims: [3, 3], headDims: [2], normalization: 'softmax' } as const;

function tables(given: Parameters<typeof exponentArguments>[0]): number[][] {
  return exponentArguments(given).map(({ argumentOf }) => Array.from(argumentOf));
}

test('every visible pair has an argument of its own', () => {
  expect(tables(attentionStack({ ...softmax, sequenceLength: 2 }))).toEqual([[0, 1, 2, 3]]);
});

test('a query with one visible key has none', () => {
  expect(tables(attentionStack({ ...softmax, sequenceLength: 3, causal: true }))).toEqual([
    [-1, -1, -1, 0, 1, -1, 2, 3, 4],
  ]);
  expect(tables(attentionStack({ ...softmax, sequenceLength: 1 }))).toEqual([]);
});

test('both orders of a pair of parallel tokens share an argument', () => {
  const behindWidthOne = attentionStack({ ...softmax, dims: [1, 3], sequenceLength: 3 });
  expect(tables(behindWidthOne)).toEqual([[0, 1, 2, 1, 3, 4, 2, 4, 5]]);
  const behindCollapse = network({
    inputDim: 3,
    sequenceLength: 2,
    layers: [
      softmaxAttention({ headDim: 2 }),
      lightningAttention({ headDim: 1 }),
      softmaxAttention({ headDim: 2 }),
    ],
  });
  expect(exponentArguments(behindCollapse).map(({ layer, count }) => [layer, count])).toEqual([
    [0, 4],
    [2, 3],
  ]);
});

test('arguments are numbered without gaps, in the order of their first pair', () => {
  fc.assert(
    fc.property(arbitraryNetwork({ layers: 5, width: 3, tokens: 5 }), (given) => {
      const exponents = exponentArguments(given);
      for (const { argumentOf, count } of exponents) {
        const firsts = Array.from(new Set(argumentOf)).filter((argument) => argument >= 0);
        expect(firsts).toEqual(Array.from({ length: count }, (_, i) => i));
      }
      expect(exponentCount(exponents)).toBe(exponents.reduce((sum, { count }) => sum + count, 0));
    }),
  );
});
