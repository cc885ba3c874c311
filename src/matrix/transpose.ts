import { assertMatrix, type Matrix } from './matrix.ts';

/** The transpose, entries as they are. O(rows · cols). */
export function transpose<M extends Matrix>(
  matrix: M,
): { rows: number; cols: number; data: M['data'][number][] } {
  assertMatrix(matrix);
  const { rows, cols, data } = matrix as Matrix;
  return {
    rows: cols,
    cols: rows,
    data: Array.from({ length: rows * cols }, (_, i) => data[(i % rows) * cols + Math.floor(i / rows)]!),
  };
}
