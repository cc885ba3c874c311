import type { Field } from '../field/field.ts';
import type { Residue } from '../field/residue.ts';

/** The pivots of an elimination, in the order found, each with its value before scaling. */
interface Pivots<R extends Residue> {
  readonly pivotRows: readonly number[];
  readonly pivotColumns: readonly number[];
  readonly pivotValues: readonly R[];
}

/**
 * The determinant of the minor with ascending rows and columns: the product of the pivots, times the sign of the permutation that
 * takes the order of the pivot rows to the order of their columns. O(r log r).
 */
export function minorDeterminant<R extends Residue>(
  { pivotRows: rows, pivotColumns: columns, pivotValues }: Pivots<R>,
  field: Field<R>,
): R {
  const byRow = columns.map((_, i) => i).sort((a, b) => rows[a]! - rows[b]!);
  const sorted = [...columns].sort((a, b) => a - b);
  const rankOfColumn = new Map(sorted.map((column, i) => [column, i]));
  const permutation = byRow.map((i) => rankOfColumn.get(columns[i]!)!);
  let determinant = field.reduce(1);
  for (const value of pivotValues) determinant = field.multiply(determinant, value);
  return isOdd(permutation) ? field.subtract(field.reduce(0), determinant) : determinant;
}

/** The parity of a permutation of 0 … n − 1, by its cycles. */
function isOdd(permutation: readonly number[]): boolean {
  const seen = new Uint8Array(permutation.length);
  let odd = false;
  for (let start = 0; start < permutation.length; start++) {
    if (seen[start]) continue;
    seen[start] = 1;
    for (let i = permutation[start]!; i !== start; i = permutation[i]!) {
      seen[i] = 1;
      odd = !odd;
    }
  }
  return odd;
}
