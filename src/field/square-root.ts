import type { Field } from './field.ts';
import type { Residue } from './residue.ts';

/** A field as far as roots need it. */
type RootField<R extends Residue> = Pick<Field<R>, 'prime' | 'multiply' | 'reduce'>;

/** a^exponent for any integer exponent, a ≠ 0 if it is negative: exponents count modulo p − 1. O(log p) */
export function unitPower<R extends Residue>(field: RootField<R>, a: R, exponent: bigint): R {
  const order = BigInt(field.prime) - 1n;
  let result = field.reduce(1);
  let square = a;
  for (let e = ((exponent % order) + order) % order; e > 0n; e >>= 1n) {
    if (e & 1n) result = field.multiply(result, square);
    square = field.multiply(square, square);
  }
  return result;
}

/** Roots modulo an odd prime: of every residue at once for small primes, by Tonelli and Shanks otherwise. */
export class SquareRoots<R extends Residue> {
  readonly #field: RootField<R>;
  /** For primes below 2¹⁴: the root of each square, 0 of the others. */
  readonly #table: Uint16Array | null;
  /** p − 1 = 2^twos · odd. */
  readonly #odd: bigint;
  readonly #twos: number;
  #nonSquare: R | null = null;

  constructor(field: RootField<R>) {
    this.#field = field;
    const prime = BigInt(field.prime);
    this.#table = prime < 1n << 14n ? tableOfRoots(Number(prime)) : null;
    let odd = prime - 1n;
    let twos = 0;
    for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
    this.#odd = odd;
    this.#twos = twos;
  }

  /** Is the residue a square, and not 0? Euler's criterion. */
  isSquare(a: R): boolean {
    if (Number(a) === 0) return false;
    if (this.#table) return this.#table[Number(a)]! !== 0;
    return Number(unitPower(this.#field, a, (BigInt(this.#field.prime) - 1n) / 2n)) === 1;
  }

  /** The root that is at most (p − 1)/2, multiplied back before it is returned; null for 0 and for what is no square. */
  root(a: R): R | null {
    if (!this.isSquare(a)) return null;
    const field = this.#field;
    const root = this.#table ? field.reduce(this.#table[Number(a)]!) : this.#tonelliShanks(a);
    const prime = BigInt(field.prime);
    const lower = 2n * BigInt(root) > prime ? field.reduce(prime - BigInt(root)) : root;
    if (field.multiply(lower, lower) !== a)
      throw new Error(`the root of ${a} modulo ${prime} failed its check`);
    return lower;
  }

  #tonelliShanks(a: R): R {
    const field = this.#field;
    let order = this.#twos;
    let c = unitPower(field, this.#aNonSquare(), this.#odd);
    let root = unitPower(field, a, (this.#odd + 1n) / 2n);
    let rest = unitPower(field, a, this.#odd);
    while (Number(rest) !== 1) {
      let least = 0;
      for (let power = rest; Number(power) !== 1; power = field.multiply(power, power)) least++;
      for (let i = 0; i < order - least - 1; i++) c = field.multiply(c, c);
      root = field.multiply(root, c);
      c = field.multiply(c, c);
      rest = field.multiply(rest, c);
      order = least;
    }
    return root;
  }

  #aNonSquare(): R {
    for (let n = 2; this.#nonSquare === null; n++) {
      const residue = this.#field.reduce(n);
      if (!this.isSquare(residue)) this.#nonSquare = residue;
    }
    return this.#nonSquare;
  }
}

function tableOfRoots(prime: number): Uint16Array {
  const table = new Uint16Array(prime);
  for (let root = 1; root <= (prime - 1) / 2; root++) table[(root * root) % prime] = root;
  return table;
}
