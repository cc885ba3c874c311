import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LargePrimeField } from '../../src/field/large-prime-field.ts';
import { PrimeField } from '../../src/field/prime-field.ts';
import { SquareRoots, unitPower } from '../../src/field/square-root.ts';

/** On both sides of the table, with few and many factors 2 in p − 1, and up to the largest primes. */
const primes = [3, 5, 7, 17, 97, 12289, 16381, 16411, 40961, 65537, 786433, 67108859, 2013265921, 2147483647];

describe.each(primes)('modulo %i', (prime) => {
  const field = new PrimeField(prime);
  const roots = new SquareRoots(field);
  const unit = fc.integer({ min: 1, max: prime - 1 });
  const settings = { numRuns: 200, examples: [[1], [prime - 1], [(prime - 1) / 2]] as [number][] };

  test('the root of a square is the smaller of its two roots', () => {
    fc.assert(
      fc.property(unit, (x) => {
        const square = field.multiply(x, x);
        expect(roots.root(square)).toBe(Math.min(x, prime - x));
        expect(roots.isSquare(square)).toBe(true);
      }),
      settings,
    );
  });

  test('a square times what is no square has no root', () => {
    const squares = Array.from({ length: 50 }, (_, n) => n + 2).filter((n) => n < prime);
    const nonSquare = squares.find((n) => unitPower(field, n, BigInt(prime - 1) / 2n) !== 1)!;
    expect(nonSquare).toBeGreaterThan(1);
    fc.assert(
      fc.property(unit, (x) => {
        const other = field.multiply(nonSquare, field.multiply(x, x));
        expect([roots.root(other), roots.isSquare(other)]).toEqual([null, false]);
      }),
      settings,
    );
  });

  test('0 has none: it is no square of a unit', () => {
    expect([roots.root(0), roots.isSquare(0)]).toEqual([null, false]);
  });

  test('fields of words and of large primes find the same roots', () => {
    const large = new SquareRoots(new LargePrimeField(BigInt(prime)));
    fc.assert(
      fc.property(unit, (x) => {
        const root = roots.root(x);
        expect(large.root(BigInt(x))).toBe(root === null ? null : BigInt(root));
      }),
      settings,
    );
  });
});

test('every residue modulo a prime without table: half of them are squares, and roots are right', () => {
  const prime = 16417;
  const field = new PrimeField(prime);
  const roots = new SquareRoots(field);
  const expected = new Map<number, number>();
  for (let x = 1; x <= (prime - 1) / 2; x++) expected.set(field.multiply(x, x), x);
  for (let a = 0; a < prime; a++)
    if (roots.root(a) !== (expected.get(a) ?? null)) throw new Error(`the root of ${a} is wrong`);
  expect(expected.size).toBe((prime - 1) / 2);
});

test('powers of units count exponents modulo p - 1, also below 0', () => {
  const field = new PrimeField(65537);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65536 }), fc.integer({ min: -20, max: 20 }), (a, exponent) => {
      const base = exponent < 0 ? field.inverse(a) : a;
      const product = Array.from({ length: Math.abs(exponent) }, () => base).reduce(
        (x, y) => field.multiply(x, y),
        1,
      );
      expect(unitPower(field, a, BigInt(exponent))).toBe(product);
      expect(unitPower(field, a, BigInt(exponent) + 65536n * 3n)).toBe(product);
    }),
  );
});
