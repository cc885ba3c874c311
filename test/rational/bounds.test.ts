import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bitLength,
  nextResidualBound,
  productBound,
  squaredCramerBounds,
  squaredMinorBound,
  squaredRowNorms,
} from '../../src/rational/bounds.ts';
import { Integers } from '../../src/rational/integers.ts';
import { bareiss, matrixOf, product, rowsOf, type Rows } from './integers.ts';

const of = (rows: Rows, cols: number): Integers => Integers.of(matrixOf(rows, cols));

test('the number of binary digits', () => {
  expect(bitLength(0n)).toBe(0);
  for (let k = 0; k < 130; k++)
    for (const sign of [1n, -1n]) {
      expect(bitLength(sign * 2n ** BigInt(k))).toBe(k + 1);
      expect(bitLength(sign * (2n ** BigInt(k + 1) - 1n))).toBe(k + 1);
    }
});

test('squared norms, also where the squares do not fit into a double', () => {
  for (const x of [1n, 2n ** 20n - 1n, 2n ** 20n + 1n, 2n ** 26n - 1n, 2n ** 52n - 1n, 2n ** 80n])
    for (const n of [1, 4095, 4096, 4097, 9000])
      expect(squaredRowNorms(of([Array<bigint>(n).fill(-x)], n))).toEqual([BigInt(n) * x * x]);
});

test('no minor is beyond its bound, and Hadamard matrices reach it', () => {
  const square = fc.integer({ min: 1, max: 5 }).chain((n) => rowsOf(n, n));
  fc.assert(
    fc.property(square, (rows) => {
      const n = rows.length;
      const { determinant } = bareiss(rows, n);
      expect(squaredMinorBound(of(rows, n), n)).toBeGreaterThanOrEqual(determinant ** 2n);
      for (let size = 1; size <= n; size++) {
        const bound = squaredMinorBound(of(rows, n), size);
        for (let shift = 0; shift < n; shift++) {
          const chosen = Array.from({ length: size }, (_, i) => (i + shift) % n);
          const minor = chosen.map((i) => chosen.map((j) => rows[i]![(j * 2) % n] ?? 0n));
          expect(bound).toBeGreaterThanOrEqual(bareiss(minor, size).determinant ** 2n);
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(
    squaredMinorBound(
      of(
        [
          [1n, 1n],
          [1n, -1n],
        ],
        2,
      ),
      2,
    ),
  ).toBe(4n);
  expect(squaredMinorBound(of([], 0), 0)).toBe(1n);
});

test('Cramer’s determinants are within their bounds', () => {
  const systems = fc.integer({ min: 1, max: 5 }).chain((n) =>
    fc.tuple(
      rowsOf(n, n),
      fc.nat(3).chain((k) => rowsOf(k, n)),
    ),
  );
  fc.assert(
    fc.property(systems, ([a, rhs]) => {
      const n = a.length;
      const { numerator, denominator } = squaredCramerBounds(of(a, n), of(rhs, n));
      const { determinant } = bareiss(a, n);
      fc.pre(determinant !== 0n);
      expect(denominator).toBeGreaterThanOrEqual(determinant ** 2n);
      for (const b of rhs)
        for (let column = 0; column < n; column++) {
          const replaced = a.map((row, i) => row.map((x, j) => (j === column ? b[i]! : x)));
          expect(numerator).toBeGreaterThanOrEqual(bareiss(replaced, n).determinant ** 2n);
        }
    }),
    { numRuns: 300 },
  );
});

test('products and residuals are within their bounds, in the worst case', () => {
  const n = 7;
  const worst = Array.from({ length: n }, () => Array<bigint>(n).fill(-(2n ** 60n)));
  const x = Array.from({ length: n }, () => [2n ** 52n - 1n]);
  const bound = productBound(of(worst, n), 2n ** 52n);
  for (const [entry] of product(worst, x, 1)) expect(-entry!).toBeLessThanOrEqual(bound);
  const prime = 2147483629;
  const digit = BigInt((prime - 1) / 2);
  for (const residual of [0n, 1n, 10n ** 6n, 10n ** 40n]) {
    const next = (residual + BigInt(n) * 2n ** 60n * digit) / BigInt(prime) + 1n;
    expect(nextResidualBound(residual, BigInt(n) * 2n ** 60n, prime)).toBeGreaterThanOrEqual(next);
  }
});
