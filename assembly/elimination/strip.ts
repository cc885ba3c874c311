import { combinationBlock, subtractCombination } from "./combination";

/*
 * The strip: the sixteen columns of a base case, turned so that a column is contiguous.
 *
 *     strip + j · columnStride     column j of m rows (behind them a few rows of anything, up to whole vectors)
 *
 *     while column j is worked on:   slots 0 … found − 1     slots found … j − 1     slots j … 15
 *                                    columns of L            free                    columns as they came
 *
 * A column of L counts from its pivot on; above it is anything. The pivot rows are turned, too: the coefficients of a column are contiguous.
 *
 *     upper + j · 16 elements      u[0][j] u[1][j] … u[found − 1][j] 0 … 0
 *     upper + 256 elements         room for the coefficients of a row: sixteen, and a 0
 */

/** Columns of a base case. */
export const stripColumns: i32 = 16;

let strip: usize = 0;
let columnStride: usize = 0;
let upper: usize = 0;

/** The bytes of a strip of m rows, with `upper`. */
export function stripBytes<T>(m: i32): usize {
  return <usize>stripColumns * columnBytes<T>(m) + upperBytes<T>();
}

// @ts-ignore: decorator
@inline
function upperBytes<T>(): usize {
  return stripColumns * (stripColumns + 2) * sizeof<T>();
}

/** An odd number of cache lines, so that sixteen columns do not fall into the same set of the cache. */
function columnBytes<T>(m: i32): usize {
  return ((<usize>(m + stripColumns) * sizeof<T>() + 63) & ~(<usize>63)) | 64;
}

export function setStrip<T>(at: usize, m: i32): void {
  upper = at;
  strip = at + upperBytes<T>();
  columnStride = columnBytes<T>(m);
}

// @ts-ignore: decorator
@inline
export function stripElement<T>(i: i32, j: i32): usize {
  return strip + <usize>j * columnStride + <usize>i * sizeof<T>();
}

// @ts-ignore: decorator
@inline
export function upperElement<T>(k: i32, j: i32): usize {
  return upper + <usize>(j * stripColumns + k) * sizeof<T>();
}

export function clearUpper<T>(): void {
  memory.fill(upper, 0, upperBytes<T>());
}

/** Turns m rows of sixteen elements (row stride in bytes) into the columns of the strip. */
export function loadStrip<T>(m: i32, from: usize, row: usize): void {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const block: i32 = 16 / sizeof<T>();
    for (; i + block <= m; i += block) {
      for (let j = 0; j < stripColumns; j += block)
        transpose<T>(from + <usize>j * sizeof<T>(), row, stripElement<T>(i, j), columnStride);
      from += <usize>block * row;
    }
  }
  for (; i < m; i++) {
    for (let j = 0; j < stripColumns; j++) store<T>(stripElement<T>(i, j), load<T>(from + <usize>j * sizeof<T>()));
    from += row;
  }
}

/** Turns the slots of the strip into m rows of sixteen elements (row stride in bytes). */
export function storeStrip<T>(m: i32, to: usize, row: usize): void {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const block: i32 = 16 / sizeof<T>();
    for (; i + block <= m; i += block) {
      for (let j = 0; j < stripColumns; j += block)
        transpose<T>(stripElement<T>(i, j), columnStride, to + <usize>j * sizeof<T>(), row);
      to += <usize>block * row;
    }
  }
  for (; i < m; i++) {
    for (let j = 0; j < stripColumns; j++) store<T>(to + <usize>j * sizeof<T>(), load<T>(stripElement<T>(i, j)));
    to += row;
  }
}

/** A square of 8 × 8 elements of i16, 4 × 4 of i32, or 2 × 2 of i64, turned. Strides in bytes. */
// @ts-ignore: decorator
@inline
function transpose<T>(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  if (sizeof<T>() == 2) {
    const r0 = v128.load(from);
    const r1 = v128.load(from + fromStride);
    const r2 = v128.load(from + 2 * fromStride);
    const r3 = v128.load(from + 3 * fromStride);
    const r4 = v128.load(from + 4 * fromStride);
    const r5 = v128.load(from + 5 * fromStride);
    const r6 = v128.load(from + 6 * fromStride);
    const r7 = v128.load(from + 7 * fromStride);
    transposeHalf(r0, r1, r2, r3, r4, r5, r6, r7, to, toStride, true);
    transposeHalf(r0, r1, r2, r3, r4, r5, r6, r7, to + 4 * toStride, toStride, false);
  } else if (sizeof<T>() == 8) {
    const r0 = v128.load(from);
    const r1 = v128.load(from + fromStride);
    v128.store(to, v128.shuffle<i64>(r0, r1, 0, 2));
    v128.store(to + toStride, v128.shuffle<i64>(r0, r1, 1, 3));
  } else {
    const r0 = v128.load(from);
    const r1 = v128.load(from + fromStride);
    const r2 = v128.load(from + 2 * fromStride);
    const r3 = v128.load(from + 3 * fromStride);
    const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(to + toStride, v128.shuffle<i64>(low01, low23, 1, 3));
    v128.store(to + 2 * toStride, v128.shuffle<i64>(high01, high23, 0, 2));
    v128.store(to + 3 * toStride, v128.shuffle<i64>(high01, high23, 1, 3));
  }
}

/** Columns 0–3 (`low`) or 4–7 of eight rows of eight. */
// @ts-ignore: decorator
@inline
function transposeHalf(
  r0: v128, r1: v128, r2: v128, r3: v128, r4: v128, r5: v128, r6: v128, r7: v128, to: usize, toStride: usize, low: bool,
): void {
  const a = low ? v128.shuffle<i16>(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11) : v128.shuffle<i16>(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
  const b = low ? v128.shuffle<i16>(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11) : v128.shuffle<i16>(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
  const c = low ? v128.shuffle<i16>(r4, r5, 0, 8, 1, 9, 2, 10, 3, 11) : v128.shuffle<i16>(r4, r5, 4, 12, 5, 13, 6, 14, 7, 15);
  const d = low ? v128.shuffle<i16>(r6, r7, 0, 8, 1, 9, 2, 10, 3, 11) : v128.shuffle<i16>(r6, r7, 4, 12, 5, 13, 6, 14, 7, 15);
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab0, cd0, 0, 2));
  v128.store(to + toStride, v128.shuffle<i64>(ab0, cd0, 1, 3));
  v128.store(to + 2 * toStride, v128.shuffle<i64>(ab1, cd1, 0, 2));
  v128.store(to + 3 * toStride, v128.shuffle<i64>(ab1, cd1, 1, 3));
}

/** Column j −= L·u on the rows from `found` on, where L are the first `found` slots and u the coefficients of column j. */
export function updateColumn<T>(j: i32, found: i32, m: i32): void {
  // From a whole block on: what stands above the pivots does not matter.
  const first = found & -combinationBlock<T>();
  subtractCombination<T>(
    stripElement<T>(first, j), m - first, found, upperElement<T>(0, j), stripElement<T>(first, 0), columnStride,
  );
}
