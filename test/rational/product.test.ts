import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Integers } from '../../src/rational/integers.ts';
import { productOverZ } from '../../src/rational/product.ts';
import { finish } from '../../src/rational/steps.ts';
import { generator, matrixOf, product, randomRows, rowsOf, turned, type Rows } from './integers.ts';

/** X·Aᵀ. */
function computed(a: Rows, x: Rows, n: number): bigint[] {
  return finish(productOverZ(Integers.of(matrixOf(a, n)), Integers.of(matrixOf(x, n))));
}

test('is the product by the definition', () => {
  const factors = fc
    .tuple(fc.nat(5), fc.nat(12), fc.nat(5))
    .chain(([m, n, k]) =>
      fc.record({ n: fc.constant(n), m: fc.constant(m), a: rowsOf(m, n), x: rowsOf(k, n) }),
    );
  fc.assert(
    fc.property(factors, ({ n, m, a, x }) => {
      expect(computed(a, x, n)).toEqual(product(x, turned(a, n), m).flat());
    }),
    { numRuns: 300 },
  );
});

test('every entry extreme, of one sign and of the other', () => {
  for (const bits of [1n, 30n, 31n, 52n, 53n, 104n, 1000n])
    for (const n of [1, 8, 125, 126, 300]) {
      const extreme = 2n ** bits - 1n;
      const a = [Array<bigint>(n).fill(extreme), Array<bigint>(n).fill(-extreme)];
      const expected = BigInt(n) * extreme * extreme;
      expect(computed(a, a, n)).toEqual([expected, -expected, -expected, expected]);
    }
});

test('at the end of what the primes can tell, of either sign', () => {
  const limb = 2n ** 52n - 1n;
  for (let k = 1n; k < 130n; k++)
    for (const sign of [1n, -1n]) {
      // 512 terms: more than are multiplied as bigints.
      const a = [Array<bigint>(512).fill(3n * 2n ** k)];
      expect(computed(a, [Array<bigint>(512).fill(sign * limb)], 512)).toEqual([
        sign * 1536n * 2n ** k * limb,
      ]);
    }
});

test('in several chunks', () => {
  const random = generator(41);
  const [a, x] = [randomRows(random, 1, 200, 20), randomRows(random, 4, 200, 20)];
  x[1]![7] = 2n ** 600_000n + 5n;
  expect(computed(a, x, 200)).toEqual(product(x, turned(a, 200), 1).flat());
});
