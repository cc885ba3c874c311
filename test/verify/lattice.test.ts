import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from '../../src/verify/budget.ts';
import { fraction, isZero, type Fraction } from '../../src/verify/fraction.ts';
import { UnitLattice } from '../../src/verify/lattice.ts';

const vectorOf = (...entries: Fraction[]): ReadonlyMap<number, Fraction> =>
  new Map(entries.map((entry, i) => [i + 5, entry] as const).filter(([, entry]) => !isZero(entry)));

/** The powers of the units of all arguments, as vectors. */
function powersOf(vectors: readonly ReadonlyMap<number, Fraction>[]): {
  basis: (number | null)[];
  powers: bigint[][];
} {
  const lattice = new UnitLattice(new Budget());
  const basis = vectors.map((vector) => lattice.add(vector));
  const dimension = basis.filter((k) => k !== null).length;
  const powers = lattice.factors().map((factors) => {
    const row = Array.from({ length: dimension }, () => 0n);
    for (const { basis: k, power } of factors) row[k] = power;
    return row;
  });
  return { basis, powers };
}

test('examples of the document', () => {
  const [z, half, twice] = [fraction(1n), fraction(1n, 2n), fraction(2n)];
  // e^{2z} is the square of e^z, and e^z of e^{z/2}, whichever comes first.
  expect(powersOf([vectorOf(z), vectorOf(twice)]).powers).toEqual([[1n], [2n]]);
  expect(powersOf([vectorOf(twice), vectorOf(z)]).powers).toEqual([[2n], [1n]]);
  expect(powersOf([vectorOf(twice), vectorOf(fraction(-3n))]).powers).toEqual([[2n], [-3n]]);
  expect(powersOf([vectorOf(z), vectorOf(half)])).toEqual({ basis: [0, null], powers: [[2n], [1n]] });
  // e^{x+y} = e^x·e^y
  const none = fraction(0n);
  expect(powersOf([vectorOf(z), vectorOf(none, z), vectorOf(z, z)]).powers).toEqual([
    [1n, 0n],
    [0n, 1n],
    [1n, 1n],
  ]);
  expect(powersOf([vectorOf()])).toEqual({ basis: [null], powers: [[]] });
});

test('the powers generate all integer vectors, and have the relations of the arguments', () => {
  const entry = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 1, max: 4 }));
  const vector = fc.tuple(entry, entry);
  fc.assert(
    fc.property(fc.array(vector, { minLength: 3, maxLength: 5 }), (all) => {
      // 12 times the arguments are integers.
      const scaled = all.map((v) => v.map(([n, d]) => BigInt((12 / d) * n)) as [bigint, bigint]);
      const { basis, powers } = powersOf(
        all.map(([a, b]) =>
          vectorOf(fraction(BigInt(a[0]), BigInt(a[1])), fraction(BigInt(b[0]), BigInt(b[1]))),
        ),
      );
      fc.pre(basis.filter((k) => k !== null).length === 2);
      const det = ([a, b]: readonly bigint[], [c, d]: readonly bigint[]): bigint => a! * d! - b! * c!;
      const minors = powers.flatMap((u, i) => powers.slice(i + 1).map((v) => det(u, v)));
      const gcd = (x: bigint, y: bigint): bigint => (y === 0n ? (x < 0n ? -x : x) : gcd(y, x % y));
      expect(minors.reduce(gcd, 0n)).toBe(1n);
      // By Cramer's rule: u·det(v, w) + v·det(w, u) + w·det(u, v) = 0.
      const [u, v, w] = scaled as unknown as [bigint[], bigint[], bigint[]];
      for (const k of [0, 1])
        expect(powers[0]![k]! * det(v, w) + powers[1]![k]! * det(w, u) + powers[2]![k]! * det(u, v)).toBe(0n);
    }),
  );
});
