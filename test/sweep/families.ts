import type { Field, Random, Residue } from './field.ts';

/** A kind of m × n matrix; `rank` where it is known by construction. */
export type Family = <E extends Residue>(
  m: number,
  n: number,
  field: Field<E>,
  random: Random,
) => { matrix: E[][]; rank?: number };

function filled<E>(m: number, n: number, entry: (i: number, j: number) => E): E[][] {
  return Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
}

function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function timesOf<E extends Residue>(a: E[][], b: E[][], n: number, field: Field<E>): E[][] {
  return filled(a.length, n, (i, j) =>
    a[i]!.reduce((sum, entry, k) => field.add(sum, field.multiply(entry, b[k]![j]!)), field.of(0)),
  );
}

/** What is swept over, by name. */
export const families: Readonly<Record<string, Family>> = {
  random: (m, n, field) => ({ matrix: filled(m, n, () => field.random()) }),

  'prescribed rank': (m, n, field, random) => {
    // A unit lower trapezoid times a unit upper one, rows and columns scrambled.
    const rank = random(Math.min(m, n) + 1);
    const one = field.of(1);
    const zero = field.of(0);
    const lower = filled(m, rank, (i, j) => (i === j ? one : i > j ? field.random() : zero));
    const upper = filled(rank, n, (i, j) => (i === j ? one : j > i ? field.random() : zero));
    const dense = timesOf(lower, upper, n, field);
    const columns = shuffled(n, random);
    return { matrix: shuffled(m, random).map((i) => columns.map((j) => dense[i]![j]!)), rank };
  },

  sparse: (m, n, field, random) => {
    const share = 2 + random(10);
    return { matrix: filled(m, n, () => (random(share) === 0 ? field.random() : field.of(0))) };
  },

  Vandermonde: (m, n, field, random) => {
    // Few different points in every other matrix: then rows are equal.
    const few = random(2) === 0 ? 1 + random(m + 1) : 0;
    const points = Array.from({ length: few || m }, () => field.random());
    return {
      matrix: Array.from({ length: m }, (_, i) => {
        const point = points[few ? random(few) : i]!;
        let power = field.of(1);
        return Array.from({ length: n }, () => {
          const entry = power;
          power = field.multiply(power, point);
          return entry;
        });
      }),
    };
  },

  Hankel: (m, n, field, random) => {
    const entries = sequence(m + n, field, random);
    return { matrix: filled(m, n, (i, j) => entries[i + j]!) };
  },

  Toeplitz: (m, n, field, random) => {
    const entries = sequence(m + n, field, random);
    return { matrix: filled(m, n, (i, j) => entries[i - j + n - 1]!) };
  },

  'rank-1 updates': (m, n, field, random) => {
    const identity = random(2);
    const matrix = filled(m, n, (i, j) => field.of(i === j ? identity : 0));
    for (let count = random(Math.min(m, n) + 1); count > 0; count--) {
      const u = Array.from({ length: m }, () => field.random());
      const v = Array.from({ length: n }, () => field.random());
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) matrix[i]![j] = field.add(matrix[i]![j]!, field.multiply(u[i]!, v[j]!));
    }
    return { matrix };
  },

  'block-triangular': (m, n, field, random) => {
    const [row, column] = [random(m + 1), random(n + 1)];
    const lower = random(2) === 0;
    const inBlock = (i: number, j: number): boolean => i < row !== j < column && i < row !== lower;
    return { matrix: filled(m, n, (i, j) => (inBlock(i, j) ? field.of(0) : field.random())) };
  },

  'equal rows': (m, n, field, random) => {
    const row = Array.from({ length: n }, () => field.random());
    const factor = random(2) === 0 ? field.of(1) : undefined;
    return {
      matrix: Array.from({ length: m }, () => {
        const scale = factor ?? field.random();
        return row.map((entry) => field.multiply(scale, entry));
      }),
    };
  },

  'near p − 1': (m, n, field, random) => {
    const spread = 1 + random(4);
    return { matrix: filled(m, n, () => field.of(-1 - random(spread))) };
  },

  'near p / 2': (m, n, field, random) => {
    const two = field.of(2);
    const half = two === field.of(0) ? two : field.inverse(two);
    return { matrix: filled(m, n, () => field.add(half, field.of(random(4) - 2))) };
  },

  'extreme factors': (m, n, field, random) => {
    // The factors of the elimination itself, all of largest absolute value: its sums of products are as large as they can be.
    const rank = Math.min(m, n);
    const one = field.of(1);
    const zero = field.of(0);
    const two = field.of(2);
    const half = two === zero ? one : field.inverse(two);
    const signed = () => (random(2) === 0 ? half : field.subtract(zero, half));
    const [x, y] = [signed(), signed()];
    // Entry (i, j) of the product is (terms before the diagonal of either factor)·xy, and what the diagonals of ones add.
    const xy = field.multiply(x, y);
    return {
      matrix: filled(m, n, (i, j) => {
        const before = field.multiply(field.of(Math.min(i, j)), xy);
        return field.add(before, i === j ? one : i < j ? y : x);
      }),
      rank,
    };
  },

  signs: (m, n, field, random) => ({ matrix: filled(m, n, () => field.of(random(3) - 1)) }),
};

/** Random, or a linear recurrence, whose Hankel and Toeplitz matrices have its order as their rank at most. */
function sequence<E extends Residue>(length: number, field: Field<E>, random: Random): E[] {
  const entries = Array.from({ length }, () => field.random());
  const order = random(2) === 0 ? 1 + random(4) : length;
  const coefficients = Array.from({ length: order }, () => field.random());
  for (let i = order; i < length; i++)
    entries[i] = coefficients.reduce(
      (sum, coefficient, k) => field.add(sum, field.multiply(coefficient, entries[i - 1 - k]!)),
      field.of(0),
    );
  return entries;
}
