import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankOverQ } from '../../src/rational/index.ts';
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
} from './integers.ts';

test('is that of fraction-free elimination', () => {
  fc.assert(
    fc.property(deficient, ({ rows, n }) => {
      expect(rankOverQ(matrixOf(rows, n))).toBe(bareiss(rows, n).rank);
    }),
    { numRuns: 300 },
  );
});

test('every rank of every small shape', () => {
  const random = generator(5);
  for (let m = 0; m <= 5; m++)
    for (let n = 0; n <= 5; n++)
      for (let r = 0; r <= Math.min(m, n); r++) {
        // Unit triangular corners: the factors have rank r.
        const left = randomRows(random, m, r, 20).map((row, i) =>
          row.map((entry, j) => (i === j ? 1n : i < j ? 0n : entry)),
        );
        const right = randomRows(random, r, n, 20).map((row, i) =>
          row.map((entry, j) => (i === j ? 1n : i > j ? 0n : entry)),
        );
        expect(rankOverQ(matrixOf(product(left, right, n), n))).toBe(r);
      }
});

test('primes that divide everything mislead nobody', () => {
  const bad = [0, 1, 2].map((i) => BigInt(wordPrime(i)));
  const all = bad[0]! * bad[1]! * bad[2]!;
  const multiple = identity(5).map((row) => row.map((entry) => entry * all));
  expect(rankOverQ(matrixOf(multiple, 5))).toBe(5);
  fc.assert(
    fc.property(rowsOf(4, 3), rowsOf(3, 5), fc.nat(3), (left, right, row) => {
      const rows = product(left, right, 5);
      rows[row] = rows[row]!.map((entry) => entry * all);
      expect(rankOverQ(matrixOf(rows, 5))).toBe(bareiss(rows, 5).rank);
    }),
    { numRuns: 50 },
  );
  // A minor of order 2 that is the product of two primes: of rank 1 modulo each.
  const minor = [
    [1n, 1n],
    [1n, 1n + bad[0]! * bad[1]!],
  ];
  expect(rankOverQ(matrixOf(minor, 2))).toBe(2);
});

test('a minor that is as large as its bound, and divisible by all primes that fit', () => {
  for (let count = 1; count < 12; count++) {
    const all = Array.from({ length: count }, (_, i) => BigInt(wordPrime(i))).reduce((a, b) => a * b);
    let root = 1n << BigInt(Math.ceil(15.5 * count));
    while (root * root > all) root = (root + all / root) / 2n;
    // Of determinant root² + (all − root²).
    const rows = [
      [root, -1n],
      [all - root * root, root],
    ];
    expect(rankOverQ(matrixOf(rows, 2))).toBe(2);
  }
});

test('larger, with long entries', () => {
  const random = generator(7);
  for (const [m, n, r, bits] of [
    [60, 50, 37, 8],
    [30, 45, 29, 200],
    [40, 40, 40, 60],
  ] as const) {
    const rows = product(randomRows(random, m, r, bits), randomRows(random, r, n, bits), n);
    expect(rankOverQ(matrixOf(rows, n))).toBe(r);
  }
});

test('bad input is named', () => {
  expect(() => rankOverQ({ rows: 1, cols: 2, data: [1] })).toThrow(
    new RangeError('matrix.data: expected 1 × 2 entries, got 1'),
  );
  for (const bad of [NaN, 1.5, Infinity, 2 ** 53])
    expect(() => rankOverQ({ rows: 1, cols: 2, data: [1, bad] })).toThrow(
      new RangeError(`matrix.data[1]: expected a safe integer or a bigint, got ${bad}`),
    );
  for (const bad of ['1', null, undefined, true])
    expect(() => rankOverQ({ rows: 1, cols: 1, data: [bad as unknown as number] })).toThrow(TypeError);
  expect(() => rankOverQ(null as never)).toThrow(TypeError);
});
