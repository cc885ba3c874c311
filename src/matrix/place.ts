import { rangeFault, typeFault } from '../assert.ts';
import type { Residue } from '../field/residue.ts';
import { stagingLength, type Kernel } from '../kernel/kernel.ts';
import { expectedEntry, type Matrix } from './matrix.ts';

/** Stores a matrix on the kernel's heap, rows contiguous, and returns its offset. Entries are checked, the shape is not. */
export function placed(kernel: Kernel<Residue>, matrix: Matrix, title: string): number {
  const at = kernel.allocate(matrix.rows * matrix.cols);
  placeRows(kernel, matrix, title, at, matrix.cols);
  return at;
}

/** Whether it is an array of 64-bit integers, of whatever realm. */
function isBigIntArray(data: object): data is BigInt64Array | BigUint64Array {
  const tag: unknown = (data as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return ArrayBuffer.isView(data) && (tag === 'BigInt64Array' || tag === 'BigUint64Array');
}

/** Stores the rows of a matrix at `at`, `rowStride` elements apart. */
export function placeRows(
  kernel: Kernel<Residue>,
  { rows, cols, data }: Matrix,
  title: string,
  at: number,
  rowStride: number,
): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j += stagingLength) {
      const count = Math.min(stagingLength, cols - j);
      const start = i * cols + j;
      const to = at + (i * rowStride + j) * kernel.elementBytes;
      if (isBigIntArray(data)) kernel.storeIntegers(to, data.subarray(start, start + count));
      else if (typeof kernel.prime === 'bigint' && !ArrayBuffer.isView(data))
        kernel.storeIntegers(
          to,
          BigInt64Array.from({ length: count }, (_, k) =>
            integerOf(data[start + k], kernel.prime, title, start + k),
          ),
        );
      else storeDoubles(kernel, data, title, start, count, to);
    }
}

function storeDoubles(
  kernel: Kernel<Residue>,
  data: Matrix['data'],
  title: string,
  start: number,
  count: number,
  to: number,
): void {
  const staging = kernel.staging(count);
  // The engine copies typed arrays of numbers ten times as fast as a loop.
  if (ArrayBuffer.isView(data)) staging.set((data as unknown as Float64Array).subarray(start, start + count));
  else for (let k = 0; k < count; k++) staging[k] = doubleOf(data[start + k], kernel.prime, title, start + k);
  const fault = kernel.storeStaged(to, count);
  if (fault >= 0) throw rangeFault(`${title}.data[${start + fault}]`, expectedEntry, data[start + fault]);
}

/** A number as it is, a bigint as a safe integer of its class. */
export function doubleOf(entry: unknown, prime: Residue, title: string, index: number): number {
  if (typeof entry === 'number') return entry;
  if (typeof entry !== 'bigint') throw typeFault(`${title}.data[${index}]`, expectedEntry, entry);
  const double = Number(entry);
  return Number.isSafeInteger(double) ? double : Number(entry % BigInt(prime));
}

/** A number or bigint as a 64-bit integer of its class. */
export function integerOf(entry: unknown, prime: Residue, title: string, index: number): bigint {
  if (typeof entry === 'number' && !Number.isSafeInteger(entry))
    throw rangeFault(`${title}.data[${index}]`, expectedEntry, entry);
  if (typeof entry !== 'bigint' && typeof entry !== 'number')
    throw typeFault(`${title}.data[${index}]`, expectedEntry, entry);
  return BigInt(entry) % BigInt(prime);
}
