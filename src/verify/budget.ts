import { demand } from './fault.ts';
import type { Fraction } from './fraction.ts';

/** Tensors of a network, and terms of sums, that the verifier is willing to tell apart. */
export const maxTerms = 2 ** 20;
/** Bits of a numerator or denominator that comes from the factors of a network. */
const maxBits = 2 ** 12;

const isWord = (n: bigint): boolean => n < 1n << 63n && -n < 1n << 63n;
const bitsOf = (n: bigint): number => 4 * n.toString(16).length;

/** Bounds the work and the memory for the symbolic part: a network is a short text, what it says may be long. */
export class Budget {
  #left = maxTerms;

  spend(terms: number): void {
    this.#left -= terms;
    demand(this.#left >= 0, 'certificate.network', `at most ${maxTerms} tensors and terms`, 'more');
  }

  /** Counts a result of rational arithmetic as many terms as its products take words. */
  charged(result: Fraction): Fraction {
    if (isWord(result.n) && isWord(result.d)) {
      this.spend(1);
      return result;
    }
    const bits = Math.max(bitsOf(result.n), bitsOf(result.d));
    demand(bits <= maxBits, 'certificate.network', `fractions of at most ${maxBits} bits`, bits);
    this.spend(Math.ceil(bits / 64) ** 2);
    return result;
  }
}
