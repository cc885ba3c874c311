/*
 * F_p in balanced residues: a class is any integer r with r ≡ x mod p and |r| < p, after every reduction |r| ≤ p/2 but for the slack that
 * src/kernel/bounds.ts bounds. Zero is represented by 0 only. Elements are i16 for p < 2¹³, i32 for p < 2³¹ and i64 above.
 */
import { multiplyLarge } from "./montgomery";

/** p, 2 ≤ p < 2⁶², prime (checked by the caller). */
export let modulus: i64 = 0;
/** p where elements are i16 or i32. */
export let prime: i32 = 0;
/** 1/p */
export let reciprocal: f64 = 0;
/** 1/p in single precision. */
export let smallReciprocal: f32 = 0;
/** 2³²/p */
export let highReciprocal: f64 = 0;
/** Terms of a product that are summed before the sum is reduced (bounds.ts). */
export let depth: i32 = 0;
/** Terms that fit into an accumulator between two folds: 64 bits for i32, 128 bits for i64 (bounds.ts). */
export let foldTerms: i32 = 0;
/** 2³² mod p, balanced: what the high half of an accumulator counts for. */
export let highWeight: i32 = 0;

/** 2³³ mod p and 2⁴⁴ mod p, balanced: what the sums of the high limbs count for. */
export let limbWeight3: i32 = 0;
export let limbWeight4: i32 = 0;

export function configureField(p: i64, terms: i32, termsPerFold: i32): void {
  modulus = p;
  prime = <i32>p;
  reciprocal = 1.0 / <f64>p;
  smallReciprocal = <f32>reciprocal;
  highReciprocal = 4294967296.0 / <f64>p;
  depth = terms;
  foldTerms = termsPerFold;
  highWeight = <i32>reduce((<i64>1 << 32) % p);
  limbWeight3 = <i32>reduce((<i64>1 << 33) % p);
  limbWeight4 = <i32>reduce((<i64>1 << 44) % p);
}

/** The balanced residue of any x; slack: `wordSlack` of bounds.ts. */
// @ts-ignore: decorator
@inline
export function reduce(x: i64): i64 {
  return x - <i64>nearest<f64>(<f64>x * reciprocal) * modulus;
}

/** The balanced residue of a product of two residues. */
// @ts-ignore: decorator
@inline
export function multiplyResidues<T>(a: T, b: T): T {
  return sizeof<T>() == 8 ? <T>multiplyLarge(<i64>a, <i64>b) : <T>reduce(<i64>a * <i64>b);
}

/** A class of x that is at most `foldedExtreme`: x = high·2³² + low becomes high·(2³² mod p) + low. */
// @ts-ignore: decorator
@inline
export function fold(x: i64): i64 {
  return (x >> 32) * <i64>highWeight + (x & 0xffffffff);
}

/** 0 ≤ r < p of a balanced residue. */
// @ts-ignore: decorator
@inline
export function canonical(r: i64): i64 {
  return r < 0 ? r + modulus : r;
}

/** The balanced inverse of a residue that is not 0, by Euclid's algorithm. */
export function inverse(x: i64): i64 {
  let r0 = modulus;
  let r1 = canonical(x);
  let s0: i64 = 0;
  let s1: i64 = 1;
  while (r1 != 0) {
    const q = r0 / r1;
    const r2 = r0 - q * r1;
    r0 = r1;
    r1 = r2;
    const s2 = s0 - q * s1;
    s0 = s1;
    s1 = s2;
  }
  return reduce(s0);
}
