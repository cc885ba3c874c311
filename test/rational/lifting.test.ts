import { expect, test } from 'vitest';
import { inverseModuloPrime } from '../../src/rational/core.ts';
import { Integers } from '../../src/rational/integers.ts';
import { Lifting } from '../../src/rational/lifting.ts';
import { finish } from '../../src/rational/steps.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';
import { generator, matrixOf, product, randomRows, turned } from './integers.ts';

test('A·(y₀ + y₁·p + …) is b modulo powers of p, whatever the lengths of A and b, with the first primes and with later ones', () => {
  const random = generator(51);
  for (const [n, k, bits, rhsBits, index] of [
    [1, 1, 1, 1, 0],
    [9, 1, 8, 8, 0],
    [9, 5, 60, 8, 2],
    [20, 2, 200, 8, 5],
    [20, 6, 4, 1000, 1],
    [9, 50, 30, 70, 3],
    [23, 1, 8, 1400, 0],
    [23, 1, 1500, 8, 0],
  ] as const) {
    const prime = wordPrime(index);
    const p = BigInt(prime);
    const a = randomRows(random, n, n, bits).map((row, i) =>
      row.map((entry, j) => (i === j ? entry * 2n + 1n : entry)),
    );
    const rhs = randomRows(random, k, n, rhsBits);
    const matrix = Integers.of(matrixOf(a, n));
    const lifting = new Lifting(
      matrix,
      Integers.of(matrixOf(rhs, n)),
      prime,
      finish(inverseModuloPrime(matrix, prime)),
    );
    const x = rhs.map((row) => row.map(() => 0n));
    for (let count = 0; count < 30; count++) {
      const digits = lifting.next();
      for (let v = 0; v < k; v++)
        for (let i = 0; i < n; i++) {
          const digit = digits[v * lifting.stride + i]!;
          expect(Math.abs(digit)).toBeLessThan(prime / 2);
          x[v]![i]! += BigInt(digit) * p ** BigInt(count);
        }
      const power = p ** BigInt(count + 1);
      const image = product(x, turned(a, n), n);
      for (let v = 0; v < k; v++)
        for (let i = 0; i < n; i++) expect((image[v]![i]! - rhs[v]![i]!) % power).toBe(0n);
    }
    lifting.close();
  }
});
