import type { Arithmetic, Vector } from './arithmetic.ts';
import { Rejection } from './fault.ts';
import type { StatedMatrix, StatedRow } from './rank-shape.ts';

const canonicalDecimal = /^(0|[1-9][0-9]*)$/;

/** A row of residues: all of them, or those in ascending columns that are not 0. */
export interface ResidueRow<E> {
  readonly columns: Int32Array | null;
  readonly values: Vector<E>;
}

/** Reads rows of a listed matrix as residues modulo p, and rejects what is none. */
export class Listing<E extends number | bigint> {
  readonly #matrix: StatedMatrix;
  readonly #f: Arithmetic<E>;
  readonly #prime: bigint;
  readonly #maxDigits: number;
  /** The place of each row in the list + 1; 0 for a row that is not listed. */
  readonly #places: Int32Array;

  /** Allocates an integer for each row of the matrix: their number must have been bounded. */
  constructor(matrix: StatedMatrix, prime: bigint, f: Arithmetic<E>) {
    this.#matrix = matrix;
    this.#f = f;
    this.#prime = prime;
    this.#maxDigits = String(prime).length;
    this.#places = new Int32Array(matrix.rows);
    for (const { row, index } of matrix.listed) this.#places[row] = index + 1;
  }

  /** Row i; without columns and values if it is not listed. */
  row(i: number): ResidueRow<E> {
    const place = this.#places[i]!;
    if (place === 0) return { columns: new Int32Array(0), values: this.#f.zeros(0) };
    const stated = this.#matrix.listed[place - 1]!;
    return { columns: this.#columns(stated), values: this.#values(stated) };
  }

  #columns({ columns, index }: StatedRow): Int32Array | null {
    if (columns === null) return null;
    const { path, cols } = this.#matrix;
    const read = new Int32Array(columns.length);
    let before = -1;
    for (let n = 0; n < columns.length; n++) {
      const column = columns[n];
      if (!(Number.isSafeInteger(column) && (column as number) > before && (column as number) < cols))
        throw new Rejection(
          `${path}.sparse[${index}][1][${n}]`,
          `a column above ${before} and below ${cols}`,
          column,
        );
      before = read[n] = column as number;
    }
    return read;
  }

  #values({ columns, values, index }: StatedRow): Vector<E> {
    const f = this.#f;
    const read = f.zeros(values.length);
    for (let n = 0; n < values.length; n++) {
      const residue = this.#residue(values[n]);
      if (residue === null || (columns !== null && residue === f.zero)) {
        const { path } = this.#matrix;
        throw new Rejection(
          columns === null ? `${path}.dense[${index}][${n}]` : `${path}.sparse[${index}][2][${n}]`,
          `a residue from ${columns === null ? 0 : 1} to ${this.#prime - 1n} in decimal digits`,
          values[n],
        );
      }
      read[n] = residue;
    }
    return read;
  }

  #residue(value: unknown): E | null {
    if (typeof value !== 'string' || value.length > this.#maxDigits || !canonicalDecimal.test(value))
      return null;
    const residue = this.#f.fromDecimal(value);
    return residue < this.#prime ? residue : null;
  }
}

/** Writes a row into a vector of zeros. */
export function spread<E>({ columns, values }: ResidueRow<E>, target: Vector<E>): void {
  if (columns === null) for (let j = 0; j < values.length; j++) target[j] = values[j]!;
  else for (let n = 0; n < columns.length; n++) target[columns[n]!] = values[n]!;
}

/** Takes back what `spread` wrote. */
export function clear<E>({ columns, values }: ResidueRow<E>, target: Vector<E>, zero: E): void {
  if (columns === null) target.fill(zero, 0, values.length);
  else for (const column of columns) target[column] = zero;
}
