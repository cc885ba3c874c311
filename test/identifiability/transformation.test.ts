import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyTransformations,
  genericFibre,
  sameFunction,
  type Transformation,
} from '../../src/identifiability/index.ts';
import { attentionStack, network } from '../../src/network/index.ts';
import { weights, type Weights } from '../../src/weights/index.ts';
import { weightsEqual } from '../../src/weights/weights.ts';
import { agree } from './oracle.ts';
import {
  matrixOf,
  randomFrom,
  randomNetwork,
  randomTransformations,
  randomWeights,
} from './random-weights.ts';

test('weights of one orbit are nearly always related step by step, at special points as well', async () => {
  let missing = 0;
  const runs = 400;
  for (let seed = 0; seed < runs; seed++) {
    const random = randomFrom(seed);
    const shape = randomNetwork(random);
    const a = randomWeights(random, shape);
    const b = applyTransformations(a, randomTransformations(random, shape));
    const found = await sameFunction(a, b);
    if (!found.same) throw new Error(`seed ${seed}: expected the same function`);
    if (found.transformations)
      expect(weightsEqual(applyTransformations(a, found.transformations), b)).toBe(true);
    else missing++;
  }
  // A cube root that is no integer, of functions 0.
  expect(missing).toBeLessThan(runs / 100);
});

describe('what is not read', () => {
  // Tokens are multiples of (1, 2, 0) behind the first layer, and nobody reads the last coordinate.
  const shape = attentionStack({
    dims: [2, 3, 2],
    headDims: [2, 2],
    sequenceLength: 3,
    normalization: 'softmax',
  });
  const [V, Q, K] = [
    matrixOf([
      [1, 1],
      [2, 2],
      [0, 0],
    ]),
    matrixOf([
      [1, 1, 0],
      [0, 3, 0],
    ]),
    matrixOf([
      [2, 0, 0],
      [1, 1, 0],
    ]),
  ];
  const of = (queries = Q, values = V): Weights =>
    weights(shape, [
      matrixOf([
        [1, 2],
        [0, 1],
      ]),
      matrixOf([
        [1, 1],
        [3, 0],
      ]),
      values,
      queries,
      K,
      matrixOf([
        [1, 2, 0],
        [0, 5, 0],
      ]),
    ]);
  // (2, −1, 9) and the other rows vanish on (1, 2, 0).
  const otherQ = matrixOf([
    [3, 0, 9],
    [-2, 4, 7],
  ]);
  const otherV = matrixOf([
    [1, 1],
    [2, 2],
    [4, -6],
  ]);

  test('may be anything', async () => {
    const steps: Transformation[] = [
      { kind: 'unread', path: 'layers[1]', matrices: { 'Q[0]': otherQ } },
      { kind: 'unread', path: 'layers[0]', matrices: { 'V[0]': otherV } },
    ];
    // One after the other: with its last coordinate written, the last column of Q is read.
    const [first, second] = [
      applyTransformations(of(), steps.slice(0, 1)),
      applyTransformations(of(), steps.slice(1)),
    ];
    for (const b of [first, second]) {
      expect(agree(of(), b, randomFrom(1))).toBe(true);
      const found = await sameFunction(of(), b);
      if (!found.same || !found.transformations) throw new Error('expected a witness');
      expect(found.transformations.map(({ kind }) => kind)).toEqual(['unread']);
      expect(weightsEqual(applyTransformations(of(), found.transformations), b)).toBe(true);
    }
    expect(() => applyTransformations(of(), steps)).toThrow('matrices of which the same is seen');
    expect(() => applyTransformations(of(), [...steps].reverse())).toThrow(
      'matrices of which the same is seen',
    );
  });

  test('every entry that is read is noticed', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.integer({ min: 1, max: 9 }), (entry, by) => {
        const moved = { ...V, numerators: V.numerators.map((x, e) => (e === entry ? x + BigInt(by) : x)) };
        const apply = (): Weights =>
          applyTransformations(of(), [{ kind: 'unread', path: 'layers[0]', matrices: { 'V[0]': moved } }]);
        if (entry >= 4) expect(agree(of(), apply(), randomFrom(by))).toBe(true);
        else {
          expect(apply).toThrow('matrices of which the same is seen');
          expect(agree(of(), of(Q, moved), randomFrom(by))).toBe(false);
        }
      }),
    );
  });

  test('it explains generic fibres where a layer is wider than what enters', async () => {
    const wide = attentionStack({
      dims: [2, 4, 2],
      headDims: [2, 3],
      sequenceLength: 3,
      normalization: 'softmax',
    });
    const found = await genericFibre(wide);
    expect(found.isExplained).toBe(true);
    // Q, K (3 × 4) and V (2 × 4) of the second layer see two of four dimensions.
    expect(found.group).toContainEqual({ kind: 'unread', path: 'layers[1]', name: 'R^16' });
    // And where it reads three of five: two rows of V (5 × 6) are anything.
    const narrow = attentionStack({
      dims: [6, 5, 1],
      headDims: [2, 1],
      sequenceLength: 3,
      normalization: 'softmax',
    });
    const other = await genericFibre(narrow);
    expect(other.isExplained).toBe(true);
    expect(other.group).toContainEqual({ kind: 'unread', path: 'layers[0]', name: 'R^12' });
  });
});

test('of one token only the symmetric part of scores is seen', () => {
  const shape = attentionStack({ dims: [2, 1], headDims: [2], sequenceLength: 1, normalization: 'none' });
  const identity = matrixOf([
    [1, 0],
    [0, 1],
  ]);
  const a = weights(shape, [
    matrixOf([
      [1, 4],
      [-2, 3],
    ]),
    identity,
    matrixOf([[1, 1]]),
  ]);
  const replaced = (rows: number[][]) => (): Weights =>
    applyTransformations(a, [{ kind: 'unread', path: 'layers[0]', matrices: { 'Q[0]': matrixOf(rows) } }]);
  const symmetric = replaced([
    [1, 1],
    [1, 3],
  ]);
  expect(agree(a, symmetric(), randomFrom(1))).toBe(true);
  const other = replaced([
    [1, 2],
    [1, 3],
  ]);
  expect(other).toThrow('matrices of which the same is seen');
});

test('transformations that do not fit are refused', () => {
  const shape = attentionStack({ dims: [2, 2], headDims: [1], sequenceLength: 2, normalization: 'none' });
  const a = randomWeights(randomFrom(1), shape);
  const apply = (step: Transformation) => () => applyTransformations(a, [step]);
  expect(apply({ kind: 'query-key', path: 'layers[0]', group: 0, matrix: matrixOf([[0]]) })).toThrow('GL(1)');
  expect(apply({ kind: 'query-key', path: 'layers[7]', group: 0, matrix: matrixOf([[1]]) })).toThrow(
    'an attention layer',
  );
  expect(apply({ kind: 'value-output', path: 'layers[0]', group: 0, matrix: matrixOf([[1]]) })).toThrow(
    'valueDim',
  );
  expect(apply({ kind: 'permute-heads', path: 'layers[0]', order: [1] })).toThrow('order');
  expect(apply({ kind: 'interface', path: 'layers[0]', matrix: matrixOf([[1]]) })).toThrow('behind it');
  expect(apply({ kind: 'swap', path: 'layers[0]' })).not.toThrow(TypeError);
  expect(apply({ kind: 'unread', path: 'layers[0]', matrices: { 'O[0]': matrixOf([[1]]) } })).toThrow(
    'matrices of the layer',
  );
  expect(apply({ kind: 'unread', path: 'layers[0]', matrices: { 'Q[0]': matrixOf([[1]]) } })).toThrow(
    '1 × 2',
  );
  const residual = network({
    inputDim: 1,
    sequenceLength: 2,
    layers: [
      { kind: 'residual', layers: [{ kind: 'attention', normalization: 'none', headDim: 1, outputDim: 1 }] },
    ],
  });
  // Between other layers only the heads' own sum counts: Q and K vanish together or not at all.
  const b = weights(residual, [matrixOf([[0]]), matrixOf([[2]]), matrixOf([[3]])]);
  const replace = (matrices: Record<string, ReturnType<typeof matrixOf>>) => () =>
    applyTransformations(b, [{ kind: 'unread', path: 'layers[0].layers[0]', matrices }]);
  expect(replace({ 'K[0]': matrixOf([[5]]), 'V[0]': matrixOf([[7]]) })).not.toThrow();
  expect(replace({ 'Q[0]': matrixOf([[1]]) })).toThrow('matrices of which the same is seen');
});
