import { canonical, modulus, reciprocal, reduce } from "./field";
import { allocateWorkspace } from "./heap";

/*
 * The way in and out for integers of any size: the caller puts them here as doubles or as i64, a few thousand at a time, and has them reduced into
 * a matrix; or has residues 0 … p − 1 put here.
 */

/** Doubles, or i64, that fit. */
export const stagingLength: i32 = 4096;

let staging: usize = 0;

export function configureStaging(): void {
  staging = allocateWorkspace(<usize>stagingLength << 3);
}

export function stagingAt(): usize {
  return staging;
}

/** Stores the residues of the first `count` integers at `to`; returns the index of the first double that is no safe integer, or −1. */
export function storeStaged<T>(count: i32, to: usize): i32 {
  let from = staging;
  let i = 0;
  if (ASC_FEATURE_SIMD && sizeof<T>() < 8) {
    // Integers of at most 2⁵²: quotient times p is an integer of at most 2⁵³, exact in doubles.
    const p = f64x2.splat(<f64>modulus);
    const reciprocals = f64x2.splat(reciprocal);
    const limit = f64x2.splat(4503599627370496.0);
    for (; i + 4 <= count; i += 4) {
      const x = v128.load(from);
      const y = v128.load(from, 16);
      const integers = v128.and(f64x2.eq(f64x2.nearest(x), x), f64x2.eq(f64x2.nearest(y), y));
      const within = v128.and(f64x2.le(f64x2.abs(x), limit), f64x2.le(f64x2.abs(y), limit));
      if (!i64x2.all_true(v128.and(integers, within))) break;
      const residues = v128.shuffle<i64>(
        i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(x, f64x2.mul(f64x2.nearest(f64x2.mul(x, reciprocals)), p))),
        i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(y, f64x2.mul(f64x2.nearest(f64x2.mul(y, reciprocals)), p))),
        0, 2,
      );
      if (sizeof<T>() == 2) v128.store_lane<i64>(to, i16x8.narrow_i32x4_s(residues, residues), 0);
      else v128.store(to, residues);
      from += 32;
      to += 4 * sizeof<T>();
    }
  }
  for (; i < count; i++) {
    const x = load<f64>(from);
    // False for NaN, too.
    if (!(nearest<f64>(x) == x && abs<f64>(x) <= 9007199254740991.0)) return i;
    store<T>(to, <T>reduce(<i64>x));
    from += 8;
    to += sizeof<T>();
  }
  return -1;
}

/** Stores the residues of the first `count` staged i64, or u64, at `to`. */
export function storeStagedIntegers<T>(count: i32, to: usize, unsigned: bool): void {
  for (let from = staging; from < staging + (<usize>count << 3); from += 8) {
    const residue = unsigned ? <i64>(load<u64>(from) % <u64>modulus) : load<i64>(from) % modulus;
    store<T>(to, <T>reduce(residue));
    to += sizeof<T>();
  }
}

/** Puts the residues 0 … p − 1 of `count` elements here, as i64. */
export function stage<T>(count: i32, from: usize): void {
  for (let to = staging; to < staging + (<usize>count << 3); to += 8) {
    store<i64>(to, canonical(<i64>load<T>(from)));
    from += sizeof<T>();
  }
}
