import { describe, expect, test } from 'vitest';
import { isOddPrime } from '../../src/verify/primality.ts';

test('agrees with a sieve below 20,000', () => {
  const composite = new Uint8Array(20_000);
  for (let n = 2n; n < 20_000n; n++) {
    if (!composite[Number(n)]) for (let m = Number(n * n); m < 20_000; m += Number(n)) composite[m] = 1;
    expect([n, isOddPrime(n)]).toEqual([n, n > 2n && !composite[Number(n)]]);
  }
});

test('not 0, 1, 2 or a negative number', () => {
  for (const n of [-3n, -1n, 0n, 1n, 2n]) expect(isOddPrime(n)).toBe(false);
});

describe('composites that fool weaker tests', () => {
  test.each([
    // ψ_k: the smallest strong pseudoprimes to the first k prime bases (Pomerance, Selfridge, Wagstaff; Jaeschke; Zhang; Jiang, Deng).
    2047n,
    1373653n,
    25326001n,
    3215031751n,
    2152302898747n,
    3474749660383n,
    341550071728321n,
    3825123056546413051n,
    // Carmichael numbers.
    561n,
    1729n,
    8911n,
    294409n,
    56052361n,
    118901521n,
    172947529n,
    // Squares and products of close primes.
    4093n * 4093n,
    4091n * 4093n,
    67108859n * 67108859n,
    67108859n * 67108837n,
    4294967291n * 4294967291n,
    4294967279n * 4294967291n,
    // Divisible by the bases, or by what they are made of.
    325n,
    9375n,
    450775n,
    1795265022n,
    1795265023n,
    2n ** 64n - 1n,
    2n ** 64n - 57n,
  ])('%s', (n) => {
    expect(isOddPrime(n)).toBe(false);
  });
});

test('primes at every boundary of the arithmetic', () => {
  for (const p of [3n, 5n, 13n, 4091n, 4093n, 67108837n, 67108859n, 67108879n, 4294967291n, 4294967311n])
    expect([p, isOddPrime(p)]).toEqual([p, true]);
  for (const p of [
    2n ** 31n - 1n,
    2n ** 61n - 1n,
    9223372036854775783n,
    18446744073709551533n,
    18446744073709551557n,
  ])
    expect([p, isOddPrime(p)]).toEqual([p, true]);
  // Prime divisors of the bases, for which a base is 0.
  for (const p of [5n, 7n, 13n, 19n, 73n, 193n, 407521n, 299210837n])
    expect([p, isOddPrime(p)]).toEqual([p, true]);
});
