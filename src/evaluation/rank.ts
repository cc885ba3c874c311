import { Enclosures, type Interval } from './interval.ts';

/**
 * The rank of some real matrix with entries in these intervals is at least what is returned: the order of a minor whose elimination meets no interval that has 0 in it.
 * O(rows · cols · rank); `bits` are the places of the entries. Pivot by pivot.
 */
export function* provedRankSteps(
  rows: readonly (readonly Interval[])[],
  bits: number,
): Generator<void, number, undefined> {
  const arithmetic = new Enclosures(bits);
  const left = rows.map((row) => [...row]);
  const columns = new Set(left[0]?.keys());
  let rank = 0;
  for (;;) {
    let best: { row: number; column: number; size: bigint } | null = null;
    for (const [row, entries] of left.entries())
      for (const column of columns) {
        const size = distanceFromZero(entries[column]!);
        if (size > 0n && (best === null || size > best.size)) best = { row, column, size };
      }
    if (!best) return rank;
    const [pivotRow] = left.splice(best.row, 1) as [Interval[]];
    const pivot = pivotRow[best.column]!;
    const sign = pivot.lo > 0n ? 1 : -1;
    const divisor = sign > 0 ? pivot : arithmetic.negate(pivot);
    columns.delete(best.column);
    for (const row of left) {
      const entry = row[best.column]!;
      if (entry.lo === 0n && entry.hi === 0n) continue;
      const quotient = arithmetic.divide(sign > 0 ? entry : arithmetic.negate(entry), divisor);
      for (const column of columns)
        row[column] = arithmetic.subtract(row[column]!, arithmetic.multiply(quotient, pivotRow[column]!));
    }
    rank++;
    yield;
  }
}

function distanceFromZero({ lo, hi }: Interval): bigint {
  return lo > 0n ? lo : hi < 0n ? -hi : 0n;
}
