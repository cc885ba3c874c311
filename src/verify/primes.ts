import { demand } from './fault.ts';
import { isOddPrime } from './primality.ts';
import type { Program } from './program.ts';

/** Rejects what is no odd prime below 2⁶⁴, and a prime modulo which a number of the network has no image, or a power is no longer one. */
export function demandAdmissible(
  path: string,
  prime: bigint,
  { denominators, largestExponent }: Program,
): void {
  demand(prime < 1n << 64n && isOddPrime(prime), path, 'an odd prime below 2^64', String(prime));
  demand(
    prime > BigInt(largestExponent),
    path,
    `a prime above the exponent ${largestExponent}`,
    String(prime),
  );
  for (const denominator of denominators)
    demand(
      denominator % prime !== 0n,
      path,
      'a prime that divides no denominator, width of a norm or factor before a norm',
      String(prime),
    );
}
