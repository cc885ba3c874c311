import { parsePrime } from '../field/any-prime.ts';
import type { Prime, Residue } from '../field/residue.ts';

/** The residue of an integer whose decimal digits come one after the other, without its sign; or the integer. */
export interface DigitReducer {
  digit(digit: number): void;
  /** The residue of the digits since the last call. */
  take(): Residue;
}

export function digitReducer(prime: Prime): DigitReducer {
  const parsed = parsePrime(prime);
  return typeof parsed === 'number' ? new WordReducer(parsed) : new LargeReducer(parsed);
}

/** Digits of an integer, at most: reading one takes time that grows with the square of its length. */
const maxDigits = 2 ** 17;

/** The integer itself. */
export class IntegerDigits implements DigitReducer {
  #digits = '';

  /** A `RangeError` beyond 2¹⁷ digits. */
  digit(digit: number): void {
    if (this.#digits.length === maxDigits)
      throw new RangeError(`integer: expected at most ${maxDigits} digits, got more`);
    this.#digits += digit;
  }

  take(): bigint {
    const integer = BigInt(this.#digits);
    this.#digits = '';
    return integer;
  }
}

/** Ten times a residue is a safe integer. */
class WordReducer implements DigitReducer {
  #residue = 0;

  constructor(private readonly prime: number) {}

  digit(digit: number): void {
    this.#residue = (this.#residue * 10 + digit) % this.prime;
  }

  take(): number {
    const residue = this.#residue;
    this.#residue = 0;
    return residue;
  }
}

/** Digits are gathered in safe integers, fifteen at a time. */
class LargeReducer implements DigitReducer {
  #residue = 0n;
  #gathered = 0;
  #scale = 1;

  constructor(private readonly prime: bigint) {}

  digit(digit: number): void {
    if (this.#scale === 1e15) this.#fold();
    this.#gathered = this.#gathered * 10 + digit;
    this.#scale *= 10;
  }

  take(): bigint {
    this.#fold();
    const residue = this.#residue;
    this.#residue = 0n;
    return residue;
  }

  #fold(): void {
    this.#residue = (this.#residue * BigInt(this.#scale) + BigInt(this.#gathered)) % this.prime;
    this.#gathered = 0;
    this.#scale = 1;
  }
}
