import fc from 'fast-check';
import type { Matrix } from '../../src/matrix/index.ts';

/** Rows of integers. */
export type Rows = bigint[][];

export function matrixOf(rows: Rows, cols: number): Matrix {
  return { rows: rows.length, cols, data: rows.flat() };
}

export function rowsIn({ rows, cols, data }: Matrix): Rows {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => BigInt(data[i * cols + j]!)),
  );
}

/** A·B by the definition. */
export function product(a: Rows, b: Rows, cols: number): Rows {
  return a.map((row) =>
    Array.from({ length: cols }, (_, j) => row.reduce((sum, entry, k) => sum + entry * b[k]![j]!, 0n)),
  );
}

export function turned(a: Rows, cols: number): Rows {
  return Array.from({ length: cols }, (_, j) => a.map((row) => row[j]!));
}

export function zeros(rows: number, cols: number): Rows {
  return Array.from({ length: rows }, () => Array<bigint>(cols).fill(0n));
}

export function identity(n: number): Rows {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1n : 0n)));
}

/** Rank, and the determinant of a square matrix, by fraction-free elimination (Bareiss, Mathematics of Computation 22, 1968). */
export function bareiss(matrix: Rows, cols: number): { rank: number; determinant: bigint } {
  const a = matrix.map((row) => [...row]);
  let [rank, last, sign] = [0, 1n, 1n];
  for (let column = 0; column < cols && rank < a.length; column++) {
    const pivot = a.findIndex((row, i) => i >= rank && row[column] !== 0n);
    if (pivot < 0) continue;
    if (pivot !== rank) {
      [a[pivot], a[rank]] = [a[rank]!, a[pivot]!];
      sign = -sign;
    }
    const top = a[rank]!;
    for (let i = rank + 1; i < a.length; i++) {
      const row = a[i]!;
      for (let j = column + 1; j < cols; j++)
        row[j] = (row[j]! * top[column]! - row[column]! * top[j]!) / last;
      row[column] = 0n;
    }
    last = top[column]!;
    rank++;
  }
  return { rank, determinant: rank === a.length && a.length === cols ? sign * last : 0n };
}

/** An entry: mostly small, also at the edges of doubles, limbs and word primes, also of 200 bits, also a multiple of the first word prime. */
export const entry = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(-9n, 9n) },
  { weight: 1, arbitrary: fc.bigInt(-(2n ** 64n), 2n ** 64n) },
  { weight: 1, arbitrary: fc.bigInt(-(2n ** 200n), 2n ** 200n) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      2n ** 31n - 1n,
      -(2n ** 31n - 1n),
      2n ** 52n,
      2n ** 52n - 1n,
      -(2n ** 53n),
      2n ** 104n,
      (2n ** 31n - 1n) * 3n,
    ),
  },
);

export function rowsOf(rows: number, cols: number, of: fc.Arbitrary<bigint> = entry): fc.Arbitrary<Rows> {
  return fc.array(fc.array(of, { minLength: cols, maxLength: cols }), { minLength: rows, maxLength: rows });
}

/** Products m × r by r × n: every rank occurs, also 0, also of empty shapes. */
export const deficient: fc.Arbitrary<{ rows: Rows; n: number }> = fc
  .tuple(fc.nat(6), fc.nat(6), fc.nat(6))
  .chain(([m, n, r]) =>
    fc.tuple(rowsOf(m, r), rowsOf(r, n)).map(([left, right]) => ({ rows: product(left, right, n), n })),
  );

/** Integers below `bound` ≤ 2³², the same every time (an xorshift generator). */
export function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Rows of integers of up to `bits` bits and any sign. */
export function randomRows(
  random: (bound: number) => number,
  rows: number,
  cols: number,
  bits: number,
): Rows {
  return Array.from({ length: rows }, () =>
    Array.from({ length: cols }, () => {
      let value = 0n;
      for (let left = bits; left > 0; left -= 24)
        value = value * 2n ** BigInt(Math.min(24, left)) + BigInt(random(2 ** Math.min(24, left)));
      return random(2) ? value : -value;
    }),
  );
}
