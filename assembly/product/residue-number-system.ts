import { allocateWorkspace } from "../heap";
import { reduceSmallLanes } from "../reduction";
import { tileSums } from "./tile-small";

/*
 * Residues of primes above 2³¹ are multiplied modulo a few small coprime moduli m₀ … m₍ₙ₋₁₎ (n odd) at a time, by the tile of i16 factors, and the sums
 * put together by the Chinese remainder theorem. Both ways are products with small matrices (Doliskani, Giorgi, Lebreton, Schost, Simultaneous
 * conversions with the residue number system using linear algebra, ACM TOMS 44, 2018), here of limbs with `dot_i16x8_s`.
 *
 *     in:    x = Σ_j x_j 2^(11j), |x_j| ≤ 2¹⁰, j < 6;     x mod m_i = Σ_j x_j·(2^(11j) mod m_i), reduced
 *            the rows of A are multiplied by (M/m_i)⁻¹ mod m_i besides, M = Π m_i
 *     out:   c_i = Σ a·b mod m_i;     Σ x·y = Σ_i c_i·(M/m_i) − q·M  with  q = round(Σ_i c_i/m_i)
 *            modulo p, the limbs of (M/m_i mod p) and of (M mod p) stand for M/m_i and M: four balanced ones of 16 bits
 *
 * The tables come from src/kernel/residue-number-system.ts. Pairs are two i16, as `dot_i16x8_s` takes them:
 *
 *     tables         n, i32
 *     + moduliAt     for each i: m_i, i32 | 1/m_i, f32
 *     + rowsAt       for each i: three pairs, the weights of x_0 x_1 | x_2 x_3 | x_4 x_5, for the rows of A
 *     + columnsAt    the same for the columns of B
 *     + combineAt    for each pair of the terms c_0, …, c_(n−1), −q, 32 bytes: round(2²⁷/m_i) | limb 0 | limb 1 | limb 2 | limb 3 | nothing
 */
const mostModuli: i32 = 11;
const moduliAt: usize = 64;
const rowsAt: usize = 192;
const columnsAt: usize = 384;
const combineAt: usize = 576;
const tablesBytes: usize = 768;

let tables: usize = 0;
/** Eight elements that do not lie side by side. */
let gathered: usize = 0;
/** Four vectors: the limbs of four sums. */
let limbs: usize = 0;

/** For n moduli; the tables are to be filled in. */
export function configureResidues(moduli: i32): void {
  tables = allocateWorkspace(tablesBytes);
  store<i32>(tables, moduli);
  gathered = allocateWorkspace(64);
  limbs = allocateWorkspace(64);
}

/** Where the tables belong. */
export function residueTables(): usize {
  return tables;
}

/** n */
// @ts-ignore: decorator
@inline
export function moduliCount(): i32 {
  return load<i32>(tables);
}

/** The bytes of the sums of one tile. */
export const residueSums: usize = <usize>mostModuli * tileSums;
/** Most planes. */
export const mostPlanes: i32 = mostModuli;

export function rowWeights(): usize {
  return tables + rowsAt;
}

export function columnWeights(): usize {
  return tables + columnsAt;
}

/**
 * Writes the residues of `count` elements (stride `step` bytes, negated if `flip` is −1) modulo each m_i, one `plane` bytes after the other.
 * Writes whole vectors: up to 14 bytes behind each plane.
 */
export function splitResidues(
  weights: usize, count: i32, from: usize, step: usize, flip: i32, to: usize, plane: usize,
): void {
  for (let i = 0; i < count; i += 8) {
    if (step == 8 && i + 8 <= count) splitEight(weights, from, flip, to, plane);
    else {
      for (let e = 0; e < 8; e++) store<i64>(gathered + (<usize>e << 3), i + e < count ? load<i64>(from + <usize>e * step) : 0);
      splitEight(weights, gathered, flip, to, plane);
    }
    from += step << 3;
    to += 16;
  }
}

function splitEight(weights: usize, from: usize, flip: i32, to: usize, plane: usize): void {
  // With 2¹⁰ at the place of each of the lower limbs, all of them are from 0 to 2¹¹ − 1.
  const sign = i64x2.splat(<i64>flip);
  const bias = i64x2.splat(1024 * (1 + (1 << 11) + (1 << 22) + (<i64>1 << 33) + (<i64>1 << 44)));
  const v0 = i64x2.add(i64x2.sub(v128.xor(v128.load(from), sign), sign), bias);
  const v1 = i64x2.add(i64x2.sub(v128.xor(v128.load(from, 16), sign), sign), bias);
  const v2 = i64x2.add(i64x2.sub(v128.xor(v128.load(from, 32), sign), sign), bias);
  const v3 = i64x2.add(i64x2.sub(v128.xor(v128.load(from, 48), sign), sign), bias);
  const x0 = limbOf(v0, v1, v2, v3, 0);
  const x1 = limbOf(v0, v1, v2, v3, 11);
  const x2 = limbOf(v0, v1, v2, v3, 22);
  const x3 = limbOf(v0, v1, v2, v3, 33);
  const x4 = limbOf(v0, v1, v2, v3, 44);
  const x5 = i16x8.narrow_i32x4_s(
    i32x4.shr_s(v128.shuffle<i32>(v0, v1, 1, 3, 5, 7), 23),
    i32x4.shr_s(v128.shuffle<i32>(v2, v3, 1, 3, 5, 7), 23),
  );
  const low01 = v128.shuffle<i16>(x0, x1, 0, 8, 1, 9, 2, 10, 3, 11);
  const high01 = v128.shuffle<i16>(x0, x1, 4, 12, 5, 13, 6, 14, 7, 15);
  const low23 = v128.shuffle<i16>(x2, x3, 0, 8, 1, 9, 2, 10, 3, 11);
  const high23 = v128.shuffle<i16>(x2, x3, 4, 12, 5, 13, 6, 14, 7, 15);
  const low45 = v128.shuffle<i16>(x4, x5, 0, 8, 1, 9, 2, 10, 3, 11);
  const high45 = v128.shuffle<i16>(x4, x5, 4, 12, 5, 13, 6, 14, 7, 15);
  const end = weights + <usize>moduliCount() * 12;
  for (let modulus = tables + moduliAt; weights < end; modulus += 8) {
    const w01 = v128.load32_splat(weights);
    const w23 = v128.load32_splat(weights, 4);
    const w45 = v128.load32_splat(weights, 8);
    const m = v128.load32_splat(modulus);
    const reciprocal = v128.load32_splat(modulus, 4);
    const low = i32x4.add(
      i32x4.add(i32x4.dot_i16x8_s(low01, w01), i32x4.dot_i16x8_s(low23, w23)), i32x4.dot_i16x8_s(low45, w45),
    );
    const high = i32x4.add(
      i32x4.add(i32x4.dot_i16x8_s(high01, w01), i32x4.dot_i16x8_s(high23, w23)), i32x4.dot_i16x8_s(high45, w45),
    );
    v128.store(to, i16x8.narrow_i32x4_s(reduceSmallLanes(low, m, reciprocal), reduceSmallLanes(high, m, reciprocal)));
    weights += 12;
    to += plane;
  }
}

/** The limb at `shift` of eight biased i64, as i16. */
// @ts-ignore: decorator
@inline
function limbOf(v0: v128, v1: v128, v2: v128, v3: v128, shift: i32): v128 {
  const mask = i32x4.splat(0x7ff);
  const low = v128.shuffle<i32>(i64x2.shr_u(v0, shift), i64x2.shr_u(v1, shift), 0, 2, 4, 6);
  const high = v128.shuffle<i32>(i64x2.shr_u(v2, shift), i64x2.shr_u(v3, shift), 0, 2, 4, 6);
  return i16x8.sub(i16x8.narrow_i32x4_s(v128.and(low, mask), v128.and(high, mask)), i16x8.splat(1024));
}

/**
 * Puts four neighbouring sums of a tile together: at `sums` (a plane of a tile after the other) their residues, not reduced. Returns where
 * their limbs s_0 … s_3 are, a vector of i32 each: the sums are Σ_j s_j 2^(16j) modulo p.
 */
export function combineFour(sums: usize): usize {
  const low = i32x4.splat(0xffff);
  let fraction = i32x4.splat(0);
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(0);
  let s2 = i32x4.splat(0);
  let s3 = i32x4.splat(0);
  let modulus = tables + moduliAt;
  let combine = tables + combineAt;
  for (const end = modulus + <usize>(moduliCount() - 1) * 8; modulus < end; modulus += 16) {
    const first = sumResidue(sums, modulus);
    const second = sumResidue(sums + tileSums, modulus + 8);
    const pair = v128.or(v128.and(first, low), i32x4.shl(second, 16));
    fraction = i32x4.add(fraction, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine)));
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 4)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 8)));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 12)));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 16)));
    sums += 2 * tileSums;
    combine += 32;
  }
  const last = v128.and(sumResidue(sums, modulus), low);
  fraction = i32x4.add(fraction, i32x4.dot_i16x8_s(last, v128.load32_splat(combine)));
  const q = i32x4.shr_s(i32x4.add(fraction, i32x4.splat(1 << 26)), 27);
  const pair = v128.or(last, i32x4.shl(i32x4.neg(q), 16));
  v128.store(limbs, i32x4.add(s0, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 4))));
  v128.store(limbs, i32x4.add(s1, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 8))), 16);
  v128.store(limbs, i32x4.add(s2, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 12))), 32);
  v128.store(limbs, i32x4.add(s3, i32x4.dot_i16x8_s(pair, v128.load32_splat(combine, 16))), 48);
  return limbs;
}

// @ts-ignore: decorator
@inline
function sumResidue(sums: usize, modulus: usize): v128 {
  return reduceSmallLanes(v128.load(sums), v128.load32_splat(modulus), v128.load32_splat(modulus, 4));
}
