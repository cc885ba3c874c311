import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { CountedHashes } from './sha256.ts';

/** Elementary operations that a drawn residue costs, about: a quarter of a block of SHA-256. */
export const operationsPerResidue = 2 ** 8;

/** Whether the word hi·2³² + lo is below p·⌊2⁶⁴/p⌋, so that its residue is uniform. */
export function acceptance(prime: bigint): (hi: number, lo: number) => boolean {
  // An odd prime does not divide 2⁶⁴: the limit is below it.
  const limit = prime * (2n ** 64n / prime);
  const limitHi = Number(limit >> 32n);
  const limitLo = Number(limit & 0xffffffffn);
  return (hi, lo) => hi < limitHi || (hi === limitHi && lo < limitLo);
}

/**
 * The residues of one domain of a seed (docs/point.md, "Streams"): the SHA-256 blocks of "dimcert/1/domain/seed/counter" as
 * big-endian 64-bit words, accepted below p·⌊2⁶⁴/p⌋, modulo p. Odd p < 2⁶⁴.
 */
export class ResidueStream<E> {
  readonly #f: Arithmetic<E>;
  readonly #blocks: CountedHashes;
  readonly #zeroes: boolean;
  readonly #accepts: (hi: number, lo: number) => boolean;
  #block: Int32Array = new Int32Array(0);
  #next = 0;

  /** In the domain `unit` the residue 0 is left out. `seed`: for the domain `witness` a digest. */
  constructor(domain: string, seed: string, prime: bigint, f: Arithmetic<E>) {
    this.#f = f;
    this.#blocks = new CountedHashes(`dimcert/1/${domain}/${seed}/`);
    this.#zeroes = domain !== 'unit';
    this.#accepts = acceptance(prime);
  }

  /** The next residue; without zeroes, the next that is not 0. */
  next(zeroes = this.#zeroes): E {
    for (;;) {
      if (this.#next === this.#block.length) {
        this.#block = this.#blocks.next();
        this.#next = 0;
      }
      const hi = this.#block[this.#next]! >>> 0;
      const lo = this.#block[this.#next + 1]! >>> 0;
      this.#next += 2;
      if (!this.#accepts(hi, lo)) continue;
      const residue = this.#f.fromWord(hi, lo);
      if (zeroes || residue !== this.#f.zero) return residue;
    }
  }

  async take(count: number, breath: Breath): Promise<Vector<E>> {
    const taken = this.#f.zeros(count);
    for (let i = 0; i < count; i++) {
      taken[i] = this.next();
      if (breath.due(operationsPerResidue)) await breath.take();
    }
    return taken;
  }

  /** Draws residues and throws them away. */
  async skip(count: number, breath: Breath): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.next();
      if (breath.due(operationsPerResidue)) await breath.take();
    }
  }
}
