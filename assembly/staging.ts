import { canonical, modulus, reduce } from "./field";
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
  for (let i = 0; i < count; i++) {
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
