/*
 * The planes of i32 residues: i16 limbs and sums of limbs, so that a product of residues is a few products of i16 (tile-word.ts). How many products
 * it takes depends on the prime:
 *
 *     p < 2¹⁶   2   rows    x0 | x1                                  x = x0 + 2⁸ x1,  |x0|, |x1| ≤ 2⁷
 *                   columns x                                        |x| < 2¹⁵
 *     p < 2²²   3   both    x0 | x1 | x0 + x1                        x = x0 + 2¹¹ x1,  |x0|, |x1| ≤ 2¹⁰
 *     p < 2³¹   6   both    x0 | x1 | x2 | x0 + x1 | x0 + x2 | x1 + x2       x = x0 + 2¹¹ x1 + 2²² x2,  |x0|, |x1| ≤ 2¹⁰, |x2| < 2⁹
 */

/** Products of i16 for a product of residues: 2, 3 or 6. */
export let limbProducts: i32 = 0;

export function configureLimbs(products: i32): void {
  limbProducts = products;
}

/** Planes of the columns. */
// @ts-ignore: decorator
@inline
export function columnLimbPlanes(): i32 {
  return limbProducts == 2 ? 1 : limbProducts;
}

/** Writes the planes of `count` elements of a row (stride `step` bytes, negated if `flip` is −1), one `plane` bytes after the other. */
export function splitRowLimbs(count: i32, from: usize, step: usize, flip: i32, to: usize, plane: usize): void {
  split(count, from, step, flip, to, plane, limbProducts);
}

/** The same of a column. */
export function splitColumnLimbs(count: i32, from: usize, step: usize, to: usize, plane: usize): void {
  split(count, from, step, 0, to, plane, columnLimbPlanes());
}

function split(count: i32, from: usize, step: usize, flip: i32, to: usize, plane: usize, planes: i32): void {
  let i = 0;
  if (step == 4) {
    const sign = i32x4.splat(flip);
    for (; i + 8 <= count; i += 8) {
      const x = i32x4.sub(v128.xor(v128.load(from), sign), sign);
      const y = i32x4.sub(v128.xor(v128.load(from, 16), sign), sign);
      if (planes == 1) v128.store(to, i16x8.narrow_i32x4_s(x, y));
      else if (planes == 2) {
        const x0 = lowLimbs(x, 8), y0 = lowLimbs(y, 8);
        v128.store(to, i16x8.narrow_i32x4_s(x0, y0));
        v128.store(to + plane, i16x8.narrow_i32x4_s(highLimbs(x, x0, 8), highLimbs(y, y0, 8)));
      } else {
        const x0 = lowLimbs(x, 11), y0 = lowLimbs(y, 11);
        const xRest = highLimbs(x, x0, 11), yRest = highLimbs(y, y0, 11);
        const limb0 = i16x8.narrow_i32x4_s(x0, y0);
        v128.store(to, limb0);
        if (planes == 3) {
          const limb1 = i16x8.narrow_i32x4_s(xRest, yRest);
          v128.store(to + plane, limb1);
          v128.store(to + 2 * plane, i16x8.add(limb0, limb1));
        } else {
          const x1 = lowLimbs(xRest, 11), y1 = lowLimbs(yRest, 11);
          const limb1 = i16x8.narrow_i32x4_s(x1, y1);
          const limb2 = i16x8.narrow_i32x4_s(highLimbs(xRest, x1, 11), highLimbs(yRest, y1, 11));
          v128.store(to + plane, limb1);
          v128.store(to + 2 * plane, limb2);
          v128.store(to + 3 * plane, i16x8.add(limb0, limb1));
          v128.store(to + 4 * plane, i16x8.add(limb0, limb2));
          v128.store(to + 5 * plane, i16x8.add(limb1, limb2));
        }
      }
      from += 32;
      to += 16;
    }
  }
  for (; i < count; i++) {
    const x = (load<i32>(from) ^ flip) - flip;
    if (planes == 1) store<i16>(to, <i16>x);
    else if (planes == 2) {
      const x0 = lowLimb(x, 8);
      store<i16>(to, <i16>x0);
      store<i16>(to + plane, <i16>((x - x0) >> 8));
    } else {
      const x0 = lowLimb(x, 11);
      const rest = (x - x0) >> 11;
      store<i16>(to, <i16>x0);
      if (planes == 3) {
        store<i16>(to + plane, <i16>rest);
        store<i16>(to + 2 * plane, <i16>(x0 + rest));
      } else {
        const x1 = lowLimb(rest, 11);
        const x2 = (rest - x1) >> 11;
        store<i16>(to + plane, <i16>x1);
        store<i16>(to + 2 * plane, <i16>x2);
        store<i16>(to + 3 * plane, <i16>(x0 + x1));
        store<i16>(to + 4 * plane, <i16>(x0 + x2));
        store<i16>(to + 5 * plane, <i16>(x1 + x2));
      }
    }
    from += step;
    to += 2;
  }
}

/** The balanced remainder of x modulo 2^bits. */
// @ts-ignore: decorator
@inline
function lowLimb(x: i32, bits: i32): i32 {
  return (x << (32 - bits)) >> (32 - bits);
}

// @ts-ignore: decorator
@inline
function lowLimbs(x: v128, bits: i32): v128 {
  return i32x4.shr_s(i32x4.shl(x, 32 - bits), 32 - bits);
}

// @ts-ignore: decorator
@inline
function highLimbs(x: v128, low: v128, bits: i32): v128 {
  return i32x4.shr_s(i32x4.sub(x, low), bits);
}
