import { rangeFault } from '../assert.ts';
import { primeField } from '../field/any-prime.ts';
import {
  residueVector,
  type Prime,
  type Residue,
  type ResidueArray,
  type ResidueOf,
} from '../field/residue.ts';
import { readReduced, withFactored } from './factor.ts';
import { assertMatrix, residueOfEntry, type Matrix, type ResidueMatrix } from './matrix.ts';
import { multiply } from './multiply.ts';

/**
 * A solution X of A·X = B over F_p, or null if there is none; where there are several, the one that is 0 outside the pivot columns of A.
 *
 * A is m × n, B is m × k, X is n × k. The solution is multiplied back before it is returned. Throws for shapes that do not fit, and like
 * `rank`. O(m · (n + k) · rank).
 *
 * @example solve({ rows: 1, cols: 2, data: [0, 2] }, { rows: 1, cols: 1, data: [1] }, 7)?.data // [0, 4]
 */
export function solve<P extends Prime>(a: Matrix, b: Matrix, prime: P): ResidueMatrix<ResidueOf<P>> | null {
  assertMatrix(a, 'a');
  assertMatrix(b, 'b');
  if (a.rows !== b.rows) throw rangeFault('b.rows', `the rows of a, ${a.rows}`, b.rows);
  const solution = withFactored(
    [
      ['a', a],
      ['b', b],
    ],
    prime,
    (factored) => {
      const { cols, rank, pivotColumns, field } = factored;
      if (pivotColumns.some((column) => column >= a.cols)) return null;
      const reduced = readReduced(factored);
      const data = residueVector(field.prime, a.cols * b.cols);
      for (let i = 0; i < rank; i++)
        data.set(reduced.subarray(i * cols + a.cols, (i + 1) * cols), pivotColumns[i]! * b.cols);
      return { rows: a.cols, cols: b.cols, data: data as ResidueArray<ResidueOf<P>> };
    },
  );
  if (solution && !isProduct(a, solution, b, prime))
    throw new Error('solve: the solution failed its check A·X = B');
  return solution;
}

/** Whether A·X = B. */
function isProduct(a: Matrix, x: Matrix, b: Matrix, prime: Prime): boolean {
  const field = primeField(prime);
  const product: ArrayLike<Residue> = multiply(a, x, prime).data;
  for (let i = 0; i < product.length; i++) if (product[i] !== residueOfEntry(b, i, field, 'b')) return false;
  return true;
}

/**
 * The inverse of a square matrix over F_p, or null if it is singular. Throws for a matrix that is not square, and like `solve`.
 *
 * @example inverse({ rows: 2, cols: 2, data: [1, 1, 0, 1] }, 7)?.data // [1, 6, 0, 1]
 */
export function inverse<P extends Prime>(matrix: Matrix, prime: P): ResidueMatrix<ResidueOf<P>> | null {
  assertMatrix(matrix);
  const { rows, cols } = matrix;
  if (rows !== cols) throw rangeFault('matrix', 'a square matrix', `${rows} × ${cols}`);
  const identity = new Uint32Array(rows * rows);
  for (let i = 0; i < rows; i++) identity[i * (rows + 1)] = 1;
  return solve(matrix, { rows, cols, data: identity }, prime);
}
