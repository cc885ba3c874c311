import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  balance,
  balancedResidue,
  inverseModulo,
  MixedRadix,
  multiplyBalanced,
} from '../../src/rational/mixed-radix.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';

/** The ends of the range, and primes between. */
const primes = [wordPrime(0), wordPrime(1), wordPrime(500), 1610612741];

test('products modulo a prime, at the extremes of balanced residues', () => {
  const edges = [0, 1, -1, 2 ** 30, -(2 ** 30), 2 ** 30 - 1, 46341, -65536];
  const factor = fc.oneof(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.constantFrom(...edges));
  fc.assert(
    fc.property(factor, factor, fc.constantFrom(...primes), (a, b, p) => {
      const product = multiplyBalanced(a, b, p);
      expect((BigInt(product) - BigInt(a) * BigInt(b)) % BigInt(p)).toBe(0n);
      expect(Math.abs(product)).toBeLessThanOrEqual(p / 2 + 2 ** 10);
    }),
    { numRuns: 3000 },
  );
});

test('balanced representatives and inverses', () => {
  for (const p of primes) {
    const half = (p - 1) / 2;
    expect([half, -half, half + 1, -half - 1, p, -p].map((x) => balance(x, p))).toEqual([
      half,
      -half,
      -half,
      half,
      0,
      0,
    ]);
    expect(balancedResidue(-(2n ** 100n), p)).toBe(-balancedResidue(2n ** 100n, p));
    for (const x of [1n, -1n, 2n, 10n ** 50n])
      expect((x * BigInt(inverseModulo(x, p)) - 1n) % BigInt(p)).toBe(0n);
    expect(() => inverseModulo(5n * BigInt(p), p)).toThrow(`${p} divides`);
  }
});

test('an integer below half the product of the primes comes back from its residues, to the very ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.bigInt(0n, 2n ** 200n), fc.boolean(), (count, x, swap) => {
      const chosen = Array.from({ length: count }, (_, i) => wordPrime(swap ? 40 - i : i));
      const system = new MixedRadix(chosen);
      const half = (system.modulus - 1n) / 2n;
      for (const value of [x % (half + 1n), -(x % (half + 1n)), half, -half, half - 1n, 0n, 1n, -1n]) {
        const digits = chosen.map((prime) => balancedResidue(value, prime));
        system.toDigits(digits);
        expect(system.toInteger(digits)).toBe(value);
      }
    }),
    { numRuns: 300 },
  );
});
