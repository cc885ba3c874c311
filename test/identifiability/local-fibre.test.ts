import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certify } from '../../src/certificate/index.ts';
import { encloseDerivativeSteps } from '../../src/evaluation/enclosure.ts';
import { applyTransformations, fibreAt, type LocalFibre } from '../../src/identifiability/index.ts';
import { flattened } from '../../src/identifiability/flattened.ts';
import { knownDirections } from '../../src/identifiability/known-directions.ts';
import { rankBelow } from '../../src/identifiability/rank-below.ts';
import { Pace } from '../../src/pace.ts';
import { attentionStack, network, parameterBlocks, type Network } from '../../src/network/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import type { RationalMatrix } from '../../src/rational/index.ts';
import { weights, type Weights } from '../../src/weights/index.ts';
import { byOffset } from '../../src/weights/weights.ts';
import {
  matrixOf,
  randomFrom,
  randomNetwork,
  randomTransformations,
  randomWeights,
} from './random-weights.ts';

/** Every column of the basis is a direction in which the output does not move, at an input that the search did not use. */
function expectKernel(at: Weights, basis: RationalMatrix): void {
  const graph = networkGraph(at.network);
  const { sequenceLength, inputDim } = at.network;
  const numerators = Array.from({ length: sequenceLength * inputDim }, (_, e) =>
    BigInt(3 * e * e - 7 * e + 1),
  );
  const point = {
    matrices: byOffset(at),
    tokens: { rows: sequenceLength, cols: inputDim, numerators, denominator: 4n },
    context: null,
  };
  for (let j = 0; j < basis.cols; j++) {
    const direction = new Map(
      parameterBlocks(at.network).map(({ rows, cols, offset }) => {
        const entries = Array.from(
          { length: rows * cols },
          (_, e) => basis.numerators[(offset + e) * basis.cols + j]!,
        );
        return [offset, { rows, cols, numerators: entries, denominator: 1n }];
      }),
    );
    const steps = encloseDerivativeSteps(graph, point, direction, 300);
    let step = steps.next();
    while (!step.done) step = steps.next();
    for (const { slope } of step.value) {
      expect(slope.lo <= 0n && slope.hi >= 0n).toBe(true);
      expect(slope.hi - slope.lo).toBeLessThan(1n << 200n);
    }
  }
}

test('bounds never cross, symmetries are in the tangent space, and the basis is one', async () => {
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const at = randomWeights(random, shape);
      const found = await fibreAt(at);
      expect(found.rank.lower).toBeLessThanOrEqual(found.rank.upper);
      expect(found.symmetries).toBeLessThanOrEqual(found.dimension.upper);
      expect(found.dimension.upper).toBeGreaterThanOrEqual(found.generic);
      if (!found.rank.exact) return;
      exact++;
      if (found.basis) {
        expect(found.basis.cols).toBe(found.dimension.lower);
        expectKernel(at, found.basis);
      }
      // Along an orbit the dimension stays.
      const moved = await fibreAt(applyTransformations(at, randomTransformations(random, shape, 3)));
      expect(moved.dimension).toEqual(found.dimension);
    }),
    { numRuns: 24, seed: 1 },
  );
  expect(exact).toBeGreaterThan(6);
});

test('known directions move no output', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const at = randomWeights(random, shape);
      const columns = [...knownDirections(at)].map(({ direction }) => flattened(direction));
      if (columns.length === 0) return;
      const rows = columns[0]!.length;
      const numerators = Array.from({ length: rows }, (_, i) => columns.map((column) => column[i]!)).flat();
      expectKernel(at, { rows, cols: columns.length, numerators, denominator: 1n });
    }),
    { numRuns: 60 },
  );
});

function generic(shape: Network, seed: number): Weights {
  const random = randomFrom(seed);
  return weights(
    shape,
    parameterBlocks(shape).map(({ rows, cols }) => ({
      rows,
      cols,
      numerators: Array.from({ length: rows * cols }, () => BigInt(random(199) - 99)),
      denominator: 64n,
    })),
  );
}

describe('at generic weights: the parameters less the certified dimension', () => {
  test.each<[string, Network]>([
    [
      'lightning',
      attentionStack({ dims: [2, 3, 2], headDims: [2, 1], sequenceLength: 2, normalization: 'none' }),
    ],
    [
      'softmax',
      attentionStack({ dims: [2, 2, 2], headDims: [2, 2], sequenceLength: 3, normalization: 'softmax' }),
    ],
    [
      'causal',
      attentionStack({
        dims: [3, 2, 2],
        headDims: [1, 2],
        sequenceLength: 2,
        normalization: 'none',
        causal: true,
      }),
    ],
    [
      'one token',
      attentionStack({ dims: [2, 2, 2], headDims: [1, 2], sequenceLength: 1, normalization: 'none' }),
    ],
    [
      'lightning heads, which may be mixed',
      network({
        inputDim: 3,
        sequenceLength: 2,
        layers: [{ kind: 'attention', normalization: 'none', numHeads: 2, headDim: 3, outputDim: 2 }],
      }),
    ],
    [
      'softmax heads with biases',
      network({
        inputDim: 2,
        sequenceLength: 3,
        layers: [
          {
            kind: 'attention',
            normalization: 'softmax',
            numHeads: 2,
            headDim: 1,
            valueDim: 1,
            outputDim: 2,
            bias: { query: true, key: true, value: true, output: true },
          },
        ],
      }),
    ],
  ])('%s', async (_, shape) => {
    const { certificate } = await certify(shape);
    expect(certificate.claim.exact).toBe(true);
    const { rank, basis } = await fibreAt(generic(shape, 3));
    expect(rank).toEqual({ lower: certificate.claim.lower, upper: certificate.claim.lower, exact: true });
    expect(basis!.cols).toBe(certificate.claim.parameters - certificate.claim.lower);
  });
});

describe('special points', () => {
  const identity = matrixOf([
    [1, 0],
    [0, 1],
  ]);
  const J = matrixOf([
    [0, 1],
    [-1, 0],
  ]);
  const [S, V] = [
    matrixOf([
      [1, 4],
      [-2, 3],
    ]),
    matrixOf([
      [1, 2],
      [3, 5],
    ]),
  ];

  test('a skew score matrix of softmax frees the later ones, of two tokens (Konda)', async () => {
    const at = (sequenceLength: number): Promise<LocalFibre> => {
      const shape = attentionStack({
        dims: [2, 2, 2],
        headDims: [2, 2],
        sequenceLength,
        normalization: 'softmax',
      });
      return fibreAt(weights(shape, [J, identity, identity, S, identity, V]));
    };
    const two = await at(2);
    // The four entries of the second score matrix.
    expect(two).toMatchObject({
      dimension: { lower: 16, upper: 16 },
      generic: 12,
      symmetries: 12,
      reasons: ['behind layer 1 all tokens are equal: later scores of softmax do nothing'],
    });
    expect(await at(3)).toMatchObject({
      dimension: { lower: 12, upper: 12 },
      generic: 12,
      symmetries: 12,
      reasons: [],
    });
  });

  test('a rank-one pair with parallel factors: the differential has a kernel of the dimension of the tokens', async () => {
    // Of (V, A) ↦ f: d, scaling included; of Q, K and V more, since A has not full rank.
    const shape = attentionStack({ dims: [3, 2], headDims: [1], sequenceLength: 2, normalization: 'none' });
    const pair = (v: number[]): Promise<LocalFibre> =>
      fibreAt(
        weights(shape, [matrixOf([[1, 2, 0]]), matrixOf([[2, 0, 1]]), matrixOf([v, v.map((x) => 2 * x)])]),
      );
    const [parallel, other] = [await pair([2, 0, 1]), await pair([0, 1, 1])];
    expect(other).toMatchObject({ dimension: { lower: 2, upper: 2 }, generic: 2, symmetries: 2 });
    // GL(1) of query and key, and d = 3 in place of the one scale.
    expect(parallel).toMatchObject({ dimension: { lower: 4, upper: 4 }, symmetries: 2 });
  });

  test('the function 0 of one layer', async () => {
    const shape = attentionStack({ dims: [2, 2], headDims: [2], sequenceLength: 2, normalization: 'none' });
    const zero = matrixOf([
      [0, 0],
      [0, 0],
    ]);
    expect(await fibreAt(weights(shape, [zero, zero, zero]))).toMatchObject({
      rank: { lower: 0, upper: 0 },
      reasons: ['the function is 0'],
    });
  });
});

describe('one layer: the theorem has the rank that derivatives at inputs have', () => {
  test('special weights of softmax heads, equal and opposite ones among them', async () => {
    let special = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
        const random = randomFrom(seed);
        const shape = network({
          inputDim: 1 + random(2),
          sequenceLength: 1 + random(3),
          layers: [
            {
              kind: 'attention',
              normalization: 'softmax',
              numHeads: 1 + random(3),
              headDim: 1 + random(2),
              outputDim: 1 + random(2),
              ...(random(2) === 0 && { valueDim: 1 }),
              ...(random(2) === 0 && { causal: true }),
              ...(random(3) === 0 && { bias: { query: true, key: true, value: true, output: true } }),
            },
          ],
        });
        const drawn = randomWeights(random, shape);
        const blocks = parameterBlocks(shape);
        // Half of the heads score as the first one does, or the opposite.
        const matrices = drawn.matrices.map((matrix, k) => {
          const { name, head } = blocks[k]!;
          if (!head || !/^(Q|K|bQ)$/.test(name) || seed % 2 === 0) return matrix;
          const first = drawn.matrices[blocks.findIndex((b) => b.name === name && b.head === 0)]!;
          const sign = name !== 'K' && head === 2 ? -1n : 1n;
          return { ...first, numerators: first.numerators.map((x) => sign * x) };
        });
        const at = weights(shape, matrices);
        const found = await fibreAt(at);
        expect(found.rank.exact).toBe(true);
        if (found.dimension.lower > found.symmetries) special++;
        expect(found.basis!.cols).toBe(found.dimension.lower);
        expectKernel(at, found.basis!);
        const { lower } = await rankBelow(at, found.parameters, new Pace({}));
        expect(lower).toBe(found.rank.lower);
      }),
      { numRuns: 24, seed: 5 },
    );
    expect(special).toBeGreaterThan(6);
  });

  test('special weights of lightning heads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
        const random = randomFrom(seed);
        const shape = network({
          inputDim: 1 + random(3),
          sequenceLength: 1 + random(2),
          layers: [
            {
              kind: 'attention',
              normalization: 'none',
              numHeads: 1 + random(3),
              headDim: 1 + random(2),
              outputDim: 1 + random(2),
            },
          ],
        });
        const at = randomWeights(random, shape);
        const { parameters, rank } = await fibreAt(at);
        const { lower } = await rankBelow(at, parameters, new Pace({}));
        expect(rank).toEqual({ lower, upper: lower, exact: true });
      }),
      { numRuns: 20 },
    );
  });
});

describe('a residual network of polynomials', () => {
  const block = network({
    inputDim: 3,
    sequenceLength: 2,
    layers: [
      {
        kind: 'residual',
        layers: [
          { kind: 'attention', normalization: 'none', numHeads: 2, headDim: 2, valueDim: 2, outputDim: 3 },
        ],
      },
      {
        kind: 'residual',
        layers: [
          { kind: 'linear', outputDim: 5 },
          { kind: 'power', exponent: 2 },
          { kind: 'linear', outputDim: 3 },
        ],
      },
    ],
  });

  test('generic weights: the rank is that of the certificate', async () => {
    const { certificate } = await certify(block);
    const found = await fibreAt(generic(block, 7));
    expect(found.rank).toEqual({
      lower: certificate.claim.lower,
      upper: certificate.claim.lower,
      exact: certificate.claim.exact,
    });
  });

  test('special weights: bounds, and what is but for a probability', async () => {
    const at = generic(block, 7);
    const blocks = parameterBlocks(block);
    const dead = weights(
      block,
      at.matrices.map((matrix, k) =>
        blocks[k]!.name === 'O' && blocks[k]!.head === 1
          ? { ...matrix, numerators: matrix.numerators.map(() => 0n) }
          : matrix,
      ),
    );
    const found = await fibreAt(dead);
    expect(found.rank.exact).toBe(false);
    expect(found.errorExponent).toBeGreaterThanOrEqual(100);
    // Q, K and V of the head are free; its O moves the function as far as it can.
    expect(found.rank.lower).toBeLessThan(found.parameters - found.generic);
    expect(found.rank.lower).toBeGreaterThanOrEqual(found.parameters - found.generic - 3 * 6);
    expect(found.reasons).toContain('layers[0].layers[0]: the values of group 1 have rank 0');
  });
});

test('a stack of a thousand parameters', async () => {
  const shape = attentionStack({
    dims: [16, 16, 16],
    headDims: [8, 8],
    sequenceLength: 4,
    normalization: 'none',
  });
  const found = await fibreAt(generic(shape, 2));
  expect(found).toMatchObject({ parameters: 1024, rank: { lower: 638, upper: 638 }, symmetries: 386 });
  expect(found.basis!.cols).toBe(386);
});

test('too large, and aborted', async () => {
  const shape = attentionStack({ dims: [30, 30], headDims: [30], sequenceLength: 2, normalization: 'none' });
  await expect(fibreAt(generic(shape, 1))).rejects.toThrow('at most 2000 parameters, got 2700');
  const softmax = attentionStack({
    dims: [8, 8, 8],
    headDims: [8, 8],
    sequenceLength: 2,
    normalization: 'softmax',
  });
  await expect(fibreAt(generic(softmax, 1))).rejects.toThrow(
    'at most 300 parameters of a network that is not polynomial, got 384',
  );
  const abort = new AbortController();
  abort.abort();
  const small = attentionStack({ dims: [2, 2], headDims: [2], sequenceLength: 2, normalization: 'none' });
  await expect(fibreAt(generic(small, 1), { signal: abort.signal })).rejects.toThrow('abort');
});
