import type { Field } from './field.ts';
import type { Residue } from './residue.ts';

/** A field as far as roots need it. */
type RootField<R extends Residue> = Pick<Field<R>, 'prime' | 'multiply' | 'reduce'>;

/** a^exponent for any integer exponent, a ≠ 0 if it is negative: exponents count modulo p − 1. O(log p) */
export function unitPower<R extends Residue>(field: RootField<R>, a: R, exponent: bigint): R {
  const order = BigInt(field.prime) - 1n;
  return powerByDigits(field, a, binaryDigits(((exponent % order) + order) % order));
}

/** The digits of a natural number, the highest first. */
function binaryDigits(exponent: bigint): string {
  return exponent.toString(2);
}

function powerByDigits<R extends Residue>(field: RootField<R>, a: R, digits: string): R {
  let result = field.reduce(1);
  for (const digit of digits) {
    result = field.multiply(result, result);
    if (digit === '1') result = field.multiply(result, a);
  }
  return result;
}

/** Roots modulo an odd prime: of every residue at once for small primes, by Tonelli and Shanks otherwise. */
export class SquareRoots<R extends Residue> {
  readonly #field: RootField<R>;
  /** For primes below 2¹⁴: the root of each square, 0 of the others. */
  readonly #table: Uint16Array | null;
  /** p − 1 = 2^twos · odd; (odd − 1)/2 in binary digits. */
  readonly #twos: number;
  readonly #halfOfOdd: string;
  /** Of order 2^twos: an odd power of a residue that is no square. */
  #generator: R | null = null;

  constructor(field: RootField<R>) {
    this.#field = field;
    const prime = BigInt(field.prime);
    this.#table = prime < 1n << 14n ? tableOfRoots(Number(prime)) : null;
    let odd = prime - 1n;
    let twos = 0;
    for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
    this.#twos = twos;
    this.#halfOfOdd = binaryDigits((odd - 1n) / 2n);
  }

  /** Is the residue a square, and not 0? Euler's criterion: a^((p − 1)/2) = 1. */
  isSquare(a: R): boolean {
    if (Number(a) === 0) return false;
    if (this.#table) return this.#table[Number(a)]! !== 0;
    return this.#logOfOrder(this.#oddPower(a).rest) < this.#twos;
  }

  /** The root that is at most (p − 1)/2, multiplied back before it is returned; null for 0 and for what is no square. */
  root(a: R): R | null {
    const field = this.#field;
    if (this.#table) {
      const found = this.#table[Number(a)]!;
      return found === 0 ? null : field.reduce(found);
    }
    const root = Number(a) === 0 ? null : this.#tonelliShanks(a);
    if (root === null) return null;
    const prime = BigInt(field.prime);
    const lower = 2n * BigInt(root) > prime ? field.reduce(prime - BigInt(root)) : root;
    if (field.multiply(lower, lower) !== a)
      throw new Error(`the root of ${a} modulo ${prime} failed its check`);
    return lower;
  }

  /** a^((odd + 1)/2), whose square is a times the rest, and the rest a^odd. */
  #oddPower(a: R): { root: R; rest: R } {
    const field = this.#field;
    const half = powerByDigits(field, a, this.#halfOfOdd);
    const root = field.multiply(half, a);
    return { root, rest: field.multiply(half, root) };
  }

  /** The rest has the order 2^k. */
  #logOfOrder(rest: R): number {
    let k = 0;
    for (let power = rest; Number(power) !== 1; power = this.#field.multiply(power, power)) k++;
    return k;
  }

  #tonelliShanks(a: R): R | null {
    const field = this.#field;
    let { root, rest } = this.#oddPower(a);
    let order = this.#twos;
    let c: R | null = null;
    while (Number(rest) !== 1) {
      const least = this.#logOfOrder(rest);
      if (least === order) return null;
      c ??= this.#ofFullOrder();
      for (let i = 0; i < order - least - 1; i++) c = field.multiply(c, c);
      root = field.multiply(root, c);
      c = field.multiply(c, c);
      rest = field.multiply(rest, c);
      order = least;
    }
    return root;
  }

  #ofFullOrder(): R {
    for (let n = 2; this.#generator === null; n++) {
      const { rest } = this.#oddPower(this.#field.reduce(n));
      if (this.#logOfOrder(rest) === this.#twos) this.#generator = rest;
    }
    return this.#generator;
  }
}

function tableOfRoots(prime: number): Uint16Array {
  const table = new Uint16Array(prime);
  for (let root = 1; root <= (prime - 1) / 2; root++) table[(root * root) % prime] = root;
  return table;
}
