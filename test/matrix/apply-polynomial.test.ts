import { describe, expect, test } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.ts';
import { applyPolynomial } from '../../src/matrix/apply-polynomial.ts';
import { generator, primes } from '../kernel/matrices.ts';
import { applied } from './polynomials.ts';

describe.each(['simd', 'scalar'] as const)('%s kernel', (build) => {
  test('V·f(A) is that of the definition: few vectors and many, any degree, any stride', () => {
    for (const prime of primes) {
      const random = generator(prime);
      const kernel = Kernel.create(prime, build);
      const mark = kernel.mark();
      for (const [n, m, degree] of [
        [0, 1, 0],
        [1, 1, 3],
        [5, 2, 0],
        [5, 0, 4],
        [12, 1, 12],
        [9, 9, 40],
        [3, 1, 127],
        [7, 30, 128],
      ] as const) {
        const rowsOf = (rows: number): number[][] =>
          Array.from({ length: rows }, () => Array.from({ length: n }, () => random(prime)));
        const [rows, given] = [rowsOf(n), rowsOf(m)];
        const f = Array.from({ length: degree + 1 }, () => random(prime));
        const stride = n + 3;
        const matrix = kernel.allocate(n * stride);
        for (const [i, row] of rows.entries()) kernel.write(matrix + i * stride * kernel.elementBytes, row);
        const vectors = kernel.allocate(m * n);
        kernel.write(vectors, given.flat());
        const result = applyPolynomial(kernel, f, n, matrix, stride, m, vectors);
        expect(Array.from(kernel.read(result, m * n))).toEqual(applied(given, f, rows, prime).flat());
        expect(Array.from(kernel.read(vectors, m * n))).toEqual(given.flat());
        kernel.release(mark);
      }
    }
  });
});
