import { rangeFault } from '../assert.ts';
import type { Field } from './field.ts';

/** The field F_p for a prime 2³¹ ≤ p < 2⁶², on residues 0 … p − 1 as bigints. The prime is not checked. */
export class LargePrimeField implements Field<bigint> {
  constructor(readonly prime: bigint) {}

  reduce(value: number | bigint): bigint {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw rangeFault('residue', 'a safe integer', value);
    const residue = BigInt(value) % this.prime;
    return residue < 0n ? residue + this.prime : residue;
  }

  add(a: bigint, b: bigint): bigint {
    const sum = a + b;
    return sum >= this.prime ? sum - this.prime : sum;
  }

  subtract(a: bigint, b: bigint): bigint {
    return a >= b ? a - b : a - b + this.prime;
  }

  multiply(a: bigint, b: bigint): bigint {
    return (a * b) % this.prime;
  }

  power(a: bigint, exponent: number): bigint {
    let result = 1n;
    let square = a;
    for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
      if (e % 2 === 1) result = this.multiply(result, square);
      square = this.multiply(square, square);
    }
    return result;
  }

  /** Euclid's algorithm, O(log p). */
  inverse(a: bigint): bigint {
    if (a === 0n) throw rangeFault('inverse', 'a residue that is not 0', a);
    let [r0, r1, s0, s1] = [this.prime, a, 0n, 1n];
    while (r1 !== 0n) {
      const q = r0 / r1;
      [r0, r1] = [r1, r0 - q * r1];
      [s0, s1] = [s1, s0 - q * s1];
    }
    const inverse = this.reduce(s0);
    if (this.multiply(a, inverse) !== 1n)
      throw new Error(`inverse of ${a} modulo ${this.prime} failed its check`);
    return inverse;
  }
}
