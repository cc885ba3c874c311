import { memoryFault, rangeFault } from '../assert.ts';
import { parsePrime } from '../field/any-prime.ts';
import { maxWordPrime } from '../field/prime-field.ts';
import type { Residue, ResidueArray } from '../field/residue.ts';
import { configureKernel } from './configure.ts';
import { bestBuild, instantiate, type KernelBuild, type KernelExports } from './load.ts';

/** What `allocate` of the heap returns where there is no room: −1, unsigned. */
const refused = 0xffffffff;

/** Integers that are staged at most at a time (assembly/staging.ts). */
export const stagingLength = 4096;

/**
 * Matrices over F_p in the memory of a Wasm instance, and their products.
 *
 * Elements are balanced residues, 2 bytes for p < 2¹³, 4 bytes for p < 2³¹ and 8 bytes above; R is what they are outside. Places are offsets in bytes; strides, counts and sizes are in
 * elements. Nothing here is bounds-checked but by Wasm itself: it is the room below the exact linear algebra, not its face.
 */
export class Kernel<R extends Residue = number> {
  readonly prime: R;
  readonly build: KernelBuild;
  readonly elementBytes: 2 | 4 | 8;
  /** Terms of a product between two reductions: a product over more of them is cut. */
  readonly depth: number;
  /** The raw functions, for the rooms beside this one. */
  readonly exports: KernelExports;
  /** The bottom of the heap: `release(bottom)` frees everything that was ever allocated. */
  readonly bottom: number;

  private constructor(prime: R, build: KernelBuild, exports: KernelExports) {
    const { elementBytes, depth } = configureKernel(exports, prime);
    this.prime = prime;
    this.build = build;
    this.elementBytes = elementBytes;
    this.depth = depth;
    this.exports = exports;
    this.bottom = this.mark();
  }

  /** An instance for a prime as `parsePrime` returns it; a `RangeError` for anything else. The best build, unless one is named. */
  static create(prime: number, build?: KernelBuild): Kernel;
  static create(prime: bigint, build?: KernelBuild): Kernel<bigint>;
  static create(prime: Residue, build?: KernelBuild): Kernel<Residue>;
  static create(prime: Residue, build: KernelBuild = bestBuild()): Kernel<Residue> {
    return new Kernel(normalized(prime), build, instantiate(build));
  }

  /** A kernel for another prime in the memory of this one, which must not be used any more. */
  withPrime(prime: number): Kernel;
  withPrime(prime: Residue): Kernel<Residue>;
  withPrime(prime: Residue): Kernel<Residue> {
    return new Kernel(normalized(prime), this.build, this.exports);
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
    return memoryFault(this.mark() + bytes);
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
  write(at: number, residues: ArrayLike<R>): void {
    const { prime } = this;
    const { buffer } = this.exports.memory;
    if (typeof prime === 'bigint') {
      const target = new BigInt64Array(buffer, at, residues.length);
      for (let i = 0; i < residues.length; i++) {
        const residue = residues[i] as bigint;
        target[i] = 2n * residue > prime ? residue - prime : residue;
      }
      return;
    }
    const target = this.#numbers(at, residues.length);
    const half = prime >>> 1;
    for (let i = 0; i < residues.length; i++) {
      const residue = residues[i] as number;
      target[i] = residue > half ? residue - prime : residue;
    }
  }

  /** Room for up to `stagingLength` doubles, until memory is allocated; `storeStaged` stores their residues. */
  staging(count: number): Float64Array {
    return new Float64Array(this.exports.memory.buffer, this.exports.stagingAt(), count);
  }

  /** Stores the residues of the first `count` staged integers; returns the index of the first one that is no safe integer, or −1. */
  storeStaged(at: number, count: number): number {
    return this.exports.storeStaged(count, at);
  }

  /** Stores the residues of up to `stagingLength` 64-bit integers. */
  storeIntegers(at: number, integers: BigInt64Array | BigUint64Array): void {
    const { buffer } = this.exports.memory;
    const unsigned = integers[Symbol.toStringTag] === 'BigUint64Array';
    const Staging = unsigned ? BigUint64Array : BigInt64Array;
    new Staging(buffer, this.exports.stagingAt(), integers.length).set(integers);
    this.exports.storeStagedIntegers(integers.length, at, Number(unsigned));
  }

  /** A copy of `count` elements, as residues 0 … p − 1. */
  read(at: number, count: number): ResidueArray<R> {
    const { prime } = this;
    if (typeof prime === 'bigint') return this.#readLarge(at, count) as ResidueArray<R>;
    const source = this.#numbers(at, count);
    const residues = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const element = source[i]!;
      residues[i] = element < 0 ? element + (prime as number) : element;
    }
    return residues as ResidueArray<R>;
  }

  #readLarge(at: number, count: number): BigUint64Array {
    const residues = new BigUint64Array(count);
    for (let start = 0; start < count; start += stagingLength) {
      const length = Math.min(stagingLength, count - start);
      this.exports.stage(length, at + 8 * start);
      residues.set(new BigUint64Array(this.exports.memory.buffer, this.exports.stagingAt(), length), start);
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

  /** to_rc := from_rc·factors_c (`'set'`), or to_rc + from_rc·factors_c, in `rows` contiguous rows. `to` may be `from` for `'set'`. */
  scaleColumns(
    mode: 'set' | 'add',
    rows: number,
    columns: number,
    from: number,
    factors: number,
    to: number,
  ): void {
    this.exports.scaleColumns(rows, columns, from, factors, to, Number(mode === 'add'));
  }

  /** to := to + from, `count` elements. */
  addElements(count: number, from: number, to: number): void {
    this.exports.addElements(count, from, to);
  }

  /** In each of `rows` contiguous rows of g: g_j := ρ·(g_j − y_j·Σ_k g_k·z_k), for a residue ρ; with z = y/columns the pullback of y = ρ·x, where ρ^−2 is the mean of x². */
  pullbackRoots(rows: number, columns: number, g: number, y: number, z: number, rho: R): void {
    const balanced = 2n * BigInt(rho) > BigInt(this.prime) ? BigInt(rho) - BigInt(this.prime) : BigInt(rho);
    this.exports.pullbackRoots(rows, columns, g, y, z, balanced);
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

  #numbers(at: number, count: number): Int16Array | Int32Array {
    const { buffer } = this.exports.memory;
    return this.elementBytes === 2 ? new Int16Array(buffer, at, count) : new Int32Array(buffer, at, count);
  }
}

/** The prime, if it is one in its own form: a number up to 2³¹ − 1, a bigint above. */
function normalized<R extends Residue>(prime: R): R {
  if (parsePrime(prime) !== prime)
    throw rangeFault('prime', `a number for a prime up to ${maxWordPrime}`, prime);
  return prime;
}
