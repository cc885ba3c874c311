import { inverse } from "../field";
import {
  exchange, lower, lowerStride, matrix, origins, pivotColumns, pivotInverses, pivotValues, rows, stride,
} from "./batch";
import { scale, subtractCombination } from "./combination";
import {
  clearUpper, loadStrip, storeStrip, stripColumns, stripElement, updateColumn, upperElement,
} from "./strip";

/**
 * Eliminates the columns c … c + 15 on the rows from `rank` on; multipliers go to the columns t, t+1, … of L. Returns the number of pivots.
 *
 * Left-looking: a column is brought up to date when its turn comes, by all pivots before it at once. The pivot of a column is, of the rows that
 * are not 0 there, the one with the least original index. Rows before it are 0 in the column, so they are not touched: the
 * pivots are the rank profile matrix (Dumas, Pernet, Sultan, JSC 83, 2017).
 */
export function eliminateStrip<T>(c: i32, rank: i32, t: i32): i32 {
  const size: usize = sizeof<T>();
  const m = rows - rank;
  const block = matrix + <usize>rank * stride + <usize>c * size;
  loadStrip<T>(m, block, stride);
  clearUpper<T>();
  let found = 0;
  for (let j = 0; j < stripColumns && found < m; j++) {
    if (found > 0) updateColumn<T>(j, found, m);
    const candidate = pivotCandidate<T>(j, found, rank, m);
    if (candidate < 0) continue;
    if (candidate != found) exchangeRows<T>(candidate, found, rank, c, t);
    if (j != found) memory.copy(stripElement<T>(0, found), stripElement<T>(0, j), <usize>m * size);
    const inverted = recordPivot<T>(c + j, found, rank + found);
    storePivotRow<T>(j, found, inverted, block);
    found++;
  }
  if (found > 0) storeStrip<T>(m, lower + <usize>rank * lowerStride + <usize>t * size, lowerStride);
  return found;
}

/** The row of the strip (from `first` on) with the least original index that is not 0 in column j, or −1. */
function pivotCandidate<T>(j: i32, first: i32, rank: i32, m: i32): i32 {
  let best = -1;
  let bestOrigin = i32.MAX_VALUE;
  let origin = origins + (<usize>(rank + first) << 2);
  let at = stripElement<T>(first, j);
  for (let i = first; i < m; i++) {
    if (load<T>(at) != 0) {
      const index = load<i32>(origin);
      if (index < bestOrigin) {
        best = i;
        bestOrigin = index;
      }
    }
    at += sizeof<T>();
    origin += 4;
  }
  return best;
}

/** Exchanges two rows of the strip, of the matrix right of it, of L (its first t columns) and of the original indices. */
function exchangeRows<T>(x: i32, y: i32, rank: i32, c: i32, t: i32): void {
  const size: usize = sizeof<T>();
  for (let j = 0; j < stripColumns; j++) exchange(stripElement<T>(x, j), stripElement<T>(y, j), size);
  const from = <usize>(rank + x);
  const to = <usize>(rank + y);
  const right = <usize>(c + stripColumns) * size;
  exchange(matrix + from * stride + right, matrix + to * stride + right, stride - right);
  exchange(lower + from * lowerStride, lower + to * lowerStride, <usize>t * size);
  exchange(origins + (from << 2), origins + (to << 2), 4);
}

/** Returns the inverse of the pivot. */
function recordPivot<T>(column: i32, found: i32, position: i32): T {
  const value = load<T>(stripElement<T>(found, found));
  const inverted = <T>inverse(<i64>value);
  const entry = <usize>position * sizeof<T>();
  store<i32>(pivotColumns + (<usize>position << 2), column);
  store<T>(pivotValues + entry, value);
  store<T>(pivotInverses + entry, inverted);
  return inverted;
}

/**
 * The pivot row (index `found`, pivot column j), brought up to date and multiplied by the inverse of its pivot: into `upper` and to its
 * place in the matrix, `block` + found · stride.
 */
function storePivotRow<T>(j: i32, found: i32, inverted: T, block: usize): void {
  const size: usize = sizeof<T>();
  const row = block + <usize>found * stride;
  const multipliers = upperElement<T>(0, stripColumns);
  for (let x = 0; x < stripColumns; x++)
    store<T>(row + <usize>x * size, x > j ? load<T>(stripElement<T>(found, x)) : 0);
  for (let k = 0; k < found; k++)
    store<T>(multipliers + <usize>k * size, load<T>(stripElement<T>(found, k)));
  subtractCombination<T>(row, stripColumns, found, multipliers, block, stride);
  scale<T>(row, stripColumns, inverted);
  memory.fill(row, 0, <usize>j * size);
  store<T>(row + <usize>j * size, <T>1);
  for (let x = j + 1; x < stripColumns; x++)
    store<T>(upperElement<T>(found, x), load<T>(row + <usize>x * size));
}
