import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../src/pace.ts';
import { bigArithmetic, smallArithmetic, type Arithmetic } from '../../src/verify/arithmetic.ts';
import { Breath } from '../../src/verify/breath.ts';
import { Echelon } from '../../src/verify/echelon.ts';

async function eliminated<E>(matrix: readonly (readonly E[])[], columns: number, f: Arithmetic<E>) {
  const breath = new Breath(new Pace({}), 'test', matrix.length);
  const echelon = new Echelon(columns, f);
  const independent: boolean[] = [];
  for (const entries of matrix) {
    const row = f.zeros(columns);
    entries.forEach((entry, c) => (row[c] = entry));
    independent.push(await echelon.add(row, breath));
  }
  return { rank: echelon.rank, independent, determinant: echelon.determinant() };
}

/** By Leibniz's formula: a sum over all permutations. */
function leibniz(
  matrix: readonly (readonly bigint[])[],
  columns: readonly number[] = matrix.map((_, c) => c),
): bigint {
  const [first, ...rest] = matrix;
  if (first === undefined) return 1n;
  return columns.reduce((sum, column, n) => {
    const others = columns.filter((other) => other !== column);
    return sum + (n % 2 === 0 ? 1n : -1n) * first[column]! * leibniz(rest, others);
  }, 0n);
}

const primes = [3n, 7n, 4093n, 67108859n, 67108879n, 18446744073709551557n];

test('the determinant is that of Leibniz, and independent rows are counted', async () => {
  const matrices = fc.nat(5).chain((n) =>
    fc.tuple(
      fc.constantFrom(...primes),
      // Small entries: many zeros, so pivots come in every order and ranks in every size.
      fc.array(fc.array(fc.bigInt(0n, 2n), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
      fc.bigInt(0n, 2n ** 64n),
    ),
  );
  await fc.assert(
    fc.asyncProperty(matrices, async ([p, entries, factor]) => {
      const matrix = entries.map((row) => row.map((entry) => (entry * factor) % p));
      const expected = ((leibniz(matrix) % p) + p) % p;
      const big = await eliminated(matrix, matrix.length, bigArithmetic(p));
      expect(big.determinant).toBe(expected);
      expect(big.independent.every(Boolean)).toBe(expected !== 0n);
      if (p >= 2n ** 26n) return;
      const doubles = await eliminated(
        matrix.map((row) => row.map(Number)),
        matrix.length,
        smallArithmetic(Number(p)),
      );
      expect(BigInt(doubles.determinant)).toBe(expected);
      expect(doubles.independent).toEqual(big.independent);
    }),
    { numRuns: 300 },
  );
});

test.each([3, 101, 4093, 33554393, 67108859])(
  'prescribed ranks and determinants of order 60 modulo %s',
  async (p) => {
    const f = smallArithmetic(p);
    const n = 60;
    let state = p;
    const random = (): number => (state = (state * 48271) % 2147483647) % p;
    for (const rank of [0, 1, 2, 30, 59, 60]) {
      // L·U with units on L's diagonal, `rank` non-zero entries on U's, and entries near p − 1.
      const entry = (): number => (random() % 2 === 0 ? p - 1 : random());
      const lower = Array.from({ length: n }, (_, r) =>
        Array.from({ length: n }, (_, c) => (c < r ? entry() : c === r ? 1 : 0)),
      );
      const upper = Array.from({ length: n }, (_, r) =>
        Array.from({ length: n }, (_, c) =>
          r >= rank || c < r ? 0 : c === r ? 1 + (random() % (p - 1)) : entry(),
        ),
      );
      const matrix = lower.map((row) =>
        upper.map((_, c) =>
          Number(row.reduce((sum, x, k) => sum + BigInt(x) * BigInt(upper[k]![c]!), 0n) % BigInt(p)),
        ),
      );
      const { rank: found, determinant } = await eliminated(matrix, n, f);
      expect(found).toBe(rank);
      const product = upper.reduce((sum, row, k) => (sum * BigInt(row[k]!)) % BigInt(p), 1n);
      expect(BigInt(determinant)).toBe(product);
      // Reversed rows: n(n − 1)/2 transpositions.
      const reversed = await eliminated(matrix.slice().reverse(), n, f);
      expect(BigInt(reversed.determinant)).toBe(
        ((n * (n - 1)) / 2) % 2 === 0 ? product : (BigInt(p) - product) % BigInt(p),
      );
    }
  },
);

test('more rows than columns: the rank, and no determinant before it is full', async () => {
  const f = smallArithmetic(4093);
  const rows = [
    [0, 0],
    [1, 2],
    [2, 4],
    [3, 6],
  ];
  expect(await eliminated(rows, 2, f)).toEqual({
    rank: 1,
    independent: [false, true, false, false],
    determinant: 0,
  });
  expect(await eliminated([...rows, [0, 5]], 2, f)).toMatchObject({ rank: 2, determinant: 5 });
  expect(await eliminated([], 0, f)).toEqual({ rank: 0, independent: [], determinant: 1 });
});
