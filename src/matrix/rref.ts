import type { Prime, Residue, ResidueArray, ResidueOf } from '../field/residue.ts';
import { readReduced, withFactored } from './factor.ts';
import type { Matrix, ResidueMatrix } from './matrix.ts';

/** A reduced row echelon form, without zero rows. */
export interface ReducedEchelonForm<R extends Residue = number> extends ResidueMatrix<R> {
  /** The number of rows. */
  readonly rank: number;
  /** The column of the leading 1 of each row, ascending. */
  readonly pivots: number[];
}

/**
 * The reduced row echelon form over F_p: leading 1s, and zeros above and below them; only its non-zero rows.
 *
 * Throws like `rank`. O(rows · cols · rank).
 *
 * @example rref({ rows: 2, cols: 3, data: [1, 2, 3, 1, 2, 4] }, 7) // rows (1 2 0), (0 0 1); pivots [0, 2]
 */
export function rref<P extends Prime>(matrix: Matrix, prime: P): ReducedEchelonForm<ResidueOf<P>> {
  return withFactored([['matrix', matrix]], prime, (factored) => ({
    rows: factored.rank,
    cols: factored.cols,
    data: readReduced(factored) as ResidueArray<ResidueOf<P>>,
    rank: factored.rank,
    pivots: [...factored.pivotColumns],
  }));
}
