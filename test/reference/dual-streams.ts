/* The streams of residues: docs/point.md, "Streams". */
import { sha256Words } from '../../src/sha256.ts';

/** The residues modulo p of one domain, one after the other. */
export class Stream {
  readonly #prefix: string;
  readonly #p: bigint;
  #counter = 0;
  #words: bigint[] = [];

  constructor(domain: string, seed: string, p: bigint) {
    this.#prefix = `dimcert/1/${domain}/${seed}/`;
    this.#p = p;
  }

  /** The next residue. */
  next(): bigint {
    for (;;) {
      if (this.#words.length === 0) this.#words = this.#hash(this.#counter++);
      const w = this.#words.shift()!;
      if (w < this.#p * (2n ** 64n / this.#p)) return w % this.#p;
    }
  }

  /** The next residue that is accepted; the others are skipped. */
  nextThat(accepted: (residue: bigint) => boolean): bigint {
    for (;;) {
      const residue = this.next();
      if (accepted(residue)) return residue;
    }
  }

  /** The next residue that is not 0. */
  nextUnit(): bigint {
    return this.nextThat((residue) => residue !== 0n);
  }

  #hash(counter: number): bigint[] {
    const half = sha256Words(new TextEncoder().encode(`${this.#prefix}${counter}`));
    return [0, 2, 4, 6].map((i) => BigInt(half[i]!) * 2n ** 32n + BigInt(half[i + 1]!));
  }
}
