import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detOverQ } from '../../src/rational/index.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';
import {
  bareiss,
  generator,
  identity,
  matrixOf,
  product,
  randomRows,
  rowsOf,
  turned,
  type Rows,
} from './integers.ts';

const det = (rows: Rows): bigint => detOverQ(matrixOf(rows, rows.length));

test('is that of fraction-free elimination', () => {
  const square = fc.nat(7).chain((n) => rowsOf(n, n));
  fc.assert(
    fc.property(square, (rows) => {
      expect(det(rows)).toBe(bareiss(rows, rows.length).determinant);
    }),
    { numRuns: 300 },
  );
});

/** L·U with rows exchanged, and its determinant. */
function triangles(seed: number, n: number, bits: number): { rows: Rows; determinant: bigint } {
  const random = generator(seed);
  const lower = randomRows(random, n, n, bits).map((row, i) =>
    row.map((entry, j) => (i === j ? 1n : i < j ? 0n : entry)),
  );
  const upper = randomRows(random, n, n, bits).map((row, i) =>
    row.map((entry, j) => (i === j ? entry + (entry < 0n ? -1n : 1n) : i > j ? 0n : entry)),
  );
  const rows = product(lower, upper, n);
  let determinant = upper.reduce((all, row, i) => all * row[i]!, 1n);
  for (let i = n - 1; i > 0; i--) {
    const j = random(i + 1);
    if (i === j) continue;
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    determinant = -determinant;
  }
  return { rows, determinant };
}

test('of products of triangles with rows exchanged, on both sides of the order from which a system is solved', () => {
  for (const [n, bits] of [
    [1, 500],
    [40, 8],
    [100, 8],
    [101, 8],
    [104, 60],
    [110, 3],
  ] as const)
    for (const seed of [1, 2]) {
      const { rows, determinant } = triangles(seed, n, bits);
      expect(det(rows)).toBe(determinant);
    }
});

test('of long entries', () => {
  const random = generator(13);
  for (const [n, bits] of [
    [5, 1500],
    [9, 2000],
    [23, 1000],
  ] as const) {
    const rows = randomRows(random, n, n, bits);
    expect(det(rows)).toBe(bareiss(rows, n).determinant);
  }
});

test('of block diagonal matrices', () => {
  const random = generator(3);
  const blocks = [randomRows(random, 53, 53, 10), randomRows(random, 53, 53, 10)];
  const rows = blocks.flatMap((block, b) =>
    block.map((row) => [...Array<bigint>(53 * b).fill(0n), ...row, ...Array<bigint>(53 * (1 - b)).fill(0n)]),
  );
  expect(det(rows)).toBe(blocks.reduce((all, block) => all * bareiss(block, 53).determinant, 1n));
});

test('Hadamard matrices reach the bound', () => {
  let rows: Rows = [[1n]];
  for (let n = 1; n <= 128; n *= 2) {
    const value = det(rows);
    expect(value * value).toBe(BigInt(n) ** BigInt(n));
    // The other sign: two rows exchanged.
    if (n > 1) expect(det([rows[1]!, rows[0]!, ...rows.slice(2)])).toBe(-value);
    // So long that a system is solved.
    if (n === 128) expect(det(rows.map((row) => row.map((entry) => 64n * entry)))).toBe(64n ** 128n * value);
    rows = [
      ...rows.map((row) => [...row, ...row]),
      ...rows.map((row) => [...row, ...row.map((entry) => -entry)]),
    ];
  }
});

test('at the end of what the primes can tell, of either sign', () => {
  for (let k = 1n; k < 320n; k++)
    for (const x of [2n ** k - 1n, 2n ** k, -(2n ** k) + 1n, -(2n ** k)]) expect(det([[x]])).toBe(x);
});

test('Vandermonde and Hilbert-like matrices', () => {
  const nodes = [-5n, -1n, 0n, 2n, 7n, 11n, 100n, 2n ** 40n];
  const vandermonde = nodes.map((x) => nodes.map((_, j) => x ** BigInt(j)));
  let expected = 1n;
  for (const [i, x] of nodes.entries()) for (const y of nodes.slice(0, i)) expected *= x - y;
  expect(det(vandermonde)).toBe(expected);
  for (let n = 1; n <= 9; n++) {
    const multiple = 232792560n;
    const hilbert = identity(n).map((row, i) => row.map((_, j) => multiple / BigInt(i + j + 1)));
    expect(det(hilbert)).toBe(bareiss(hilbert, n).determinant);
  }
});

test('primes that divide the determinant, or everything, mislead nobody', () => {
  const bad = [0, 1, 2].map((i) => BigInt(wordPrime(i)));
  const all = bad[0]! * bad[1]! * bad[2]!;
  for (const n of [5, 104]) {
    expect(det(identity(n).map((row) => row.map((entry) => entry * all)))).toBe(all ** BigInt(n));
    const { rows, determinant } = triangles(4, n, 10);
    rows[2] = rows[2]!.map((entry) => entry * all);
    expect(det(rows)).toBe(determinant * all);
    expect(det(turned(rows, n))).toBe(determinant * all);
  }
});

test('singular', () => {
  const random = generator(9);
  for (const n of [2, 20, 104])
    for (const r of [0, 1, n - 1]) {
      const rows = product(randomRows(random, n, r, 20), randomRows(random, r, n, 20), n);
      expect(det(rows)).toBe(0n);
    }
});

test('the empty matrix, and shapes that are not square', () => {
  expect(detOverQ({ rows: 0, cols: 0, data: [] })).toBe(1n);
  expect(() => detOverQ({ rows: 1, cols: 2, data: [1, 2] })).toThrow(
    new RangeError('matrix: expected a square matrix, got "1 × 2"'),
  );
  expect(() => detOverQ({ rows: 1, cols: 1, data: [NaN] })).toThrow(RangeError);
});
