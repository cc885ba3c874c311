import { prime, smallReciprocal } from "../field";
import { primeLanes, reduceSmallLanes, smallReciprocalLanes } from "../reduction";

/*
 * The tile of i16 factors: 5 rows × 8 columns of a product, summed in i32.
 *
 * One step takes two terms k, k+1. `dot_i16x8_s` multiplies eight pairs and adds neighbours, so the two terms lie side by side:
 *
 *     A panel, a step (20 bytes):  a0[k] a0[k+1] | a1[k] a1[k+1] | … | a4[k] a4[k+1]
 *     B panel, a step (32 bytes):  b[k][0] b[k+1][0] | b[k][1] b[k+1][1] | …  | b[k][7] b[k+1][7]
 *
 *     sums (160 bytes):            row 0: columns 0–3, 4–7 | row 1 | … | row 4        (i32)
 *
 * Ten accumulators, two vectors of B and one of A stay in registers; with four rows the loop is 10 % slower, with six V8 spills. The sums go to memory and are reduced by another function:
 * with the reduction in the same function V8 spills the accumulators (25 instead of 39 GMAC/s on Zen 4). Exported, so
 * that Binaryen keeps it apart; not unrolled over k, where V8 hoists the loads and spills again.
 */
export const tileRows: i32 = 5;
/** The bytes of the sums of a tile. */
export const tileSums: usize = 160;

export function tileSmall(steps: i32, a: usize, b: usize, sums: usize): void {
  const end = a + <usize>steps * 20;
  if (ASC_FEATURE_SIMD) {
    let c00 = i32x4.splat(0), c01 = i32x4.splat(0);
    let c10 = i32x4.splat(0), c11 = i32x4.splat(0);
    let c20 = i32x4.splat(0), c21 = i32x4.splat(0);
    let c30 = i32x4.splat(0), c31 = i32x4.splat(0);
    let c40 = i32x4.splat(0), c41 = i32x4.splat(0);
    while (a < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let pair = v128.load32_splat(a);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(pair, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(pair, b1));
      pair = v128.load32_splat(a, 4);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(pair, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(pair, b1));
      pair = v128.load32_splat(a, 8);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(pair, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(pair, b1));
      pair = v128.load32_splat(a, 12);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(pair, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(pair, b1));
      pair = v128.load32_splat(a, 16);
      c40 = i32x4.add(c40, i32x4.dot_i16x8_s(pair, b0));
      c41 = i32x4.add(c41, i32x4.dot_i16x8_s(pair, b1));
      a += 20;
      b += 32;
    }
    v128.store(sums, c00);
    v128.store(sums, c01, 16);
    v128.store(sums, c10, 32);
    v128.store(sums, c11, 48);
    v128.store(sums, c20, 64);
    v128.store(sums, c21, 80);
    v128.store(sums, c30, 96);
    v128.store(sums, c31, 112);
    v128.store(sums, c40, 128);
    v128.store(sums, c41, 144);
  } else {
    for (let row: usize = 0; row < <usize>tileRows; row++) {
      for (let column: usize = 0; column < 8; column++) {
        let sum: i32 = 0;
        let y = b + (column << 2);
        for (let x = a + (row << 2); x < end; x += 20) {
          sum += <i32>load<i16>(x) * <i32>load<i16>(y) + <i32>load<i16>(x, 2) * <i32>load<i16>(y, 2);
          y += 32;
        }
        store<i32>(sums + (((row << 3) + column) << 2), sum);
      }
    }
  }
}

/** C := (C & keep) − sums, reduced, for a whole tile of residues modulo a small prime; `keep` is −1 or 0; `row` in bytes. */
export function finishSmall(sums: usize, c: usize, row: usize, keep: i32): void {
  if (ASC_FEATURE_SIMD) {
    const mask = i32x4.splat(keep);
    const p = primeLanes();
    const reciprocals = smallReciprocalLanes();
    // Not a loop: V8 would make the constants anew in every turn.
    finishLanes(sums, c, mask, p, reciprocals);
    finishLanes(sums + 32, c + row, mask, p, reciprocals);
    finishLanes(sums + 64, c + 2 * row, mask, p, reciprocals);
    finishLanes(sums + 96, c + 3 * row, mask, p, reciprocals);
    finishLanes(sums + 128, c + 4 * row, mask, p, reciprocals);
  } else {
    for (let i = 0; i < tileRows; i++) {
      for (let j: usize = 0; j < 16; j += 2) {
        const x = (<i32>load<i16>(c + j) & keep) - load<i32>(sums + (j << 1));
        store<i16>(c + j, x - <i32>nearest<f32>(<f32>x * smallReciprocal) * prime);
      }
      c += row;
      sums += 32;
    }
  }
}

/** A row of a tile. */
// @ts-ignore: decorator
@inline
function finishLanes(sums: usize, c: usize, mask: v128, p: v128, reciprocals: v128): void {
  const old = v128.and(v128.load(c), mask);
  v128.store(
    c,
    i16x8.narrow_i32x4_s(
      reduceSmallLanes(i32x4.sub(i32x4.extend_low_i16x8_s(old), v128.load(sums)), p, reciprocals),
      reduceSmallLanes(i32x4.sub(i32x4.extend_high_i16x8_s(old), v128.load(sums, 16)), p, reciprocals),
    ),
  );
}
