import fc from 'fast-check';

/** Rows of residues 0 … p − 1. */
export type Rows = number[][];

/** Both sides of every boundary between kernels, depths and fold intervals, and the ends of the range. */
export const primes = [
  2, 3, 5, 7, 251, 257, 509, 521, 1021, 2039, 4091, 4093, 4099, 4999, 5003, 7283, 7477, 8179, 8191, 8209,
  16381, 16411, 65521, 65537, 4194301, 4194319, 67108859, 67108879, 1073741789, 1073741827, 2147483629,
  2147483647,
];

/** Any residue, often one at the edge: around 0, p/2 and p. */
export function residue(prime: number): fc.Arbitrary<number> {
  const half = Math.floor(prime / 2);
  const edges = [0, 1, prime - 1, prime - 2, half - 1, half, half + 1].map(
    (x) => ((x % prime) + prime) % prime,
  );
  return fc.oneof(fc.nat(prime - 1), fc.constantFrom(...edges));
}

export function rowsOf(prime: number, rows: number, cols: number): fc.Arbitrary<Rows> {
  return fc.array(fc.array(residue(prime), { minLength: cols, maxLength: cols }), {
    minLength: rows,
    maxLength: rows,
  });
}

/** A·B over F_p by the definition, in BigInt, or in doubles where a product of residues is exact. */
export function product(a: Rows, b: Rows, cols: number, prime: number): Rows {
  const exact = prime < 2 ** 26;
  return a.map((row) =>
    Array.from({ length: cols }, (_, j) => {
      if (exact) return row.reduce((sum, entry, k) => (sum + entry * b[k]![j]!) % prime, 0);
      return Number(
        row.reduce((sum, entry, k) => sum + BigInt(entry) * BigInt(b[k]![j]!), 0n) % BigInt(prime),
      );
    }),
  );
}

/**
 * Rank profiles by the definition: row after row, each reduced by the pivots before; the first entry that is left is a pivot.
 *
 * In BigInt, or in doubles where a product of residues is exact.
 */
export function referenceProfiles(matrix: Rows, prime: number): { rows: number[]; columns: number[] } {
  const p = BigInt(prime);
  const multiply =
    prime < 2 ** 26
      ? (a: number, b: number): number => (a * b) % prime
      : (a: number, b: number): number => Number((BigInt(a) * BigInt(b)) % p);
  const basis: { column: number; row: number[] }[] = [];
  const rows: number[] = [];
  for (const [index, given] of matrix.entries()) {
    const row = [...given];
    for (const { column, row: pivotRow } of basis) {
      const factor = row[column]!;
      if (factor === 0) continue;
      for (let j = column; j < row.length; j++) {
        const difference = row[j]! - multiply(factor, pivotRow[j]!);
        row[j] = difference < 0 ? difference + prime : difference;
      }
    }
    const column = row.findIndex((entry) => entry !== 0);
    if (column < 0) continue;
    const inverse = Number(power(BigInt(row[column]!), p - 2n, p));
    basis.push({ column, row: row.map((entry) => multiply(entry, inverse)) });
    rows.push(index);
  }
  return { rows, columns: basis.map(({ column }) => column).sort((a, b) => a - b) };
}

/** The determinant over F_p by Laplace-free elimination in BigInt. */
export function determinant(matrix: Rows, prime: number): number {
  const p = BigInt(prime);
  const a = matrix.map((row) => row.map(BigInt));
  let result = 1n;
  for (let c = 0; c < a.length; c++) {
    const pivot = a.findIndex((row, i) => i >= c && row[c] !== 0n);
    if (pivot < 0) return 0;
    if (pivot !== c) {
      [a[pivot], a[c]] = [a[c]!, a[pivot]!];
      result = p - result;
    }
    result = (result * a[c]![c]!) % p;
    const inverse = power(a[c]![c]!, p - 2n, p);
    for (let i = c + 1; i < a.length; i++) {
      const factor = (a[i]![c]! * inverse) % p;
      for (let j = c; j < a.length; j++) a[i]![j] = (((a[i]![j]! - factor * a[c]![j]!) % p) + p) % p;
    }
  }
  return Number(result % p);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (let e = exponent, square = base; e > 0n; e >>= 1n, square = (square * square) % modulus)
    if (e & 1n) result = (result * square) % modulus;
  return result;
}

/** A small deterministic generator of residues, for matrices too large for fast-check. */
export function generator(seed: number): (prime: number) => number {
  let state = seed >>> 0;
  return (prime) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const high = state;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(((high * 2 ** 21 + (state >>> 11)) / 2 ** 53) * prime);
  };
}
