import { fold, foldTerms, multiplyResidues, reduce } from "../field";
import { subtractLarge, sumOfProducts } from "../montgomery";
import { foldLanes, primeLanes, reduceSmallLanes, reduceWordLanes, smallReciprocalLanes } from "../reduction";

/*
 * The inner loops of a base case and of the inversion of a triangle: a vector minus a combination of a few vectors, and a multiple of a
 * vector. With vectors they take whole blocks of `combinationBlock` elements: what lies behind the length changes, too.
 */

// @ts-ignore: decorator
@inline
export function combinationBlock<T>(): i32 {
  return 32 / sizeof<T>();
}

/**
 * target −= Σ_k c_k·v_k, where c are `count` ≤ 32 contiguous coefficients and v_k the vectors at `vectors` + k·`stride` (bytes).
 *
 * If `count` is odd, v_count may be read, and c_count or v_count must be 0.
 */
export function subtractCombination<T>(
  target: usize, length: i32, count: i32, coefficients: usize, vectors: usize, stride: usize,
): void {
  const end = target + <usize>length * sizeof<T>();
  if (sizeof<T>() == 8) {
    for (; target < end; target += 8) {
      let rest = load<i64>(target);
      for (let k = 0; k < count; k += foldTerms)
        rest = subtractLarge(
          rest, sumOfProducts(min(foldTerms, count - k), coefficients + (<usize>k << 3), 8, vectors + <usize>k * stride, stride),
        );
      store<i64>(target, rest);
      vectors += 8;
    }
    return;
  }
  if (ASC_FEATURE_SIMD) {
    for (; target < end; target += 32) {
      if (sizeof<T>() == 2) blockSmall(target, count, coefficients, vectors, stride);
      else blockWord(target, count, coefficients, vectors, stride);
      vectors += 32;
    }
    return;
  }
  const terms = sizeof<T>() == 2 ? count : foldTerms;
  for (; target < end; target += sizeof<T>()) {
    let sum: i64 = 0;
    let v = vectors;
    let c = coefficients;
    for (let left = count; left > 0; left -= terms) {
      for (const last = c + <usize>min(left, terms) * sizeof<T>(); c < last; c += sizeof<T>()) {
        sum += <i64>load<T>(c) * <i64>load<T>(v);
        v += stride;
      }
      if (sizeof<T>() == 4) sum = fold(sum);
    }
    store<T>(target, <T>reduce(<i64>load<T>(target) - sum));
    vectors += sizeof<T>();
  }
}

/** Sixteen elements, two vectors at a time, interleaved for `dot_i16x8_s`. */
// @ts-ignore: decorator
@inline
function blockSmall(target: usize, count: i32, coefficients: usize, vectors: usize, stride: usize): void {
  const end = coefficients + (<usize>count << 1);
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(0);
  let s2 = i32x4.splat(0);
  let s3 = i32x4.splat(0);
  for (let c = coefficients; c < end; c += 4) {
    const pair = v128.load32_splat(c);
    let x = v128.load(vectors);
    let y = v128.load(vectors + stride);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(pair, v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(pair, v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15)));
    x = v128.load(vectors, 16);
    y = v128.load(vectors + stride, 16);
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(pair, v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11)));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(pair, v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15)));
    vectors += 2 * stride;
  }
  const p = primeLanes();
  const reciprocals = smallReciprocalLanes();
  const old0 = v128.load(target);
  const old1 = v128.load(target, 16);
  s0 = reduceSmallLanes(i32x4.sub(i32x4.extend_low_i16x8_s(old0), s0), p, reciprocals);
  s1 = reduceSmallLanes(i32x4.sub(i32x4.extend_high_i16x8_s(old0), s1), p, reciprocals);
  s2 = reduceSmallLanes(i32x4.sub(i32x4.extend_low_i16x8_s(old1), s2), p, reciprocals);
  s3 = reduceSmallLanes(i32x4.sub(i32x4.extend_high_i16x8_s(old1), s3), p, reciprocals);
  v128.store(target, i16x8.narrow_i32x4_s(s0, s1));
  v128.store(target, i16x8.narrow_i32x4_s(s2, s3), 16);
}

/** Eight elements, folded as often as it takes. */
// @ts-ignore: decorator
@inline
function blockWord(target: usize, count: i32, coefficients: usize, vectors: usize, stride: usize): void {
  let s0 = i64x2.splat(0);
  let s1 = i64x2.splat(0);
  let s2 = i64x2.splat(0);
  let s3 = i64x2.splat(0);
  for (let left = count; left > 0; left -= foldTerms) {
    const end = coefficients + (<usize>min(left, foldTerms) << 2);
    for (; coefficients < end; coefficients += 4) {
      const factor = v128.load32_splat(coefficients);
      let x = v128.load(vectors);
      s0 = i64x2.add(s0, i64x2.extmul_low_i32x4_s(x, factor));
      s1 = i64x2.add(s1, i64x2.extmul_high_i32x4_s(x, factor));
      x = v128.load(vectors, 16);
      s2 = i64x2.add(s2, i64x2.extmul_low_i32x4_s(x, factor));
      s3 = i64x2.add(s3, i64x2.extmul_high_i32x4_s(x, factor));
      vectors += stride;
    }
    s0 = foldLanes(s0);
    s1 = foldLanes(s1);
    s2 = foldLanes(s2);
    s3 = foldLanes(s3);
  }
  const old0 = v128.load(target);
  const old1 = v128.load(target, 16);
  s0 = i64x2.sub(i64x2.extend_low_i32x4_s(old0), s0);
  s1 = i64x2.sub(i64x2.extend_high_i32x4_s(old0), s1);
  s2 = i64x2.sub(i64x2.extend_low_i32x4_s(old1), s2);
  s3 = i64x2.sub(i64x2.extend_high_i32x4_s(old1), s3);
  v128.store(target, reduceWordLanes(s0, s1));
  v128.store(target, reduceWordLanes(s2, s3), 16);
}

/** target := factor·target. */
export function scale<T>(target: usize, length: i32, factor: T): void {
  const end = target + <usize>length * sizeof<T>();
  if (ASC_FEATURE_SIMD && sizeof<T>() < 8) {
    for (; target < end; target += 16) {
      const x = v128.load(target);
      if (sizeof<T>() == 2) {
        const p = primeLanes();
        const reciprocals = smallReciprocalLanes();
        const factors = i16x8.splat(<i16>factor);
        v128.store(
          target,
          i16x8.narrow_i32x4_s(
            reduceSmallLanes(i32x4.extmul_low_i16x8_s(x, factors), p, reciprocals),
            reduceSmallLanes(i32x4.extmul_high_i16x8_s(x, factors), p, reciprocals),
          ),
        );
      } else {
        const factors = i32x4.splat(<i32>factor);
        v128.store(
          target,
          reduceWordLanes(i64x2.extmul_low_i32x4_s(x, factors), i64x2.extmul_high_i32x4_s(x, factors)),
        );
      }
    }
    return;
  }
  for (; target < end; target += sizeof<T>()) store<T>(target, multiplyResidues<T>(load<T>(target), factor));
}
