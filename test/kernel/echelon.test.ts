import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Echelon } from '../../src/kernel/echelon.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { determinant, generator, primes, product, referenceProfiles, rowsOf, type Rows } from './matrices.ts';

/** Eliminates rows in batches of the given sizes (the last takes the rest). */
function eliminate(kernel: Kernel, rows: Rows, cols: number, batches: readonly number[] = []): Echelon {
  const echelon = new Echelon(kernel, cols);
  let start = 0;
  for (const size of [...batches, Infinity]) {
    const count = Math.min(size, rows.length - start);
    const { at, rowStride } = echelon.openBatch(count);
    for (let i = 0; i < count; i++) kernel.write(at + i * rowStride * kernel.elementBytes, rows[start + i]!);
    while (!echelon.step());
    start += count;
  }
  return echelon;
}

function ascending(indices: readonly number[]): number[] {
  return [...indices].sort((a, b) => a - b);
}

function profiles(echelon: Echelon): { rows: number[]; columns: number[] } {
  return { rows: ascending(echelon.pivotRows), columns: ascending(echelon.pivotColumns) };
}

/** The determinant of the minor that the pivots name, from their values and the permutation between rows and columns. */
function minorDeterminant({ pivotRows, pivotColumns, pivotValues }: Echelon, prime: number): number {
  let inversions = 0;
  for (let i = 0; i < pivotRows.length; i++)
    for (let j = 0; j < i; j++)
      if (pivotRows[j]! < pivotRows[i]! !== pivotColumns[j]! < pivotColumns[i]!) inversions++;
  let result = 1n;
  for (const value of pivotValues) result = (result * BigInt(value)) % BigInt(prime);
  return Number(inversions % 2 === 1 ? (BigInt(prime) - result) % BigInt(prime) : result % BigInt(prime));
}

/** A matrix of rank exactly r: unit lower trapezoid times unit upper trapezoid, rows and columns scrambled, some rows and columns zero. */
function ofRank(r: number, m: number, n: number, prime: number, random: (p: number) => number): Rows {
  const shuffled = (count: number): number[] => {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = random(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  };
  const lower = Array.from({ length: m }, (_, i) =>
    Array.from({ length: r }, (_, j) => (i === j ? 1 : i > j ? random(prime) : 0)),
  );
  const upper = Array.from({ length: r }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 1 : j > i ? random(prime) : 0)),
  );
  const dense = product(lower, upper, n, prime);
  const columns = shuffled(n);
  return shuffled(m).map((i) => columns.map((j) => dense[i]![j]!));
}

describe.each(['simd', 'scalar'] as const)('%s elimination', (build) => {
  test('every rank 0 … min(m, n), at every prime boundary: rank profiles and determinant of the minor', () => {
    const random = generator(1);
    for (const prime of primes) {
      const kernel = Kernel.create(prime, build);
      const [m, n] = [19, 21];
      for (let r = 0; r <= m; r++) {
        const rows = ofRank(r, m, n, prime, random);
        const mark = kernel.mark();
        const echelon = eliminate(kernel, rows, n);
        kernel.release(mark);
        expect(echelon.rank).toBe(r);
        const found = profiles(echelon);
        expect(found).toEqual(referenceProfiles(rows, prime));
        const minor = found.rows.map((i) => found.columns.map((j) => rows[i]![j]!));
        expect(minorDeterminant(echelon, prime)).toBe(determinant(minor, prime));
      }
    }
  });

  test('any small matrix in any batches: the same profiles as the definition', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...primes).chain((prime) =>
          fc.tuple(fc.nat(12), fc.nat(12)).chain(([m, n]) =>
            fc.record({
              prime: fc.constant(prime),
              n: fc.constant(n),
              rows: rowsOf(prime, m, n),
              batches: fc.array(fc.nat(4), { maxLength: 4 }),
            }),
          ),
        ),
        ({ prime, n, rows, batches }) => {
          const kernel = Kernel.create(prime, build);
          const echelon = eliminate(kernel, rows, n, batches);
          expect(profiles(echelon)).toEqual(referenceProfiles(rows, prime));
          expect(echelon.rowsSeen).toBe(rows.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('shapes across the strips and panels, deficient, in batches', () => {
    const random = generator(2);
    const shapes = [
      [1, 300, 1],
      [300, 1, 1],
      [70, 40, 33],
      [40, 90, 17],
      [130, 300, 120],
      [300, 280, 271],
    ] as const;
    for (const prime of [3, 4093, 8191, 67108859, 2147483647])
      for (const [m, n, r] of shapes) {
        const rows = ofRank(r, m, n, prime, random);
        // Zero rows and columns, and a repeated block of columns: panels without pivots.
        for (let i = 0; i < m; i += 5) rows[i] = Array<number>(n).fill(0);
        for (const row of rows) for (let j = 0; j + n / 2 < n; j += 3) row[j] = row[Math.floor(j + n / 2)]!;
        const kernel = Kernel.create(prime, build);
        const mark = kernel.mark();
        const whole = eliminate(kernel, rows, n);
        kernel.release(mark);
        expect(profiles(eliminate(kernel, rows, n, [m >> 2, 0, m >> 1]))).toEqual(profiles(whole));
        if (prime === 4093 || m * n < 10_000) expect(profiles(whole)).toEqual(referenceProfiles(rows, prime));
      }
  });

  test('structured matrices: all equal rows, Vandermonde, Hankel of low rank, block-triangular, anti-diagonal', () => {
    for (const prime of [4093, 8191, 8209, 1073741789, 2147483647]) {
      const p = BigInt(prime);
      const at = (m: number, n: number, entry: (i: number, j: number) => bigint): Rows =>
        Array.from({ length: m }, (_, i) =>
          Array.from({ length: n }, (_, j) => Number(((entry(i, j) % p) + p) % p)),
        );
      const cases: [number, number, Rows][] = [
        [1, 50, at(60, 50, (_, j) => BigInt(j + 1))],
        [40, 40, at(60, 40, (i, j) => BigInt(i + 1) ** BigInt(j))],
        // a·2^k + b·3^k + c·5^k: a Hankel matrix of rank 3.
        [3, 45, at(45, 45, (i, j) => 2n ** BigInt(i + j) + 7n * 3n ** BigInt(i + j) - 5n ** BigInt(i + j))],
        [30, 50, at(50, 50, (i, j) => (i < 30 && j >= i ? BigInt(i * j + 1) : 0n))],
        [47, 47, at(47, 47, (i, j) => (i + j === 46 ? -1n : 0n))],
      ];
      for (const [r, n, rows] of cases) {
        const kernel = Kernel.create(prime, build);
        const echelon = eliminate(kernel, rows, n);
        expect(echelon.rank).toBe(r);
        expect(profiles(echelon)).toEqual(referenceProfiles(rows, prime));
      }
    }
  });
});

test('both builds give the same pivots, in the same order', () => {
  const random = generator(3);
  for (const prime of [4093, 8191, 67108859]) {
    const rows = ofRank(150, 200, 280, prime, random);
    const [simd, scalar] = (['simd', 'scalar'] as const).map((build) =>
      eliminate(Kernel.create(prime, build), rows, 280, [90]),
    );
    expect(simd!.pivotRows).toEqual(scalar!.pivotRows);
    expect(simd!.pivotColumns).toEqual(scalar!.pivotColumns);
    expect(simd!.pivotValues).toEqual(scalar!.pivotValues);
  }
});

test('a batch must be finished before the next, and a step needs a batch', () => {
  const echelon = new Echelon(Kernel.create(4093), 3);
  expect(() => echelon.step()).toThrow('no batch is open');
  echelon.openBatch(2);
  expect(() => echelon.openBatch(1)).toThrow('not finished');
  expect(() => new Echelon(Kernel.create(4093), -1)).toThrow(RangeError);
});
