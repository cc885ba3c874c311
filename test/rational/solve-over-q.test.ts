import fc from 'fast-check';
import { expect, test } from 'vitest';
import { solveOverQ } from '../../src/rational/index.ts';
import { gcd } from '../../src/fraction.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';
import {
  bareiss,
  deficient,
  generator,
  identity,
  matrixOf,
  product,
  randomRows,
  rowsOf,
  rowsIn,
  type Rows,
} from './integers.ts';

/** Solves, and expects a solution in lowest terms, or null, as the augmented rank says. */
function expectSolved(a: Rows, n: number, b: Rows, k: number): void {
  const x = solveOverQ(matrixOf(a, n), matrixOf(b, k));
  const { rank } = bareiss(a, n);
  const augmented = a.map((row, i) => [...row, ...b[i]!]);
  expect(x !== null).toBe(bareiss(augmented, n + k).rank === rank);
  if (!x) return;
  expect([x.rows, x.cols]).toEqual([n, k]);
  expect(x.denominator).toBeGreaterThan(0n);
  expect(x.numerators.reduce(gcd, x.denominator)).toBe(1n);
  const numerators = rowsIn({ rows: n, cols: k, data: x.numerators });
  expect(product(a, numerators, k)).toEqual(b.map((row) => row.map((entry) => entry * x.denominator)));
  expect(numerators.filter((row) => row.some((entry) => entry !== 0n)).length).toBeLessThanOrEqual(rank);
}

test('a solution in lowest terms where there is one, null where the augmented rank says that there is none', () => {
  const systems = deficient.chain(({ rows, n }) =>
    fc.nat(3).chain((k) =>
      fc.record({
        rows: fc.constant(rows),
        n: fc.constant(n),
        k: fc.constant(k),
        x: rowsOf(n, k),
        any: rowsOf(rows.length, k),
      }),
    ),
  );
  fc.assert(
    fc.property(systems, ({ rows, n, k, x, any }) => {
      expectSolved(rows, n, product(rows, x, k), k);
      expectSolved(rows, n, any, k);
    }),
    { numRuns: 100 },
  );
});

test('the solution of a square system that is known', () => {
  const random = generator(31);
  for (const [n, k, bits, denominator] of [
    [30, 1, 8, 12n],
    [30, 7, 8, 1n],
    [12, 2, 200, 2n ** 300n - 1n],
    [70, 1, 60, 97n],
  ] as const) {
    const a = randomRows(random, n, n, bits);
    const x = randomRows(random, n, k, 70);
    x[0]![0] = 1n;
    // (d·A)·(x/d) = A·x; d is coprime to the numerator 1.
    const scaled = a.map((row) => row.map((entry) => entry * denominator));
    const solved = solveOverQ(matrixOf(scaled, n), matrixOf(product(a, x, k), k))!;
    expect(solved.denominator).toBe(denominator);
    expect(solved.numerators).toEqual(x.flat());
  }
});

test('a system whose solution is as large as Cramer’s rule allows', () => {
  const random = generator(17);
  for (const [n, k, bits] of [
    [25, 1, 8],
    [20, 6, 60],
    [8, 2, 500],
  ] as const)
    expectSolved(randomRows(random, n, n, bits), n, randomRows(random, n, k, bits), k);
});

test('a right-hand side that is much longer than the matrix, and the other way round', () => {
  const random = generator(19);
  expectSolved(randomRows(random, 9, 9, 4), 9, randomRows(random, 9, 2, 900), 2);
  expectSolved(randomRows(random, 9, 9, 900), 9, randomRows(random, 9, 2, 4), 2);
});

test('a solution that looks shorter in its first digits', () => {
  const p = BigInt(wordPrime(0));
  for (const digits of [3n, 4n, 6n, 9n, 14n, 21n])
    for (const x of [p ** digits, 5n + 7n * p ** digits, -2n * p ** digits - 1n])
      for (const denominator of [1n, 3n])
        expectSolved(
          [
            [denominator, 0n],
            [0n, 1n],
          ],
          2,
          [[x], [1n]],
          1,
        );
});

test('a fraction that looks like a short integer in all digits but the last', () => {
  const p = BigInt(wordPrime(0));
  for (let digits = 1n; digits < 12n; digits++)
    for (const numerator of [1n, 5n, -(2n ** 40n) - 1n, 3n ** 100n])
      for (const integer of [1n, -1n]) {
        // numerator ≡ ± denominator modulo a power of p.
        const denominator = p ** digits + integer * numerator;
        expectSolved([[denominator]], 1, [[numerator]], 1);
        expectSolved(
          [
            [denominator, 0n],
            [0n, 7n],
          ],
          2,
          [[numerator], [2n]],
          1,
        );
      }
});

test('primes that divide everything mislead nobody', () => {
  const all = [0, 1, 2].reduce((factor, i) => factor * BigInt(wordPrime(i)), 1n);
  const multiple = identity(3).map((row) => row.map((entry) => entry * all));
  expectSolved(multiple, 3, [[1n], [0n], [-2n]], 1);
  // Consistent modulo the primes, and over Q; inconsistent modulo the primes only; inconsistent over Q only.
  expectSolved(
    [
      [1n, 1n],
      [1n, 1n + all],
    ],
    2,
    [[0n], [all]],
    1,
  );
  expectSolved(
    [
      [1n, 1n],
      [1n, 1n + all],
    ],
    2,
    [[0n], [1n]],
    1,
  );
  expectSolved(
    [
      [1n, 1n],
      [1n, 1n],
    ],
    2,
    [[0n], [all]],
    1,
  );
  expectSolved([[0n, 0n]], 2, [[all]], 1);
});

test('inconsistent in one of many rows and one of several columns', () => {
  const random = generator(23);
  const a = product(randomRows(random, 40, 12, 20), randomRows(random, 12, 20, 20), 20);
  const b = product(a, randomRows(random, 20, 3, 20), 3);
  expectSolved(a, 20, b, 3);
  b[33]![1]! += 1n;
  expectSolved(a, 20, b, 3);
});

test('empty shapes', () => {
  const solve = (m: number, n: number, k: number): unknown =>
    solveOverQ(
      { rows: m, cols: n, data: Array(m * n).fill(1) },
      { rows: m, cols: k, data: Array(m * k).fill(1) },
    );
  expect(solve(0, 0, 0)).toEqual({ rows: 0, cols: 0, numerators: [], denominator: 1n });
  expect(solve(0, 2, 1)).toEqual({ rows: 2, cols: 1, numerators: [0n, 0n], denominator: 1n });
  expect(solve(2, 2, 0)).toEqual({ rows: 2, cols: 0, numerators: [], denominator: 1n });
  expect(solve(2, 0, 1)).toBeNull();
  expect(solve(2, 0, 0)).toEqual({ rows: 0, cols: 0, numerators: [], denominator: 1n });
});

test('shapes that do not fit are errors, and named', () => {
  const wide = { rows: 1, cols: 2, data: [1, 2] };
  expect(() => solveOverQ(wide, { rows: 2, cols: 1, data: [1, 2] })).toThrow(
    'b.rows: expected the rows of a, 1, got 2',
  );
  expect(() => solveOverQ(wide, { rows: 1, cols: 1, data: [NaN] })).toThrow(
    'b.data[0]: expected a safe integer',
  );
  expect(() => solveOverQ({ rows: 1, cols: 1, data: [1.5] }, wide)).toThrow(
    'a.data[0]: expected a safe integer',
  );
});
