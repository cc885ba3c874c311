import { rangeFault } from '../assert.ts';
import { parsePrime } from '../field/any-prime.ts';
import { residueVector, type Prime, type ResidueArray, type ResidueOf } from '../field/residue.ts';
import { readReduced, withFactored } from './factor.ts';
import type { Matrix, ResidueMatrix } from './matrix.ts';
import { transpose } from './transpose.ts';

/**
 * A basis of the nullspace of a matrix A over F_p.
 *
 * `'right'`: the columns of a cols × (cols − rank) matrix N with A·N = 0. `'left'`: the rows of a (rows − rank) × rows matrix N with N·A = 0.
 * Throws like `rank`. O(rows · cols · rank).
 *
 * @example nullspace({ rows: 1, cols: 2, data: [1, 3] }, 'right', 7).data // [4, 1]
 */
export function nullspace<P extends Prime>(
  matrix: Matrix,
  side: 'left' | 'right',
  prime: P,
): ResidueMatrix<ResidueOf<P>> {
  if (side === 'left') {
    const { rows, cols, data } = transpose(nullspace(transpose(matrix), 'right', prime));
    const vector = residueVector(parsePrime(prime), rows * cols);
    vector.set(data);
    return { rows, cols, data: vector as ResidueArray<ResidueOf<P>> };
  }
  if (side !== 'right') throw rangeFault('side', '"left" or "right"', side);
  return withFactored([['matrix', matrix]], prime, (factored) => {
    const { cols, rank, pivotColumns, field } = factored;
    const [zero, one] = [field.reduce(0), field.reduce(1)];
    const reduced = readReduced(factored);
    const pivots = new Set(pivotColumns);
    const free = Array.from({ length: cols }, (_, j) => j).filter((j) => !pivots.has(j));
    const data = residueVector(field.prime, cols * free.length);
    for (const [k, column] of free.entries()) {
      data[column * free.length + k] = one;
      for (let i = 0; i < rank; i++)
        data[pivotColumns[i]! * free.length + k] = field.subtract(zero, reduced[i * cols + column]!);
    }
    return { rows: cols, cols: free.length, data: data as ResidueArray<ResidueOf<P>> };
  });
}
