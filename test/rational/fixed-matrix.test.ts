import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.ts';
import { FixedMatrix } from '../../src/rational/fixed-matrix.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';

test('subtracts the product, for few vectors and for many, at the extremes of residues', () => {
  const cases = fc.record({
    rows: fc.nat(20),
    cols: fc.nat(40),
    vectors: fc.constantFrom(0, 1, 2, 5, 48, 49, 60),
    prime: fc.constantFrom(wordPrime(0), wordPrime(1), wordPrime(300)),
    extreme: fc.boolean(),
    build: fc.constantFrom('simd' as const, 'scalar' as const),
    stream: fc.infiniteStream(fc.nat(2 ** 31 - 2)),
  });
  fc.assert(
    fc.property(cases, ({ rows, cols, vectors, prime, extreme, build, stream }) => {
      const kernel = Kernel.create(prime, build);
      const some = (count: number): number[] =>
        Array.from({ length: count }, () => {
          const value = stream.next().value % prime;
          return extreme ? (prime - 1) / 2 + (value % 2) : value;
        });
      const [a, x, c] = [some(rows * cols), some(vectors * cols), some(vectors * rows)];
      const matrix = new FixedMatrix(kernel, rows, cols, vectors, (at, stride) => {
        for (let i = 0; i < rows; i++) kernel.write(at + 4 * i * stride, a.slice(i * cols, (i + 1) * cols));
      });
      const [from, to] = [Math.ceil(cols / 8) * 8, Math.ceil(rows / 8) * 8];
      const [atX, atC] = [kernel.allocate(vectors * from), kernel.allocate(vectors * to)];
      for (let v = 0; v < vectors; v++) {
        kernel.write(atX + 4 * v * from, x.slice(v * cols, (v + 1) * cols));
        kernel.write(atC + 4 * v * to, c.slice(v * rows, (v + 1) * rows));
      }
      matrix.subtractProduct(atX, atC);
      const p = BigInt(prime);
      for (let v = 0; v < vectors; v++) {
        const expected = Array.from({ length: rows }, (_, i) => {
          let sum = BigInt(c[v * rows + i]!);
          for (let j = 0; j < cols; j++) sum -= BigInt(a[i * cols + j]!) * BigInt(x[v * cols + j]!);
          return Number(((sum % p) + p) % p);
        });
        expect(Array.from(kernel.read(atC + 4 * v * to, rows))).toEqual(expected);
      }
    }),
    { numRuns: 150 },
  );
});

test('many terms', () => {
  const prime = wordPrime(0);
  const kernel = Kernel.create(prime);
  const cols = 3000;
  const ends = Array<number>(cols).fill((prime - 1) / 2);
  const matrix = new FixedMatrix(kernel, 1, cols, 1, (at) => kernel.write(at, ends));
  const [atX, atC] = [kernel.allocate(cols), kernel.allocate(8)];
  kernel.write(atX, ends);
  matrix.subtractProduct(atX, atC);
  const p = BigInt(prime);
  const sum = -BigInt(cols) * ((p - 1n) / 2n) ** 2n;
  expect(kernel.read(atC, 1)[0]).toBe(Number(((sum % p) + p) % p));
});
