import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyTransformations,
  normalForm,
  sameFunction,
  type Comparison,
  type Transformation,
} from '../../src/identifiability/index.ts';
import { attentionStack, network, parameterBlocks, parameterName } from '../../src/network/index.ts';
import { matricesEqual, type ExactMatrix } from '../../src/exact/exact-matrix.ts';
import { readWeights, serializeWeights, weights, type Weights } from '../../src/weights/index.ts';
import { safetensorsOf } from '../weights/write.ts';
import { agree, isSoftmax, residueOf, roundingAt, valuesInDoubles, valuesModuloP } from './oracle.ts';
import {
  gpt2Layer,
  matrixOf,
  randomBasis,
  randomFrom,
  randomMatrix,
  randomNetwork,
  randomTransformations,
  randomWeights,
  withChangedEntry,
} from './random-weights.ts';

function expectWitness(a: Weights, b: Weights, found: Comparison): void {
  if (!found.same || !found.transformations) throw new Error('expected a witness');
  const moved = applyTransformations(a, found.transformations);
  expect(moved.matrices.every((m, k) => matricesEqual(m, b.matrices[k]!))).toBe(true);
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('what transformations relate is the same function', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const a = randomWeights(random, shape);
      const b = applyTransformations(a, randomTransformations(random, shape));
      const found = await sameFunction(a, b);
      expect(found.same).toBe(true);
      if (found.same && found.transformations) expectWitness(a, b, found);
      expect(agree(a, b, random)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('one changed entry is judged as by an oracle, and a difference is one', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.boolean(), async (seed, isMoved) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const a = randomWeights(random, shape);
      const moved = isMoved ? applyTransformations(a, randomTransformations(random, shape)) : a;
      const b = withChangedEntry(random, moved);
      const found = await sameFunction(a, b);
      if (found.same === true) expect(agree(a, b, random)).toBe(true);
      if (found.same !== false) return;
      const { tokens, token, coordinate, values } = found.difference;
      for (const [k, side] of [a, b].entries()) {
        const value = values[k]!;
        const width = valuesInDoubles(side, tokens).length / shape.sequenceLength;
        const place = token * width + coordinate;
        if ('n' in value) expect(valuesModuloP(side, tokens)[place]).toBe(residueOf(value.n, value.d));
        else if ('residue' in value)
          expect(valuesModuloP(side, tokens, value.prime)[place]).toBe(value.residue);
        else {
          const x = valuesInDoubles(side, tokens)[place]!;
          const slack = 1e-7 * (1 + Math.abs(x)) + roundingAt(side, tokens);
          expect(Number(value.above.n) / Number(value.above.d)).toBeLessThan(x + slack);
          expect(Number(value.below.n) / Number(value.below.d)).toBeGreaterThan(x - slack);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('polynomial networks are always decided', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      if (isSoftmax(shape)) return;
      const a = randomWeights(random, shape);
      const b = withChangedEntry(random, a);
      expect((await sameFunction(a, b)).same).toBe(agree(a, b, random));
    }),
    { numRuns: 150 },
  );
});

describe('what single softmax layers depend on', () => {
  const zero = matrixOf([
    [0, 0],
    [0, 0],
  ]);
  const [S, V, W] = [
    matrixOf([
      [1, 4],
      [-2, 3],
    ]),
    matrixOf([
      [1, 2],
      [3, 5],
    ]),
    matrixOf([
      [2, 0],
      [1, 1],
    ]),
  ];

  test('two keys: the sum of the values, whatever the scores', async () => {
    const shape = attentionStack({
      dims: [2, 2],
      headDims: [2],
      sequenceLength: 2,
      normalization: 'softmax',
    });
    const [a, b] = [V, W].map((values) => weights(shape, [zero, S, values]));
    expect((await sameFunction(a!, b!)).same).toBe(false);
    // tanh is odd: A and −A, V and −V, with the sum put right by a third head.
    const heads = network({
      inputDim: 2,
      sequenceLength: 2,
      layers: [{ kind: 'attention', normalization: 'softmax', numHeads: 2, headDim: 2, outputDim: 2 }],
    });
    const [minusS, minusV] = [S, V].map((m) => ({ ...m, numerators: m.numerators.map((x) => -x) }));
    const twice = { ...V, numerators: V.numerators.map((x) => 2n * x) };
    const first = weights(heads, [S, S, V, zero, zero, zero]);
    const second = weights(heads, [minusS!, S, minusV!, zero, zero, twice]);
    expect(await sameFunction(first, second)).toMatchObject({ same: true, reason: 'equal-heads' });
    expect(agree(first, second, randomFrom(2))).toBe(true);
    // Three keys tell them apart.
    const three = { ...heads, sequenceLength: 3 };
    expect((await sameFunction({ ...first, network: three }, { ...second, network: three })).same).toBe(
      false,
    );
  });

  test('biases of keys are seen where positions turn, and only there', async () => {
    for (const rotary of [undefined, { base: 10 }]) {
      const shape = network({
        inputDim: 2,
        sequenceLength: 3,
        layers: [
          {
            kind: 'attention',
            normalization: 'softmax',
            headDim: 2,
            outputDim: 2,
            bias: { query: true, key: true },
            ...(rotary && { rotary }),
          },
        ],
      });
      const [a, b] = [1, 2].map((bias) =>
        weights(shape, [S, matrixOf([[1], [1]]), V, matrixOf([[bias], [0]]), W]),
      );
      expect((await sameFunction(a!, b!)).same).toBe(rotary === undefined);
    }
  });
});

test('the coordinate of a difference is one in which the values differ', async () => {
  const shape = network({ inputDim: 1, sequenceLength: 6, layers: [{ kind: 'linear', outputDim: 2 }] });
  // (x/2, x) and (x/3, x): with one denominator the numerators are (x, 2x) and (x, 3x).
  const [a, b] = [2n, 3n].map((d) =>
    weights(shape, [{ rows: 2, cols: 1, numerators: [1n, d], denominator: d }]),
  );
  const found = await sameFunction(a!, b!);
  expect(found).toMatchObject({ same: false, difference: { coordinate: 0 } });
});

test('entries of 200 bits', async () => {
  const random = randomFrom(5);
  for (const normalization of ['none', 'softmax'] as const) {
    const shape = attentionStack({ dims: [4, 3, 2], headDims: [2, 3], sequenceLength: 3, normalization });
    // Of full rank: an identity is in each, and nothing is likely to cancel.
    const a = weights(
      shape,
      [2, 2, 3, 3, 3, 2].map((rows, k) => {
        const cols = k < 3 ? 4 : 3;
        const left = randomBasis(random, rows, 200);
        const first = {
          ...left,
          cols,
          numerators: Array.from({ length: rows * cols }, (_, e) => {
            const [i, j] = [Math.floor(e / cols), e % cols];
            return j < rows ? left.numerators[i * rows + j]! : BigInt(i + j);
          }),
        };
        return first;
      }),
    );
    const steps = randomTransformations(random, shape, 200);
    const b = applyTransformations(a, steps);
    const found = await sameFunction(a, b);
    expect(found).toMatchObject({ same: true, reason: 'virtual-matrices' });
    expectWitness(a, b, found);
    expect((await sameFunction(a, withChangedEntry(random, b))).same).toBe(false);
  }
});

describe('one lightning layer', () => {
  const shape = attentionStack({ dims: [3, 2], headDims: [2], sequenceLength: 2, normalization: 'none' });
  const zero = matrixOf([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  const full = [
    matrixOf([
      [1, 2, 0],
      [0, 1, 3],
    ]),
    matrixOf([
      [2, 0, 1],
      [1, 1, 0],
    ]),
    matrixOf([
      [1, 0, 2],
      [0, 3, 1],
    ]),
  ] as const;

  test('zero values or scores: the function is 0', async () => {
    const a = weights(shape, [full[0], zero, full[2]]);
    const b = weights(shape, [full[0], full[1], zero]);
    expect(await sameFunction(a, b)).toMatchObject({ same: true });
    expect((await sameFunction(a, weights(shape, full))).same).toBe(false);
  });

  test('a pair of rank 1: the factors v and k may be exchanged', async () => {
    // V = u vᵀ, A = k qᵀ with v and k not parallel.
    const [u, v, k, q] = [
      [1, 2],
      [1, 0, 1],
      [0, 1, 3],
      [2, 1, 0],
    ];
    const outer = (x: readonly number[], y: readonly number[]): number[][] =>
      x.map((a) => y.map((b) => a * b));
    const of = (value: readonly number[], key: readonly number[]): Weights =>
      weights(shape, [matrixOf([q, [0, 0, 0]]), matrixOf([key, [0, 0, 0]]), matrixOf(outer(u, value))]);
    const [a, b] = [of(v, k), of(k, v)];
    const found = await sameFunction(a, b);
    expect(found).toMatchObject({ same: true });
    expect(agree(a, b, randomFrom(1))).toBe(true);
    const swap: Transformation = { kind: 'swap', path: 'layers[0]' };
    expect(await sameFunction(a, applyTransformations(a, [swap]))).toMatchObject({ same: true });
    // v ∥ k: the swap is a scale, and one of the factors alone may not change.
    expect((await sameFunction(of(v, v), of(v, k))).same).toBe(false);
  });

  test('heads that share their scores: only the sum of their values counts', async () => {
    for (const normalization of ['none', 'softmax'] as const) {
      const heads = network({
        inputDim: 3,
        sequenceLength: 3,
        layers: [{ kind: 'attention', normalization, numHeads: 2, headDim: 2, outputDim: 2 }],
      });
      const [q, k] = full;
      const one = matrixOf([
        [1, 0, 0],
        [0, 0, 1],
      ]);
      const rest = { ...full[2], numerators: full[2].numerators.map((x, e) => x - one.numerators[e]!) };
      const a = weights(heads, [q, k, full[2], q, k, zero]);
      const b = weights(heads, [q, k, one, q, k, rest]);
      expect(await sameFunction(a, b)).toMatchObject({ same: true, reason: 'equal-heads' });
      expect((await sameFunction(a, weights(heads, [q, k, one, q, k, full[2]]))).same).toBe(false);
    }
  });

  test('heads mixed by GL(2): the coefficients are compared', async () => {
    const heads = network({
      inputDim: 3,
      sequenceLength: 2,
      layers: [{ kind: 'attention', normalization: 'none', numHeads: 2, headDim: 3, outputDim: 2 }],
    });
    const random = randomFrom(3);
    const identity = matrixOf([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const [A, B] = [randomBasis(random, 3), randomBasis(random, 3)];
    const [V, W] = [full[2], randomBasis(random, 3)];
    const second = { ...W, rows: 2, numerators: W.numerators.slice(0, 6) };
    const combined = (x: ExactMatrix, y: ExactMatrix, a: bigint, b: bigint): ExactMatrix => ({
      ...x,
      numerators: x.numerators.map((n, e) => a * n + b * y.numerators[e]!),
    });
    // V⊗A + W⊗B = (V − 2W)⊗A + W⊗(B + 2A)
    const a = weights(heads, [A, identity, V, B, identity, second]);
    const b = weights(heads, [
      A,
      identity,
      combined(V, second, 1n, -2n),
      combined(B, A, 1n, 2n),
      identity,
      second,
    ]);
    expect(await sameFunction(a, b)).toEqual({
      same: true,
      reason: 'equal-coefficients',
      transformations: null,
    });
  });
});

describe('stacks', () => {
  const identity = matrixOf([
    [1, 0],
    [0, 1],
  ]);
  const J = matrixOf([
    [0, 1],
    [-1, 0],
  ]);
  const V = matrixOf([
    [1, 2],
    [3, 5],
  ]);

  test('(B, J) is det(B) times (J, B), though no scales relate them', async () => {
    const shape = attentionStack({
      dims: [2, 2, 2],
      headDims: [2, 2],
      sequenceLength: 3,
      normalization: 'none',
    });
    const B = matrixOf([
      [-3, 2],
      [-2, -3],
    ]);
    const scaled = { ...V, numerators: V.numerators.map((x) => 13n * x) };
    const a = weights(shape, [B, identity, identity, J, identity, V]);
    expect(await sameFunction(a, weights(shape, [J, identity, identity, B, identity, scaled]))).toEqual({
      same: true,
      reason: 'identity-test',
      errorExponent: 100,
      transformations: null,
    });
    const b = weights(shape, [J, identity, identity, B, identity, V]);
    const found = await sameFunction(a, b);
    if (found.same !== false) throw new Error('expected a difference');
    const [x, y] = found.difference.values;
    if (!('n' in x) || !('n' in y)) throw new Error('expected exact values');
    expect(x.n * y.d).toBe(13n * y.n * x.d);
  });

  test('behind a score matrix of rank 1 only symmetric parts count', async () => {
    const shape = attentionStack({
      dims: [2, 2, 2],
      headDims: [1, 2],
      sequenceLength: 3,
      normalization: 'none',
    });
    const [q, k] = [matrixOf([[1, 2]]), matrixOf([[3, -1]])];
    const S = matrixOf([
      [1, 4],
      [-2, 3],
    ]);
    const turned = matrixOf([
      [1, -2],
      [4, 3],
    ]);
    const a = weights(shape, [q, k, identity, S, identity, V]);
    expect(await sameFunction(a, weights(shape, [q, k, identity, turned, identity, V]))).toMatchObject({
      same: true,
      reason: 'virtual-matrices',
    });
    // And a skew one makes it 0.
    expect(
      await sameFunction(
        weights(shape, [q, k, identity, J, identity, V]),
        weights(shape, [k, q, V, J, identity, V]),
      ),
    ).toMatchObject({ same: true, reason: 'zero' });
  });

  test('a skew score matrix frees all later scores of two tokens, and not of three', async () => {
    const [S, T] = [
      matrixOf([
        [1, 4],
        [-2, 3],
      ]),
      matrixOf([
        [2, 0],
        [1, 1],
      ]),
    ];
    for (const [sequenceLength, causal, same] of [
      [2, false, true],
      [2, true, false],
      [3, false, false],
    ] as const) {
      const shape = attentionStack({
        dims: [2, 2, 2],
        headDims: [2, 2],
        sequenceLength,
        normalization: 'softmax',
        causal,
      });
      const [a, b] = [S, T].map((later) => weights(shape, [J, identity, identity, later, identity, V]));
      expect((await sameFunction(a!, b!)).same).toBe(same);
      expect(agree(a!, b!, randomFrom(1))).toBe(same);
    }
    // Scores that are 0 make all tokens equal, however many.
    const zero = matrixOf([
      [0, 0],
      [0, 0],
    ]);
    const shape = attentionStack({
      dims: [2, 2, 2],
      headDims: [2, 2],
      sequenceLength: 4,
      normalization: 'softmax',
    });
    const [a, b] = [S, T].map((later) => weights(shape, [zero, identity, identity, later, identity, V]));
    expect(await sameFunction(a!, b!)).toMatchObject({ same: true, reason: 'virtual-matrices' });
  });

  test('one token', async () => {
    const soft = attentionStack({
      dims: [2, 2, 2],
      headDims: [2, 1],
      sequenceLength: 1,
      normalization: 'softmax',
    });
    const random = randomFrom(9);
    const [Q, K] = [randomBasis(random, 2), randomBasis(random, 2)];
    const a = weights(soft, [Q, K, V, matrixOf([[1, 0]]), matrixOf([[0, 1]]), identity]);
    const b = weights(soft, [K, identity, identity, matrixOf([[5, 0]]), matrixOf([[0, 3]]), V]);
    expect(await sameFunction(a, b)).toMatchObject({ same: true, reason: 'virtual-matrices' });
  });

  test('an entry that nothing reads, and tokens that it annihilates', async () => {
    const shape = attentionStack({
      dims: [2, 3, 2],
      headDims: [2, 2],
      sequenceLength: 2,
      normalization: 'none',
    });
    const random = randomFrom(4);
    const first = [randomBasis(random, 2), randomBasis(random, 2)];
    // The third coordinate is 0, and later layers may read of it what they like.
    const writer = matrixOf([
      [1, 2],
      [3, 4],
      [0, 0],
    ]);
    const a = weights(shape, [
      ...first,
      writer,
      matrixOf([
        [1, 0, 5],
        [0, 1, 7],
      ]),
      matrixOf([
        [1, 2, 0],
        [0, 1, 0],
      ]),
      matrixOf([
        [1, 1, 0],
        [0, 2, 0],
      ]),
    ]);
    const b = weights(shape, [
      ...first,
      writer,
      matrixOf([
        [1, 0, 0],
        [0, 1, -7],
      ]),
      matrixOf([
        [1, 2, 9],
        [0, 1, 0],
      ]),
      matrixOf([
        [1, 1, 8],
        [0, 2, 8],
      ]),
    ]);
    expect(await sameFunction(a, b)).toMatchObject({ same: true, reason: 'virtual-matrices' });
    // The third coordinate is written, and nobody reads it.
    const writes = (x: number): ExactMatrix =>
      matrixOf([
        [1, 2],
        [3, 4],
        [x, 1],
      ]);
    const readers = [
      matrixOf([
        [1, 0, 0],
        [0, 1, 0],
      ]),
      matrixOf([
        [1, 2, 0],
        [0, 1, 0],
      ]),
      matrixOf([
        [1, 1, 0],
        [0, 2, 0],
      ]),
    ];
    expect(
      await sameFunction(
        weights(shape, [...first, writes(1), ...readers]),
        weights(shape, [...first, writes(5), ...readers]),
      ),
    ).toMatchObject({ same: true, reason: 'virtual-matrices' });
  });
});

test('a layer of the shape of GPT-2, from files: 64 wide, 4 heads, biases', async () => {
  const random = randomFrom(11);
  const a = weights(
    gpt2Layer,
    randomWeights(random, gpt2Layer).matrices.map(({ rows, cols }) => {
      const entries = Array.from({ length: rows * cols }, () => BigInt(random(2 ** 24)) - 2n ** 23n);
      return { rows, cols, numerators: entries, denominator: 2n ** 26n };
    }),
  );
  const steps: Transformation[] = [{ kind: 'permute-heads', path: 'layers[0]', order: [2, 0, 3, 1] }];
  for (let group = 0; group < 4; group++) {
    steps.push({ kind: 'query-key', path: 'layers[0]', group, matrix: smallBasis(random, 16) });
    steps.push({ kind: 'value-output', path: 'layers[0]', group, matrix: smallBasis(random, 16) });
    steps.push({ kind: 'key-bias', path: 'layers[0]', group, vector: randomMatrix(random, 16, 1) });
    steps.push({ kind: 'value-bias', path: 'layers[0]', group, vector: randomMatrix(random, 16, 1) });
  }
  const b = applyTransformations(a, steps);
  // Doubles hold both exactly.
  const [first, second] = [await throughFile(a), await throughFile(b)];
  expect(first.matrices.every((m, k) => matricesEqual(m, a.matrices[k]!))).toBe(true);
  expect(second.matrices.every((m, k) => matricesEqual(m, b.matrices[k]!))).toBe(true);
  const found = await sameFunction(first, second);
  expect(found).toMatchObject({ same: true, reason: 'equal-heads' });
  expectWitness(first, second, found);
  expect(serializeWeights(normalForm(first).weights)).toBe(serializeWeights(normalForm(second).weights));
  expect((await sameFunction(a, withChangedEntry(random, b))).same).not.toBe(true);
});

/** A product of a few elementary matrices: its inverse has small entries, too. */
function smallBasis(random: (below: number) => number, order: number): ExactMatrix {
  const numerators = Array.from({ length: order ** 2 }, (_, e) => BigInt(e % (order + 1) === 0 ? 1 : 0));
  for (let step = 0; step < order; step++) {
    const [i, j] = [random(order), random(order)];
    if (i === j) continue;
    for (let k = 0; k < order; k++) numerators[i * order + k]! += numerators[j * order + k]!;
  }
  return { rows: order, cols: order, numerators, denominator: 1n };
}

/** Written to safetensors as doubles, and read. */
function throughFile({ network: shape, matrices }: Weights): Promise<Weights> {
  const tensors = Object.fromEntries(
    parameterBlocks(shape).map((block, k) => {
      const { rows, cols, numerators, denominator } = matrices[k]!;
      const numbers = numerators.map((n) => Number(n) / Number(denominator));
      return [parameterName(block), { shape: cols === 1 ? [rows] : [rows, cols], dtype: 'F64', numbers }];
    }),
  );
  return readWeights(safetensorsOf(tensors, { network: JSON.stringify(shape) }));
}

test('undecided, and why', async () => {
  // (2x)^(2⁶⁰): a residue shows a difference, but no residues show that there is none.
  const powers = network({
    inputDim: 1,
    sequenceLength: 1,
    layers: [
      { kind: 'linear', outputDim: 1 },
      ...Array.from({ length: 60 }, () => ({ kind: 'power', exponent: 2 }) as const),
    ],
  });
  const [a, b, negative] = [2, 3, -2].map((x) => weights(powers, [matrixOf([[x]])]));
  expect(await sameFunction(a!, b!)).toMatchObject({ same: false });
  expect(await sameFunction(a!, negative!)).toEqual({ same: null, reason: 'too-much-work' });
  // tanh is odd, and nobody knows here.
  const odd = network({
    inputDim: 1,
    sequenceLength: 1,
    layers: [
      { kind: 'linear', outputDim: 1 },
      { kind: 'activation', function: 'tanh' },
      { kind: 'linear', outputDim: 1 },
    ],
  });
  const [c, d] = [1, -1].map((x) => weights(odd, [matrixOf([[x]]), matrixOf([[x]])]));
  expect(await sameFunction(c!, d!)).toEqual({ same: null, reason: 'no-theorem' });
});

test('bad arguments', async () => {
  const shape = attentionStack({ dims: [2, 2], headDims: [1], sequenceLength: 2, normalization: 'none' });
  const other = attentionStack({ dims: [2, 2], headDims: [1], sequenceLength: 3, normalization: 'none' });
  const random = randomFrom(1);
  const a = randomWeights(random, shape);
  await expect(sameFunction(a, randomWeights(random, other))).rejects.toThrow(RangeError);
  const abort = new AbortController();
  abort.abort();
  await expect(sameFunction(a, a, { signal: abort.signal })).rejects.toThrow('abort');
});
