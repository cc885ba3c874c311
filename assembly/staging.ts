import { reduce } from "./field";
import { allocateWorkspace } from "./heap";

/*
 * The way in for integers of any size: the caller puts them here as doubles, a few thousand at a time, and has them reduced into a matrix.
 */

/** Doubles that fit. */
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
