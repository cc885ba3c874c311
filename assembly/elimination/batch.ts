import { setStrip } from "./strip";

/*
 * The batch that is being eliminated: m rows, right-looking, in panels of columns.
 *
 *     matrix   m × n elements, row stride `stride`. Rows 0 … rank − 1 are the pivot rows found so far, in the order of their columns,
 *              each scaled to pivot 1; left of its pivot a row holds what it held when its panel was factored (cleared at the end).
 *     lower    m × panel width, row stride `lowerStride`: the multipliers of the current panel, L with the pivots on its diagonal.
 *     strip    the workspace of a base case (strip.ts).
 *     origins  m × i32: the index that a row had when the batch was opened.
 *     for each pivot: its column (i32), its value before scaling and the balanced inverse of that value (elements).
 */
export let matrix: usize = 0;
export let stride: usize = 0;
export let rows: i32 = 0;
export let lower: usize = 0;
export let lowerStride: usize = 0;
export let origins: usize = 0;
export let pivotColumns: usize = 0;
export let pivotValues: usize = 0;
export let pivotInverses: usize = 0;

/** Strides in elements. */
export function setBatch<T>(
  matrixAt: usize, matrixStride: i32, rowCount: i32,
  lowerAt: usize, lowerRow: i32, stripAt: usize,
  originsAt: usize, columnsAt: usize, valuesAt: usize, inversesAt: usize,
): void {
  matrix = matrixAt;
  stride = <usize>matrixStride * sizeof<T>();
  rows = rowCount;
  lower = lowerAt;
  lowerStride = <usize>lowerRow * sizeof<T>();
  setStrip<T>(stripAt, rowCount);
  origins = originsAt;
  pivotColumns = columnsAt;
  pivotValues = valuesAt;
  pivotInverses = inversesAt;
}

/** Exchanges `bytes` bytes, a multiple of 2. */
export function exchange(x: usize, y: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 8 <= bytes; i += 8) {
    const word = load<u64>(x + i);
    store<u64>(x + i, load<u64>(y + i));
    store<u64>(y + i, word);
  }
  for (; i < bytes; i += 2) {
    const half = load<u16>(x + i);
    store<u16>(x + i, load<u16>(y + i));
    store<u16>(y + i, half);
  }
}
