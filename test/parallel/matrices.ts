import type { Residue } from '../../src/field/residue.ts';
import { Echelon } from '../../src/kernel/echelon.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { product, type Rows } from '../kernel/matrices.ts';

/** Used again and again: browsers give out only so many memories. */
let kernel: Kernel<Residue> = Kernel.create(2);

/** The pivots of the sequential elimination, in the order found. */
export function sequentialPivots(
  matrix: Residue[][],
  columns: number,
  prime: Residue,
): { rows: number[]; columns: number[] } {
  kernel = kernel.withPrime(prime);
  const echelon = new Echelon(kernel, columns);
  const { at, rowStride } = echelon.openBatch(matrix.length);
  for (const [i, row] of matrix.entries()) kernel.write(at + i * rowStride * kernel.elementBytes, row);
  while (!echelon.step());
  return { rows: echelon.pivotRows, columns: echelon.pivotColumns };
}

/** Residues modulo a large prime; what was equal stays equal, and 0 stays 0. */
export function enlarged(matrix: Rows, prime: bigint): bigint[][] {
  return matrix.map((row) => row.map((entry) => (BigInt(entry) * 3141592653589793238462n) % prime));
}

export type Random = (bound: number) => number;

/** A matrix of rank at most r. */
export function ofRank(r: number, m: number, n: number, prime: number, random: Random): Rows {
  const dense = (rows: number, columns: number): Rows =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => random(prime)));
  return r >= Math.min(m, n) ? dense(m, n) : product(dense(m, r), dense(r, n), n, prime);
}

/** What makes panels without pivots, pivots that are not next, and row exchanges far down. */
export const structures: Readonly<Record<string, (matrix: Rows, random: Random) => void>> = {
  dense: () => {},
  'zero columns, whole panels of them': (matrix) => {
    for (const row of matrix)
      for (let j = 0; j < row.length; j++) if (j % 7 === 3 || (j >= 16 && j < 64)) row[j] = 0;
  },
  'repeated panels': (matrix) => {
    for (const row of matrix) for (let j = 32; j < row.length; j++) if (j % 96 >= 32) row[j] = row[j - 32]!;
  },
  'repeated and zero rows': (matrix, random) => {
    for (let i = 1; i < matrix.length; i++)
      if (i % 5 === 1) matrix[i] = [...matrix[random(i)]!];
      else if (i % 5 === 3) matrix[i]!.fill(0);
  },
  // The pivot of a column is as far down as can be.
  'block anti-triangular': (matrix) => {
    for (const [i, row] of matrix.entries())
      for (let j = 0; j < row.length; j++) if (i + j < Math.min(matrix.length, row.length) - 1) row[j] = 0;
  },
  'leading zeros in random rows': (matrix, random) => {
    for (const row of matrix) if (random(2)) row.fill(0, 0, random(row.length));
  },
  zero: (matrix) => {
    for (const row of matrix) row.fill(0);
  },
};
