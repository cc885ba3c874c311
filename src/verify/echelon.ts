import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';

/**
 * Gaussian elimination row by row: each new row is reduced by those before it; what is left, if it is not 0, becomes one of them,
 * with the first column of what is left as its pivot.
 *
 * Sums of products are reduced only when they might overflow (`Arithmetic.delay`). O(rank · columns) a row.
 */
export class Echelon<E> {
  readonly #f: Arithmetic<E>;
  readonly #columns: number;
  /** Kept rows, 0 before their pivot, whose entry is not 1; with the pivot and −1/entry. */
  readonly #rows: { readonly entries: Vector<E>; readonly pivot: number; readonly negativeInverse: E }[] = [];
  #determinant: E;

  constructor(columns: number, f: Arithmetic<E>) {
    this.#f = f;
    this.#columns = columns;
    this.#determinant = f.one;
  }

  get rank(): number {
    return this.#rows.length;
  }

  /** The determinant of as many rows as columns, if they have all been independent; 0 before. O(columns²) */
  determinant(): E {
    const f = this.#f;
    if (this.rank < this.#columns) return f.zero;
    // The kept rows are triangular but for the order of their pivots: its inversions decide the sign.
    let odd = false;
    for (const [n, { pivot }] of this.#rows.entries())
      for (let m = 0; m < n; m++) if (this.#rows[m]!.pivot > pivot) odd = !odd;
    return odd ? f.subtract(f.zero, this.#determinant) : this.#determinant;
  }

  /** Takes over a row of residues, changing it; whether it is independent of the rows before. */
  async add(row: Vector<E>, breath: Breath): Promise<boolean> {
    const f = this.#f;
    let sums = 0;
    for (const { entries, pivot, negativeInverse } of this.#rows) {
      const entry = f.reduced(row[pivot]!);
      if (entry === f.zero) continue;
      if (breath.due((this.#columns - pivot) * f.cost.accumulate)) await breath.take();
      if (sums++ === f.delay) {
        f.reduce(row, this.#columns);
        sums = 1;
      }
      f.accumulate(row, entries, f.multiply(entry, negativeInverse), pivot, this.#columns);
    }
    f.reduce(row, this.#columns);
    let pivot = 0;
    while (pivot < this.#columns && row[pivot] === f.zero) pivot++;
    if (pivot === this.#columns) return false;
    const value = row[pivot]!;
    this.#determinant = f.multiply(this.#determinant, value);
    this.#rows.push({ entries: row, pivot, negativeInverse: f.subtract(f.zero, f.inverse(value)) });
    return true;
  }
}
