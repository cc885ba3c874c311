import {
  residueVector,
  type Prime,
  type Residue,
  type ResidueArray,
  type ResidueOf,
} from '../field/residue.ts';
import { divideByTriangle, readUpper, withFactored } from './factor.ts';
import { others } from './indices.ts';
import type { Matrix, ResidueMatrix } from './matrix.ts';
import { placed } from './place.ts';

/** A = P·L·U·Q: entry (rowOrder[i], columnOrder[j]) of A is entry (i, j) of L·U. */
export interface Pluq<R extends Residue = number> {
  readonly rank: number;
  /** The row of A that comes first, second, …: the pivot rows, then the others, ascending. */
  readonly rowOrder: number[];
  /** The column of A that comes first, second, …: the pivot columns, ascending, then the others, ascending. */
  readonly columnOrder: number[];
  /** rows × rank, unit lower triangular. */
  readonly lower: ResidueMatrix<R>;
  /** rank × cols, upper triangular, with the pivots on its diagonal. */
  readonly upper: ResidueMatrix<R>;
}

/**
 * The PLUQ decomposition of a matrix over F_p, of any shape and rank. The pivot rows and columns are the rank profiles.
 *
 * Throws like `rank`. O(rows · cols · rank). Source: Dumas, Pernet, Sultan, JSC 83 (2017).
 *
 * @example const { rank, lower, upper } = pluq({ rows: 2, cols: 2, data: [0, 1, 2, 3] }, 7)
 */
export function pluq<P extends Prime>(matrix: Matrix, prime: P): Pluq<ResidueOf<P>> {
  type Entries = ResidueArray<ResidueOf<P>>;
  return withFactored([['matrix', matrix]], prime, (factored) => {
    const { kernel, field, rows, cols, rank, pivotRows, pivotColumns, echelon } = factored;
    const rowOrder = [...pivotRows, ...others(pivotRows, rows)];
    const columnOrder = [...pivotColumns, ...others(pivotColumns, cols)];
    const unitUpper = readUpper(factored);
    const upper = residueVector(field.prime, rank * cols);
    for (let i = 0; i < rank; i++)
      for (let j = i; j < cols; j++)
        upper[i * cols + j] = field.multiply(echelon.pivotValues[i]!, unitUpper[i * cols + columnOrder[j]!]!);

    // A = L'·U with the unit upper triangular U of the elimination, so that L' = A_P·T⁻¹; the pivots go over to U.
    const source = placed(kernel, matrix, 'matrix');
    const columns = kernel.allocateBytes(4 * rank);
    new Int32Array(kernel.exports.memory.buffer, columns, rank).set(pivotColumns);
    const quotient = kernel.allocate(rows * rank);
    kernel.exports.gatherColumns(rows, rank, columns, source, cols, quotient, rank);
    divideByTriangle(factored, rows, quotient);
    const entries = kernel.read(quotient, rows * rank);
    const inverses = echelon.pivotValues.map((value) => field.inverse(value));
    const lower = residueVector(field.prime, rows * rank);
    for (const [i, row] of rowOrder.entries())
      for (let j = 0; j < rank; j++)
        lower[i * rank + j] = field.multiply(entries[row * rank + j]!, inverses[j]!);
    return {
      rank,
      rowOrder,
      columnOrder,
      lower: { rows, cols: rank, data: lower as Entries },
      upper: { rows: rank, cols, data: upper as Entries },
    };
  });
}
