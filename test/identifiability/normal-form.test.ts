import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyTransformations, normalForm, sameFunction } from '../../src/identifiability/index.ts';
import { attentionStack, network } from '../../src/network/index.ts';
import type { RationalMatrix } from '../../src/rational/index.ts';
import { dimension } from '../../src/theory/index.ts';
import { serializeWeights, weights, type Weights } from '../../src/weights/index.ts';
import { agree } from './oracle.ts';
import {
  genericWeights,
  gpt2Layer,
  randomFrom,
  randomNetwork,
  randomTransformations,
  randomWeights,
} from './random-weights.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** The normal form; null where the tokens are parallel, and symmetric scores have too large a rank. */
function formOf(weights: Weights): ReturnType<typeof normalForm> | null {
  try {
    return normalForm(weights);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    expect(error.message).toMatch(
      /^normalForm: expected scores of rank \d+ or less, got \d+ \(the symmetric part/,
    );
    return null;
  }
}

test('one function, one form: the same bytes along an orbit, and a form is its own', () => {
  let refused = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const a = randomWeights(random, shape);
      const b = applyTransformations(a, randomTransformations(random, shape, 40));
      const [x, y] = [formOf(a), formOf(b)];
      if (!x) {
        refused++;
        expect(y).toBeNull();
        return;
      }
      const text = serializeWeights(x.weights);
      expect(serializeWeights(y!.weights)).toBe(text);
      expect(serializeWeights(normalForm(x.weights).weights)).toBe(text);
      expect(agree(a, x.weights, random)).toBe(true);
    }),
    { numRuns: 200, seed: 1 },
  );
  expect(refused).toBeLessThan(30);
});

test('forms differ where functions do', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const [a, b] = [randomWeights(random, shape), randomWeights(random, shape)];
      const [x, y] = [formOf(a), formOf(b)];
      if (!x || !y) return;
      const same = await sameFunction(a, b);
      if (serializeWeights(x.weights) === serializeWeights(y.weights)) expect(same.same).toBe(true);
      if (same.same === false) expect(serializeWeights(x.weights)).not.toBe(serializeWeights(y.weights));
    }),
    { numRuns: 60 },
  );
});

/** Entries that are neither 0 nor 1: of a random form, its free numbers. */
function freeEntries({ matrices }: Weights): number {
  return matrices.reduce(
    (sum, { numerators, denominator }) =>
      sum + numerators.filter((n) => n !== 0n && n !== denominator).length,
    0,
  );
}

describe('a generic form has as many free numbers as the dimension', () => {
  test.each([
    { dims: [3, 2], headDims: [2], sequenceLength: 2, normalization: 'none' as const },
    { dims: [4, 4, 4], headDims: [2, 3], sequenceLength: 3, normalization: 'none' as const },
    { dims: [4, 3, 2], headDims: [2, 2], sequenceLength: 3, normalization: 'softmax' as const },
    {
      dims: [5, 3, 4],
      headDims: [2, 2],
      valueDims: [2, 3],
      sequenceLength: 3,
      normalization: 'none' as const,
    },
    { dims: [3, 5, 2], headDims: [2, 4], sequenceLength: 3, normalization: 'softmax' as const },
    { dims: [4, 6, 1, 3], headDims: [2, 1, 1], sequenceLength: 2, normalization: 'softmax' as const },
  ])('$normalization, d = $dims, a = $headDims', (options) => {
    const shape = attentionStack(options);
    const { weights: form, exceptions, unresolved } = normalForm(genericWeights(shape, 5));
    expect(exceptions).toEqual([]);
    expect(unresolved).toEqual([]);
    expect(freeEntries(form)).toBe(dimension(shape).dimension.upper);
  });
});

test('a layer of the shape of GPT-2, under a random change of gauge', () => {
  const a = genericWeights(gpt2Layer, 3);
  const b = applyTransformations(a, randomTransformations(randomFrom(8), gpt2Layer));
  const [x, y] = [normalForm(a), normalForm(b)];
  expect(x.exceptions).toEqual([]);
  expect(serializeWeights(y.weights)).toBe(serializeWeights(x.weights));
});

test('what is not generic is named', () => {
  const stack = attentionStack({ dims: [2, 2], headDims: [2], sequenceLength: 2, normalization: 'none' });
  const of = (rows: number[][]): RationalMatrix => ({
    rows: 2,
    cols: 2,
    numerators: rows.flat().map(BigInt),
    denominator: 1n,
  });
  const [full, single, zero] = [
    of([
      [1, 2],
      [3, 5],
    ]),
    of([
      [1, 2],
      [2, 4],
    ]),
    of([
      [0, 0],
      [0, 0],
    ]),
  ];
  expect(normalForm(weights(stack, [full, full, zero])).exceptions).toEqual(['the function is 0']);
  expect(normalForm(weights(stack, [full, single, full])).exceptions).toEqual([
    'the scores of layer 1 have rank 1',
  ]);
  expect(normalForm(weights(stack, [full, single, single])).exceptions).toContain(
    'the last scores and the map have rank 1: their factors may be exchanged',
  );
  const heads = network({
    inputDim: 2,
    sequenceLength: 3,
    layers: [
      {
        kind: 'attention',
        normalization: 'softmax',
        numHeads: 2,
        headDim: 2,
        outputDim: 2,
        rotary: { base: 10 },
      },
    ],
  });
  const turned = normalForm(weights(heads, [full, full, full, full, full, full]));
  expect(turned.exceptions).toEqual([]);
  expect(turned.unresolved).toEqual([
    'layers[0]: stays as it is (rotary positions)',
    'symmetries between layers, if there are any, are not removed: weights of one function may have several such forms',
  ]);
});
