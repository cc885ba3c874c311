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
 * `largeSlack` of bounds.ts.
 */
function finishFour(limbs: usize, c: usize, keep: i32): void {
  for (const end = c + 32; c < end; c += 8) {
    const low = <i64>load<i32>(limbs) + (<i64>load<i32>(limbs, 16) << 11) + (<i64>load<i32>(limbs, 32) << 22);
    const high = <i64>load<i32>(limbs, 48) + (<i64>load<i32>(limbs, 64) << 11) + (<i64>load<i32>(limbs, 80) << 22);
    const old = load<i64>(c) & <i64>keep;
    const quotient = (<f64>high * 8589934592.0 + <f64>(low - old)) * reciprocal;
    const multiple = reinterpret<i64>(quotient + round) - reinterpret<i64>(round);
    store<i64>(c, old - low - (high << 33) + multiple * modulus);
    limbs += 4;
  }
}
