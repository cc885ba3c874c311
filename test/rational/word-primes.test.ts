import { expect, test } from 'vitest';
import { isPrime } from '../../src/field/index.ts';
import { primesBeyond, wordPrime } from '../../src/rational/word-primes.ts';

test('all primes from 2³¹ − 1 downwards', () => {
  expect(wordPrime(0)).toBe(2147483647);
  let candidate = 2147483647;
  for (let i = 1; i < 40; i++) {
    do candidate--;
    while (!isPrime(candidate));
    expect(wordPrime(i)).toBe(candidate);
  }
});

test('as many as a bound takes, none too many', () => {
  const [p, q, r] = [0, 1, 2].map((i) => BigInt(wordPrime(i)));
  expect(primesBeyond(0n)).toEqual([Number(p)]);
  expect(primesBeyond(p! - 1n)).toEqual([Number(p)]);
  expect(primesBeyond(p!)).toEqual([Number(p), Number(q)]);
  expect(primesBeyond(p! * q! - 1n)).toHaveLength(2);
  expect(primesBeyond(p! * q!)).toHaveLength(3);
  expect(primesBeyond(p!, (prime) => BigInt(prime) === q)).toEqual([Number(p), Number(r)]);
});
