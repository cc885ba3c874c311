import type { Kernel } from '../kernel/kernel.ts';
import { paddedLength } from './integers.ts';

/**
 * Vectors up to which a product with a fixed matrix is a combination of its columns instead of a product of matrices. Measured at orders 100 and
 * 500: 16 to 18 times as fast for one vector, 4 times for four, as fast for 48, because a product packs the matrix anew and fills its tiles with zeros.
 */
const fewVectors = 48;
/** Elements that the kernel's combination computes at a time: one strip. */
const stripRows = 8;

/**
 * An m × n matrix in the kernel of a word prime that is multiplied with vectors many times, k of them each time.
 *
 * Vectors are rows, `stride` = m or n rounded up to 8 elements apart. For few of them the matrix lies in strips of eight rows, column after column,
 *
 *     a[0..7][0] a[0..7][1] … a[0..7][n − 1] | a[8..15][0] …
 *
 * so that eight elements of A·x are a combination of contiguous memory; rows beyond the matrix are zeros. Else row-major.
 */
export class FixedMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly vectors: number;
  readonly #kernel: Kernel;
  readonly #at: number;

  /** `fill` stores the elements in a place of zeros, rows `stride` elements apart. */
  constructor(
    kernel: Kernel,
    rows: number,
    cols: number,
    vectors: number,
    fill: (at: number, stride: number) => void,
  ) {
    this.rows = rows;
    this.cols = cols;
    this.vectors = vectors;
    this.#kernel = kernel;
    const stride = paddedLength(cols);
    if (!this.#inStrips) {
      this.#at = kernel.allocate(rows * stride);
      fill(this.#at, stride);
      return;
    }
    this.#at = kernel.allocate(paddedLength(rows) * cols);
    const mark = kernel.mark();
    const at = kernel.allocate(rows * stride);
    fill(at, stride);
    const elements = new Int32Array(kernel.exports.memory.buffer);
    const [from, to] = [at / 4, this.#at / 4];
    for (let i = 0; i < rows; i++) {
      const strip = to + (i - (i % stripRows)) * cols + (i % stripRows);
      for (let j = 0; j < cols; j++) elements[strip + j * stripRows] = elements[from + i * stride + j]!;
    }
    kernel.release(mark);
  }

  get #inStrips(): boolean {
    return this.vectors <= fewVectors;
  }

  /** target −= A·x for each of the vectors x at `at`, `paddedLength(cols)` apart; the targets `paddedLength(rows)` apart. */
  subtractProduct(at: number, target: number): void {
    const { rows, cols, vectors } = this;
    const kernel = this.#kernel;
    const [from, to] = [paddedLength(cols), paddedLength(rows)];
    if (!this.#inStrips) {
      kernel.multiply('subtract', vectors, rows, cols, at, from, 1, this.#at, 1, from, target, to);
      return;
    }
    // The combination of word primes takes any number of terms: it folds its sums on the way.
    const { exports } = kernel;
    for (let vector = 0; vector < vectors; vector++)
      for (let i = 0; i < rows; i += stripRows)
        exports.subtractCombination(
          target + 4 * (vector * to + i),
          stripRows,
          cols,
          at + 4 * vector * from,
          this.#at + 4 * i * cols,
          stripRows,
        );
  }
}
