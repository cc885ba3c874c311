import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EchelonForm, rank, rankAsync } from '../../src/matrix/index.ts';
import { generator, primes, product, referenceProfiles, rowsOf, type Rows } from '../kernel/matrices.ts';

const matrix = (rows: Rows, cols: number): { rows: number; cols: number; data: number[] } => ({
  rows: rows.length,
  cols,
  data: rows.flat(),
});

test('after every batch, rank and profiles are those of all rows so far', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...primes).chain((prime) =>
        fc.nat(9).chain((n) =>
          fc.record({
            prime: fc.constant(prime),
            n: fc.constant(n),
            batches: fc.array(
              fc.nat(4).chain((m) => rowsOf(prime, m, n)),
              { maxLength: 5 },
            ),
          }),
        ),
      ),
      ({ prime, n, batches }) => {
        const form = new EchelonForm(n, prime);
        let all: Rows = [];
        for (const rows of batches) {
          const before = form.rank;
          all = [...all, ...rows];
          const gained = form.append(matrix(rows, n));
          const { rows: profileRows, columns } = referenceProfiles(all, prime);
          expect(gained).toBe(profileRows.length - before);
          expect(form.rows).toBe(all.length);
          expect(form.rankProfiles()).toEqual({ rank: profileRows.length, rows: profileRows, columns });
          expect(form.isFull).toBe(profileRows.length === n);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('the prime in any form, and above 2^31', () => {
  const form = new EchelonForm(2, '4611686018427387847');
  expect(form.prime).toBe(4611686018427387847n);
  expect(form.append({ rows: 2, cols: 2, data: [1n, 2, -1, 4611686018427387845n] })).toBe(1);
});

describe('a bound', () => {
  const random = generator(11);
  const rowsOfRank = (r: number, m: number, n: number): Rows => {
    const entries = (count: number, length: number): Rows =>
      Array.from({ length: count }, () => Array.from({ length }, () => random(4093)));
    return product(entries(m, r), entries(r, n), n, 4093);
  };

  test('that is the rank changes nothing', async () => {
    const rows = rowsOfRank(300, 420, 500);
    const m = matrix(rows, 500);
    expect(rank(m, 4093, { bound: 300 })).toBe(300);
    expect(await rankAsync(m, 4093, { bound: 300 })).toBe(300);
    expect(rank(m, 4093, { bound: 10_000 })).toBe(300);
    const form = new EchelonForm(500, 4093, { bound: 300 });
    form.append(matrix(rows.slice(0, 350), 500));
    expect(form.rankProfiles().rows).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(form.isFull).toBe(true);
    expect(form.append(matrix(rows.slice(350), 500))).toBe(0);
    expect(form.rows).toBe(420);
  });

  test('below the rank: at least the bound, and no more than the rank', () => {
    const rows = rowsOfRank(300, 420, 500);
    for (const bound of [0, 1, 100, 299]) {
      const found = rank(matrix(rows, 500), 4093, { bound });
      expect(found).toBeGreaterThanOrEqual(bound);
      expect(found).toBeLessThanOrEqual(300);
    }
    expect(rank(matrix(rows, 500), 4093, { bound: 1 })).toBeLessThan(300);
  });

  test('must be a natural number', () => {
    for (const bound of [-1, 1.5, NaN])
      expect(() => rank({ rows: 0, cols: 0, data: [] }, 7, { bound })).toThrow(RangeError);
    expect(() => new EchelonForm(1, 7, { bound: '1' as never })).toThrow(TypeError);
  });
});

test('a batch that is refused leaves the form as it was', () => {
  const form = new EchelonForm(2, 7);
  form.append({ rows: 1, cols: 2, data: [1, 1] });
  expect(() => form.append({ rows: 1, cols: 3, data: [1, 1, 1] })).toThrow('matrix.cols: expected 2, got 3');
  expect(() => form.append({ rows: 2, cols: 2, data: [1, 2, 0.5, 1] })).toThrow(RangeError);
  expect([form.rank, form.rows]).toEqual([1, 1]);
  expect(form.append({ rows: 1, cols: 2, data: [1, 2] })).toBe(1);
  expect(form.rankProfiles()).toEqual({ rank: 2, rows: [0, 1], columns: [0, 1] });
});

test('asynchronously: the same, and not twice at once', async () => {
  const random = generator(12);
  const n = 700;
  const data = Uint32Array.from({ length: n * n }, () => random(2147483647));
  data.copyWithin(0, n, 2 * n);
  const form = new EchelonForm(n, 2147483647);
  const appending = form.appendAsync({ rows: n, cols: n, data });
  expect(() => form.append({ rows: 0, cols: n, data: [] })).toThrow('not yet eliminated');
  expect(await appending).toBe(n - 1);
});
