import type { Residue, ResidueArray } from '../field/residue.ts';
import type { Kernel } from './kernel.ts';

/** Rows that are eliminated together (assembly/krylov.ts). */
const blockRows = 32;

/**
 * Bases of cyclic subspaces of a square matrix A over F_p, one after the other, and the polynomials on which they close (drawn in assembly/krylov.ts).
 *
 * The vectors are rows: v, v·A, v·A², …. Where the basis needs A's coordinates in another order, they are exchanged in
 * its vectors and in A, which stays similar to what it was.
 */
export class Krylov<R extends Residue = number> {
  readonly kernel: Kernel<R>;
  /** n, for n × n. */
  readonly order: number;
  /** Where the matrix is: zeros, for the caller to fill. */
  readonly matrix: number;
  /** Elements from one row of the matrix to the next: never a multiple of 1 KiB (cache associativity). */
  readonly matrixStride: number;
  readonly #basis: number;
  readonly #rowStride: number;
  readonly #width: number;

  /** Takes room on top of the kernel's heap for good; a `RangeError` that says how much was needed if there is none. One at a time. */
  constructor(kernel: Kernel<R>, order: number) {
    const width = Math.ceil(order / blockRows) * blockRows;
    this.kernel = kernel;
    this.order = order;
    this.matrixStride = width + 16;
    this.#width = width;
    this.#rowStride = 2 * width + 32;
    const scratchBytes = kernel.exports.krylovBytes(this.#rowStride);
    kernel.reserve(
      (order + 1) * (this.matrixStride + this.#rowStride) * kernel.elementBytes + scratchBytes + 256,
    );
    this.matrix = kernel.allocate((order + 1) * this.matrixStride);
    this.#basis = kernel.allocate((order + 1) * this.#rowStride);
    kernel.exports.openKrylov(
      order,
      width,
      this.matrix,
      this.matrixStride,
      this.#basis,
      this.#rowStride,
      kernel.allocateBytes(scratchBytes),
    );
  }

  /** The place of basis vector k, n elements: where a cycle begins, the caller puts the vector that it begins with, 0 before coordinate k. */
  vector(k: number): number {
    return this.#basis + k * this.#rowStride * this.kernel.elementBytes;
  }

  /** The place of the polynomial of row k, k + 1 coefficients. */
  #polynomial(k: number): number {
    return this.vector(k) + this.#width * this.kernel.elementBytes;
  }

  /**
   * Runs through the cycle of basis vector `first`, and returns the index of the first that is not in the basis then: n when it is complete. With
   * 0, forgets the basis that there was.
   *
   * O(n²) for each vector.
   */
  cycle(first: number): number {
    if (first === 0) this.kernel.write(this.#polynomial(0), [one(this.kernel)]);
    return this.kernel.exports.krylovCycle(first);
  }

  /**
   * The monic polynomial of degree k on which a cycle closed that ended at k, from the constant term up: of the first cycle, the minimal polynomial
   * of its vector; of any, the characteristic polynomial of A on the space of the first k basis vectors.
   */
  polynomial(k: number): ResidueArray<R> {
    return this.kernel.read(this.#polynomial(k), k + 1);
  }

  /** Whether v·f(A) = 0 for basis vector 0, v, and the polynomial f of a cycle from it that ended at k: a check, in O(n² · k). */
  closes(k: number): boolean {
    return this.kernel.exports.krylovCloses(k) !== 0;
  }
}

function one<R extends Residue>({ prime }: Kernel<R>): R {
  return (typeof prime === 'bigint' ? 1n : 1) as R;
}
