import { isPrime } from '../field/primality.ts';
import { ResidueStream } from '../point/residue-stream.ts';
import type { Size } from './size.ts';

/** Primes are drawn from 2⁶⁰ … 2⁶¹. */
const primeBits = 60;
/** A lower bound of their number: π(2x) − π(x) > x/(3 ln 2x) for x ≥ 3 (Ramanujan 1919). */
const primeCount = 2 ** primeBits / (3 * (primeBits + 1) * Math.LN2);
/** A variable takes each of at least p − 3 residues equally often: all of them, all but 0, or all but 0 and the roots of 1 + τ² = 0. */
const leastResidues = 2 ** primeBits - 3;

/** A prime from 2⁶⁰ to 2⁶¹, uniform among them if SHA-256 is random. */
export function drawPrime(seed: string): bigint {
  const stream = new ResidueStream('prime', seed, 2n ** 61n - 1n);
  for (;;) {
    const candidate = stream.next() | 1n;
    if (candidate >> BigInt(primeBits) === 1n && isPrime(candidate)) return candidate;
  }
}

/**
 * The probability, at most, that a polynomial over Z that is not 0 vanishes at a random point modulo a random prime: its degree over the number of values of a
 * variable (Schwartz 1980, Zippel 1979), or the prime divides a coefficient, of which at most `bits`/60 primes do.
 */
export function probabilityOfZero({ degree, bits }: Pick<Size, 'degree' | 'bits'>): number {
  return degree / leastResidues + bits / primeBits / primeCount;
}
