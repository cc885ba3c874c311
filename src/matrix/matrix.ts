import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { PrimeField } from '../field/prime-field.ts';

/** A matrix, row-major: entry (i, j) is `data[i · cols + j]`. Entries are integers of any sign; they are reduced where a prime is named. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: ArrayLike<number | bigint>;
}

/** A matrix of residues 0 … p − 1: what every operation returns, a copy of its own. */
export interface ResidueMatrix extends Matrix {
  readonly data: Uint32Array;
}

/** Throws unless the value has the shape of a matrix: a `TypeError` or `RangeError` that names the field. Entries are checked by `residuesOfRow`. */
export function assertMatrix(matrix: Matrix, title = 'matrix'): void {
  if (typeof matrix !== 'object' || matrix === null)
    throw typeFault(title, 'a matrix { rows, cols, data }', matrix);
  const { rows, cols, data } = matrix;
  assertInteger(`${title}.rows`, rows, 0);
  assertInteger(`${title}.cols`, cols, 0);
  if (typeof data !== 'object' || data === null || typeof data.length !== 'number')
    throw typeFault(`${title}.data`, 'an array', data);
  if (data.length !== rows * cols)
    throw rangeFault(`${title}.data`, `${rows} × ${cols} entries`, data.length);
}

/** What an entry must be, in the words of an error message. */
export const expectedEntry = 'a safe integer or a bigint';

/**
 * The residues of row i, in `residues` (as many as the columns).
 *
 * An entry that is neither a number nor a bigint is a `TypeError`, a number that is no safe integer a `RangeError`.
 */
export function residuesOfRow(
  { cols, data }: Matrix,
  i: number,
  field: PrimeField,
  residues: Uint32Array,
  title = 'matrix',
): void {
  const { prime } = field;
  const start = i * cols;
  for (let j = 0; j < cols; j++) {
    const entry = data[start + j]!;
    if (typeof entry === 'number' && entry >= 0 && entry < prime && Math.floor(entry) === entry)
      residues[j] = entry;
    else residues[j] = residueOf(entry, field, title, start + j);
  }
}

function residueOf(entry: unknown, field: PrimeField, title: string, index: number): number {
  if (typeof entry !== 'number' && typeof entry !== 'bigint')
    throw typeFault(`${title}.data[${index}]`, expectedEntry, entry);
  if (typeof entry === 'number' && !Number.isSafeInteger(entry))
    throw rangeFault(`${title}.data[${index}]`, expectedEntry, entry);
  return field.reduce(entry);
}
