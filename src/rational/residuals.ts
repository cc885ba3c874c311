import { Integers, paddedLength } from './integers.ts';
import { balancedResidue } from './mixed-radix.ts';

/**
 * The residuals r of Dixon's lifting for several right-hand sides: integers of bounded size, kept exactly.
 *
 * Vectors are `paddedLength(n)` elements apart.
 */
export interface Residuals {
  /** Writes r mod p, balanced. */
  moduloPrime(target: Int32Array): void;
  /** r := (r − A·y)/p, for digits y in (−p/2, p/2) with A·y ≡ r mod p. */
  divide(digits: Int32Array): void;
  /** Gives memory back; after the last use. */
  close(): void;
}

/**
 * Residuals as bigints: for small systems, which are solved before the kernels of `ModularResiduals` are made, and for residuals so long that these would
 * be too many. O(n² · k) products for each digit.
 */
export class IntegerResiduals implements Residuals {
  readonly #matrix: readonly bigint[];
  readonly #order: number;
  readonly #prime: number;
  readonly #residuals: bigint[];

  /** A is n × n, `rhs` k × n. */
  constructor(matrix: Integers, rhs: Integers, prime: number) {
    this.#matrix = matrix.entries();
    this.#order = matrix.rows;
    this.#prime = prime;
    this.#residuals = rhs.entries();
  }

  moduloPrime(target: Int32Array): void {
    const stride = paddedLength(this.#order);
    for (const [index, residual] of this.#residuals.entries()) {
      const vector = Math.floor(index / this.#order);
      target[vector * stride + (index % this.#order)] = balancedResidue(residual, this.#prime);
    }
  }

  divide(digits: Int32Array): void {
    const n = this.#order;
    const stride = paddedLength(n);
    const prime = BigInt(this.#prime);
    for (let start = 0, from = 0; start < this.#residuals.length; start += n, from += stride) {
      const y = Array.from(digits.subarray(from, from + n), BigInt);
      for (let i = 0; i < n; i++) {
        let rest = this.#residuals[start + i]!;
        for (let j = 0; j < n; j++) rest -= this.#matrix[i * n + j]! * y[j]!;
        if (rest % prime !== 0n) throw new Error(`lifting: a residual is not divisible by ${prime}`);
        this.#residuals[start + i] = rest / prime;
      }
    }
  }

  close(): void {}

  /** The residuals, k × n. */
  toIntegers(): Integers {
    const cols = this.#order;
    return Integers.of({ rows: this.#residuals.length / cols, cols, data: this.#residuals });
  }
}
