import type { ResidueVector } from '../field/residue.ts';
import type { DigitReducer } from './digits.ts';
import type { EntryRing } from './entries.ts';

/**
 * The integers of one line of a text, valid until the next line is scanned.
 *
 * `values[i]` is the integer itself where it is safe, else NaN; `residues[i]` is what it becomes as an entry, whatever its size.
 */
export interface ScannedLine {
  /** From 1. */
  readonly number: number;
  readonly length: number;
  readonly values: Float64Array;
  readonly residues: ResidueVector;
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const plus = 43;
const comma = 44;
const minus = 45;
const digit0 = 48;
const digit9 = 57;

/**
 * Reads integers of any length, separated by blanks or commas, from a stream of bytes: a line at a time, made into
 * entries while the digits go by, so that no string is ever made of the text.
 *
 * Lines that begin with `comment` are skipped, as are empty lines.
 * Throws a `RangeError` that names line and column for anything that is no integer.
 */
export class LineScanner {
  readonly #ring: EntryRing;
  readonly #reducer: DigitReducer;
  readonly #comment: number;
  #values = new Float64Array(64);
  #residues: ResidueVector;
  #length = 0;
  #line = 1;
  #column = 0;
  #skipping = false;
  /** In a token: its sign has been read; digits read so far; the value, while it is safe. */
  #inToken = false;
  #negative = false;
  #digits = 0;
  #value = 0;
  /** A comma has been read after the last token. */
  #separated = false;

  constructor(ring: EntryRing, comment = '%') {
    this.#ring = ring;
    this.#reducer = ring.digits();
    this.#residues = ring.vector(this.#values.length);
    this.#comment = comment.charCodeAt(0);
  }

  /** The lines that `bytes` completes. */
  *lines(bytes: Uint8Array): Generator<ScannedLine, void, undefined> {
    for (const byte of bytes) {
      this.#column++;
      if (byte === lineFeed) {
        const line = this.#endLine();
        if (line) yield line;
      } else if (!this.#skipping) this.#byte(byte);
    }
  }

  /** The last line, if the text does not end in a line feed. */
  end(): ScannedLine | null {
    return this.#endLine();
  }

  #byte(byte: number): void {
    if (byte >= digit0 && byte <= digit9) {
      const digit = byte - digit0;
      this.#inToken = true;
      this.#digits++;
      this.#reducer.digit(digit);
      this.#value = this.#value * 10 + digit;
    } else if (byte === space || byte === tab || byte === carriageReturn) {
      this.#endToken();
    } else if (byte === comma) {
      this.#endToken();
      if (this.#separated || this.#length === 0) this.#fail('an integer', String.fromCharCode(byte));
      this.#separated = true;
    } else if ((byte === minus || byte === plus) && !this.#inToken) {
      this.#inToken = true;
      this.#negative = byte === minus;
    } else if (byte === this.#comment && !this.#inToken && this.#length === 0) {
      this.#skipping = true;
    } else {
      this.#fail('an integer', String.fromCharCode(byte));
    }
  }

  #endToken(): void {
    if (!this.#inToken) return;
    if (this.#digits === 0) this.#fail('digits after a sign', 'none');
    if (this.#length === this.#values.length) {
      this.#values = copied(this.#values, new Float64Array(2 * this.#length));
      this.#residues = copied(this.#residues, this.#ring.vector(2 * this.#length));
    }
    this.#values[this.#length] = Number.isSafeInteger(this.#value)
      ? this.#negative
        ? -this.#value
        : this.#value
      : NaN;
    const residue = this.#reducer.take();
    this.#residues[this.#length++] = this.#negative
      ? this.#ring.subtract(this.#ring.reduce(0), residue)
      : residue;
    this.#inToken = this.#negative = this.#separated = false;
    this.#digits = this.#value = 0;
  }

  #endLine(): ScannedLine | null {
    this.#endToken();
    if (this.#separated) this.#fail('an integer after a separator', 'the end of the line');
    const line = { number: this.#line, length: this.#length, values: this.#values, residues: this.#residues };
    this.#line++;
    this.#column = this.#length = 0;
    this.#skipping = false;
    return line.length > 0 ? line : null;
  }

  #fail(expected: string, got: string): never {
    throw new RangeError(
      `line ${this.#line}, column ${this.#column}: expected ${expected}, got ${JSON.stringify(got)}`,
    );
  }
}

function copied<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source);
  return target;
}
