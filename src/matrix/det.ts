import { rangeFault } from '../assert.ts';
import { minorDeterminant } from '../kernel/minor-determinant.ts';
import type { Prime, ResidueOf } from '../field/residue.ts';
import { withFactored } from './factor.ts';
import { assertMatrix, type Matrix } from './matrix.ts';

/**
 * The determinant of a square matrix over F_p; 1 for the empty matrix. Throws for a matrix that is not square, and like `rank`. O(n³).
 *
 * @example det({ rows: 2, cols: 2, data: [0, 1, 1, 0] }, 7) // 6
 */
export function det<P extends Prime>(matrix: Matrix, prime: P): ResidueOf<P> {
  assertMatrix(matrix);
  const { rows, cols } = matrix;
  if (rows !== cols) throw rangeFault('matrix', 'a square matrix', `${rows} × ${cols}`);
  return withFactored([['matrix', matrix]], prime, ({ echelon, rank, field }) =>
    rank < rows ? field.reduce(0) : minorDeterminant(echelon, field),
  ) as ResidueOf<P>;
}
