import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bigArithmetic, smallArithmetic } from '../../src/verify/arithmetic.ts';
import { Residues } from '../../src/verify/residues.ts';
import { power } from './reference.ts';

// p − 1 is divisible by 2, 4, 16, 2⁸, 2³⁰ and 2³²: what Tonelli and Shanks depend on.
const primes = [
  3n,
  5n,
  17n,
  257n,
  4093n,
  67108859n,
  3221225473n,
  18446744069414584321n,
  18446744073709551557n,
];

const fieldOf = (p: bigint): Residues<bigint | number> =>
  (p < 2n ** 26n ? new Residues(smallArithmetic(Number(p)), p) : new Residues(bigArithmetic(p), p)) as never;

test.each(primes)('roots modulo %s: of every square the smaller one', (p) => {
  const field = fieldOf(p);
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: p - 1n }), (root) => {
      const smaller = root <= (p - 1n) / 2n ? root : p - root;
      const square = field.integer(root * root);
      expect(field.isSquare(square)).toBe(true);
      expect(BigInt(field.root(square))).toBe(smaller);
    }),
  );
});

test.each(primes)(
  'half of the residues modulo %s are squares: a product with no square changes sides',
  (p) => {
    const field = fieldOf(p);
    let nonresidue = 2n;
    while (power(nonresidue, (p - 1n) / 2n, p) === 1n) nonresidue++;
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: p - 1n }), (x) => {
        expect(field.isSquare(field.integer(x * x * nonresidue))).toBe(false);
      }),
    );
  },
);

test('powers, also negative ones, and fractions', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...primes),
      fc.bigInt({ min: 1n, max: 10n ** 6n }),
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      (p, x, n) => {
        fc.pre(x % p !== 0n);
        const field = fieldOf(p);
        const e = ((n % (p - 1n)) + p - 1n) % (p - 1n);
        expect(BigInt(field.power(field.integer(x), n))).toBe(power(x, e, p));
        const quotient = BigInt(field.fraction({ n, d: x }));
        expect((((quotient * x - n) % p) + p) % p).toBe(0n);
      },
    ),
  );
});
