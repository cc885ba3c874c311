import { Enclosures, type Interval } from './interval.ts';

interface PivotRow {
  readonly row: readonly Interval[];
  readonly column: number;
}

/**
 * A lower bound of the rank of a real matrix whose entries lie in intervals, and whose rows come in batches: the order of a minor whose elimination meets no interval with
 * 0 in it. O(rows · cols · rank) in all.
 */
export class ProvedRank {
  readonly #arithmetic: Enclosures;
  /** Each is reduced by those before it. */
  readonly #pivots: PivotRow[] = [];

  /** `bits` are the places of the entries. */
  constructor(bits: number) {
    this.#arithmetic = new Enclosures(bits);
  }

  get rank(): number {
    return this.#pivots.length;
  }

  /** Takes rows in, row by row, then pivot by pivot, the largest first. */
  *addSteps(rows: readonly (readonly Interval[])[]): Generator<void, void, undefined> {
    const taken = new Set(this.#pivots.map(({ column }) => column));
    const columns = new Set((rows[0] ?? []).keys());
    for (const column of taken) columns.delete(column);
    const left: Interval[][] = [];
    for (const entries of rows) {
      const row = [...entries];
      for (const [k, pivot] of this.#pivots.entries()) {
        // Later pivots have entries left in the columns of this one's successors only.
        const later = this.#pivots.slice(k + 1).map(({ column }) => column);
        this.#reduce(row, pivot, [...later, ...columns]);
      }
      left.push(row);
      yield;
    }
    for (;;) {
      let best: { row: number; column: number; size: bigint } | null = null;
      for (const [row, entries] of left.entries())
        for (const column of columns) {
          const size = distanceFromZero(entries[column]!);
          if (size > 0n && (best === null || size > best.size)) best = { row, column, size };
        }
      if (!best) return;
      const [row] = left.splice(best.row, 1) as [Interval[]];
      const pivot = { row, column: best.column };
      columns.delete(best.column);
      for (const other of left) this.#reduce(other, pivot, columns);
      this.#pivots.push(pivot);
      yield;
    }
  }

  /** Subtracts the multiple of a pivot's row that makes the entry in its column 0, in the columns that still count. */
  #reduce(row: Interval[], { row: pivotRow, column: at }: PivotRow, columns: Iterable<number>): void {
    const arithmetic = this.#arithmetic;
    const entry = row[at]!;
    if (entry.lo === 0n && entry.hi === 0n) return;
    const pivot = pivotRow[at]!;
    const isPositive = pivot.lo > 0n;
    const quotient = arithmetic.divide(
      isPositive ? entry : arithmetic.negate(entry),
      isPositive ? pivot : arithmetic.negate(pivot),
    );
    for (const column of columns)
      row[column] = arithmetic.subtract(row[column]!, arithmetic.multiply(quotient, pivotRow[column]!));
  }
}

function distanceFromZero({ lo, hi }: Interval): bigint {
  return lo > 0n ? lo : hi < 0n ? -hi : 0n;
}
