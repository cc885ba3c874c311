import { rangeFault } from '../assert.ts';
import { residueVector, type Residue, type ResidueVector } from '../field/residue.ts';
import type { Residues } from '../matrix/matrix.ts';

/** Entries of the largest matrix that is read: more would not fit into the memory of the kernel. */
export const maxEntries = 2 ** 31;

/** A zero matrix of the size that a file's header names; a `RangeError` says how much memory one that cannot fit would need. */
export function zeroMatrix(title: string, rows: number, cols: number, prime: Residue): Residues {
  if (rows * cols > maxEntries)
    throw rangeFault(
      title,
      `at most ${maxEntries} entries`,
      `${rows} × ${cols}, which needs ${Math.ceil((rows * cols * 4) / 2 ** 20)} MiB`,
    );
  return { rows, cols, data: residueVector(prime, rows * cols) };
}

/** Collects the rows of a matrix whose number of rows is not known beforehand. */
export class RowCollector {
  readonly #prime: Residue;
  #data: ResidueVector;
  #rows = 0;
  #cols = -1;

  constructor(prime: Residue) {
    this.#prime = prime;
    this.#data = residueVector(prime, 1024);
  }

  /** Appends a row; all rows must have the length of the first. */
  append(title: string, residues: ResidueVector, length: number): void {
    if (this.#cols < 0) this.#cols = length;
    if (length !== this.#cols) throw rangeFault(title, `${this.#cols} entries`, length);
    const end = (this.#rows + 1) * length;
    if (end > maxEntries) zeroMatrix(title, this.#rows + 1, length, this.#prime);
    if (end > this.#data.length) {
      const larger = residueVector(this.#prime, Math.min(maxEntries, Math.max(end, this.#data.length * 2)));
      larger.set(this.#data.subarray(0, this.#rows * length));
      this.#data = larger;
    }
    this.#data.set(residues.subarray(0, length), end - length);
    this.#rows++;
  }

  /** The matrix so far; there must be a row. */
  finish(): Residues {
    const cols = this.#cols;
    if (cols < 0) throw new RangeError('end of file: expected rows of integers, got nothing');
    return { rows: this.#rows, cols, data: this.#data.subarray(0, this.#rows * cols) };
  }
}
