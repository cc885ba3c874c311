import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rank, rankAsync, rankProfiles } from '../../src/matrix/rank.ts';
import { generator, primes, product, referenceProfiles, rowsOf, type Rows } from '../kernel/matrices.ts';

const matrix = (rows: Rows, cols: number): { rows: number; cols: number; data: number[] } => ({
  rows: rows.length,
  cols,
  data: rows.flat(),
});

test('rank and profiles of any small matrix are those of the definition', () => {
  const cases = fc.record({ prime: fc.constantFrom(...primes), m: fc.nat(9), n: fc.nat(9) });
  fc.assert(
    fc.property(
      cases.chain(({ prime, m, n }) =>
        fc.record({ prime: fc.constant(prime), n: fc.constant(n), rows: rowsOf(prime, m, n) }),
      ),
      ({ prime, n, rows }) => {
        const expected = referenceProfiles(rows, prime);
        expect(rankProfiles(matrix(rows, n), prime)).toEqual({ rank: expected.rows.length, ...expected });
        expect(rank(matrix(rows, n), prime)).toBe(expected.rows.length);
      },
    ),
    { numRuns: 300 },
  );
});

test('the rank depends on the prime', () => {
  const data = [2, 0, 0, 0, 3, 0, 0, 0, 5];
  expect([2, 3, 5, 7].map((prime) => rank({ rows: 3, cols: 3, data }, prime))).toEqual([2, 2, 2, 3]);
});

test('entries of any sign and size, and the prime in any form', () => {
  const data = [10n ** 30n, 1, -(10n ** 30n), -1];
  expect(rank({ rows: 2, cols: 2, data }, 4093n)).toBe(1);
  expect(rank({ rows: 2, cols: 2, data: [1, 2, 4094, 2 - 4093] }, '4093')).toBe(1);
});

test('empty matrices have rank 0', () => {
  for (const [rows, cols] of [
    [0, 0],
    [0, 5],
    [5, 0],
  ] as const)
    expect(rankProfiles({ rows, cols, data: [] }, 7)).toEqual({ rank: 0, rows: [], columns: [] });
});

test('calls in any order of primes and sizes do not disturb each other', () => {
  const random = generator(5);
  const cases = Array.from({ length: 40 }, (_, i) => {
    const prime = primes[(i * 7) % primes.length]!;
    const [m, n, r] = [1 + random(40), 1 + random(40), random(20)];
    const left = Array.from({ length: m }, () => Array.from({ length: r }, () => random(prime)));
    const right = Array.from({ length: r }, () => Array.from({ length: n }, () => random(prime)));
    return { prime, n, rows: product(left, right, n, prime) };
  });
  for (let pass = 0; pass < 2; pass++)
    for (const { prime, n, rows } of cases) {
      expect(rank(matrix(rows, n), prime)).toBe(referenceProfiles(rows, prime).rows.length);
      // A call that throws halfway leaves nothing behind.
      expect(() => rank({ rows: 2, cols: 1, data: [1, NaN] }, prime)).toThrow(RangeError);
    }
});

test('bad primes, shapes and entries are refused', () => {
  const one = { rows: 1, cols: 1, data: [1] };
  for (const prime of [1, 4, 2 ** 31]) expect(() => rank(one, prime)).toThrow(RangeError);
  expect(() => rank({ ...one, data: [] }, 7)).toThrow('matrix.data: expected 1 × 1 entries, got 0');
  expect(() => rank({ ...one, data: [0.5] }, 7)).toThrow('matrix.data[0]: expected a safe integer');
  expect(() => rank(null as never, 7)).toThrow(TypeError);
});

test('a matrix beyond 4 GiB is refused before any work, with what it needs', () => {
  const data = { length: 40_000 * 40_000 };
  expect(() => rank({ rows: 40_000, cols: 40_000, data: data as never }, 2147483647)).toThrow(
    /memory: expected at most 4096 MiB in all, got 61\d\d MiB/,
  );
  expect(() => rank({ rows: 2 ** 26, cols: 1, data: { length: 2 ** 26 } as never }, 4093)).toThrow(
    RangeError,
  );
});

test('in slices: the same rank, with progress', async () => {
  const random = generator(6);
  const n = 700;
  const data = Uint32Array.from({ length: n * n }, () => random(2147483647));
  data.copyWithin(0, n, 2 * n);
  let calls = 0;
  const found = await rankAsync({ rows: n, cols: n, data }, 2147483647, {
    onProgress: ({ phase, done, total }) => {
      expect([phase, total]).toEqual(['elimination', n]);
      expect(done).toBeLessThanOrEqual(n);
      calls++;
    },
  });
  expect(found).toBe(n - 1);
  expect(calls).toBeLessThan(1000);
});

test('an abort ends the computation with its reason', async () => {
  const one = { rows: 1, cols: 1, data: [1] };
  await expect(rankAsync(one, 7, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
  const random = generator(7);
  const n = 1800;
  const data = Uint32Array.from({ length: n * n }, () => random(2147483647));
  const controller = new AbortController();
  const ranking = rankAsync({ rows: n, cols: n, data }, 2147483647, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(ranking).rejects.toThrow('enough');
});
