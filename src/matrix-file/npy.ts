import { rangeFault } from '../assert.ts';
import type { Residues } from '../matrix/matrix.ts';
import { zeroMatrix } from './dense-builder.ts';
import type { EntryRing } from './entries.ts';

/** Reads one entry of an .npy array as an exact integer; a float that is no safe integer is refused by the caller. */
type EntryReader = (view: DataView, at: number, littleEndian: boolean) => number | bigint;

const entryReaders: Record<string, { bytes: number; read: EntryReader }> = {
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  i2: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  u2: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  i4: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  u4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  i8: { bytes: 8, read: (view, at, little) => view.getBigInt64(at, little) },
  u8: { bytes: 8, read: (view, at, little) => view.getBigUint64(at, little) },
  f4: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
};

interface NpyHeader {
  readonly entry: { bytes: number; read: EntryReader };
  readonly little: boolean;
  readonly fortran: boolean;
  readonly matrix: Residues;
}

/**
 * NumPy's .npy format, versions 1 to 3: a matrix, or a vector (one row), of integers, booleans, or floats that are safe integers;
 * row-major or column-major, either byte order. Fed with chunks of any size.
 */
export class NpyReader {
  readonly #ring: EntryRing;
  /** Bytes that are not yet a whole header or entry. */
  #rest = new Uint8Array(0);
  #header: NpyHeader | null = null;
  #read = 0;

  constructor(ring: EntryRing) {
    this.#ring = ring;
  }

  feed(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    let at = 0;
    if (!this.#header) {
      at = this.#parseHeader(bytes);
      if (at < 0) {
        this.#rest = bytes.slice();
        return;
      }
    }
    const { entry, matrix } = this.#header!;
    const whole = Math.floor((bytes.length - at) / entry.bytes);
    if (this.#read + whole > matrix.data.length)
      throw rangeFault('.npy', `${matrix.data.length} entries`, 'more');
    this.#entries(new DataView(bytes.buffer, bytes.byteOffset + at, whole * entry.bytes), whole);
    this.#rest = bytes.slice(at + whole * entry.bytes);
  }

  finish(): Residues {
    if (!this.#header) throw new RangeError('.npy: expected a header, got the end of the file');
    const { matrix } = this.#header;
    if (this.#read !== matrix.data.length || this.#rest.length > 0)
      throw rangeFault('.npy', `${matrix.data.length} entries`, this.#read);
    return matrix;
  }

  /** The offset of the first entry, or −1 while the header is incomplete. */
  #parseHeader(bytes: Uint8Array): number {
    if (bytes.length < 12) return -1;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const major = view.getUint8(6);
    if (major < 1 || major > 3) throw rangeFault('.npy', 'version 1, 2 or 3', major);
    const start = major === 1 ? 10 : 12;
    const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
    if (length > 0x10000) throw rangeFault('.npy', 'a header of at most 64 KiB', length);
    if (bytes.length < start + length) return -1;
    this.#header = this.#describe(new TextDecoder('latin1').decode(bytes.subarray(start, start + length)));
    return start + length;
  }

  #describe(text: string): NpyHeader {
    const descr = /'descr'\s*:\s*'([<>|=])([a-z]\d+)'/.exec(text);
    const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
    const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text);
    if (!descr || !order || !shape)
      throw rangeFault('.npy', 'a header with descr, fortran_order and shape', text.trim());
    const entry = entryReaders[descr[2]!];
    if (!entry) throw rangeFault('.npy', 'entries of an integer, boolean or floating-point type', descr[2]);
    const sizes = shape[1]!
      .split(',')
      .map((size) => size.trim())
      .filter((size) => size !== '')
      .map(Number);
    if (sizes.length < 1 || sizes.length > 2)
      throw rangeFault('.npy', 'a matrix or a vector', `${sizes.length} dimensions`);
    const [rows, cols] = sizes.length === 1 ? [1, sizes[0]!] : (sizes as [number, number]);
    return {
      entry,
      little: descr[1] !== '>',
      fortran: order[1] === 'True',
      matrix: zeroMatrix('.npy', rows, cols, this.#ring),
    };
  }

  #entries(view: DataView, count: number): void {
    const { entry, little, fortran, matrix } = this.#header!;
    for (let i = 0; i < count; i++) {
      const index = this.#read++;
      const value = entry.read(view, i * entry.bytes, little);
      const row = fortran ? index % matrix.rows : Math.floor(index / matrix.cols);
      const col = fortran ? Math.floor(index / matrix.rows) : index % matrix.cols;
      if (
        typeof value === 'number' &&
        !(this.#ring.takesFractions ? Number.isFinite : Number.isSafeInteger)(value)
      )
        throw rangeFault(
          `.npy entry [${row}, ${col}]`,
          this.#ring.takesFractions ? 'a finite number' : 'a safe integer',
          value,
        );
      matrix.data[row * matrix.cols + col] = this.#ring.reduce(value);
    }
  }
}
