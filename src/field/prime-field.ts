import { rangeFault, typeFault } from '../assert.ts';
import type { Field } from './field.ts';
import { isPrime } from './primality.ts';

/** The largest prime whose residues are numbers: 2³¹ − 1. */
export const maxWordPrime = 2147483647;

/** A prime from `least` to `maxWordPrime`, given as a number, bigint or decimal string; anything else is a `TypeError` or `RangeError`. */
export function parseWordPrime(value: unknown, least: 2 | 3 = 2): number {
  const expected = `${least === 3 ? 'an odd prime' : 'a prime'} up to ${maxWordPrime}`;
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string')
    throw typeFault('prime', expected, value);
  const prime = /^[1-9][0-9]{0,9}$/.test(String(value)) ? Number(value) : NaN;
  if (!(prime >= least && prime <= maxWordPrime) || !isPrime(prime))
    throw rangeFault('prime', expected, value);
  return prime;
}

/**
 * The field F_p for a prime p < 2³¹, on residues 0 … p − 1 as numbers.
 *
 * Arguments are not checked: they must be residues. Every operation is exact.
 */
export class PrimeField implements Field<number> {
  readonly prime: number;
  readonly #reciprocal: number;

  constructor(prime: number | bigint | string) {
    this.prime = parseWordPrime(prime);
    this.#reciprocal = 1 / this.prime;
  }

  /** The residue of any safe integer or bigint; a `RangeError` for another number. */
  reduce(value: number | bigint): number {
    if (typeof value === 'bigint') {
      const residue = Number(value % BigInt(this.prime));
      return residue < 0 ? residue + this.prime : residue;
    }
    if (!Number.isSafeInteger(value)) throw rangeFault('residue', 'a safe integer', value);
    const residue = value % this.prime;
    return residue < 0 ? residue + this.prime : residue + 0;
  }

  add(a: number, b: number): number {
    const sum = a + b;
    return sum >= this.prime ? sum - this.prime : sum;
  }

  subtract(a: number, b: number): number {
    return a >= b ? a - b : a - b + this.prime;
  }

  /** A product below 2⁵³ at once; otherwise in two halves of b: every intermediate value is below 2⁴⁸. */
  multiply(a: number, b: number): number {
    const product = a * b;
    if (product <= Number.MAX_SAFE_INTEGER) return this.#remainder(product);
    return this.#remainder(this.#remainder(a * (b >>> 16)) * 0x10000 + a * (b & 0xffff));
  }

  /**
   * n mod p for 0 ≤ n < 2⁵³. n/p is n·(1/p) with two roundings: its floor is one off at most, and the difference exact. (`%` of doubles is a call of the C library, five
   * times as slow.)
   */
  #remainder(n: number): number {
    const rest = n - Math.floor(n * this.#reciprocal) * this.prime;
    return rest < 0 ? rest + this.prime : rest >= this.prime ? rest - this.prime : rest;
  }

  /** a^exponent for an integer exponent ≥ 0; 0⁰ = 1. */
  power(a: number, exponent: number): number {
    let result = 1 % this.prime;
    let square = a;
    for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
      if (e % 2 === 1) result = this.multiply(result, square);
      square = this.multiply(square, square);
    }
    return result;
  }

  /** The inverse of a residue, multiplied back before it is returned; a `RangeError` for 0. Euclid's algorithm, O(log p). */
  inverse(a: number): number {
    if (a === 0) throw rangeFault('inverse', 'a residue that is not 0', a);
    let [r0, r1, s0, s1] = [this.prime, a, 0, 1];
    while (r1 !== 0) {
      const q = Math.floor(r0 / r1);
      [r0, r1] = [r1, r0 - q * r1];
      [s0, s1] = [s1, s0 - q * s1];
    }
    const inverse = s0 < 0 ? s0 + this.prime : s0;
    if (this.multiply(a, inverse) !== 1 % this.prime)
      throw new Error(`inverse of ${a} modulo ${this.prime} failed its check`);
    return inverse;
  }
}
