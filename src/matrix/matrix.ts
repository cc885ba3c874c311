import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { Field } from '../field/field.ts';
import type { Residue, ResidueArray, ResidueVector } from '../field/residue.ts';

/** A matrix, row-major: entry (i, j) is `data[i · cols + j]`. Entries are integers of any sign; they are reduced where a prime is named. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: ArrayLike<number | bigint>;
}

/** A matrix of residues 0 … p − 1, a copy of its own: a `Uint32Array` for p < 2³¹, a `BigUint64Array` above. What every operation returns. */
export interface ResidueMatrix<R extends Residue = number> extends Matrix {
  readonly data: ResidueArray<R>;
}

/** A matrix of residues of whichever kind. */
export interface Residues {
  readonly rows: number;
  readonly cols: number;
  readonly data: ResidueVector;
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

/** The residue of an entry. One that is neither a number nor a bigint is a `TypeError`, a number that is no safe integer a `RangeError`. */
export function residueOfEntry(
  { data }: Matrix,
  index: number,
  field: Field<Residue>,
  title = 'matrix',
): Residue {
  const entry: unknown = data[index];
  if (typeof entry !== 'number' && typeof entry !== 'bigint')
    throw typeFault(`${title}.data[${index}]`, expectedEntry, entry);
  if (typeof entry === 'number' && !Number.isSafeInteger(entry))
    throw rangeFault(`${title}.data[${index}]`, expectedEntry, entry);
  return field.reduce(entry);
}
