import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  charpoly,
  det,
  minpoly,
  inverse,
  multiply,
  nullspace,
  pluq,
  rank,
  rankAsync,
  rankProfiles,
  rref,
  solve,
  type Matrix,
} from '../../src/matrix/index.ts';
import {
  largeGenerator,
  largeOfRank,
  largePrimes,
  largeProduct,
  largeProfiles,
  largeRows,
  mod,
  type LargeRows,
} from '../kernel/large-matrices.ts';

function matrixOf(rows: LargeRows, cols: number): Matrix {
  return { rows: rows.length, cols, data: rows.flat() };
}

function rowsIn({ rows, cols, data }: Matrix): LargeRows {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => BigInt(data[i * cols + j]!)),
  );
}

const deficient = fc.constantFrom(...largePrimes).chain((prime) =>
  fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8)).chain(([m, n, r]) =>
    fc.record({
      prime: fc.constant(prime),
      n: fc.constant(n),
      rows: fc
        .tuple(largeRows(prime, m, r), largeRows(prime, r, n))
        .map(([a, b]) => largeProduct(a, b, n, prime)),
      right: largeRows(prime, n, 3),
    }),
  ),
);

test('every operation modulo a large prime does what its name says, with residues that are bigints', () => {
  fc.assert(
    fc.property(deficient, ({ prime, n, rows, right }) => {
      const m = rows.length;
      const matrix = matrixOf(rows, n);
      const { rank: r, ...profiles } = rankProfiles(matrix, prime);
      expect(profiles).toEqual(largeProfiles(rows, prime));
      expect(rank(matrix, String(prime))).toBe(r);

      const { rowOrder, columnOrder, lower, upper } = pluq(matrix, prime);
      expect(lower.data).toBeInstanceOf(BigUint64Array);
      expect(largeProduct(rowsIn(lower), rowsIn(upper), n, prime)).toEqual(
        rowOrder.map((i) => columnOrder.map((j) => rows[i]![j]!)),
      );

      const reduced = rref(matrix, prime);
      expect(reduced.pivots).toEqual(profiles.columns);
      const coordinates = rows.map((row) => reduced.pivots.map((column) => row[column]!));
      expect(largeProduct(coordinates, rowsIn(reduced), n, prime)).toEqual(rows);

      const kernel = nullspace(matrix, 'right', prime);
      expect([kernel.rows, kernel.cols]).toEqual([n, n - r]);
      expect(
        largeProduct(rows, rowsIn(kernel), n - r, prime)
          .flat()
          .every((x) => x === 0n),
      ).toBe(true);
      expect(rank(kernel, prime)).toBe(n - r);
      const left = nullspace(matrix, 'left', prime);
      expect([left.rows, left.cols]).toEqual([m - r, m]);
      expect(multiply(left, matrix, prime).data.every((x: number | bigint) => x === 0n)).toBe(true);

      const image = largeProduct(rows, right, 3, prime);
      const solution = solve(matrix, matrixOf(image, 3), prime)!;
      expect(largeProduct(rows, rowsIn(solution), 3, prime)).toEqual(image);
    }),
    { numRuns: 100 },
  );
});

test('determinants: of a triangle, of a permutation, of products; inverses', () => {
  const random = largeGenerator(3);
  for (const prime of largePrimes) {
    const n = 6;
    const diagonal = Array.from({ length: n }, () => 1n + random(prime - 1n));
    const upper = diagonal.map((x, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? x : j > i ? random(prime) : 0n)),
    );
    const expected = diagonal.reduce((a, b) => (a * b) % prime);
    expect(det(matrixOf(upper, n), prime)).toBe(expected);
    // Rows in reverse: an odd permutation of six.
    const reversed = matrixOf([...upper].reverse(), n);
    expect(det(reversed, prime)).toBe(mod(-expected, prime));
    const square = multiply(reversed, reversed, prime);
    expect(det(square, prime)).toBe((expected * expected) % prime);
    const inverted = inverse(square, prime)!;
    expect(rowsIn(multiply(square, inverted, prime))).toEqual(
      upper.map((_, i) => upper.map((_, j) => (i === j ? 1n : 0n))),
    );
    upper[2]![2] = 0n;
    upper[2]!.fill(0n);
    expect(det(matrixOf(upper, n), prime)).toBe(0n);
    expect(inverse(matrixOf(upper, n), prime)).toBeNull();
  }
  expect(det({ rows: 0, cols: 0, data: [] }, 2147483659n)).toBe(1n);
});

test('entries of any sign, size and array', () => {
  const prime = 2305843009213693951n;
  const identity = { rows: 1, cols: 1, data: [1] };
  const entry = (data: ArrayLike<number | bigint>): number | bigint =>
    multiply(identity, { rows: 1, cols: 1, data }, prime).data[0]!;
  expect(entry([-1])).toBe(prime - 1n);
  expect(entry([10n ** 40n])).toBe(mod(10n ** 40n, prime));
  expect(entry([-(10n ** 40n)])).toBe(mod(-(10n ** 40n), prime));
  expect(entry(Float64Array.of(-5))).toBe(prime - 5n);
  expect(entry(Int8Array.of(-5))).toBe(prime - 5n);
  expect(entry(BigInt64Array.of(-(2n ** 63n)))).toBe(mod(-(2n ** 63n), prime));
  expect(entry(BigUint64Array.of(2n ** 64n - 1n))).toBe(mod(2n ** 64n - 1n, prime));
  for (const bad of [0.5, NaN, 2 ** 53])
    for (const data of [[bad], Float64Array.of(bad)])
      expect(() => entry(data)).toThrow('b.data[0]: expected a safe integer');
  expect(() => entry(['1' as never])).toThrow(TypeError);
});

test('a prime above 2^31 − 1 is a bigint or a string, and below 2^62', () => {
  const one = { rows: 1, cols: 1, data: [1] };
  expect(() => rank(one, 2147483659)).toThrow(
    'prime: expected a bigint or a string for a prime above 2147483647, got 2147483659',
  );
  expect(() => rank(one, 2n ** 62n + 135n)).toThrow('prime: expected a prime up to 4611686018427387847');
  expect(() => rank(one, 2n ** 61n - 3n)).toThrow(RangeError);
  expect(det(one, 7n)).toBe(1);
});

/** Π (x − root), from the constant term up. */
function withRoots(roots: bigint[], prime: bigint): bigint[] {
  let f = [1n];
  for (const root of roots) f = [0n, ...f].map((x, i) => mod(x - root * (f[i] ?? 0n), prime));
  return f;
}

test('characteristic and minimal polynomials of diagonal matrices in other bases', () => {
  const random = largeGenerator(9);
  for (const prime of largePrimes) {
    // A random conjugation: unit lower times unit upper triangle. 65 columns: more than two blocks of 32.
    for (const n of [0, 1, 5, 65]) {
      const basis = matrixOf(largeOfRank(n, n, n, prime, random), n);
      const values = Array.from({ length: 3 }, () => random(prime));
      const diagonal = Array.from({ length: n }, (_, i) => values[(i * i) % 3]!);
      const rows = diagonal.map((x, i) => diagonal.map((_, j) => (i === j ? x : 0n)));
      const conjugate = multiply(multiply(basis, matrixOf(rows, n), prime), inverse(basis, prime)!, prime);
      const polynomial = charpoly(conjugate, prime);
      expect(polynomial).toBeInstanceOf(BigUint64Array);
      expect(Array.from<number | bigint>(polynomial)).toEqual(withRoots(diagonal, prime));
      expect(Array.from<number | bigint>(minpoly(conjugate, prime))).toEqual(
        withRoots([...new Set(diagonal)], prime),
      );
    }
  }
});

test('empty matrices', () => {
  const prime = 4611686018427387847n;
  expect(rankProfiles({ rows: 0, cols: 5, data: [] }, prime)).toEqual({ rank: 0, rows: [], columns: [] });
  expect(rowsIn(nullspace({ rows: 0, cols: 2, data: [] }, 'right', prime))).toEqual([
    [1n, 0n],
    [0n, 1n],
  ]);
});

test('in slices: the same rank', async () => {
  const random = largeGenerator(8);
  const prime = 4611686018427387847n;
  const rows = largeOfRank(150, 160, 170, prime, random);
  expect(await rankAsync(matrixOf(rows, 170), prime)).toBe(150);
});
