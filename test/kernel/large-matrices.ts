import fc from 'fast-check';

/** The references for primes above 2³¹, in BigInt. */
export type LargeRows = bigint[][];

/** The ends of the range, and primes next to each change of the number of moduli: 2³¹ < p < 2⁶². */
export const largePrimes = [
  2147483659n,
  4294967291n,
  4294967311n,
  1099511627689n,
  9007199254740881n,
  9007199254740997n,
  1152921504606846883n,
  1152921504606847009n,
  2305843009213693951n,
  4611686018427387761n,
  4611686018427387847n,
];

export function mod(x: bigint, prime: bigint): bigint {
  return ((x % prime) + prime) % prime;
}

export function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n;
  for (let e = exponent, square = mod(base, prime); e > 0n; e >>= 1n, square = (square * square) % prime)
    if (e & 1n) result = (result * square) % prime;
  return result;
}

/** Any residue, often one at the edge: around 0, p/2 and p. */
export function largeResidue(prime: bigint): fc.Arbitrary<bigint> {
  const half = prime / 2n;
  return fc.oneof(
    fc.bigInt({ min: 0n, max: prime - 1n }),
    fc.constantFrom(0n, 1n, prime - 1n, prime - 2n, half - 1n, half, half + 1n),
  );
}

export function largeRows(prime: bigint, rows: number, cols: number): fc.Arbitrary<LargeRows> {
  return fc.array(fc.array(largeResidue(prime), { minLength: cols, maxLength: cols }), {
    minLength: rows,
    maxLength: rows,
  });
}

/** A·B over F_p by the definition. */
export function largeProduct(a: LargeRows, b: LargeRows, cols: number, prime: bigint): LargeRows {
  return a.map((row) =>
    Array.from({ length: cols }, (_, j) =>
      mod(
        row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0n),
        prime,
      ),
    ),
  );
}

/** Rank profiles by the definition: row after row, each reduced by the pivots before; the first entry that is left is a pivot. */
export function largeProfiles(matrix: LargeRows, prime: bigint): { rows: number[]; columns: number[] } {
  const basis: { column: number; row: bigint[] }[] = [];
  const rows: number[] = [];
  for (const [index, given] of matrix.entries()) {
    let row = [...given];
    for (const pivot of basis) {
      const factor = row[pivot.column]!;
      row = row.map((x, j) => mod(x - factor * pivot.row[j]!, prime));
    }
    const column = row.findIndex((x) => x !== 0n);
    if (column < 0) continue;
    const inverse = power(row[column]!, prime - 2n, prime);
    basis.push({ column, row: row.map((x) => (x * inverse) % prime) });
    rows.push(index);
  }
  return { rows, columns: basis.map(({ column }) => column).sort((a, b) => a - b) };
}

/** A small deterministic generator of integers below any bound. */
export function largeGenerator(seed: number): (bound: bigint) => bigint {
  let state = BigInt(seed);
  return (bound) => {
    let value = 0n;
    for (let i = 0; i < 3; i++) {
      state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
      value = (value << 32n) | (state >> 32n);
    }
    return value % bound;
  };
}

/** A matrix of rank exactly r: unit lower trapezoid times unit upper trapezoid, rows and columns reversed and every third one moved. */
export function largeOfRank(
  r: number,
  m: number,
  n: number,
  prime: bigint,
  random: (bound: bigint) => bigint,
): LargeRows {
  const entry = (i: number, j: number): bigint => (i === j ? 1n : i > j ? random(prime) : 0n);
  const lower = Array.from({ length: m }, (_, i) => Array.from({ length: r }, (_, j) => entry(i, j)));
  const upper = Array.from({ length: r }, (_, i) => Array.from({ length: n }, (_, j) => entry(j, i)));
  const order = (count: number): number[] =>
    Array.from({ length: count }, (_, i) => i).sort((a, b) => (a % 3) - (b % 3) || b - a);
  const dense = largeProduct(lower, upper, n, prime);
  return order(m).map((i) => order(n).map((j) => dense[i]![j]!));
}
