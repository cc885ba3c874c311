import { isPrime, maxWordPrime } from '../field/index.ts';

/** Below it a prime is not used: two of the sequence must be within a factor of 2 of each other, so that a balanced residue of one needs one correction for another. */
const leastWordPrime = 2 ** 30 + 2 ** 29;

const found: number[] = [];

/**
 * The primes from 2³¹ − 1 downwards, by index from 0: the same in every computation. Kept once found.
 *
 * There are more than 2²⁴ of them; a `RangeError` beyond.
 */
export function wordPrime(index: number): number {
  while (found.length <= index) {
    let candidate = found.length === 0 ? maxWordPrime : found[found.length - 1]! - 2;
    while (!isPrime(candidate)) candidate -= 2;
    if (candidate < leastWordPrime)
      throw new RangeError(`primes: expected fewer than ${found.length}, got ${index}`);
    found.push(candidate);
  }
  return found[index]!;
}

/** The first primes of the sequence, but for those that are left out, whose product is greater than `bound` ≥ 0; at least one. */
export function primesBeyond(bound: bigint, leaveOut: (prime: number) => boolean = () => false): number[] {
  const primes: number[] = [];
  let product = 1n;
  for (let i = 0; product <= bound || primes.length === 0; i++) {
    const prime = wordPrime(i);
    if (leaveOut(prime)) continue;
    primes.push(prime);
    product *= BigInt(prime);
  }
  return primes;
}
