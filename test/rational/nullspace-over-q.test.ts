import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nullspaceOverQ } from '../../src/rational/index.ts';
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
  rowsIn,
  turned,
  zeros,
  type Rows,
} from './integers.ts';

function expectNullspaces(rows: Rows, n: number, rank: number): void {
  const matrix = matrixOf(rows, n);
  const right = nullspaceOverQ(matrix, 'right');
  expect([right.rows, right.cols]).toEqual([n, n - rank]);
  expect(product(rows, rowsIn(right), n - rank)).toEqual(zeros(rows.length, n - rank));
  expectNormal(turned(rowsIn(right), n - rank), rows, n);
  const left = nullspaceOverQ(matrix, 'left');
  expect([left.rows, left.cols]).toEqual([rows.length - rank, rows.length]);
  expect(product(rowsIn(left), rows, n)).toEqual(zeros(rows.length - rank, n));
  expectNormal(rowsIn(left), turned(rows, n), rows.length);
}

/** Primitive vectors, each with the only entry at a dependent column, and zeros behind it. */
function expectNormal(vectors: Rows, rows: Rows, n: number): void {
  const rankOf = (columns: number): number =>
    bareiss(
      rows.map((row) => row.slice(0, columns)),
      columns,
    ).rank;
  const dependent = Array.from({ length: n }, (_, j) => j).filter((j) => rankOf(j + 1) === rankOf(j));
  expect(vectors).toHaveLength(dependent.length);
  for (const [k, vector] of vectors.entries()) {
    expect(vector.reduce(gcd, 0n)).toBe(1n);
    expect(vector.find((entry) => entry !== 0n)).toBeGreaterThan(0n);
    expect(dependent.map((column) => vector[column] !== 0n)).toEqual(dependent.map((_, i) => i === k));
    expect(vector.slice(dependent[k]! + 1).every((entry) => entry === 0n)).toBe(true);
  }
}

test('annihilates, has as many vectors as the rank leaves, primitive and in normal form', () => {
  fc.assert(
    fc.property(deficient, ({ rows, n }) => expectNullspaces(rows, n, bareiss(rows, n).rank)),
    { numRuns: 100 },
  );
});

test('larger, with long entries', () => {
  const random = generator(21);
  for (const [m, n, r, bits] of [
    [40, 30, 25, 8],
    [20, 25, 19, 200],
    [30, 30, 3, 60],
  ] as const)
    expectNullspaces(product(randomRows(random, m, r, bits), randomRows(random, r, n, bits), n), n, r);
});

test('primes that divide everything mislead nobody', () => {
  const all = [0, 1, 2].reduce((factor, i) => factor * BigInt(wordPrime(i)), 1n);
  const rows = [...identity(4).map((row) => row.map((entry) => entry * all)), [1n, 2n, 3n, 4n]];
  expectNullspaces(rows, 4, 4);
  expectNullspaces(turned(rows, 4), 5, 4);
  // Of the right rank modulo the first primes, but with other pivot columns.
  expectNullspaces([[all, 1n, 1n]], 3, 1);
  expectNullspaces(
    [
      [all, 1n, 1n, 5n],
      [0n, all, 7n, 5n],
      [all, all + 1n, 8n, 10n],
    ],
    4,
    2,
  );
});

test('a matrix of zeros, and empty ones', () => {
  expect(nullspaceOverQ({ rows: 2, cols: 2, data: [0, 0, 0, 0] }, 'right').data).toEqual([1n, 0n, 0n, 1n]);
  expect(nullspaceOverQ({ rows: 0, cols: 2, data: [] }, 'right').data).toEqual([1n, 0n, 0n, 1n]);
  expect(nullspaceOverQ({ rows: 0, cols: 2, data: [] }, 'left')).toEqual({ rows: 0, cols: 0, data: [] });
  expect(nullspaceOverQ({ rows: 2, cols: 0, data: [] }, 'right')).toEqual({ rows: 0, cols: 0, data: [] });
});

test('the side must be named', () => {
  expect(() => nullspaceOverQ({ rows: 0, cols: 0, data: [] }, 'both' as 'left')).toThrow(
    'side: expected "left" or "right", got "both"',
  );
  expect(() => nullspaceOverQ({ rows: 1, cols: 1, data: [0.5] }, 'left')).toThrow(RangeError);
});
