import type { Matrix } from '../../src/matrix/index.ts';

/** Numbers that look random: 0 … 2³² − 1. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** How the entries of the factors are chosen: anything, near p − 1, or seldom other than 0. */
export type Fill = 'random' | 'extreme' | 'sparse';

/**
 * A matrix of prescribed rank: L·U with L unit lower trapezoidal and U unit upper trapezoidal, rows and columns permuted. Schoolbook, in
 * bigints.
 */
export function matrixOfRank(
  rows: number,
  cols: number,
  rank: number,
  prime: number | bigint,
  fill: Fill = 'random',
  seed = 1,
): Matrix {
  const next = generator(seed * 7919 + rows * 101 + cols * 13 + rank);
  const p = BigInt(prime);
  const entry = (): bigint => {
    if (fill === 'extreme') return (p - 1n - BigInt(next() % 2)) % p;
    if (fill === 'sparse' && next() % 8 !== 0) return 0n;
    return ((BigInt(next()) << 32n) | BigInt(next())) % p;
  };
  const lower = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: rank }, (_, j) => (i === j ? 1n : i > j ? entry() : 0n)),
  );
  const upper = Array.from({ length: rank }, (_, i) =>
    Array.from({ length: cols }, (_, j) => (i === j ? 1n : i < j ? entry() : 0n)),
  );
  const order = (count: number): number[] => {
    const indices = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = next() % (i + 1);
      [indices[i], indices[j]] = [indices[j]!, indices[i]!];
    }
    return indices;
  };
  const rowOrder = order(rows);
  const columnOrder = order(cols);
  const entries = rowOrder.flatMap((i) =>
    columnOrder.map((j) => lower[i]!.reduce((sum, factor, k) => sum + factor * upper[k]![j]!, 0n) % p),
  );
  return { rows, cols, data: typeof prime === 'bigint' ? entries : entries.map(Number) };
}
