import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { multiplyPolynomials } from '../../src/matrix/polynomial.ts';
import { primes, residue } from '../kernel/matrices.ts';

test('the product of polynomials is that of the definition', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...primes).chain((prime) => {
        const polynomial = fc.array(residue(prime), { minLength: 1, maxLength: 12 });
        return fc.record({ prime: fc.constant(prime), f: polynomial, g: polynomial });
      }),
      ({ prime, f, g }) => {
        const expected = Array.from({ length: f.length + g.length - 1 }, (_, k) =>
          f.reduce((sum, a, i) => sum + BigInt(a) * BigInt(g[k - i] ?? 0), 0n),
        );
        expect(Array.from(multiplyPolynomials(f, g, new PrimeField(prime)))).toEqual(
          expected.map((c) => Number(c % BigInt(prime))),
        );
      },
    ),
  );
});
