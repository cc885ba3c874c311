import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxWordPrime, parseWordPrime, PrimeField } from '../../src/field/prime-field.ts';
import { primes, residue } from '../kernel/matrices.ts';

const mod = (value: bigint, prime: number): number =>
  Number(((value % BigInt(prime)) + BigInt(prime)) % BigInt(prime));

describe('the operations agree with BigInt', () => {
  const cases = fc
    .constantFrom(...primes)
    .chain((prime) => fc.record({ prime: fc.constant(prime), a: residue(prime), b: residue(prime) }));

  test('add, subtract, multiply', () => {
    fc.assert(
      fc.property(cases, ({ prime, a, b }) => {
        const field = new PrimeField(prime);
        const [x, y] = [BigInt(a), BigInt(b)];
        expect(field.add(a, b)).toBe(mod(x + y, prime));
        expect(field.subtract(a, b)).toBe(mod(x - y, prime));
        expect(field.multiply(a, b)).toBe(mod(x * y, prime));
      }),
      { numRuns: 2000 },
    );
  });

  test('inverse and power', () => {
    fc.assert(
      fc.property(cases, fc.nat(40), ({ prime, a }, exponent) => {
        const field = new PrimeField(prime);
        expect(field.power(a, exponent)).toBe(mod(BigInt(a) ** BigInt(exponent), prime));
        if (a !== 0) {
          expect(field.multiply(a, field.inverse(a))).toBe(1);
          expect(field.power(a, prime - 1)).toBe(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('reduce takes any safe integer and any bigint', () => {
    fc.assert(
      fc.property(fc.constantFrom(...primes), fc.maxSafeInteger(), fc.bigInt(), (prime, value, big) => {
        const field = new PrimeField(prime);
        expect(field.reduce(value)).toBe(mod(BigInt(value), prime));
        expect(field.reduce(big)).toBe(mod(big, prime));
      }),
    );
    const field = new PrimeField(7);
    expect(Object.is(field.reduce(-7), 0)).toBe(true);
    expect(Object.is(field.reduce(-0), 0)).toBe(true);
    for (const value of [0.5, NaN, Infinity, 2 ** 53])
      expect(() => field.reduce(value)).toThrow(
        new RangeError(`residue: expected a safe integer, got ${value}`),
      );
  });
});

test('0 has no inverse, in no field', () => {
  for (const prime of primes) expect(() => new PrimeField(prime).inverse(0)).toThrow(RangeError);
});

test('a prime is a number, a bigint or a decimal string', () => {
  expect([4093, 4093n, '4093'].map((prime) => new PrimeField(prime).prime)).toEqual([4093, 4093, 4093]);
  expect(parseWordPrime(maxWordPrime)).toBe(2147483647);
});

test('composite, too large and malformed primes are refused, and named', () => {
  for (const value of [-2, 0, 1, 4, 4095, 2 ** 31, 2147483659, 2.5, NaN, '', ' 7', '07', '7.0', '1e3', 9n])
    expect(() => parseWordPrime(value)).toThrow(RangeError);
  for (const value of [null, undefined, {}, true, [7]])
    expect(() => parseWordPrime(value)).toThrow(TypeError);
  expect(() => parseWordPrime(4095)).toThrow('prime: expected a prime up to 2147483647, got 4095');
  expect(() => parseWordPrime(2, 3)).toThrow('prime: expected an odd prime up to 2147483647, got 2');
});
