import { parsePrime } from '../field/prime-field.ts';
import { kernelBounds } from './bounds.ts';
import { bestBuild, instantiate, type KernelBuild, type KernelExports } from './load.ts';

/** What `allocate` of the heap returns where there is no room: −1, unsigned. */
const refused = 0xffffffff;

/** Integers that are staged at most at a time (assembly/staging.ts). */
export const stagingLength = 4096;

/**
 * Matrices over F_p in the memory of a Wasm instance, and their products.
 *
 * Elements are balanced residues, 2 bytes for p < 2¹³ and 4 bytes above. Places are offsets in bytes; strides, counts and sizes are in
 * elements. Nothing here is bounds-checked but by Wasm itself: it is the room below the exact linear algebra, not its face.
 */
export class Kernel {
  readonly prime: number;
  readonly build: KernelBuild;
  readonly elementBytes: 2 | 4;
  /** Terms of a product between two reductions: a product over more of them is cut. */
  readonly depth: number;
  /** The raw functions, for the rooms beside this one. */
  readonly exports: KernelExports;
  /** The bottom of the heap: `release(bottom)` frees everything that was ever allocated. */
  readonly bottom: number;

  private constructor(prime: number, build: KernelBuild, exports: KernelExports) {
    const { elementBytes, depth, foldTerms } = kernelBounds(prime);
    this.prime = prime;
    this.build = build;
    this.elementBytes = elementBytes;
    this.depth = depth;
    this.exports = exports;
    this.exports.configure(prime, elementBytes, depth, foldTerms);
    this.bottom = this.mark();
  }

  /** An instance for a prime from 2 to 2³¹ − 1; a `RangeError` for any other number. The best build, unless one is named. */
  static create(prime: number, build: KernelBuild = bestBuild()): Kernel {
    return new Kernel(parsePrime(prime), build, instantiate(build));
  }

  /** A kernel for another prime in the memory of this one, which must not be used any more. */
  withPrime(prime: number): Kernel {
    return new Kernel(parsePrime(prime), this.build, this.exports);
  }

  /** The offset of `count` zeros on top of the heap; a `RangeError` that says how much was needed if they do not fit. */
  allocate(count: number): number {
    return this.allocateBytes(count * this.elementBytes);
  }

  /** The same for bytes. */
  allocateBytes(bytes: number): number {
    const at = bytes < 2 ** 32 ? this.exports.allocate(bytes) >>> 0 : refused;
    if (at === refused) throw this.#memoryFault(bytes);
    return at;
  }

  /** Throws a `RangeError` that says how much is needed unless `bytes` more fit on the heap: before a long computation, not within it. */
  reserve(bytes: number): void {
    if (!(bytes < 2 ** 32) || !this.exports.reserve(bytes)) throw this.#memoryFault(bytes);
  }

  #memoryFault(bytes: number): RangeError {
    const needed = Math.ceil((this.mark() + bytes) / 2 ** 20);
    return new RangeError(`memory: expected at most 4096 MiB in all, got ${needed} MiB`);
  }

  /** The size of the instance's memory, which only grows. */
  get memoryBytes(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** The top of the heap, for `release`. */
  mark(): number {
    return this.exports.mark() >>> 0;
  }

  /** Lowers the top of the heap: everything allocated since `mark` is free. */
  release(mark: number): void {
    this.exports.release(mark);
  }

  /** Stores residues 0 … p − 1. */
  write(at: number, residues: ArrayLike<number>): void {
    const target = this.#view(at, residues.length);
    const { prime } = this;
    const half = prime >>> 1;
    for (let i = 0; i < residues.length; i++) {
      const residue = residues[i]!;
      target[i] = residue > half ? residue - prime : residue;
    }
  }

  /** Room for up to `stagingLength` integers, until memory is allocated; `storeStaged` stores their residues. */
  staging(count: number): Float64Array {
    return new Float64Array(this.exports.memory.buffer, this.exports.stagingAt(), count);
  }

  /** Stores the residues of the first `count` staged integers; returns the index of the first one that is no safe integer, or −1. */
  storeStaged(at: number, count: number): number {
    return this.exports.storeStaged(count, at);
  }

  /** A copy of `count` elements, as residues 0 … p − 1. */
  read(at: number, count: number): Uint32Array {
    const source = this.#view(at, count);
    const residues = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const element = source[i]!;
      residues[i] = element < 0 ? element + this.prime : element;
    }
    return residues;
  }

  /**
   * C := ±A·B (`'set'`), C + A·B or C − A·B, with A m × k, B k × n, C m × n; any m, n, k ≥ 0. A and B have any row and column
   * strides, so that transposes need no copy; C has unit column stride. C must not overlap A or B.
   */
  multiply(
    mode: 'set' | 'add' | 'subtract',
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
  ): void {
    const keep = mode === 'set' ? 0 : -1;
    const flip = mode === 'subtract' ? 0 : -1;
    this.exports.product(keep, flip, m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
  }

  /** In each of `rows` contiguous rows of g: c = Σ_j w_j·g_j, then g_j := w_j·(g_j − c): the pullback of softmax weights w. */
  pullbackWeights(rows: number, columns: number, g: number, w: number): void {
    this.exports.pullbackWeights(rows, columns, g, w);
  }

  /** Zeroes a rectangle. */
  zero(at: number, rows: number, columns: number, rowStride: number): void {
    for (let i = 0; i < rows; i++) {
      const start = at + i * rowStride * this.elementBytes;
      new Uint8Array(this.exports.memory.buffer, start, columns * this.elementBytes).fill(0);
    }
  }

  /** Copies a rectangle; the two must not overlap. */
  copy(rows: number, columns: number, from: number, fromRow: number, to: number, toRow: number): void {
    const bytes = new Uint8Array(this.exports.memory.buffer);
    const size = this.elementBytes;
    for (let i = 0; i < rows; i++)
      bytes.copyWithin(
        to + i * toRow * size,
        from + i * fromRow * size,
        from + (i * fromRow + columns) * size,
      );
  }

  #view(at: number, count: number): Int16Array | Int32Array {
    const { buffer } = this.exports.memory;
    return this.elementBytes === 2 ? new Int16Array(buffer, at, count) : new Int32Array(buffer, at, count);
  }
}
