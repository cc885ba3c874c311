import { takeKernel, returnKernel } from '../matrix/pool.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { bitLength, nextResidualBound } from './bounds.ts';
import { FixedMatrix } from './fixed-matrix.ts';
import { paddedLength, type Integers } from './integers.ts';
import { balance } from './mixed-radix.ts';
import { ModularResiduals, wordsAt } from './modular-residuals.ts';
import { IntegerResiduals } from './residuals.ts';

/** Products of a digit up to which bigints are faster than kernels that must be made first (measured). */
const fewProducts = 500;
/** Bits of residuals from which they are bigints: a kernel for each prime would take too much memory. */
const manyBits = 960;

/**
 * The p-adic expansions of the solutions x of A·x = b, for a square A that is not singular modulo p and several b (Dixon, Numerische
 * Mathematik 40, 1982):
 *
 *     r := b;   y := A⁻¹·r mod p, balanced;   r := (r − A·y)/p, an integer;   x = y₀ + y₁·p + y₂·p² + …
 */
export class Lifting {
  readonly prime: number;
  /** Elements from one vector to the next. */
  readonly stride: number;
  readonly #length: number;
  readonly #kernel: Kernel;
  /** −A⁻¹ mod p: the kernel subtracts products. */
  readonly #inverse: FixedMatrix;
  /** In the kernel: r mod p. */
  readonly #from: number;
  /** In the kernel: y. */
  readonly #to: number;
  readonly #matrix: Integers;
  readonly #rowSum: bigint;
  #bound: bigint;
  #residuals: IntegerResiduals | ModularResiduals;

  /** `rhs` is k × n, its rows the b; `inverse` that of A modulo p, residues 0 … p − 1. */
  constructor(matrix: Integers, rhs: Integers, prime: number, inverse: Uint32Array) {
    const { rows: n } = matrix;
    this.prime = prime;
    this.stride = paddedLength(n);
    this.#length = rhs.rows * this.stride;
    const kernel = takeKernel(prime);
    this.#kernel = kernel;
    this.#inverse = new FixedMatrix(kernel, n, n, rhs.rows, (at, stride) => {
      for (let i = 0; i < n; i++) {
        const row = inverse.subarray(i * n, (i + 1) * n);
        kernel.write(
          at + i * stride * kernel.elementBytes,
          row.map((entry) => (entry === 0 ? 0 : prime - entry)),
        );
      }
    });
    this.#from = kernel.allocate(this.#length);
    this.#to = kernel.allocate(this.#length);
    this.#matrix = matrix;
    this.#rowSum = BigInt(n) * matrix.largest();
    const largest = rhs.largest();
    this.#bound = largest > this.#rowSum ? largest : this.#rowSum;
    this.#residuals = new IntegerResiduals(matrix, rhs, prime);
    this.#chooseResiduals();
  }

  /** The next digit of all solutions, in (−p/2, p/2), vectors `stride` apart. */
  next(): Int32Array {
    this.#residuals.moduloPrime(wordsAt(this.#kernel, this.#from, this.#length));
    this.#kernel.zero(this.#to, 1, this.#length, this.#length);
    this.#inverse.subtractProduct(this.#from, this.#to);
    const digits = wordsAt(this.#kernel, this.#to, this.#length).map((element) =>
      balance(element, this.prime),
    );
    this.#residuals.divide(digits);
    this.#bound = nextResidualBound(this.#bound, this.#rowSum, this.prime);
    this.#chooseResiduals();
    return digits;
  }

  /** Goes over to residues once the residuals, which begin as long as the right-hand sides, are short enough; and to fewer and fewer. */
  #chooseResiduals(): void {
    const { rows: n } = this.#matrix;
    if (this.#residuals instanceof ModularResiduals) this.#residuals.dropPrimes(this.#bound);
    else if (n * n * (this.#length / this.stride) > fewProducts && bitLength(this.#bound) <= manyBits)
      this.#residuals = new ModularResiduals(
        this.#matrix,
        this.#residuals.toIntegers(),
        this.prime,
        this.#bound,
      );
  }

  /** Gives the kernels back. */
  close(): void {
    returnKernel(this.#kernel);
    this.#residuals.close();
  }
}
