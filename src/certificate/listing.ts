import type { Residue } from '../field/residue.ts';

/** A matrix of residues, or of integers. */
interface Entries {
  readonly rows: number;
  readonly cols: number;
  readonly data: { readonly [index: number]: Residue; readonly length: number };
}

/** A matrix in a certificate, its entries as decimal strings: all its rows, or the entries that are not 0 of the rows that have any. */
export type ListedMatrix = { readonly rows: number; readonly cols: number } & (
  | { readonly dense: readonly (readonly string[])[] }
  | {
      readonly sparse: readonly (readonly [
        row: number,
        columns: readonly number[],
        values: readonly string[],
      ])[];
    }
);

const isZero = (entry: Residue): boolean => entry === 0 || entry === 0n;

/** Characters of a number in decimal digits, with a sign. */
function digits(n: Residue): number {
  if (typeof n === 'bigint') return String(n).length;
  let count = 1;
  for (let bound = 10; bound <= n; bound *= 10) count++;
  return count;
}

/** What a listing takes: characters of its canonical JSON, and arrays in it. */
export interface ListingSize {
  readonly characters: number;
  readonly arrays: number;
}

/** The sizes of the rows of a matrix, listed densely and sparsely. O(rows · cols) */
function listingSizes({ rows, cols, data }: Entries): { dense: ListingSize; sparse: ListingSize } {
  const commas = (count: number): number => Math.max(0, count - 1);
  let dense = 2 + commas(rows) + rows * (2 + commas(cols));
  let sparse = 2;
  let listed = 0;
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let j = 0; j < cols; j++) {
      const entry = data[i * cols + j]!;
      const length = digits(entry) + 2;
      dense += length;
      if (isZero(entry)) continue;
      sparse += length + digits(j);
      count++;
    }
    if (count === 0) continue;
    listed++;
    // [row,[…],[…]]
    sparse += digits(i) + 8 + 2 * commas(count);
  }
  return {
    dense: { characters: dense, arrays: rows + 1 },
    sparse: { characters: sparse + commas(listed), arrays: 3 * listed + 1 },
  };
}

function isSparse({ dense, sparse }: ReturnType<typeof listingSizes>): boolean {
  return 2 * sparse.characters <= dense.characters;
}

/** The size of the listing that `listed` chooses. O(rows · cols) */
export function listingSize(matrix: Entries): ListingSize {
  const sizes = listingSizes(matrix);
  return isSparse(sizes) ? sizes.sparse : sizes.dense;
}

/** Lists a matrix sparsely where that takes at most half as many characters, else densely. O(rows · cols) */
export function listed(matrix: Entries): ListedMatrix {
  const { rows, cols, data } = matrix;
  const row = (i: number): Residue[] => Array.from({ length: cols }, (_, j) => data[i * cols + j]!);
  if (!isSparse(listingSizes(matrix)))
    return { rows, cols, dense: Array.from({ length: rows }, (_, i) => row(i).map(String)) };
  const sparse: [number, number[], string[]][] = [];
  for (let i = 0; i < rows; i++) {
    const columns: number[] = [];
    const values: string[] = [];
    row(i).forEach((entry, j) => {
      if (isZero(entry)) return;
      columns.push(j);
      values.push(String(entry));
    });
    if (columns.length > 0) sparse.push([i, columns, values]);
  }
  return { rows, cols, sparse };
}
