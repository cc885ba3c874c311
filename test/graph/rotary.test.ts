import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { RotaryFrequencies } from '../../src/graph/rotary.ts';
import type { Rotation } from '../../src/graph/tensor.ts';

function frequenciesOf(rotations: readonly Rotation[]): RotaryFrequencies {
  const graph = new GraphBuilder();
  const x = graph.input('tokens', 2, 16);
  for (const rotation of rotations) graph.rotate(x, rotation);
  return new RotaryFrequencies(graph.tensors);
}

/** base^(−2m/dim), in the order of the classes. */
const listed = (rotations: readonly Rotation[]): { base: number; dim: number; m: number }[] =>
  rotations.flatMap(({ base, dim }) => Array.from({ length: dim / 2 }, (_, m) => ({ base, dim, m })));

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** Is the natural number n the k-th power of one? */
function isPower(n: bigint, k: number): boolean {
  let root = 0n;
  for (let bit = 1n << BigInt(Math.ceil(n.toString(2).length / k)); bit > 0n; bit >>= 1n)
    if ((root + bit) ** BigInt(k) <= n) root += bit;
  return root ** BigInt(k) === n;
}

const rotations = fc.uniqueArray(
  fc.record({
    base: fc.constantFrom(2, 3, 4, 12, 18, 36, 100, 10000, 500000, 2147483647),
    dim: fc.constantFrom(2, 4, 6, 8, 12),
  }),
  { minLength: 1, maxLength: 3, selector: ({ base, dim }) => `${base} ${dim}` },
);

test('frequencies are integer multiples of that of their class, and of different classes where no ratio is rational', () => {
  fc.assert(
    fc.property(rotations, (list) => {
      const found = frequenciesOf(list);
      const all = listed(list).map(({ base, dim, m }) => ({
        base,
        dim,
        m,
        float: base ** ((-2 * m) / dim),
        ...found.of({ base, dim })[m]!,
      }));
      const byClass = Array.from({ length: found.circles }, (_, circle) =>
        all.filter((frequency) => frequency.circle === circle),
      );
      // Classes are numbered by first occurrence; the multiples within one have no common factor.
      const first = byClass.map(([frequency]) => all.indexOf(frequency!));
      expect(first).toEqual([...first].sort((a, b) => a - b));
      for (const members of byClass)
        expect(members.reduce((common, { multiple }) => gcd(common, multiple), 0n)).toBe(1n);

      for (const a of all)
        for (const b of all) {
          // (a/b)^n is rational for n = dim·dim'; a/b is if and only if it is an n-th power.
          const n = a.dim * b.dim;
          const above = BigInt(b.base) ** BigInt(2 * b.m * a.dim);
          const below = BigInt(a.base) ** BigInt(2 * a.m * b.dim);
          const common = gcd(above, below);
          const isRational = isPower(above / common, n) && isPower(below / common, n);
          expect(a.circle === b.circle).toBe(isRational);
          if (!isRational) continue;
          const ratio = a.float / b.float;
          expect(Math.abs(Number(a.multiple) / Number(b.multiple) / ratio - 1)).toBeLessThan(1e-12);
        }
    }),
    { numRuns: 60 },
  );
});

test('the usual base 10000 has rational frequencies for a = 4 and 8, the base 500000 has none', () => {
  const shown = (base: number, dim: number): string[] =>
    frequenciesOf([{ base, dim }])
      .of({ base, dim })
      .map(({ circle, multiple }) => `${multiple} of ${circle}`);
  expect(shown(10000, 4)).toEqual(['100 of 0', '1 of 0']);
  expect(shown(10000, 8)).toEqual(['1000 of 0', '100 of 0', '10 of 0', '1 of 0']);
  // 2^(5/2)·5^3
  expect(shown(500000, 4)).toEqual(['1 of 0', '1 of 1']);
  // Powers of 10^(1/8): eight classes.
  expect(frequenciesOf([{ base: 10000, dim: 64 }]).circles).toBe(8);
});
