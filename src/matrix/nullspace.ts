import { rangeFault } from '../assert.ts';
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
export function nullspace(
  matrix: Matrix,
  side: 'left' | 'right',
  prime: number | bigint | string,
): ResidueMatrix {
  if (side === 'left') {
    const { rows, cols, data } = transpose(nullspace(transpose(matrix), 'right', prime));
    return { rows, cols, data: Uint32Array.from(data) };
  }
  if (side !== 'right') throw rangeFault('side', '"left" or "right"', side);
  return withFactored([['matrix', matrix]], prime, (factored) => {
    const { cols, rank, pivotColumns, field } = factored;
    const reduced = readReduced(factored).data;
    const pivots = new Set(pivotColumns);
    const free = Array.from({ length: cols }, (_, j) => j).filter((j) => !pivots.has(j));
    const data = new Uint32Array(cols * free.length);
    for (const [k, column] of free.entries()) {
      data[column * free.length + k] = 1;
      for (let i = 0; i < rank; i++)
        data[pivotColumns[i]! * free.length + k] = field.subtract(0, reduced[i * cols + column]!);
    }
    return { rows: cols, cols: free.length, data };
  });
}
