import { isOddPrime } from '../primality.ts';
import type { Program } from '../program.ts';
import { leastPrime } from './shape.ts';

/** A word of 64 bits that nobody could have foreseen. */
function randomWord(): bigint {
  const source = globalThis.crypto as Crypto | undefined;
  if (typeof source?.getRandomValues !== 'function')
    throw new Error(
      'a probable upper bound is verified at a random point: expected globalThis.crypto.getRandomValues, which is not there',
    );
  return source.getRandomValues(new BigUint64Array(1))[0]!;
}

/** A random seed of 128 bits. */
export const randomSeed = (): string => String((randomWord() << 64n) | randomWord());

/** A random prime from 2⁶⁰ to 2⁶¹, all equally likely, but for those modulo which the network has no image. */
export function randomPrime({ denominators }: Program): bigint {
  for (;;) {
    const candidate = leastPrime | (randomWord() % leastPrime) | 1n;
    const isAdmissible = [...denominators].every((denominator) => denominator % candidate !== 0n);
    if (isOddPrime(candidate) && isAdmissible) return candidate;
  }
}
