import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dimension } from '../../src/index.ts';
import {
  applyTransformations,
  classify,
  compress,
  decompress,
  fibreAt,
  normalForm,
  sameFunction,
} from '../../src/identifiability/index.ts';
import { rank } from '../../src/matrix/index.ts';
import { attentionStack, network, parameterCount, type Network } from '../../src/network/index.ts';
import { serializeWeights, weights, weightsModulo, type Weights } from '../../src/weights/index.ts';
import { agree, isSoftmax, valuesModuloP } from './oracle.ts';
import {
  genericWeights,
  matrixOf,
  randomFrom,
  randomMatrix,
  randomNetwork,
  randomTransformations,
  randomWeights,
  withChangedEntry,
  type Random,
} from './random-weights.ts';

/** Above 27, the largest degree of the random networks, and on both sides of the kernels' boundaries. */
const primes = [29n, 101n, 4093n, 4099n, 2n ** 31n - 1n, 2147483659n, 2n ** 61n - 1n, 2n ** 62n - 57n];
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function randomPolynomialNetwork(random: Random): Network {
  for (;;) {
    const shape = randomNetwork(random);
    if (!isSoftmax(shape)) return shape;
  }
}

test('an oracle agrees, whatever the prime', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.constantFrom(...primes), async (seed, prime) => {
      const random = randomFrom(seed);
      const shape = randomPolynomialNetwork(random);
      const a = weightsModulo(randomWeights(random, shape), prime);
      const steps = randomTransformations(random, shape, 70);
      const moved = applyTransformations(a, steps);
      const found = await sameFunction(a, moved);
      expect(found.same).toBe(true);
      if (found.same && found.transformations)
        expect(serializeWeights(applyTransformations(a, found.transformations))).toBe(
          serializeWeights(moved),
        );
      const b = withChangedEntry(random, moved);
      const other = await sameFunction(a, b);
      expect(other.same).toBe(agree(a, b, random));
      if (other.same !== false) return;
      const { tokens, token, coordinate, values } = other.difference;
      for (const [k, side] of [a, b].entries()) {
        const table = valuesModuloP(side, tokens);
        const width = table.length / shape.sequenceLength;
        expect(values[k]).toEqual({ residue: table[token * width + coordinate], prime });
      }
    }),
    { numRuns: 120 },
  );
});

/** d = 2, a = 1, d′ = 1, t = 2: six parameters; all its functions over F_5 can be tabulated. */
const small = attentionStack({ dims: [2, 1], headDims: [1], sequenceLength: 2, normalization: 'none' });
const allTokens = Array.from({ length: 5 ** 4 }, (_, n) => ({
  rows: 2,
  cols: 2,
  numerators: [1, 5, 25, 125].map((place) => BigInt(Math.floor(n / place) % 5)),
  denominator: 1n,
}));
const table = (at: Weights): bigint[] => allTokens.flatMap((tokens) => valuesModuloP(at, tokens));
const fromResidues = (residues: readonly number[], prime = 5n): Weights =>
  weights(
    small,
    [0, 2, 4].map((from) => matrixOf([residues.slice(from, from + 2)])),
    prime,
  );

describe('over F_5, by all inputs', () => {
  test('equal functions are those with equal values', async () => {
    let equal = 0;
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = randomFrom(seed);
        const residues = Array.from({ length: 6 }, () => random(5));
        const a = fromResidues(residues);
        const changes: ((x: number, k: number) => number)[] = [
          // Q twice and V three times as large: 2·3 = 1.
          (x, k) => (k < 2 ? 2 * x : k < 4 ? x : 3 * x) % 5,
          // v and k exchanged, or nearly so.
          (_, k) => residues[[0, 1, 4, 5, 2, 3][k]!]!,
          (_, k) => residues[[2, 3, 4, 5, 0, 1][k]!]!,
          (x) => (random(2) === 0 ? x : (2 * x) % 5),
        ];
        const b = fromResidues(residues.map(changes[random(changes.length)]!));
        const values = table(b);
        const isSame = table(a).every((x, k) => x === values[k]);
        if (isSame) equal++;
        expect((await sameFunction(a, b)).same).toBe(isSame);
      }),
      { numRuns: 80, seed: 1 },
    );
    expect(equal).toBeGreaterThan(10);
  });

  test('the differential has the rank of its values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 6 }),
        async (x) => {
          // One entry enters linearly, so that a difference is a derivative.
          const at = table(fromResidues(x));
          const rows = x.map((_, k) => {
            const moved = table(fromResidues(x.map((entry, j) => (j === k ? entry + 1 : entry))));
            return moved.map((value, n) => (value - at[n]! + 5n) % 5n);
          });
          const expected = rank({ rows: 6, cols: at.length, data: rows.flat() }, 5);
          const { rank: found } = await fibreAt(fromResidues(x));
          expect(found).toEqual({ lower: expected, upper: expected, exact: true });
        },
      ),
      { numRuns: 20, examples: [[[0, 0, 0, 0, 0, 0]], [[1, 2, 1, 3, 1, 3]], [[1, 2, 1, 3, 2, 2]]] },
    );
  });
});

describe('a large prime sees what is true over Q', () => {
  const prime = 2n ** 61n - 1n;

  test('normal forms', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const shape = randomPolynomialNetwork(randomFrom(seed));
        const at = genericWeights(shape, seed);
        let over;
        try {
          over = normalForm(at);
        } catch (error) {
          expect(() => normalForm(weightsModulo(at, prime))).toThrow((error as Error).message);
          return;
        }
        const modulo = normalForm(weightsModulo(at, prime));
        // Heads are sorted, and one of two forms is chosen, by texts, which differ.
        if (over.exceptions.some((words) => words.includes('exchanged'))) return;
        if (shape.layers.some((layer) => 'numHeads' in layer || layer.kind === 'residual')) return;
        expect(serializeWeights(modulo.weights)).toBe(serializeWeights(weightsModulo(over.weights, prime)));
        expect(modulo.exceptions).toEqual(over.exceptions);
      }),
      { numRuns: 60 },
    );
  });

  test('fibres, at special weights as well', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = randomFrom(seed);
        const shape = randomPolynomialNetwork(random);
        const at = randomWeights(random, shape);
        const { basis, errorExponent, ...over } = await fibreAt(at);
        const { basis: other, errorExponent: exponent, ...modulo } = await fibreAt(weightsModulo(at, prime));
        expect(modulo).toEqual(over);
        expect(other?.cols).toBe(basis?.cols);
        // Several primes over Q, one here.
        expect(exponent === null).toBe(errorExponent === null);
      }),
      { numRuns: 40 },
    );
  });

  test('classes', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const d = 2 + random(2);
        const headDim = 1 + random(d);
        const [value, form] = [randomMatrix(random, 1 + random(2), d), randomMatrix(random, d, d)];
        const residues = [value, form].map((matrix) => ({
          ...matrix,
          numerators: matrix.numerators.map((x) => (x + prime) % prime),
          prime,
        }));
        let over;
        try {
          over = classify(value, form, headDim);
        } catch (error) {
          expect(() => classify(residues[0]!, residues[1]!, headDim)).toThrow((error as Error).message);
          return;
        }
        expect(classify(residues[0]!, residues[1]!, headDim)).toEqual({ ...over, isBoundary: null });
      }),
    );
  });
});

test.each<[number[], number[]]>([
  [[3, 2], [2]],
  [
    [4, 3, 2],
    [2, 2],
  ],
])('normal forms modulo p are charts: d = %j, a = %j', (dims, headDims) => {
  const shape = attentionStack({ dims, headDims, sequenceLength: 3, normalization: 'none' });
  for (const prime of [101n, 2n ** 62n - 57n]) {
    const at = weightsModulo(genericWeights(shape, 5), prime);
    const form = normalForm(at);
    expect(form.exceptions).toEqual([]);
    const moved = applyTransformations(at, randomTransformations(randomFrom(2), shape, 90));
    expect(serializeWeights(normalForm(moved).weights)).toBe(serializeWeights(form.weights));
    const found = compress(at);
    expect(found.prime).toBe(String(prime));
    expect(found.numbers).toHaveLength(dimension(shape).dimension.upper);
    expect(serializeWeights(decompress(JSON.parse(JSON.stringify(found))))).toBe(
      serializeWeights(form.weights),
    );
  }
});

test('what has no functions over the field is refused', async () => {
  const at = genericWeights(small, 1);
  await expect(sameFunction(at, weightsModulo(at, 101))).rejects.toThrow(
    'b.prime: expected weights over Q, as a has, got "modulo 101"',
  );
  const three = weightsModulo(at, 3);
  await expect(sameFunction(three, three)).rejects.toThrow('prime: expected a prime above the degree 3');
  await expect(fibreAt(three)).rejects.toThrow('prime: expected a prime above the degree 3');
  expect(() => normalForm(three)).toThrow('prime: expected a prime above the degree 3');
  const softmax = weightsModulo(
    genericWeights(
      attentionStack({ dims: [2, 1], headDims: [1], sequenceLength: 2, normalization: 'softmax' }),
      1,
    ),
    4093,
  );
  for (const refused of [sameFunction(softmax, softmax), fibreAt(softmax)])
    await expect(refused).rejects.toThrow('network: expected a polynomial network');
  expect(() => weightsModulo(at, 15)).toThrow('prime: expected a prime');
  const half = weights(
    small,
    at.matrices.map((matrix) => ({ ...matrix, denominator: 14n })),
  );
  expect(() => weightsModulo(half, 7)).toThrow(
    'layers[0].Q[0]: denominator: expected no multiple of 7, got 14',
  );
  expect(() => weightsModulo(weightsModulo(at, 5), 7)).toThrow('got residues modulo 5');
});

test('a difference at one point of 29 is found', async () => {
  // c·x^28 and c: all x but 0 have the same value.
  const shape = network({
    inputDim: 1,
    sequenceLength: 1,
    layers: [
      { kind: 'linear', outputDim: 1 },
      { kind: 'power', exponent: 28 },
      { kind: 'linear', outputDim: 1, bias: true },
    ],
  });
  for (let c = 1; c < 29; c++) {
    const [power, constant] = [
      [1, c, 0],
      [0, c, c],
    ].map((entries) =>
      weights(
        shape,
        entries.map((x) => matrixOf([[x]])),
        29,
      ),
    );
    expect(await sameFunction(power!, constant!)).toMatchObject({
      same: false,
      difference: { tokens: { numerators: [0n] } },
    });
  }
});

describe('polynomials over Q of a degree that is out of reach', () => {
  // Degree 3^9 · 2: values of a million digits.
  const attention = { kind: 'attention' as const, normalization: 'none' as const, headDim: 2, outputDim: 2 };
  const deep = network({
    inputDim: 2,
    sequenceLength: 2,
    layers: [...Array<typeof attention>(9).fill(attention), { kind: 'power', exponent: 2 }],
  });
  const at = genericWeights(deep, 3);

  test('a difference is shown by residues', async () => {
    const b = withChangedEntry(randomFrom(4), at);
    const found = await sameFunction(at, b);
    if (found.same !== false) throw new Error('expected a difference');
    const { tokens, token, coordinate, values } = found.difference;
    for (const [k, side] of [at, b].entries()) {
      const value = values[k]!;
      if (!('residue' in value)) throw new Error('expected residues');
      expect(valuesModuloP(side, tokens, value.prime)[2 * token + coordinate]).toBe(value.residue);
    }
  });

  test('equality by the identity test modulo random primes', async () => {
    expect(parameterCount(deep)).toBe(9 * 12);
    const moved = applyTransformations(at, randomTransformations(randomFrom(5), deep));
    const found = await sameFunction(at, moved);
    expect(found).toMatchObject({ same: true });
    // The square of the negative: known to no theorem here.
    const last = at.matrices.length - 1;
    const negative = weights(
      deep,
      moved.matrices.map((matrix, k) =>
        k === last ? { ...matrix, numerators: matrix.numerators.map((x) => -x) } : matrix,
      ),
    );
    expect(await sameFunction(at, negative)).toMatchObject({
      same: true,
      reason: 'identity-test',
      errorExponent: 100,
    });
  });
});
