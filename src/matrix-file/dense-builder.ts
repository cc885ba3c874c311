import { rangeFault } from '../assert.ts';
import type { ResidueVector } from '../field/residue.ts';
import type { Residues } from '../matrix/matrix.ts';
import type { EntryRing } from './entries.ts';

/** A zero matrix of the size that a file's header names; a `RangeError` says how much memory one that cannot fit would need. */
export function zeroMatrix(title: string, rows: number, cols: number, ring: EntryRing): Residues {
  const { maxEntries, bytesPerEntry } = ring;
  if (rows * cols > maxEntries)
    throw rangeFault(
      title,
      `at most ${maxEntries} entries`,
      `${rows} × ${cols}, which needs ${Math.ceil((rows * cols * bytesPerEntry) / 2 ** 20)} MiB`,
    );
  return { rows, cols, data: ring.vector(rows * cols) };
}

/** Collects the rows of a matrix whose number of rows is not known beforehand. */
export class RowCollector {
  readonly #ring: EntryRing;
  #data: ResidueVector;
  #rows = 0;
  #cols = -1;

  constructor(ring: EntryRing) {
    this.#ring = ring;
    this.#data = ring.vector(1024);
  }

  /** Appends a row; all rows must have the length of the first. */
  append(title: string, residues: ResidueVector, length: number): void {
    if (this.#cols < 0) this.#cols = length;
    if (length !== this.#cols) throw rangeFault(title, `${this.#cols} entries`, length);
    const end = (this.#rows + 1) * length;
    const { maxEntries } = this.#ring;
    if (end > maxEntries) zeroMatrix(title, this.#rows + 1, length, this.#ring);
    if (end > this.#data.length) {
      const larger = this.#ring.vector(Math.min(maxEntries, Math.max(end, this.#data.length * 2)));
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
