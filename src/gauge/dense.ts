import type { PrimeField } from '../field/prime-field.ts';
import { nullspace } from '../matrix/nullspace.ts';
import { rankProfiles } from '../matrix/rank.ts';
import { solve } from '../matrix/solve.ts';
import type { Rows } from './setting.ts';

/** Small dense matrices of residues, row by row. */

export function identity(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));
}

export function transposed(a: Rows, cols: number): number[][] {
  return Array.from({ length: cols }, (_, j) => a.map((row) => row[j]!));
}

/** a·b, where b has `cols` columns. O(rows · inner · cols) */
export function product(field: PrimeField, a: Rows, b: Rows, cols: number): number[][] {
  return a.map((row) => {
    const result = Array.from({ length: cols }, () => 0);
    row.forEach((x, k) => {
      if (x === 0) return;
      const other = b[k]!;
      for (let j = 0; j < cols; j++) result[j] = field.add(result[j]!, field.multiply(x, other[j]!));
    });
    return result;
  });
}

/** The columns side by side; all have `rows` rows. */
export function besides(blocks: readonly Rows[], rows: number): number[][] {
  return Array.from({ length: rows }, (_, i) => blocks.flatMap((block) => block[i]!));
}

/** A basis of the row vectors z with z·a = 0. */
export function leftKernel(field: PrimeField, a: Rows, cols: number): number[][] {
  return rightKernel(field, transposed(a, cols), a.length);
}

/** A basis of the column vectors z with a·z = 0; `a` has `cols` columns. */
export function rightKernel(field: PrimeField, a: Rows, cols: number): number[][] {
  const basis = nullspace({ rows: a.length, cols, data: a.flat() }, 'right', field.prime);
  return Array.from({ length: basis.cols }, (_, k) =>
    Array.from({ length: cols }, (_, i) => basis.data[i * basis.cols + k]!),
  );
}

/** B with a·B = 1, or `null` if the rows of `a` are dependent. */
export function rightInverse(field: PrimeField, a: Rows, cols: number): number[][] | null {
  const n = a.length;
  const matrix = { rows: n, cols, data: a.flat() };
  const solution = solve(matrix, { rows: n, cols: n, data: identity(n).flat() }, field.prime);
  return (
    solution && Array.from({ length: cols }, (_, i) => Array.from(solution.data.subarray(i * n, (i + 1) * n)))
  );
}

/** B with B·a = 1, or `null` if the columns of `a` are dependent. */
export function leftInverse(field: PrimeField, a: Rows, cols: number): number[][] | null {
  const inverse = rightInverse(field, transposed(a, cols), a.length);
  return inverse && transposed(inverse, cols);
}

/** The first independent columns of `a`. */
export function columnBasis(field: PrimeField, a: Rows, cols: number): number[][] {
  const { columns } = rankProfiles({ rows: a.length, cols, data: a.flat() }, field.prime);
  return a.map((row) => columns.map((j) => row[j]!));
}

export function difference(field: PrimeField, a: Rows, b: Rows): number[][] {
  return a.map((row, i) => row.map((entry, j) => field.subtract(entry, b[i]![j]!)));
}
