import { expect, test } from 'vitest';
import { nextResidualBound } from '../../src/rational/bounds.ts';
import { Integers } from '../../src/rational/integers.ts';
import { balancedResidue } from '../../src/rational/mixed-radix.ts';
import { ModularResiduals } from '../../src/rational/modular-residuals.ts';
import { IntegerResiduals } from '../../src/rational/residuals.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';
import { generator, matrixOf, randomRows } from './integers.ts';

test('modular and as integers: the same, whatever the lengths, also where b is longer than A', () => {
  const random = generator(71);
  for (const [n, k, bits, rhsBits, index] of [
    [1, 1, 1, 1, 0],
    [5, 1, 8, 8, 1],
    [9, 3, 60, 8, 2],
    [12, 5, 200, 8, 5],
    [7, 2, 4, 700, 0],
    [17, 1, 31, 62, 3],
  ] as const) {
    const prime = wordPrime(index);
    // Of determinant ±1, so that every residual has digits: an upper triangle, whose solutions are found from below.
    const a = randomRows(random, n, n, bits).map((row, i) =>
      row.map((entry, j) => (i === j ? 1n : i > j ? 0n : entry)),
    );
    const matrix = Integers.of(matrixOf(a, n));
    const rhs = Integers.of(matrixOf(randomRows(random, k, n, rhsBits), n));
    const rowSum = BigInt(n) * matrix.largest();
    let bound = rowSum > rhs.largest() ? rowSum : rhs.largest();
    const modular = new ModularResiduals(matrix, rhs, prime, bound);
    const exact = new IntegerResiduals(matrix, rhs, prime);
    const stride = Math.ceil(n / 8) * 8;
    const p = BigInt(prime);
    for (let count = 0; count < 40; count++) {
      const [modularClasses, classes] = [new Int32Array(k * stride), new Int32Array(k * stride)];
      modular.moduloPrime(modularClasses);
      exact.moduloPrime(classes);
      expect(modularClasses).toEqual(classes);
      const digits = new Int32Array(k * stride);
      for (let v = 0; v < k; v++)
        for (let i = n - 1; i >= 0; i--) {
          let digit = BigInt(classes[v * stride + i]!);
          for (let j = i + 1; j < n; j++) digit -= a[i]![j]! * BigInt(digits[v * stride + j]!);
          const residue = ((digit % p) + p) % p;
          digits[v * stride + i] = Number(2n * residue > p ? residue - p : residue);
        }
      modular.divide(digits);
      exact.divide(digits);
      bound = nextResidualBound(bound, rowSum, prime);
      expect(exact.toIntegers().largest()).toBeLessThanOrEqual(bound);
      modular.dropPrimes(bound);
    }
    modular.close();
  }
});

test('as many primes are kept as a bound takes', () => {
  const prime = wordPrime(0);
  const one = Integers.of({ rows: 1, cols: 1, data: [1] });
  let modulus = 1n;
  for (let i = 1; i < 8; i++) {
    modulus *= BigInt(wordPrime(i));
    for (const largest of [modulus / 2n, (modulus * 2n) / 3n, modulus])
      for (const residual of [largest, -largest]) {
        const rhs = Integers.of({ rows: 1, cols: 1, data: [residual] });
        const residuals = new ModularResiduals(one, rhs, prime, 2n ** 400n);
        residuals.dropPrimes(largest);
        const classes = new Int32Array(8);
        residuals.moduloPrime(classes);
        expect(classes[0]).toBe(balancedResidue(residual, prime));
        residuals.close();
      }
  }
});

test('digits that do not fit are noticed', () => {
  const one = Integers.of({ rows: 1, cols: 1, data: [1] });
  const residuals = new IntegerResiduals(one, one, wordPrime(0));
  expect(() => residuals.divide(new Int32Array(8))).toThrow('a residual is not divisible by 2147483647');
});
