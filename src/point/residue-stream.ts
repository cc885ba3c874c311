import { CountedHash } from '../sha256.ts';

/**
 * The residues that a seed gives in one domain: SHA-256("dimcert/1/" ‖ domain ‖ "/" ‖ seed ‖ "/" ‖ counter) for
 * counter = 0, 1, 2, …, read as big-endian 64-bit words w; w is accepted below p·⌊2⁶⁴/p⌋ and gives w mod p.
 *
 * Any language's hash library reproduces it. Primes below 2³¹.
 */
export class ResidueStream {
  readonly #hash: CountedHash;
  readonly #prime: number;
  /** 2⁶⁴ mod p: the words from 2⁶⁴ − excess on are rejected. */
  readonly #excess: number;
  #counter = 0;
  #words: Uint32Array = new Uint32Array(0);
  #next = 0;

  constructor(domain: 'theta' | 'input' | 'unit', seed: string, prime: number) {
    this.#hash = new CountedHash(`dimcert/1/${domain}/${seed}/`);
    this.#prime = prime;
    this.#excess = Number(2n ** 64n % BigInt(prime));
  }

  /** The next residue, uniform in 0 … p − 1. */
  next(): number {
    const p = this.#prime;
    for (;;) {
      if (this.#next === this.#words.length) {
        this.#words = this.#hash.words(this.#counter++);
        this.#next = 0;
      }
      const high = this.#words[this.#next++]!;
      const low = this.#words[this.#next++]!;
      if (high === 0xffffffff && low >= 2 ** 32 - this.#excess) continue;
      // Horner's rule in steps of 16 bits: every intermediate value stays below 2⁴⁸.
      return ((((high % p) * 0x10000 + (low >>> 16)) % p) * 0x10000 + (low & 0xffff)) % p;
    }
  }

  /** The next `count` residues. */
  take(count: number): Uint32Array {
    const residues = new Uint32Array(count);
    for (let i = 0; i < count; i++) residues[i] = this.next();
    return residues;
  }

  /** The next `count` residues that are not 0; zeros on the way are skipped. */
  takeUnits(count: number): Uint32Array {
    const residues = new Uint32Array(count);
    for (let i = 0; i < count;) if ((residues[i] = this.next()) !== 0) i++;
    return residues;
  }
}
