import type { Residue, ResidueArray } from '../field/residue.ts';
import { CountedHash } from '../sha256.ts';

/** What is drawn from a stream of its own: docs/point.md, "Streams". */
export type Domain =
  'theta' | 'circle' | 'constant' | 'input' | 'unit' | 'log' | 'prime' | 'witness' | `redraw-${number}`;

/**
 * The residues that a seed gives in one domain: SHA-256("dimcert/1/" ‖ domain ‖ "/" ‖ seed ‖ "/" ‖ counter) for
 * counter = 0, 1, 2, …, read as big-endian 64-bit words w; w is accepted below p·⌊2⁶⁴/p⌋ and gives w mod p.
 *
 * Any language's hash library reproduces it. Primes below 2⁶².
 */
export class ResidueStream<R extends Residue = number> {
  readonly #hash: CountedHash;
  readonly #prime: R;
  /** 2⁶⁴ mod p: the words from 2⁶⁴ − excess on are rejected. */
  readonly #excess: bigint;
  #counter = 0;
  #words: Uint32Array = new Uint32Array(0);
  #next = 0;

  constructor(domain: Domain, seed: string, prime: R) {
    this.#hash = new CountedHash(`dimcert/1/${domain}/${seed}/`);
    this.#prime = prime;
    this.#excess = 2n ** 64n % BigInt(prime);
  }

  /** The next residue, uniform in 0 … p − 1. */
  next(): R {
    const prime = this.#prime;
    return (typeof prime === 'number' ? this.#nextNumber(prime) : this.#nextBigint(prime)) as R;
  }

  /** The next `count` residues. */
  take(count: number): ResidueArray<R> {
    const residues = this.#array(count);
    for (let i = 0; i < count; i++) residues[i] = this.next();
    return residues as ResidueArray<R>;
  }

  /** The next `count` residues that are not 0; zeros on the way are skipped. */
  takeUnits(count: number): ResidueArray<R> {
    const residues = this.#array(count);
    for (let i = 0; i < count; i++) residues[i] = this.nextUnit();
    return residues as ResidueArray<R>;
  }

  /** The next residue that is not 0. */
  nextUnit(): R {
    for (;;) {
      const residue = this.next();
      if (Number(residue) !== 0) return residue;
    }
  }

  #array(count: number): { [index: number]: Residue } {
    return typeof this.#prime === 'number' ? new Uint32Array(count) : new BigUint64Array(count);
  }

  #fill(): void {
    if (this.#next < this.#words.length) return;
    this.#words = this.#hash.words(this.#counter++);
    this.#next = 0;
  }

  #nextNumber(p: number): number {
    const rejected = 2 ** 32 - Number(this.#excess);
    for (;;) {
      this.#fill();
      const high = this.#words[this.#next++]!;
      const low = this.#words[this.#next++]!;
      if (high === 0xffffffff && low >= rejected) continue;
      // Horner's rule in steps of 16 bits: every intermediate value stays below 2⁴⁸.
      return ((((high % p) * 0x10000 + (low >>> 16)) % p) * 0x10000 + (low & 0xffff)) % p;
    }
  }

  #nextBigint(p: bigint): bigint {
    const rejected = 2n ** 64n - this.#excess;
    for (;;) {
      this.#fill();
      const high = this.#words[this.#next++]!;
      const low = this.#words[this.#next++]!;
      const word = (BigInt(high) << 32n) | BigInt(low);
      if (word < rejected) return word % p;
    }
  }
}
