import { expect, test } from 'vitest';
import { isPrime } from '../../src/field/primality.ts';

test('agrees with a sieve below 20000', () => {
  const limit = 20_000;
  const composite = new Uint8Array(limit);
  for (let n = 2; n < limit; n++) {
    expect(isPrime(n)).toBe(composite[n] === 0);
    for (let multiple = n * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
});

test('numbers below 2 and numbers that are no integers are not prime', () => {
  for (const n of [-7, -2, -1, 0, 1, 2.5, NaN, Infinity, 2 ** 53]) expect(isPrime(n)).toBe(false);
  expect(isPrime(-7n)).toBe(false);
});

test('known primes up to 2^64', () => {
  for (const p of [
    2147483629n,
    2147483647n,
    4294967291n,
    67280421310721n,
    2305843009213693951n,
    18446744073709551557n,
  ])
    expect(isPrime(p)).toBe(true);
});

test('strong pseudoprimes, Carmichael numbers and squares of primes are composite', () => {
  for (const n of [
    561n,
    1729n,
    2047n,
    3215031751n,
    3474749660383n,
    341550071728321n,
    3825123056546413051n,
    2147483647n ** 2n,
    18446744073709551615n,
  ])
    expect(isPrime(n)).toBe(false);
});

test('from 2^64 on nothing is claimed', () => {
  expect(isPrime((1n << 64n) - 1n)).toBe(false);
  expect(() => isPrime(1n << 64n)).toThrow(RangeError);
  expect(() => isPrime(1n << 64n)).toThrow('below 2^64');
});
