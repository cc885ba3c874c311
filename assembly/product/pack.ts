import { columnLimbPlanes, limbProducts, splitColumnLimbs, splitRowLimbs } from "./limbs";
import { columnWeights, moduliCount, rowWeights, splitResidues } from "./residue-number-system";
import { tileRows } from "./tile-small";

/*
 * Packing: A into panels of 5 rows, B into panels of 8 columns, in the order in which the tiles read them (drawings in
 * tile-small.ts and tile-word.ts). Rows, columns and terms beyond the matrix are zeros. Strides are in bytes.
 *
 *     A:  panel 0 (rows 0–4): step 0, step 1, … | panel 1: … |     B:  panel 0 (columns 0–7): step 0, step 1, … | panel 1: … |
 *
 * Of larger primes the build with vectors packs planes: the limbs of i32 residues (limbs.ts), the residues of i64 ones modulo small moduli
 * (residue-number-system.ts). A panel is a panel of i16 for each plane, one after the other.
 *
 * A is negated if `flip` is −1, so that the tiles always subtract.
 */

/** The steps of k terms: pairs, where the tile multiplies i16 factors. */
// @ts-ignore: decorator
@inline
export function stepsOf<T>(k: i32): i32 {
  return sizeof<T>() == 2 || ASC_FEATURE_SIMD ? (k + 1) >> 1 : k;
}

// @ts-ignore: decorator
@inline
function rowPlanes<T>(): i32 {
  if (sizeof<T>() == 2 || !ASC_FEATURE_SIMD) return 1;
  return sizeof<T>() == 4 ? limbProducts : moduliCount();
}

// @ts-ignore: decorator
@inline
function columnPlanes<T>(): i32 {
  if (sizeof<T>() == 2 || !ASC_FEATURE_SIMD) return 1;
  return sizeof<T>() == 4 ? columnLimbPlanes() : moduliCount();
}

/** The bytes of what a tile reads at once of one row or column: a pair of i16, or an element. */
// @ts-ignore: decorator
@inline
function stepBytes<T>(): usize {
  return sizeof<T>() == 2 || ASC_FEATURE_SIMD ? 4 : sizeof<T>();
}

/** The bytes of a panel of A with so many steps. */
// @ts-ignore: decorator
@inline
export function rowPanelBytes<T>(steps: i32): usize {
  return <usize>(steps * rowPlanes<T>() * tileRows) * stepBytes<T>();
}

/** The bytes of a panel of B with so many steps. */
// @ts-ignore: decorator
@inline
export function columnPanelBytes<T>(steps: i32): usize {
  return <usize>(steps * columnPlanes<T>() * 8) * stepBytes<T>();
}

export function packRows<T>(
  m: i32, k: i32, a: usize, row: usize, column: usize, flip: i32, to: usize, scratch: usize,
): void {
  const panel = rowPanelBytes<T>(stepsOf<T>(k));
  for (let i = 0; i < m; i += tileRows) {
    const rows = min(tileRows, m - i);
    if (sizeof<T>() == 2) packPanelSmall(rows, k, a, row, column, flip, to);
    else if (ASC_FEATURE_SIMD) packPanelPlanes<T>(rows, k, a, row, column, flip, to, scratch);
    else packPanelScalar<T>(rows, k, a, row, column, flip, to);
    a += <usize>tileRows * row;
    to += panel;
  }
}

export function packColumns<T>(k: i32, n: i32, b: usize, row: usize, column: usize, to: usize, scratch: usize): void {
  const panel = columnPanelBytes<T>(stepsOf<T>(k));
  if (sizeof<T>() == 2 || ASC_FEATURE_SIMD) {
    for (let s = 0; s < k; s += 2) {
      const terms = min(2, k - s);
      if (sizeof<T>() == 2) packPairSmall(terms, n, b, row, column, to, panel);
      else packPairPlanes<T>(terms, n, b, row, column, to, panel, scratch);
      b += 2 * row;
      to += 32;
    }
  } else {
    for (let s = 0; s < k; s++) {
      packTermScalar<T>(n, b, column, to, panel);
      b += row;
      to += 8 * sizeof<T>();
    }
  }
}

/** Two neighbouring terms as the tile of i16 factors reads them; without `second` the other one is 0. */
// @ts-ignore: decorator
@inline
function pairOf(at: usize, step: usize, second: bool): u32 {
  return <u32>load<u16>(at) | (second ? <u32>load<u16>(at + step) << 16 : 0);
}

/** −x of both halves of a pair, if `flip` is −1. */
// @ts-ignore: decorator
@inline
function negatePair(pair: u32, flip: u32): u32 {
  const low = ((pair ^ flip) - flip) & 0xffff;
  const high = ((pair >> 16) ^ flip) - flip;
  return low | (high << 16);
}

/** A panel of up to five rows of i16. */
function packPanelSmall(rows: i32, k: i32, a: usize, row: usize, column: usize, flip: i32, to: usize): void {
  const steps = (k + 1) >> 1;
  let s = 0;
  if (ASC_FEATURE_SIMD) {
    if (column == 2 && rows == tileRows) {
      const sign = i16x8.splat(<i16>flip);
      // Four steps at a time: a transposition of 4 × 4 pairs, and the pairs of the fifth row between.
      for (; s + 4 <= k >> 1; s += 4) {
        const r0 = v128.load(a);
        const r1 = v128.load(a + row);
        const r2 = v128.load(a + 2 * row);
        const r3 = v128.load(a + 3 * row);
        const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
        const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
        const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
        const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
        const r4 = negateLanes(v128.load(a + 4 * row), sign);
        v128.store(to, negateLanes(v128.shuffle<i64>(low01, low23, 0, 2), sign));
        v128.store_lane<i32>(to, r4, 0, 16);
        v128.store(to, negateLanes(v128.shuffle<i64>(low01, low23, 1, 3), sign), 20);
        v128.store_lane<i32>(to, r4, 1, 36);
        v128.store(to, negateLanes(v128.shuffle<i64>(high01, high23, 0, 2), sign), 40);
        v128.store_lane<i32>(to, r4, 2, 56);
        v128.store(to, negateLanes(v128.shuffle<i64>(high01, high23, 1, 3), sign), 60);
        v128.store_lane<i32>(to, r4, 3, 76);
        to += 80;
        a += 16;
      }
    }
  }
  for (; s < steps; s++) {
    const second = 2 * s + 1 < k;
    for (let r = 0; r < tileRows; r++) {
      store<u32>(to, r < rows ? negatePair(pairOf(a + <usize>r * row, column, second), flip) : 0);
      to += 4;
    }
    a += 2 * column;
  }
}

// @ts-ignore: decorator
@inline
function negateLanes(x: v128, sign: v128): v128 {
  return i16x8.sub(v128.xor(x, sign), sign);
}

/** One step of all panels of B: a pair of rows of i16, interleaved. */
function packPairSmall(terms: i32, n: i32, b: usize, row: usize, column: usize, to: usize, panel: usize): void {
  const second = terms == 2;
  let j = 0;
  if (ASC_FEATURE_SIMD) {
    if (column == 2) {
      for (; j + 8 <= n; j += 8) {
        const x = v128.load(b);
        const y = second ? v128.load(b + row) : i16x8.splat(0);
        v128.store(to, v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11));
        v128.store(to, v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), 16);
        b += 16;
        to += panel;
      }
    }
  }
  for (; j < n; j += 8) {
    for (let c = 0; c < 8; c++) {
      store<u32>(to + (<usize>c << 2), j + c < n ? pairOf(b, row, second) : 0);
      b += column;
    }
    to += panel;
  }
}

/** The planes of elements of A. */
// @ts-ignore: decorator
@inline
function splitRow<T>(count: i32, from: usize, step: usize, flip: i32, to: usize, plane: usize): void {
  if (sizeof<T>() == 4) splitRowLimbs(count, from, step, flip, to, plane);
  else splitResidues(rowWeights(), count, from, step, flip, to, plane);
}

/** The planes of elements of B. */
// @ts-ignore: decorator
@inline
function splitColumn<T>(count: i32, from: usize, step: usize, to: usize, plane: usize): void {
  if (sizeof<T>() == 4) splitColumnLimbs(count, from, step, to, plane);
  else splitResidues(columnWeights(), count, from, step, 0, to, plane);
}

/** A panel of up to five rows: the planes of the rows first, in `scratch`, then each packed as i16. */
function packPanelPlanes<T>(
  rows: i32, k: i32, a: usize, row: usize, column: usize, flip: i32, to: usize, scratch: usize,
): void {
  const scratchRow = (<usize>k << 1) + 16;
  const plane = <usize>tileRows * scratchRow;
  for (let r = 0; r < rows; r++)
    splitRow<T>(k, a + <usize>r * row, column, flip, scratch + <usize>r * scratchRow, plane);
  for (let l = 0; l < rowPlanes<T>(); l++) {
    packPanelSmall(rows, k, scratch, scratchRow, 2, 0, to);
    scratch += plane;
    to += <usize>((k + 1) >> 1) * 20;
  }
}

/** One step of all panels of B, in planes. */
function packPairPlanes<T>(
  terms: i32, n: i32, b: usize, row: usize, column: usize, to: usize, panel: usize, scratch: usize,
): void {
  const scratchRow = (<usize>n << 1) + 16;
  const plane: usize = 2 * scratchRow;
  for (let s = 0; s < terms; s++)
    splitColumn<T>(n, b + <usize>s * row, column, scratch + <usize>s * scratchRow, plane);
  const packedPlane = panel / columnPlanes<T>();
  for (let l = 0; l < columnPlanes<T>(); l++) {
    packPairSmall(terms, n, scratch, scratchRow, 2, to, panel);
    scratch += plane;
    to += packedPlane;
  }
}

/** A panel of up to five rows of i32 or i64. */
function packPanelScalar<T>(rows: i32, k: i32, a: usize, row: usize, column: usize, flip: i32, to: usize): void {
  for (let s = 0; s < k; s++) {
    for (let r = 0; r < tileRows; r++) {
      store<T>(to, r < rows ? (load<T>(a + <usize>r * row) ^ <T>flip) - <T>flip : 0);
      to += sizeof<T>();
    }
    a += column;
  }
}

/** One step of all panels of B: a row of i32 or i64. */
function packTermScalar<T>(n: i32, b: usize, column: usize, to: usize, panel: usize): void {
  for (let j = 0; j < n; j += 8) {
    for (let c = 0; c < 8; c++) {
      store<T>(to + <usize>c * sizeof<T>(), j + c < n ? load<T>(b) : 0);
      b += column;
    }
    to += panel;
  }
}
