import { rangeFault, typeFault } from '../assert.ts';
import { stagingLength, type Kernel } from '../kernel/kernel.ts';
import { expectedEntry, type Matrix } from './matrix.ts';

/** Stores a matrix on the kernel's heap, rows contiguous, and returns its offset. Entries are checked, the shape is not. */
export function placed(kernel: Kernel, matrix: Matrix, title: string): number {
  const at = kernel.allocate(matrix.rows * matrix.cols);
  placeRows(kernel, matrix, title, at, matrix.cols);
  return at;
}

/** Stores the rows of a matrix at `at`, `rowStride` elements apart. */
export function placeRows(
  kernel: Kernel,
  matrix: Matrix,
  title: string,
  at: number,
  rowStride: number,
): void {
  const { rows, cols, data } = matrix;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j += stagingLength) {
      const count = Math.min(stagingLength, cols - j);
      const start = i * cols + j;
      const staging = kernel.staging(count);
      // The engine copies typed arrays of numbers ten times as fast as a loop.
      if (ArrayBuffer.isView(data) && typeof data[0] === 'number')
        staging.set((data as unknown as Float64Array).subarray(start, start + count));
      else
        for (let k = 0; k < count; k++)
          staging[k] = doubleOf(data[start + k], kernel.prime, title, start + k);
      const fault = kernel.storeStaged(at + (i * rowStride + j) * kernel.elementBytes, count);
      if (fault >= 0) throw rangeFault(`${title}.data[${start + fault}]`, expectedEntry, data[start + fault]);
    }
}

/** A number as it is, a bigint as a safe integer of its class. */
function doubleOf(entry: unknown, prime: number, title: string, index: number): number {
  if (typeof entry === 'number') return entry;
  if (typeof entry !== 'bigint') throw typeFault(`${title}.data[${index}]`, expectedEntry, entry);
  const double = Number(entry);
  return Number.isSafeInteger(double) ? double : Number(entry % BigInt(prime));
}
