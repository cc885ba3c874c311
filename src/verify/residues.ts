import {
  bigArithmetic,
  smallArithmetic,
  smallPrimes,
  wordArithmetic,
  wordPrimes,
  type Arithmetic,
} from './arithmetic.ts';
import type { Fraction } from './fraction.ts';

/** The field F_p: its arithmetic, and what else a point needs. */
export class Residues<E extends number | bigint> {
  readonly f: Arithmetic<E>;
  readonly prime: bigint;
  readonly #half: bigint;
  /** p − 1 = odd·2^twos, and an element of order 2^twos. */
  readonly #twos: number;
  readonly #odd: bigint;
  #generator: E | null = null;

  constructor(f: Arithmetic<E>, prime: bigint) {
    this.f = f;
    this.prime = prime;
    this.#half = (prime - 1n) / 2n;
    let odd = prime - 1n;
    let twos = 0;
    for (; !(odd & 1n); odd >>= 1n) twos++;
    this.#odd = odd;
    this.#twos = twos;
  }

  integer(n: bigint): E {
    return this.f.fromDecimal(String(((n % this.prime) + this.prime) % this.prime));
  }

  /** Of a fraction whose denominator p does not divide. */
  fraction({ n, d }: Fraction): E {
    return this.f.multiply(this.integer(n), this.f.inverse(this.integer(d)));
  }

  /** x^n; x is not 0 if n is negative. */
  power(x: E, n: bigint): E {
    const { f } = this;
    if (x === f.zero) return n === 0n ? f.one : f.zero;
    // Fermat: exponents count modulo p − 1.
    let exponent = n % (this.prime - 1n);
    if (exponent < 0n) exponent += this.prime - 1n;
    let result = f.one;
    let square = x;
    for (; exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = f.multiply(result, square);
      square = f.multiply(square, square);
    }
    return result;
  }

  /** By Euler's criterion. */
  isSquare(x: E): boolean {
    return x === this.f.zero || this.power(x, this.#half) === this.f.one;
  }

  /** The square root of a square that is at most (p − 1)/2: Tonelli and Shanks. */
  root(square: E): E {
    const { f } = this;
    let root = this.power(square, (this.#odd + 1n) / 2n);
    let rest = this.power(square, this.#odd);
    let generator = this.#generator ?? this.#findGenerator();
    let order = this.#twos;
    while (rest !== f.one) {
      let k = 0;
      for (let x = rest; x !== f.one; x = f.multiply(x, x)) k++;
      let step = generator;
      for (let i = 0; i < order - k - 1; i++) step = f.multiply(step, step);
      root = f.multiply(root, step);
      generator = f.multiply(step, step);
      rest = f.multiply(rest, generator);
      order = k;
    }
    return BigInt(root) <= this.#half ? root : f.subtract(f.zero, root);
  }

  #findGenerator(): E {
    let candidate = this.f.one;
    do candidate = this.f.add(candidate, this.f.one);
    while (this.isSquare(candidate));
    this.#generator = this.power(candidate, this.#odd);
    return this.#generator;
  }
}

/** Runs a check in the arithmetic that suits the prime. */
export function atPrime(
  prime: bigint,
  check: <E extends number | bigint>(field: Residues<E>) => Promise<void>,
): Promise<void> {
  if (prime < smallPrimes) return check(new Residues(smallArithmetic(Number(prime)), prime));
  if (prime < wordPrimes) return check(new Residues(wordArithmetic(Number(prime)), prime));
  return check(new Residues(bigArithmetic(prime), prime));
}
