import { rangeFault } from '../assert.ts';
import type { Prime, ResidueArray, ResidueOf } from '../field/residue.ts';
import type { ResidueMatrix, Residues } from '../matrix/matrix.ts';
import type { IntegerMatrix } from '../rational/index.ts';
import { anyNumbers, integers, residuesModulo, type EntryRing, type IntegerVector } from './entries.ts';
import { LineScanner } from './line-scanner.ts';
import { NpyReader } from './npy.ts';
import { DelimitedReader, MatrixMarketReader, SmsReader, type LineReader } from './text-formats.ts';

export type MatrixFormat = 'npy' | 'matrix-market' | 'sms' | 'delimited';

/** As many bytes as are needed to tell the formats apart, if the first line is not shorter. */
const sniffedBytes = 1024;

/**
 * Reads a matrix of integers modulo `prime` from a stream of bytes; the format is found by its content: .npy, MatrixMarket, SMS, or else integers
 * separated by blanks or commas.
 *
 * The text is never held as a string: besides the matrix, memory is a chunk. Throws a `RangeError` that says where the file is wrong.
 */
export async function readMatrix<P extends Prime>(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  prime: P,
): Promise<{ format: MatrixFormat; matrix: ResidueMatrix<ResidueOf<P>> }> {
  const { format, rows, cols, data } = await readEntries(source, residuesModulo(prime));
  return { format, matrix: { rows, cols, data: data as ResidueArray<ResidueOf<P>> } };
}

/** `readMatrix` without a prime: integers of any size, up to 2¹⁷ digits, and at most 2²⁶ of them. */
export async function readIntegerMatrix(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ format: MatrixFormat; matrix: IntegerMatrix }> {
  const { format, rows, cols, data } = await readEntries(source, integers);
  return { format, matrix: { rows, cols, data: Array.from(data as IntegerVector) } };
}

/** The entries of an .npy matrix or vector, row-major: numbers, and bigints of 64-bit integers, as they are. Floats must be finite. */
export async function readNumbers(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<(number | bigint)[]> {
  const { format, data } = await readEntries(source, anyNumbers);
  if (format !== 'npy') throw rangeFault('.npy', 'its magic number', format);
  return Array.from(data as ArrayLike<number | bigint>);
}

async function readEntries(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ring: EntryRing,
): Promise<Residues & { readonly format: MatrixFormat }> {
  let head = new Uint8Array(0);
  let reader: ByteReader | null = null;
  for await (const chunk of source) {
    if (reader) {
      reader.feed(chunk);
      continue;
    }
    head = joined(head, chunk);
    if (head.length < sniffedBytes && !head.includes(10)) continue;
    reader = readerFor(head, ring);
  }
  reader ??= readerFor(head, ring);
  return { format: reader.format, ...reader.finish() };
}

interface ByteReader {
  readonly format: MatrixFormat;
  feed(bytes: Uint8Array): void;
  finish(): Residues;
}

/** Recognizes the format by the first bytes, and feeds them. */
function readerFor(head: Uint8Array, ring: EntryRing): ByteReader {
  // Windows programs put a byte order mark before a text.
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) head = head.subarray(3);
  const firstLine = new TextDecoder('latin1').decode(head.subarray(0, sniffedBytes)).split('\n', 1)[0]!;
  let reader: ByteReader;
  if (head[0] === 0x93 && firstLine.startsWith('NUMPY', 1)) {
    const npy = new NpyReader(ring);
    reader = { format: 'npy', feed: (bytes) => npy.feed(bytes), finish: () => npy.finish() };
  } else if (/^%%MatrixMarket\s/i.test(firstLine)) {
    reader = lineByLine('matrix-market', new MatrixMarketReader(firstLine, ring), ring, firstLine.length);
  } else if (/^\s*\d+\s+\d+\s+[A-Za-z]\s*$/.test(firstLine)) {
    reader = lineByLine('sms', new SmsReader(firstLine, ring), ring, firstLine.length);
  } else {
    reader = lineByLine('delimited', new DelimitedReader(ring), ring, 0);
  }
  reader.feed(head);
  return reader;
}

/** Scans lines, without the first `headerBytes` bytes. */
function lineByLine(
  format: MatrixFormat,
  lines: LineReader,
  ring: EntryRing,
  headerBytes: number,
): ByteReader {
  const scanner = new LineScanner(ring);
  let skip = headerBytes;
  return {
    format,
    feed(bytes) {
      const skipped = Math.min(skip, bytes.length);
      skip -= skipped;
      for (const line of scanner.lines(bytes.subarray(skipped))) lines.line(line);
    },
    finish() {
      const last = scanner.end();
      if (last) lines.line(last);
      return lines.finish();
    },
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
