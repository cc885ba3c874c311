import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxPrime, parsePrime, primeField } from '../../src/field/any-prime.ts';
import { LargePrimeField } from '../../src/field/large-prime-field.ts';
import { isPrime } from '../../src/field/primality.ts';
import { PrimeField } from '../../src/field/prime-field.ts';
import { largePrimes, largeResidue, mod, power } from '../kernel/large-matrices.ts';

test('the operations agree with the integers', () => {
  const cases = fc.constantFrom(...largePrimes).chain((prime) =>
    fc.record({
      prime: fc.constant(prime),
      a: largeResidue(prime),
      b: largeResidue(prime),
      x: fc.bigInt(),
      n: fc.maxSafeInteger(),
      e: fc.nat(50),
    }),
  );
  fc.assert(
    fc.property(cases, ({ prime, a, b, x, n, e }) => {
      const field = new LargePrimeField(prime);
      expect(field.add(a, b)).toBe(mod(a + b, prime));
      expect(field.subtract(a, b)).toBe(mod(a - b, prime));
      expect(field.multiply(a, b)).toBe(mod(a * b, prime));
      expect(field.power(a, e)).toBe(power(a, BigInt(e), prime));
      expect(field.reduce(x)).toBe(mod(x, prime));
      expect(field.reduce(n)).toBe(mod(BigInt(n), prime));
      if (a !== 0n) expect(field.inverse(a)).toBe(power(a, prime - 2n, prime));
    }),
    { numRuns: 1000 },
  );
  const field = new LargePrimeField(maxPrime);
  expect(() => field.inverse(0n)).toThrow(RangeError);
  for (const bad of [0.5, NaN, 2 ** 53]) expect(() => field.reduce(bad)).toThrow(RangeError);
});

test('the largest prime is the largest below 2^62', () => {
  expect(maxPrime).toBe(2n ** 62n - 57n);
  expect(isPrime(maxPrime)).toBe(true);
  for (let n = maxPrime + 1n; n < 2n ** 62n; n++) expect(isPrime(n)).toBe(false);
});

test('primes are numbers up to 2^31 − 1 and bigints above, however they are given', () => {
  for (const prime of [2147483647, 2147483647n, '2147483647']) expect(parsePrime(prime)).toBe(2147483647);
  for (const prime of [2147483659n, '2147483659']) expect(parsePrime(prime)).toBe(2147483659n);
  expect(primeField(7n)).toBeInstanceOf(PrimeField);
  expect(primeField('2147483659')).toBeInstanceOf(LargePrimeField);
  for (const bad of [0, 1, 4, -7, '07', '7 ', '', '1e3', 2.5, NaN, 2n ** 62n + 135n, 2n ** 61n, 2147483659])
    expect(() => parsePrime(bad)).toThrow(RangeError);
  for (const bad of [null, undefined, {}, true, [7]]) expect(() => parsePrime(bad)).toThrow(TypeError);
});
