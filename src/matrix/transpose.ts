import { assertMatrix, type Matrix } from './matrix.ts';

/** The transpose, entries as they are. O(rows · cols). */
export function transpose<Entry extends number | bigint>(
  matrix: Matrix & { readonly data: ArrayLike<Entry> },
): { rows: number; cols: number; data: Entry[] } {
  assertMatrix(matrix);
  const { rows, cols, data } = matrix;
  return {
    rows: cols,
    cols: rows,
    data: Array.from({ length: rows * cols }, (_, i) => data[(i % rows) * cols + Math.floor(i / rows)]!),
  };
}
