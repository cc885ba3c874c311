import { primeField } from '../field/any-prime.ts';
import type { Field } from '../field/field.ts';
import {
  residueVector,
  type Prime,
  type Residue,
  type ResidueArray,
  type ResidueVector,
} from '../field/residue.ts';
import { Echelon } from '../kernel/echelon.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { assertMatrix, type Matrix } from './matrix.ts';
import { placeRows } from './place.ts';
import { returnKernel, takeKernel } from './pool.ts';

/**
 * An eliminated matrix in the kernel: U, its pivot rows (rank × cols, pivots 1, zeros left of them), and T = U_P, the columns of U at the pivots,
 * unit upper triangular.
 */
export interface Factored<R extends Residue = Residue> {
  readonly kernel: Kernel<R>;
  readonly field: Field<R>;
  readonly rows: number;
  readonly cols: number;
  readonly echelon: Echelon<R>;
  readonly rank: number;
  /** Of the pivots in their order: ascending columns, and the rows they came from. */
  readonly pivotColumns: readonly number[];
  readonly pivotRows: readonly number[];
}

/** Eliminates several matrices side by side, [A | B | …], which have the same number of rows, and gives the kernel back when `use` is done. */
export function withFactored<T>(
  parts: readonly (readonly [title: string, matrix: Matrix])[],
  prime: Prime,
  use: (factored: Factored) => T,
): T {
  const field = primeField(prime);
  for (const [title, matrix] of parts) assertMatrix(matrix, title);
  const { rows } = parts[0]![1];
  const cols = parts.reduce((sum, [, matrix]) => sum + matrix.cols, 0);
  const kernel = takeKernel(field.prime);
  const echelon = new Echelon(kernel, cols);
  const { at, rowStride } = echelon.openBatch(rows);
  let left = 0;
  for (const [title, matrix] of parts) {
    placeRows(kernel, matrix, title, at + left * kernel.elementBytes, rowStride);
    left += matrix.cols;
  }
  while (!echelon.step());
  const { rank, pivotColumns, pivotRows } = echelon;
  const result = use({ kernel, field, rows, cols, echelon, rank, pivotColumns, pivotRows });
  returnKernel(kernel);
  return result;
}

/** The rows of U as residues, contiguous. */
export function readUpper({ kernel, cols, echelon, rank }: Factored): ResidueVector {
  const data = residueVector(kernel.prime, rank * cols);
  const at = echelon.blocks[0]?.at ?? 0;
  for (let i = 0; i < rank; i++)
    data.set(kernel.read(at + i * echelon.rowStride * kernel.elementBytes, cols), i * cols);
  return data;
}

/** X·T⁻¹ for an m × rank matrix X in the kernel (rows contiguous), in place. */
export function divideByTriangle(factored: Factored, m: number, x: number): void {
  const { kernel, echelon, rank, pivotColumns } = factored;
  if (rank === 0) return;
  const columns = kernel.allocateBytes(4 * rank);
  new Int32Array(kernel.exports.memory.buffer, columns, rank).set(pivotColumns);
  const triangle = kernel.allocate(rank * rank);
  kernel.exports.gatherColumns(rank, rank, columns, echelon.blocks[0]!.at, echelon.rowStride, triangle, rank);
  kernel.exports.solveUpperFromRight(m, rank, x, rank, triangle, rank);
}

/** T⁻¹·U: the reduced row echelon form, without its zero rows, contiguous. */
export function readReduced<R extends Residue>(factored: Factored<R>): ResidueArray<R> {
  const { kernel, cols, echelon, rank } = factored;
  if (rank === 0) return residueVector(kernel.prime, 0) as ResidueArray<R>;
  const inverse = kernel.allocate(rank * rank);
  for (let i = 0; i < rank; i++)
    kernel.write(inverse + i * (rank + 1) * kernel.elementBytes, [factored.field.reduce(1)]);
  divideByTriangle(factored, rank, inverse);
  const reduced = kernel.allocate(rank * cols);
  const upper = echelon.blocks[0]!.at;
  kernel.multiply('set', rank, cols, rank, inverse, rank, 1, upper, echelon.rowStride, 1, reduced, cols);
  return kernel.read(reduced, rank * cols);
}
