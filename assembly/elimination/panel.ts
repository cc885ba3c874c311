import { product } from "../product/product";
import { eliminateStrip } from "./base-case";
import { lower, lowerStride, matrix, rows, stride } from "./batch";
import { stripColumns } from "./strip";
import { solveLower } from "./triangular";

/**
 * Factors the columns c … c + width − 1 on the rows from `rank` on; multipliers go to the columns t, t+1, … of L. Returns the number of
 * pivots. Recursive: the left half, its effect on the right half as a product, the right half.
 */
export function factorPanel<T>(c: i32, width: i32, rank: i32, t: i32): i32 {
  if (rank >= rows) return 0;
  if (width <= stripColumns) return eliminateStrip<T>(c, rank, t);
  const half = ((width >> 1) + stripColumns - 1) & -stripColumns;
  const found = factorPanel<T>(c, half, rank, t);
  if (found > 0) updateColumns<T>(rank, t, found, c + half, c + width);
  return found + factorPanel<T>(c + half, width - half, rank + found, t + found);
}

/** The effect of the pivots rank … rank + found − 1 (columns t … of L) on the columns left … right − 1. */
export function updateColumns<T>(rank: i32, t: i32, found: i32, left: i32, right: i32): void {
  const size: usize = sizeof<T>();
  const row = <i32>(stride / size);
  solveLower<T>(rank, t, found, left, right);
  const b = matrix + <usize>rank * stride + <usize>left * size;
  const l = lower + <usize>(rank + found) * lowerStride + <usize>t * size;
  product<T>(
    -1, 0, rows - rank - found, right - left, found,
    l, <i32>(lowerStride / size), 1, b, row, 1, b + <usize>found * stride, row,
  );
}
