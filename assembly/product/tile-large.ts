import { foldTerms, modulus, reciprocal } from "../field";
import { subtractLarge, sumOfProducts } from "../montgomery";
import { combineFour, moduliCount } from "./residue-number-system";
import { tileRows, tileSmall, tileSums } from "./tile-small";

/*
 * The tile of the primes above 2³¹: 5 rows × 8 columns of a product of i64 residues, as a tile of i16 factors for each modulus of the residue number
 * system (residue-number-system.ts). Eleven of them at p ≈ 2⁶²: 3 GMAC/s, where 128-bit sums of scalars reach 0.3.
 *
 *     A and B panels:             plane 0 (modulo m₀) | plane 1 | …, each packed as i16
 *     sums (n × 160 bytes):       plane 0 | plane 1 | …, each the sums of a tile of i16 factors
 *
 * The scalar build sums the products in 128 bits, reduced every `foldTerms` terms:
 *
 *     A panel, a step (40 bytes):  a0[k] | a1[k] | … | a4[k]
 *     B panel, a step (64 bytes):  b[k][0] | b[k][1] | … | b[k][7]
 *     sums (320 bytes):            row 0: columns 0–7 | row 1 | … | row 4        (i64, balanced residues)
 */

/** `steps`: pairs of terms in the build with vectors, terms in the scalar one. */
export function tileLarge(steps: i32, a: usize, b: usize, sums: usize): void {
  if (ASC_FEATURE_SIMD) {
    const rowPlane = <usize>steps * 20;
    const columnPlane = <usize>steps << 5;
    for (const end = sums + <usize>moduliCount() * tileSums; sums < end; sums += tileSums) {
      tileSmall(steps, a, b, sums);
      a += rowPlane;
      b += columnPlane;
    }
  } else {
    for (let row: usize = 0; row < <usize>tileRows; row++) {
      for (let column: usize = 0; column < 8; column++) {
        let sum: i64 = 0;
        let x = a + (row << 3);
        let y = b + (column << 3);
        for (let left = steps; left > 0; left -= foldTerms) {
          const terms = min(left, foldTerms);
          sum = subtractLarge(sum, -sumOfProducts(terms, x, 40, y, 64));
          x += <usize>terms * 40;
          y += <usize>terms << 6;
        }
        store<i64>(sums + (((row << 3) + column) << 3), sum);
      }
    }
  }
}

/** C := (C & keep) − sums, reduced, for a whole tile of residues modulo a large prime; `keep` is −1 or 0; `row` in bytes. */
export function finishLarge(sums: usize, c: usize, row: usize, keep: i32): void {
  for (let i = 0; i < tileRows; i++) {
    if (ASC_FEATURE_SIMD) {
      finishFour(combineFour(sums), c, keep);
      finishFour(combineFour(sums + 16), c + 32, keep);
      sums += 32;
    } else {
      for (let j: usize = 0; j < 64; j += 8) store<i64>(c + j, subtractLarge(load<i64>(c + j) & <i64>keep, load<i64>(sums + j)));
      sums += 64;
    }
    c += row;
  }
}

/** 1.5·2⁵²: its sum with an integer has the integer in its low bits. */
const round: f64 = 6755399441055744.0;

/**
 * Four elements of C, from the limbs of their sums. The quotient, below 2¹⁵, is computed in doubles, the remainder modulo 2⁶⁴: it fits. Slack:
 * `largeExtreme` of bounds.ts.
 */
function finishFour(limbs: usize, c: usize, keep: i32): void {
  const s0 = v128.load(limbs);
  const s1 = v128.load(limbs, 16);
  const s2 = v128.load(limbs, 32);
  const s3 = v128.load(limbs, 48);
  finishTwo(i64x2.extend_low_i32x4_s(s0), i64x2.extend_low_i32x4_s(s1), i64x2.extend_low_i32x4_s(s2), i64x2.extend_low_i32x4_s(s3), c, keep);
  finishTwo(
    i64x2.extend_high_i32x4_s(s0), i64x2.extend_high_i32x4_s(s1), i64x2.extend_high_i32x4_s(s2), i64x2.extend_high_i32x4_s(s3),
    c + 16, keep,
  );
}

// @ts-ignore: decorator
@inline
function finishTwo(s0: v128, s1: v128, s2: v128, s3: v128, c: usize, keep: i32): void {
  const magic = f64x2.splat(round);
  const old = v128.and(v128.load(c), i64x2.splat(<i64>keep));
  const low = i64x2.sub(i64x2.add(s0, i64x2.shl(s1, 16)), old);
  const high = i64x2.add(s2, i64x2.shl(s3, 16));
  // The integers in doubles: `high` has less than 51 bits, `low` is taken in halves.
  const highest = f64x2.sub(i64x2.add(high, magic), magic);
  const upper = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(low, low, 1, 3, 1, 3));
  const lower = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(low, low, 0, 2, 0, 2));
  const sum = f64x2.add(f64x2.mul(f64x2.add(highest, upper), f64x2.splat(4294967296.0)), lower);
  const quotient = i64x2.sub(f64x2.add(f64x2.mul(sum, f64x2.splat(reciprocal)), magic), magic);
  const whole = i64x2.add(low, i64x2.shl(high, 32));
  v128.store(c, i64x2.sub(i64x2.mul(quotient, i64x2.splat(modulus)), whole));
}
