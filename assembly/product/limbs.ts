/*
 * The limbs of i32 residues: x = x0 + 2¹¹ x1 + 2²² x2 with |x0|, |x1| ≤ 2¹⁰ and |x2| < 2⁹, and their sums, as i16.
 *
 *     plane 0: x0 | 1: x1 | 2: x2 | 3: x0 + x1 | 4: x0 + x2 | 5: x1 + x2
 */

const limbBits: i32 = 11;

/** Writes the planes of `count` elements (stride `step` bytes, negated if `flip` is −1), one `plane` bytes after the other. */
export function splitLimbs(count: i32, from: usize, step: usize, flip: i32, to: usize, plane: usize): void {
  let i = 0;
  if (step == 4) {
    const sign = i32x4.splat(flip);
    for (; i + 8 <= count; i += 8) {
      const x = i32x4.sub(v128.xor(v128.load(from), sign), sign);
      const y = i32x4.sub(v128.xor(v128.load(from, 16), sign), sign);
      const x0 = lowLimb(x), y0 = lowLimb(y);
      const xRest = i32x4.shr_s(i32x4.sub(x, x0), limbBits), yRest = i32x4.shr_s(i32x4.sub(y, y0), limbBits);
      const x1 = lowLimb(xRest), y1 = lowLimb(yRest);
      const x2 = i32x4.shr_s(i32x4.sub(xRest, x1), limbBits), y2 = i32x4.shr_s(i32x4.sub(yRest, y1), limbBits);
      storePlanes(to, plane, i16x8.narrow_i32x4_s(x0, y0), i16x8.narrow_i32x4_s(x1, y1), i16x8.narrow_i32x4_s(x2, y2));
      from += 32;
      to += 16;
    }
  }
  for (; i < count; i++) {
    const x = (load<i32>(from) ^ flip) - flip;
    const x0 = (x << (32 - limbBits)) >> (32 - limbBits);
    const rest = (x - x0) >> limbBits;
    const x1 = (rest << (32 - limbBits)) >> (32 - limbBits);
    const x2 = (rest - x1) >> limbBits;
    store<i16>(to, <i16>x0);
    store<i16>(to + plane, <i16>x1);
    store<i16>(to + 2 * plane, <i16>x2);
    store<i16>(to + 3 * plane, <i16>(x0 + x1));
    store<i16>(to + 4 * plane, <i16>(x0 + x2));
    store<i16>(to + 5 * plane, <i16>(x1 + x2));
    from += step;
    to += 2;
  }
}

// @ts-ignore: decorator
@inline
function lowLimb(x: v128): v128 {
  return i32x4.shr_s(i32x4.shl(x, 32 - limbBits), 32 - limbBits);
}

// @ts-ignore: decorator
@inline
function storePlanes(to: usize, plane: usize, x0: v128, x1: v128, x2: v128): void {
  v128.store(to, x0);
  v128.store(to + plane, x1);
  v128.store(to + 2 * plane, x2);
  v128.store(to + 3 * plane, i16x8.add(x0, x1));
  v128.store(to + 4 * plane, i16x8.add(x0, x2));
  v128.store(to + 5 * plane, i16x8.add(x1, x2));
}
