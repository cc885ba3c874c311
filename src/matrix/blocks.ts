import { rangeFault } from '../assert.ts';
import type { Residue } from '../field/residue.ts';
import type { BlockSource, Entries } from '../parallel/index.ts';
import { expectedEntry, type Matrix } from './matrix.ts';
import { doubleOf, integerOf } from './place.ts';

/** The kinds of typed arrays that are handed out as they are: the engine copies ten times as fast as a loop. */
const typedArrays = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  BigInt64Array,
  BigUint64Array,
];

/** The entries of a matrix by blocks, for threads that reduce them, and check those that are doubles. */
export function blockSource({ rows, cols, data }: Matrix, prime: Residue, title: string): BlockSource {
  const typed = ArrayBuffer.isView(data) ? (data as unknown as Entries) : null;
  const Others = typeof prime === 'bigint' ? BigInt64Array : Float64Array;
  const entryOf = typeof prime === 'bigint' ? integerOf : doubleOf;
  return {
    rows,
    columns: cols,
    Entries: typed
      ? (typedArrays.find(({ name }) => typed[Symbol.toStringTag] === name) ?? Float64Array)
      : Others,
    copy(row, from, to, entries, at) {
      const start = row * cols + from;
      const end = row * cols + to;
      // Both are of numbers, or both of bigints.
      if (typed) entries.set(typed.subarray(start, end) as never, at);
      else for (let k = start; k < end; k++) entries[at++] = entryOf(data[k], prime, title, k) as never;
    },
    fault() {
      const isFault = (entry: unknown): boolean => typeof entry === 'number' && !Number.isSafeInteger(entry);
      const index = Array.prototype.findIndex.call(data, isFault);
      return rangeFault(`${title}.data[${index}]`, expectedEntry, data[index]);
    },
  };
}
