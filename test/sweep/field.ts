/** Residues: numbers below 2³¹, bigints above. */
export type Residue = number | bigint;

/** A prime field by the definition, which shares nothing with the kernel or with `PrimeField`. */
export interface Field<E extends Residue = Residue> {
  readonly prime: E;
  /** The class of a small integer, which may be negative. */
  of(x: number): E;
  random(): E;
  add(a: E, b: E): E;
  subtract(a: E, b: E): E;
  multiply(a: E, b: E): E;
  /** Of a residue that is not 0. */
  inverse(a: E): E;
}

/** `random(n)` is an integer from 0 to n − 1, n ≤ 2⁵³. */
export type Random = (n: number) => number;

/** The field of residues modulo a number below 2³¹. */
export function numberField(p: number, random: Random): Field<number> {
  const multiply =
    p < 2 ** 26
      ? (a: number, b: number): number => (a * b) % p
      : // Two halves of b, products below 2⁴⁷.
        (a: number, b: number): number => (((a * (b >>> 16)) % p) * 2 ** 16 + a * (b & 0xffff)) % p;
  const field: Field<number> = {
    prime: p,
    of: (x) => ((x % p) + p) % p,
    random: () => random(p),
    add: (a, b) => (a + b) % p,
    subtract: (a, b) => (a - b + p) % p,
    multiply,
    inverse: (a) => Number(powerOf(BigInt(a), BigInt(p) - 2n, BigInt(p))),
  };
  return field;
}

/** The field of residues modulo a bigint. */
export function bigintField(p: bigint, random: Random): Field<bigint> {
  return {
    prime: p,
    of: (x) => ((BigInt(x) % p) + p) % p,
    random: () => ((BigInt(random(2 ** 48)) << 48n) | BigInt(random(2 ** 48))) % p,
    add: (a, b) => (a + b) % p,
    subtract: (a, b) => (a - b + p) % p,
    multiply: (a, b) => (a * b) % p,
    inverse: (a) => powerOf(a, p - 2n, p),
  };
}

function powerOf(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (let e = exponent, square = base; e > 0n; e >>= 1n, square = (square * square) % modulus)
    if (e & 1n) result = (result * square) % modulus;
  return result;
}

/**
 * Both rank profiles by the definition: row after row, each reduced by the pivot rows before it; the first entry that is left is a pivot.
 */
export function schoolbookProfiles<E extends Residue>(
  matrix: readonly (readonly E[])[],
  field: Field<E>,
): { rows: number[]; columns: number[] } {
  const zero = field.of(0);
  const basis: { column: number; row: E[] }[] = [];
  const rows: number[] = [];
  for (const [index, given] of matrix.entries()) {
    const row = [...given];
    for (const { column, row: pivotRow } of basis) {
      const factor = row[column]!;
      if (factor === zero) continue;
      for (let j = column; j < row.length; j++)
        row[j] = field.subtract(row[j]!, field.multiply(factor, pivotRow[j]!));
    }
    const column = row.findIndex((entry) => entry !== zero);
    if (column < 0) continue;
    const inverse = field.inverse(row[column]!);
    basis.push({ column, row: row.map((entry) => field.multiply(entry, inverse)) });
    rows.push(index);
  }
  return { rows, columns: basis.map(({ column }) => column).sort((a, b) => a - b) };
}
