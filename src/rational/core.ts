import { PrimeField } from '../field/index.ts';
import { Echelon } from '../kernel/echelon.ts';
import { minorDeterminant } from '../kernel/minor-determinant.ts';
import { readReduced } from '../matrix/factor.ts';
import type { RankProfiles } from '../matrix/index.ts';
import { returnKernel, takeKernel } from '../matrix/pool.ts';
import { sortedProfiles } from '../matrix/rank.ts';
import type { Integers } from './integers.ts';
import type { Steps } from './steps.ts';

/** The rank and the rank profiles of a matrix modulo a prime, and the determinant of the minor that they name, which is not 0 modulo it. */
export interface MinorModulo extends RankProfiles {
  /** 1 … p − 1. */
  readonly determinant: number;
}

/** A largest minor that is not 0 modulo a word prime, hence not 0 over Z: its order is a lower bound of the rank. O(m · n · rank). */
export function* minorModulo(matrix: Integers, prime: number): Steps<MinorModulo> {
  const { rows, cols } = matrix;
  const kernel = takeKernel(prime);
  const echelon = new Echelon(kernel, cols);
  const { at, rowStride } = echelon.openBatch(rows);
  matrix.place(kernel, at, rowStride);
  yield* eliminate(echelon, Math.min(rows, cols));
  returnKernel(kernel);
  return {
    ...sortedProfiles(echelon),
    determinant: minorDeterminant(echelon, new PrimeField(prime)),
  };
}

/** The inverse of a square matrix that is not singular modulo a word prime, as residues, row-major. O(n³). */
export function* inverseModuloPrime(matrix: Integers, prime: number): Steps<Uint32Array> {
  const n = matrix.rows;
  const kernel = takeKernel(prime);
  const echelon = new Echelon(kernel, 2 * n);
  const { at, rowStride } = echelon.openBatch(n);
  matrix.place(kernel, at, rowStride);
  for (let i = 0; i < n; i++) {
    const row = at + i * rowStride * kernel.elementBytes;
    kernel.zero(row + n * kernel.elementBytes, 1, n, rowStride);
    kernel.write(row + (n + i) * kernel.elementBytes, [1]);
  }
  yield* eliminate(echelon, n);
  const { rank, pivotColumns, pivotRows } = echelon;
  if (pivotColumns.some((column) => column >= n)) throw new Error(`inverse: singular modulo ${prime}`);
  const field = new PrimeField(prime);
  const reduced = readReduced({
    kernel,
    field,
    rows: n,
    cols: 2 * n,
    echelon,
    rank,
    pivotColumns,
    pivotRows,
  });
  returnKernel(kernel);
  const inverse = new Uint32Array(n * n);
  for (let i = 0; i < n; i++) inverse.set(reduced.subarray((2 * i + 1) * n, (2 * i + 2) * n), i * n);
  return inverse;
}

function* eliminate(echelon: Echelon, total: number): Steps<void> {
  while (!echelon.step()) yield { phase: 'elimination', done: echelon.rank, total };
}
