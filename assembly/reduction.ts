/*
 * Reductions in vectors: what comes out of sums of products goes back to balanced residues. The bounds of what may come in and
 * what comes out are functions of src/kernel/bounds.ts.
 */
import { highReciprocal, highWeight, prime, reciprocal, smallReciprocal } from "./field";

/*
 * Rounding by addition: x + 1.5·2^k has no bits below 1, where k is the length of the significand, so the sum is rounded to nearest and its low
 * bits are the integer, in two's complement.
 */
const roundSingle: f32 = 12582912.0; // 1.5·2²³
const roundSingleBits: i32 = 0x4b400000;
const roundDouble: f64 = 6755399441055744.0; // 1.5·2⁵²

// @ts-ignore: decorator
@inline
export function primeLanes(): v128 {
  return i32x4.splat(prime);
}

// @ts-ignore: decorator
@inline
export function smallReciprocalLanes(): v128 {
  return f32x4.splat(smallReciprocal);
}

/** x − p·round(x/p) in four lanes of i32, |x| < 2³¹ and |x/p| < 2²²; slack: `smallReductionSlack`. */
// @ts-ignore: decorator
@inline
export function reduceSmallLanes(x: v128, p: v128, reciprocals: v128): v128 {
  const rounded = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(x), reciprocals), f32x4.splat(roundSingle));
  return i32x4.sub(x, i32x4.mul(i32x4.sub(rounded, i32x4.splat(roundSingleBits)), p));
}

/** `fold` of field.ts in two lanes of i64. */
// @ts-ignore: decorator
@inline
export function foldLanes(x: v128): v128 {
  const high = i64x2.extmul_low_i32x4_s(v128.shuffle<i32>(x, x, 1, 3, 1, 3), i32x4.splat(highWeight));
  return i64x2.add(v128.and(x, i64x2.splat(0xffffffff)), high);
}

/**
 * x − p·round(x/p) of four i64, two in `x` and two in `y`, as four i32, for |x| ≤ `foldedExtreme` + `wordExtreme`; slack: `wordSlack`.
 *
 * With x = high·2³² + low, both signed, the quotient is high·(2³²/p) + low·(1/p) in doubles. The remainder fits into 32 bits, so
 * the subtraction needs no more of them.
 */
// @ts-ignore: decorator
@inline
export function reduceWordLanes(x: v128, y: v128): v128 {
  const half = i64x2.splat(0x80000000);
  const low = v128.shuffle<i32>(x, y, 0, 2, 4, 6);
  const high = v128.shuffle<i32>(i64x2.add(x, half), i64x2.add(y, half), 1, 3, 5, 7);
  const first = quotientBits(high, low);
  const second = quotientBits(v128.shuffle<i32>(high, high, 2, 3, 2, 3), v128.shuffle<i32>(low, low, 2, 3, 2, 3));
  return i32x4.sub(low, i32x4.mul(v128.shuffle<i32>(first, second, 0, 2, 4, 6), i32x4.splat(prime)));
}

/** round((high·2³² + low)/p) of the first two lanes, in the low halves of two lanes of i64. */
// @ts-ignore: decorator
@inline
function quotientBits(high: v128, low: v128): v128 {
  const fromHigh = f64x2.mul(f64x2.convert_low_i32x4_s(high), f64x2.splat(highReciprocal));
  const fromLow = f64x2.mul(f64x2.convert_low_i32x4_s(low), f64x2.splat(reciprocal));
  return f64x2.add(f64x2.add(fromHigh, fromLow), f64x2.splat(roundDouble));
}
