import type { Kernel } from '../kernel/kernel.ts';
import { returnKernel, takeKernel } from '../matrix/pool.ts';
import { FixedMatrix } from './fixed-matrix.ts';
import { paddedLength, type Integers } from './integers.ts';
import { balance, balancedResidue, inverseModulo, MixedRadix, multiplyBalanced } from './mixed-radix.ts';
import type { Residuals } from './residuals.ts';
import { primesBeyond } from './word-primes.ts';

/** A kernel with what belongs to one prime q. */
interface Room {
  readonly kernel: Kernel;
  /** A/p. */
  readonly matrix: FixedMatrix;
  /** 1/p, balanced. */
  readonly inverse: number;
  readonly residuals: number;
  readonly digits: number;
}

/**
 * Residuals modulo as many primes q as their bound takes: the division by p is a multiplication there, and a digit costs a
 * product in the kernel of each q. The integers themselves are found in mixed radix, digit by digit.
 */
export class ModularResiduals implements Residuals {
  readonly #prime: number;
  readonly #length: number;
  readonly #rooms: Room[];
  #system: MixedRadix;

  /** A is n × n, `rhs` k × n; `bound` that of all residuals until `dropPrimes` names a smaller one. */
  constructor(matrix: Integers, rhs: Integers, prime: number, bound: bigint) {
    const stride = paddedLength(matrix.cols);
    this.#prime = prime;
    this.#length = rhs.rows * stride;
    this.#system = new MixedRadix(primesBeyond(2n * bound, (q) => q === prime));
    this.#rooms = this.#system.primes.map((q) => {
      const kernel = takeKernel(q);
      const inverse = inverseModulo(BigInt(prime), q);
      const quotient = new FixedMatrix(kernel, matrix.rows, matrix.cols, rhs.rows, (at) => {
        matrix.place(kernel, at, stride);
        kernel.exports.scale(at, matrix.rows * stride, BigInt(inverse));
      });
      const residuals = kernel.allocate(this.#length);
      rhs.place(kernel, residuals, stride);
      return { kernel, matrix: quotient, inverse, residuals, digits: kernel.allocate(this.#length) };
    });
  }

  moduloPrime(target: Int32Array): void {
    const p = this.#prime;
    const { primes, weights } = this.#system;
    const sources = this.#rooms.map(({ kernel, residuals }) => wordsAt(kernel, residuals, this.#length));
    const weightResidues = weights.map((weight) => balancedResidue(weight, p));
    const digits = Array<number>(primes.length);
    for (let i = 0; i < target.length; i++) {
      for (let s = 0; s < primes.length; s++) digits[s] = balance(sources[s]![i]!, primes[s]!);
      this.#system.toDigits(digits);
      let residue = balance(digits[0]!, p);
      for (let s = 1; s < primes.length; s++)
        residue = balance(residue + multiplyBalanced(balance(digits[s]!, p), weightResidues[s]!, p), p);
      target[i] = residue;
    }
  }

  divide(digits: Int32Array): void {
    for (const { kernel, matrix, inverse, residuals, digits: at } of this.#rooms) {
      const copy = wordsAt(kernel, at, this.#length);
      for (let i = 0; i < digits.length; i++) copy[i] = balance(digits[i]!, kernel.prime);
      kernel.exports.scale(residuals, this.#length, BigInt(inverse));
      matrix.subtractProduct(at, residuals);
    }
  }

  close(): void {
    for (const { kernel } of this.#rooms) returnKernel(kernel);
  }

  /** Gives up the primes that are not needed for residuals of at most `bound` in absolute value. */
  dropPrimes(bound: bigint): void {
    const primes = [...this.#system.primes];
    let { modulus } = this.#system;
    for (;;) {
      const rest = modulus / BigInt(primes[primes.length - 1]!);
      if (primes.length === 1 || rest <= 2n * bound) break;
      primes.pop();
      modulus = rest;
      returnKernel(this.#rooms.pop()!.kernel);
    }
    if (primes.length < this.#system.primes.length) this.#system = new MixedRadix(primes);
  }
}

/** The elements of a word prime's kernel, until its memory grows. */
export function wordsAt({ exports }: Kernel, at: number, count: number): Int32Array {
  return new Int32Array(exports.memory.buffer, at, count);
}
