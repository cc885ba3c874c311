import { exchange } from "./batch";

/**
 * Exchanges row `first` + i with row partners[i] (i32), for i = 0 … count − 1 in this order, in rows of `bytes` bytes (a multiple of 2),
 * `row` bytes apart: what factoring a panel did to its rows, done to other columns.
 */
export function exchangeRows(at: usize, row: usize, bytes: usize, first: i32, count: i32, partners: usize): void {
  for (let i = 0; i < count; i++) {
    const from = first + i;
    const to = load<i32>(partners + (<usize>i << 2));
    if (from != to) exchange(at + <usize>from * row, at + <usize>to * row, bytes);
  }
}
