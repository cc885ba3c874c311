import { rangeFault } from '../assert.ts';
import type { Residue } from '../field/residue.ts';
import type { Residues } from '../matrix/matrix.ts';
import { RowCollector, zeroMatrix } from './dense-builder.ts';
import type { EntryRing } from './entries.ts';
import type { ScannedLine } from './line-scanner.ts';

/** Makes a matrix of the lines of a text file. */
export interface LineReader {
  line(line: ScannedLine): void;
  /** Throws if lines are missing. */
  finish(): Residues;
}

/** Rows of integers separated by blanks or commas. */
export class DelimitedReader implements LineReader {
  readonly #rows: RowCollector;

  constructor(ring: EntryRing) {
    this.#rows = new RowCollector(ring);
  }

  line({ number, length, residues }: ScannedLine): void {
    this.#rows.append(`line ${number}`, residues, length);
  }

  finish(): Residues {
    return this.#rows.finish();
  }
}

/**
 * SMS, the sparse format of the LinBox family: a header `rows cols M`, triples `i j value` with indices from 1, and `0 0 0` at the end.
 *
 * An entry that is given twice is added up.
 */
export class SmsReader implements LineReader {
  readonly #matrix: Residues;
  readonly #ring: EntryRing;
  #ended = false;

  constructor(header: string, ring: EntryRing) {
    const sizes = /^\s*(\d+)\s+(\d+)\s+[A-Za-z]\s*$/.exec(header)!;
    this.#matrix = zeroMatrix('line 1', Number(sizes[1]), Number(sizes[2]), ring);
    this.#ring = ring;
  }

  line(line: ScannedLine): void {
    const title = `line ${line.number}`;
    if (this.#ended) throw rangeFault(title, 'nothing after 0 0 0', 'more entries');
    if (line.length !== 3) throw rangeFault(title, 'row, column and value', `${line.length} integers`);
    if (line.values[0] === 0 && line.values[1] === 0 && line.values[2] === 0) this.#ended = true;
    else addEntry(this.#matrix, title, line, line.residues[2]!, this.#ring);
  }

  finish(): Residues {
    if (!this.#ended) throw new RangeError('end of file: expected the line 0 0 0, got nothing');
    return this.#matrix;
  }
}

type Symmetry = 'general' | 'symmetric' | 'skew-symmetric';

/**
 * MatrixMarket with integer entries (or a pattern, whose entries are 1): coordinate (triples, indices from 1, entries given twice are added up) or
 * array (column by column; of a symmetric matrix the lower triangle).
 */
export class MatrixMarketReader implements LineReader {
  readonly #layout: 'coordinate' | 'array';
  readonly #pattern: boolean;
  readonly #symmetry: Symmetry;
  readonly #ring: EntryRing;
  #matrix: Residues | null = null;
  #expected = 0;
  #read = 0;
  /** The next entry of an array. */
  #row = 0;
  #col = 0;

  constructor(banner: string, ring: EntryRing) {
    const words = banner.trim().toLowerCase().split(/\s+/);
    const [, object, layout, entries, symmetry] = words;
    if (object !== 'matrix') throw rangeFault('line 1', 'the object "matrix"', object);
    if (layout !== 'coordinate' && layout !== 'array')
      throw rangeFault('line 1', '"coordinate" or "array"', layout);
    if (entries !== 'integer' && !(entries === 'pattern' && layout === 'coordinate'))
      throw rangeFault('line 1', 'the field "integer" (or "pattern" with coordinates)', entries);
    if (symmetry !== 'general' && symmetry !== 'symmetric' && symmetry !== 'skew-symmetric')
      throw rangeFault('line 1', '"general", "symmetric" or "skew-symmetric"', symmetry);
    this.#layout = layout;
    this.#pattern = entries === 'pattern';
    this.#symmetry = symmetry;
    this.#ring = ring;
  }

  line(line: ScannedLine): void {
    const title = `line ${line.number}`;
    if (!this.#matrix) this.#sizes(title, line);
    else if (this.#layout === 'array') this.#arrayEntries(title, line);
    else this.#coordinate(title, line);
  }

  finish(): Residues {
    if (!this.#matrix) throw new RangeError('end of file: expected a line with the sizes, got nothing');
    if (this.#read !== this.#expected)
      throw rangeFault('end of file', `${this.#expected} entries`, this.#read);
    return this.#matrix;
  }

  #sizes(title: string, { length, values }: ScannedLine): void {
    const wanted = this.#layout === 'array' ? 2 : 3;
    const sizes = Array.from(values.subarray(0, length));
    if (length !== wanted || !sizes.every((size) => size >= 0))
      throw rangeFault(title, `${wanted} sizes`, sizes.join(' '));
    const [rows, cols, entries] = sizes as [number, number, number];
    if (this.#symmetry !== 'general' && rows !== cols)
      throw rangeFault(title, 'a square matrix', `${rows} × ${cols}`);
    this.#matrix = zeroMatrix(title, rows, cols, this.#ring);
    const diagonal = this.#symmetry === 'skew-symmetric' ? 0 : 1;
    const triangle = (rows * (rows - 1)) / 2 + diagonal * rows;
    this.#expected =
      this.#layout === 'coordinate' ? entries : this.#symmetry === 'general' ? rows * cols : triangle;
    this.#row = this.#firstRow(0);
  }

  /** The first row that an array lists in a column. */
  #firstRow(col: number): number {
    return this.#symmetry === 'general' ? 0 : this.#symmetry === 'symmetric' ? col : col + 1;
  }

  #arrayEntries(title: string, { length, residues }: ScannedLine): void {
    const { rows } = this.#matrix!;
    for (let i = 0; i < length; i++) {
      if (this.#read === this.#expected) throw rangeFault(title, `${this.#expected} entries`, 'more');
      this.#read++;
      this.#put(this.#row, this.#col, residues[i]!);
      if (++this.#row === rows) this.#row = this.#firstRow(++this.#col);
    }
  }

  #coordinate(title: string, line: ScannedLine): void {
    const wanted = this.#pattern ? 2 : 3;
    if (line.length !== wanted)
      throw rangeFault(
        title,
        this.#pattern ? 'row and column' : 'row, column and value',
        `${line.length} integers`,
      );
    if (this.#read++ === this.#expected) throw rangeFault(title, `${this.#expected} entries`, 'more');
    const [row, col] = entryIndices(this.#matrix!, title, line);
    this.#put(row, col, this.#pattern ? this.#ring.reduce(1) : line.residues[2]!);
  }

  #put(row: number, col: number, residue: Residue): void {
    const { cols, data } = this.#matrix!;
    const ring = this.#ring;
    const add = (at: number, value: Residue): void => {
      data[at] = ring.add(data[at]!, value);
    };
    add(row * cols + col, residue);
    if (this.#symmetry === 'general' || row === col) return;
    add(col * cols + row, this.#symmetry === 'symmetric' ? residue : ring.subtract(ring.reduce(0), residue));
  }
}

function entryIndices(matrix: Residues, title: string, { values }: ScannedLine): [number, number] {
  const row = values[0]!;
  const col = values[1]!;
  if (!(row >= 1 && row <= matrix.rows)) throw rangeFault(title, `a row from 1 to ${matrix.rows}`, row);
  if (!(col >= 1 && col <= matrix.cols)) throw rangeFault(title, `a column from 1 to ${matrix.cols}`, col);
  return [row - 1, col - 1];
}

function addEntry(
  matrix: Residues,
  title: string,
  line: ScannedLine,
  residue: Residue,
  ring: EntryRing,
): void {
  const [row, col] = entryIndices(matrix, title, line);
  const at = row * matrix.cols + col;
  matrix.data[at] = ring.add(matrix.data[at]!, residue);
}
