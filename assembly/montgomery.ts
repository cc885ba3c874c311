/*
 * Residues modulo an odd p < 2⁶²: products of two i64 are 128 bits, reduced by Montgomery's method (Montgomery, Mathematics of Computation 44,
 * 1985) with signed halves: T = high·2⁶⁴ + low, m ≡ low·p⁻¹ mod 2⁶⁴, and T/2⁶⁴ ≡ high − ⌊m·p/2⁶⁴⌋, for m·p has the low half of T.
 * Elements are kept as they are, not multiplied by 2⁶⁴: a second reduction, of the product with 2¹²⁸ mod p, takes the factor away.
 */
import { __res128_hi, __umulq64 } from "as-bignum/assembly/globals";

let p: i64 = 0;
let half: i64 = 0;
/** p⁻¹ mod 2⁶⁴ */
let inverseOfModulus: u64 = 0;
/** 2¹²⁸ mod p, balanced. */
let radixSquare: i64 = 0;
let reciprocal: f64 = 0;

export function configureMontgomery(modulus: i64): void {
  p = modulus;
  half = p >> 1;
  reciprocal = 1.0 / <f64>p;
  // Newton's iteration doubles the correct bits: 3, 6, 12, 24, 48, 96.
  inverseOfModulus = <u64>p;
  for (let i = 0; i < 5; i++) inverseOfModulus *= 2 - <u64>p * inverseOfModulus;
  radixSquare = 1 % p;
  for (let i = 0; i < 128; i++) radixSquare = balance(radixSquare << 1);
}

/** The balanced residue of |x| ≤ 3p/2. */
// @ts-ignore: decorator
@inline
function balance(x: i64): i64 {
  return x > half ? x - p : x < -half ? x + p : x;
}

/** The high half of a signed product, of which `__res128_hi` is the unsigned one. */
// @ts-ignore: decorator
@inline
function signedHigh(a: i64, b: i64): i64 {
  return <i64>__res128_hi - ((a >> 63) & b) - ((b >> 63) & a);
}

/** (high·2⁶⁴ + low)/2⁶⁴ mod p, at most |high| + p/2. */
// @ts-ignore: decorator
@inline
function montgomery(high: i64, low: u64): i64 {
  const m = low * inverseOfModulus;
  __umulq64(m, <u64>p);
  return high - signedHigh(<i64>m, p);
}

/** The balanced residue of high·2⁶⁴ + low, any. */
// @ts-ignore: decorator
@inline
function reduceWide(high: i64, low: u64): i64 {
  const quotient = montgomery(high - <i64>nearest<f64>(<f64>high * reciprocal) * p, low);
  const product = __umulq64(<u64>quotient, <u64>radixSquare);
  return balance(montgomery(signedHigh(quotient, radixSquare), product));
}

/** The balanced residue of a·b. */
export function multiplyLarge(a: i64, b: i64): i64 {
  const low = __umulq64(<u64>a, <u64>b);
  return reduceWide(signedHigh(a, b), low);
}

/** The balanced residue of Σ x_i·y_i of residues, `count` ≤ `largeFoldTerms` of bounds.ts; steps in bytes. */
export function sumOfProducts(count: i32, x: usize, xStep: usize, y: usize, yStep: usize): i64 {
  let high: i64 = 0;
  let low: u64 = 0;
  for (; count > 0; count--) {
    const a = load<i64>(x);
    const b = load<i64>(y);
    const product = __umulq64(<u64>a, <u64>b);
    low += product;
    high += signedHigh(a, b) + <i64>(low < product);
    x += xStep;
    y += yStep;
  }
  return reduceWide(high, low);
}

/** The balanced residue of a difference of two residues. */
// @ts-ignore: decorator
@inline
export function subtractLarge(a: i64, b: i64): i64 {
  return balance(a - b);
}
