import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiply } from '../../src/matrix/multiply.ts';
import { primes, product, rowsOf } from '../kernel/matrices.ts';

test('the product of any small matrices is that of the definition', () => {
  const shape = fc.record({ prime: fc.constantFrom(...primes), m: fc.nat(7), k: fc.nat(7), n: fc.nat(11) });
  fc.assert(
    fc.property(
      shape.chain(({ prime, m, k, n }) =>
        fc.record({
          prime: fc.constant(prime),
          k: fc.constant(k),
          n: fc.constant(n),
          a: rowsOf(prime, m, k),
          b: rowsOf(prime, k, n),
        }),
      ),
      ({ prime, k, n, a, b }) => {
        const got = multiply(
          { rows: a.length, cols: k, data: a.flat() },
          { rows: k, cols: n, data: b.flat() },
          prime,
        );
        expect([got.rows, got.cols]).toEqual([a.length, n]);
        expect(Array.from(got.data)).toEqual(product(a, b, n, prime).flat());
      },
    ),
    { numRuns: 300 },
  );
});

test('the result is a copy, and entries of any sign are reduced', () => {
  const a = { rows: 1, cols: 2, data: [1, 2] };
  const first = multiply(a, { rows: 2, cols: 1, data: [3, -4] }, 7);
  multiply(a, { rows: 2, cols: 1, data: [1, 1] }, 7);
  expect(first).toEqual({ rows: 1, cols: 1, data: Uint32Array.of(2) });
});

test('shapes that do not fit, bad entries and bad primes are refused, and named', () => {
  const a = { rows: 1, cols: 2, data: [1, 2] };
  expect(() => multiply(a, a, 7)).toThrow(new RangeError('b.rows: expected the columns of a, 2, got 1'));
  expect(() => multiply(a, { rows: 2, cols: 1, data: [1, NaN] }, 7)).toThrow('b.data[1]');
  expect(() => multiply({ ...a, rows: 2 }, a, 7)).toThrow('a.data: expected 2 × 2 entries, got 2');
  expect(() => multiply(a, a, 6)).toThrow('prime: expected a prime');
});

test('products beyond 4 GiB are refused before any work', () => {
  const column = { rows: 50_000, cols: 1, data: new Uint8Array(50_000) };
  const row = { rows: 1, cols: 50_000, data: new Uint8Array(50_000) };
  expect(() => multiply(column, row, 8209)).toThrow(
    /memory: expected at most 4096 MiB in all, got 95\d\d MiB/,
  );
});
