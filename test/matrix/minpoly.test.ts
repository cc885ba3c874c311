import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Krylov } from '../../src/kernel/krylov.ts';
import { charpoly, minpoly, transpose, type Matrix } from '../../src/matrix/index.ts';
import { generator, primes, product, rowsOf, type Rows } from '../kernel/matrices.ts';
import {
  applied,
  blockDiagonal,
  conjugated,
  divided,
  prescribed,
  randomFactors,
  referenceMinpoly,
} from './polynomials.ts';

function matrixOf(rows: Rows): Matrix {
  return { rows: rows.length, cols: rows.length, data: rows.flat() };
}

function polynomialOf(rows: Rows, prime: number): number[] {
  return Array.from(minpoly(matrixOf(rows), prime));
}

/** Square matrices of up to 6 rows: any, thin, of zeros and ones, and with blocks that repeat. */
const square = fc.constantFrom(2, 2, 3, 5, ...primes).chain((prime) =>
  fc.tuple(fc.nat(6), fc.nat(3), fc.nat()).chain(([n, r, seed]) =>
    fc.record({
      prime: fc.constant(prime),
      rows: fc.oneof(
        rowsOf(prime, n, n),
        fc.tuple(rowsOf(prime, n, r), rowsOf(prime, r, n)).map(([a, b]) => product(a, b, n, prime)),
        rowsOf(2, n, n),
        rowsOf(prime, r, r).map((block) => conjugated(blockDiagonal([block, block]), prime, generator(seed))),
      ),
    }),
  ),
);

test('it is the first dependence between I, A, A², …', () => {
  fc.assert(
    fc.property(square, ({ prime, rows }) => {
      expect(polynomialOf(rows, prime)).toEqual(referenceMinpoly(rows, prime));
    }),
    { numRuns: 500 },
  );
});

test('A satisfies it, it divides the characteristic polynomial, and A and its transpose have the same', () => {
  fc.assert(
    fc.property(square, ({ prime, rows }) => {
      const f = polynomialOf(rows, prime);
      expect(f.at(-1)).toBe(1);
      const identity = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 : 0)));
      expect(
        applied(identity, f, rows, prime)
          .flat()
          .every((entry) => entry === 0),
      ).toBe(true);
      const characteristic = Array.from(charpoly(matrixOf(rows), prime), BigInt);
      expect(divided(characteristic, f.map(BigInt), BigInt(prime))[1]).toEqual([]);
      expect(Array.from(minpoly(transpose(matrixOf(rows)), prime))).toEqual(f);
    }),
    { numRuns: 200 },
  );
});

describe.each([2, 3, 4093, 8191, 8209, 2147483647])('modulo %d', (prime) => {
  const random = generator(prime);

  test('the least common multiple of the polynomials of companion matrices, for every order up to 40', () => {
    for (let n = 0; n <= 40; n++) {
      const { rows, minpoly: expected } = prescribed(randomFactors(n, prime, random), prime, random);
      expect(polynomialOf(rows, prime)).toEqual(expected);
    }
  });

  test('the same across blocks of rows: one cycle, a few, many', () => {
    const linear = [random(prime), 1];
    const long = (degree: number): number[] => [...Array.from({ length: degree }, () => random(prime)), 1];
    const repeated = long(24);
    for (const factors of [
      [long(130)],
      [long(60), long(50)],
      [repeated, repeated, repeated, repeated, linear],
      [long(40), ...Array.from({ length: 60 }, () => linear)],
      randomFactors(100, prime, random),
    ]) {
      const { rows, minpoly: expected } = prescribed(factors, prime, random);
      expect(polynomialOf(rows, prime)).toEqual(expected);
    }
  });

  test('identity, scalar and zero matrices: x − c', () => {
    for (const n of [1, 5, 33])
      for (const c of [0, 1, prime - 1])
        expect(polynomialOf(blockDiagonal(Array.from({ length: n }, () => [[c]])), prime)).toEqual([
          (prime - c) % prime,
          1,
        ]);
  });

  test('Jordan blocks: (x − c)^k for the largest block of each eigenvalue; nilpotent matrices: x^k', () => {
    const jordan = (eigenvalue: number, size: number): Rows =>
      Array.from({ length: size }, (_, i) =>
        Array.from({ length: size }, (_, j) => (i === j ? eigenvalue : j === i + 1 ? 1 : 0)),
      );
    for (const [first, second] of [
      [0, 0],
      [0, 1],
      [prime - 1, 0],
    ] as const) {
      const blocks = [
        [first, 5],
        [second, 3],
        [first, 1],
        [second, 7],
        [first, 2],
      ] as const;
      const rows = blockDiagonal(blocks.map(([eigenvalue, size]) => jordan(eigenvalue, size)));
      const powers = first === second ? [[first, 7] as const] : [[first, 5] as const, [second, 7] as const];
      const { charpoly: expected } = prescribed(
        powers.flatMap(([c, k]) => Array.from({ length: k }, () => [(prime - c) % prime, 1])),
        prime,
        random,
      );
      expect(polynomialOf(rows, prime)).toEqual(expected);
      expect(polynomialOf(conjugated(rows, prime, random), prime)).toEqual(expected);
    }
  });
});

test('p distinct entries on the diagonal, each twice: x^p − x (Fermat)', () => {
  for (const prime of [2, 3, 5, 31, 127]) {
    const rows = blockDiagonal(Array.from({ length: 2 * prime }, (_, i) => [[i % prime]]));
    const expected = Array<number>(prime + 1).fill(0);
    expected[prime] = 1;
    expected[1] = prime - 1;
    expect(polynomialOf(rows, prime)).toEqual(expected);
  }
});

test('permutations: x^m − 1, or what is left of the common multiple of x^m − 1 for each cycle', () => {
  for (const prime of [2, 3, 4093, 2147483647]) {
    const lengths = [1, 7, 2, 14, 3];
    const rows = blockDiagonal(
      lengths.map((length) =>
        Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => ((i + 1) % length === j ? 1 : 0))),
      ),
    );
    const { minpoly: expected } = prescribed(
      lengths.map((length) => [prime - 1, ...Array<number>(length - 1).fill(0), 1]),
      prime,
      generator(1),
    );
    expect(polynomialOf(rows, prime)).toEqual(expected);
  }
});

test('the empty matrix, entries of any sign, and a result of its own', () => {
  expect(minpoly({ rows: 0, cols: 0, data: [] }, 2)).toEqual(Uint32Array.of(1));
  const first = minpoly({ rows: 1, cols: 1, data: [-3n] }, 7);
  minpoly({ rows: 1, cols: 1, data: [1] }, 7);
  expect(first).toEqual(Uint32Array.of(3, 1));
});

test('matrices that are not square, bad entries and bad primes are refused, and named', () => {
  expect(() => minpoly({ rows: 1, cols: 2, data: [1, 2] }, 7)).toThrow(
    new RangeError('matrix: expected a square matrix, got "1 × 2"'),
  );
  expect(() => minpoly({ rows: 1, cols: 1, data: [0.5] }, 7)).toThrow(RangeError);
  expect(() => minpoly({ rows: 1, cols: 1, data: ['1' as unknown as number] }, 7)).toThrow(TypeError);
  expect(() => minpoly({ rows: 1, cols: 1, data: [1] }, 8)).toThrow('prime: expected a prime');
  expect(() => minpoly(null as unknown as Matrix, 7)).toThrow(TypeError);
});

test('a polynomial that does not annihilate its vector is not returned', () => {
  const closes = vi.spyOn(Krylov.prototype, 'closes').mockReturnValue(false);
  expect(() => minpoly({ rows: 2, cols: 2, data: [1, 2, 3, 4] }, 7)).toThrow(
    'minpoly: a factor f failed its check v·f(A) = 0',
  );
  closes.mockRestore();
});
