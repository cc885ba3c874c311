import { fold, foldTerms, limbWeight3, limbWeight4, reduce } from "../field";
import { reduceWordLanes } from "../reduction";
import { limbProducts } from "./limbs";
import { tileRows, tileSmall, tileSums } from "./tile-small";

/*
 * The tile of the word primes: 5 rows × 8 columns of a product of i32 residues. Vectors have no fast product of 32-bit factors, but one of
 * 16-bit factors: a residue is cut into limbs (limbs.ts), and a product into two, three or six by Karatsuba's identity, each of them a tile of
 * i16 factors. Six are 1.3 times as fast as `i64x2.extmul_low_i32x4_s`, which V8 makes of two shuffles and a product (5.3 against 6.9 GMAC/s at
 * p = 2³¹ − 1).
 *
 *     Pi = Σ xi·yi,   Pij = Σ (xi + xj)·(yi + yj)
 *
 *     2:  Σ x·y = Σ x0·y + 2⁸ Σ x1·y
 *     3:  Σ x·y = P0 + 2¹¹ (P01 − P0 − P1) + 2²² P1
 *     6:  Σ x·y = P0 + 2¹¹ (P01 − P0 − P1) + 2²² (P02 − P0 − P2 + P1) + 2³³ (P12 − P1 − P2) + 2⁴⁴ P2
 *
 *     sums (160 bytes each):  Σ x0·y | Σ x1·y,   P0 | P1 | P01,   or   P0 | P1 | P2 | P01 | P02 | P12, each the sums of a tile of i16 factors
 *
 * The scalar build multiplies the residues themselves, and folds the 64-bit sum after `foldTerms` terms (bounds.ts):
 *
 *     A panel, a step (20 bytes):  a0[k] | a1[k] | … | a4[k]
 *     B panel, a step (32 bytes):  b[k][0] | b[k][1] | … | b[k][7]
 *     sums (320 bytes):            row 0: columns 0–7 | row 1 | … | row 4        (i64)
 */
/** Most products of i16 for a product of residues. */
export const mostLimbProducts: i32 = 6;

/** `steps`: pairs of terms in the build with vectors, terms in the scalar one. */
export function tileWord(steps: i32, a: usize, b: usize, sums: usize): void {
  if (ASC_FEATURE_SIMD) {
    const rowPlane = <usize>steps * 20;
    const columnPlane: usize = limbProducts == 2 ? 0 : <usize>steps << 5;
    for (let plane = 0; plane < limbProducts; plane++) {
      tileSmall(steps, a, b, sums);
      a += rowPlane;
      b += columnPlane;
      sums += tileSums;
    }
  } else {
    for (let row: usize = 0; row < <usize>tileRows; row++) {
      for (let column: usize = 0; column < 8; column++) {
        let sum: i64 = 0;
        let x = a + (row << 2);
        let y = b + (column << 2);
        for (let left = steps; left > 0; left -= foldTerms) {
          const end = x + <usize>min(left, foldTerms) * 20;
          while (x < end) {
            sum += <i64>load<i32>(x) * <i64>load<i32>(y);
            x += 20;
            y += 32;
          }
          sum = fold(sum);
        }
        store<i64>(sums + (((row << 3) + column) << 3), sum);
      }
    }
  }
}

/** C := (C & keep) − sums, reduced, for a whole tile of residues modulo a word prime; `keep` is −1 or 0; `row` in bytes. */
export function finishWord(sums: usize, c: usize, row: usize, keep: i32): void {
  for (let i = 0; i < tileRows; i++) {
    if (ASC_FEATURE_SIMD) {
      if (limbProducts == 2) {
        finishTwo(sums, c, keep);
        finishTwo(sums + 16, c + 16, keep);
      } else if (limbProducts == 3) {
        finishThree(sums, c, keep);
        finishThree(sums + 16, c + 16, keep);
      } else {
        finishSix(sums, c, keep);
        finishSix(sums + 16, c + 16, keep);
      }
      sums += 32;
    } else {
      for (let j: usize = 0; j < 32; j += 4)
        store<i32>(c + j, <i32>reduce(<i64>(load<i32>(c + j) & keep) - load<i64>(sums + (j << 1))));
      sums += 64;
    }
    c += row;
  }
}

/** Four elements of C, with p < 2¹⁶. What is left of the old element joins the lowest limb's sum. */
// @ts-ignore: decorator
@inline
function finishTwo(sums: usize, c: usize, keep: i32): void {
  const c0 = i32x4.sub(v128.load(sums), v128.and(v128.load(c), i32x4.splat(keep)));
  const c1 = v128.load(sums, tileSums);
  const weight1 = i32x4.splat(1 << 8);
  const low = i64x2.add(i64x2.extend_low_i32x4_s(c0), i64x2.extmul_low_i32x4_s(c1, weight1));
  const high = i64x2.add(i64x2.extend_high_i32x4_s(c0), i64x2.extmul_high_i32x4_s(c1, weight1));
  v128.store(c, i32x4.neg(reduceWordLanes(low, high)));
}

/** The same with p < 2²². */
// @ts-ignore: decorator
@inline
function finishThree(sums: usize, c: usize, keep: i32): void {
  const p0 = v128.load(sums);
  const p1 = v128.load(sums, tileSums);
  const c0 = i32x4.sub(p0, v128.and(v128.load(c), i32x4.splat(keep)));
  const c1 = i32x4.sub(i32x4.sub(v128.load(sums, 2 * tileSums), p0), p1);
  const weight1 = i32x4.splat(1 << 11);
  const weight2 = i32x4.splat(1 << 22);
  let low = i64x2.add(i64x2.extend_low_i32x4_s(c0), i64x2.extmul_low_i32x4_s(c1, weight1));
  let high = i64x2.add(i64x2.extend_high_i32x4_s(c0), i64x2.extmul_high_i32x4_s(c1, weight1));
  low = i64x2.add(low, i64x2.extmul_low_i32x4_s(p1, weight2));
  high = i64x2.add(high, i64x2.extmul_high_i32x4_s(p1, weight2));
  v128.store(c, i32x4.neg(reduceWordLanes(low, high)));
}

/** The same with p < 2³¹. */
// @ts-ignore: decorator
@inline
function finishSix(sums: usize, c: usize, keep: i32): void {
  const p0 = v128.load(sums);
  const p1 = v128.load(sums, tileSums);
  const p2 = v128.load(sums, 2 * tileSums);
  const c1 = i32x4.sub(i32x4.sub(v128.load(sums, 3 * tileSums), p0), p1);
  const c2 = i32x4.add(i32x4.sub(i32x4.sub(v128.load(sums, 4 * tileSums), p0), p2), p1);
  const c3 = i32x4.sub(i32x4.sub(v128.load(sums, 5 * tileSums), p1), p2);
  const c0 = i32x4.sub(p0, v128.and(v128.load(c), i32x4.splat(keep)));
  const weight1 = i32x4.splat(1 << 11);
  const weight2 = i32x4.splat(1 << 22);
  const weight3 = i32x4.splat(limbWeight3);
  const weight4 = i32x4.splat(limbWeight4);
  let low = i64x2.add(i64x2.extend_low_i32x4_s(c0), i64x2.extmul_low_i32x4_s(c1, weight1));
  let high = i64x2.add(i64x2.extend_high_i32x4_s(c0), i64x2.extmul_high_i32x4_s(c1, weight1));
  low = i64x2.add(low, i64x2.extmul_low_i32x4_s(c2, weight2));
  high = i64x2.add(high, i64x2.extmul_high_i32x4_s(c2, weight2));
  low = i64x2.add(low, i64x2.extmul_low_i32x4_s(c3, weight3));
  high = i64x2.add(high, i64x2.extmul_high_i32x4_s(c3, weight3));
  low = i64x2.add(low, i64x2.extmul_low_i32x4_s(p2, weight4));
  high = i64x2.add(high, i64x2.extmul_high_i32x4_s(p2, weight4));
  v128.store(c, i32x4.neg(reduceWordLanes(low, high)));
}
