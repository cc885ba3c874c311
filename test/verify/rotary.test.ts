import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorization, rotaryAngles } from '../../src/verify/rotary.ts';

const multipleOf = (multiple: readonly (readonly [bigint, bigint])[]): bigint =>
  multiple.reduce((product, [q, exponent]) => product * q ** exponent, 1n);

const shown = (...rotaries: { base: number; dim: number }[]) =>
  rotaryAngles(rotaries).angles.map((all) => all.map(({ group, multiple }) => [group, multipleOf(multiple)]));

test('classes: the usual base is not independent, Llama’s is', () => {
  expect(shown({ base: 10000, dim: 4 })).toEqual([
    [
      [0, 100n],
      [0, 1n],
    ],
  ]);
  expect(shown({ base: 10000, dim: 8 })).toEqual([
    [
      [0, 1000n],
      [0, 100n],
      [0, 10n],
      [0, 1n],
    ],
  ]);
  expect(rotaryAngles([{ base: 10000, dim: 64 }]).groups).toBe(8);
  expect(rotaryAngles([{ base: 500000, dim: 128 }]).groups).toBe(64);
  // 1, 1/2 beside 1, 1/12: a common denominator.
  expect(shown({ base: 4, dim: 4 }, { base: 144, dim: 4 })).toEqual([
    [
      [0, 12n],
      [0, 6n],
    ],
    [
      [0, 12n],
      [0, 1n],
    ],
  ]);
});

test('in a class multiples are proportional to frequencies', () => {
  const rotary = fc.record({
    base: fc.integer({ min: 2, max: 2 ** 31 - 1 }),
    half: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(rotary, { minLength: 1, maxLength: 3 }), (list) => {
      const rotaries = list.map(({ base, half }) => ({ base, dim: 2 * half }));
      const { angles } = rotaryAngles(rotaries);
      const all = angles.flatMap((of, n) =>
        of.map(({ group, multiple }, m) => ({
          group,
          log: multiple.reduce((sum, [q, exponent]) => sum + Number(exponent) * Math.log(Number(q)), 0),
          frequency: (-2 * m * Math.log(rotaries[n]!.base)) / rotaries[n]!.dim,
        })),
      );
      for (const a of all) {
        expect(a.log).toBeGreaterThanOrEqual(0);
        for (const b of all)
          if (a.group === b.group) expect(a.log - b.log).toBeCloseTo(a.frequency - b.frequency, 8);
      }
    }),
  );
});

test('factors: their product, of primes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 2 ** 31 - 1 }), (n) => {
      const factors = factorization(n);
      expect(factors.reduce((product, [q, exponent]) => product * q ** exponent, 1)).toBe(n);
      for (const [q] of factors) expect(factorization(q)).toEqual([[q, 1]]);
    }),
  );
  expect(factorization(2147483647)).toEqual([[2147483647, 1]]);
});
