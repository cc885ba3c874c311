import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Krylov } from '../../src/kernel/krylov.ts';
import { charpoly, transpose, type Matrix } from '../../src/matrix/index.ts';
import { determinant, generator, primes, product, rowsOf, type Rows } from '../kernel/matrices.ts';
import { applied, blockDiagonal, prescribed, randomFactors, referenceCharpoly } from './polynomials.ts';

function matrixOf(rows: Rows): Matrix {
  return { rows: rows.length, cols: rows.length, data: rows.flat() };
}

function polynomialOf(rows: Rows, prime: number): number[] {
  return Array.from(charpoly(matrixOf(rows), prime));
}

/** Square matrices of up to 8 rows, of full rank or a product of thin factors. */
const square = fc.constantFrom(...primes).chain((prime) =>
  fc.tuple(fc.nat(8), fc.nat(8)).chain(([n, r]) =>
    fc.record({
      prime: fc.constant(prime),
      rows: fc.oneof(
        rowsOf(prime, n, n),
        fc.tuple(rowsOf(prime, n, r), rowsOf(prime, r, n)).map(([a, b]) => product(a, b, n, prime)),
        rowsOf(2, n, n),
      ),
    }),
  ),
);

test('it is det(x·I − A), by Faddeev and LeVerrier over the integers', () => {
  fc.assert(
    fc.property(square, ({ prime, rows }) => {
      expect(polynomialOf(rows, prime)).toEqual(referenceCharpoly(rows, prime));
    }),
    { numRuns: 500 },
  );
});

test('constant term ± the determinant, then the trace; A satisfies it (Cayley, Hamilton); A and its transpose have the same', () => {
  fc.assert(
    fc.property(square, ({ prime, rows }) => {
      const n = rows.length;
      const f = polynomialOf(rows, prime);
      expect([f.length, f[n]]).toEqual([n + 1, 1]);
      expect(f[0]).toBe((prime + (-1) ** n * determinant(rows, prime)) % prime);
      const trace = rows.reduce((sum, row, i) => sum + row[i]!, 0) % prime;
      if (n > 0) expect(f[n - 1]).toBe((prime - trace) % prime);
      const identity = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 : 0)));
      expect(
        applied(identity, f, rows, prime)
          .flat()
          .every((entry) => entry === 0),
      ).toBe(true);
      expect(Array.from(charpoly(transpose(matrixOf(rows)), prime))).toEqual(f);
    }),
    { numRuns: 200 },
  );
});

describe.each([2, 3, 4093, 8191, 8209, 2147483647])('modulo %d', (prime) => {
  const random = generator(prime);

  test('the product of the polynomials of companion matrices, side by side and conjugated, for every order up to 40', () => {
    for (let n = 0; n <= 40; n++) {
      const { rows, charpoly: expected } = prescribed(randomFactors(n, prime, random), prime, random);
      expect(polynomialOf(rows, prime)).toEqual(expected);
    }
  });

  test('the same across blocks of rows', () => {
    for (const [n, least] of [
      [150, 150],
      [129, 40],
      [96, 1],
    ] as const) {
      const factors = [
        [...Array.from({ length: least }, () => random(prime)), 1],
        ...randomFactors(n - least, prime, random),
      ];
      const { rows, charpoly: expected } = prescribed(factors, prime, random);
      expect(polynomialOf(rows, prime)).toEqual(expected);
    }
  });

  test('residues at the edge: a matrix of rank 1 has x^n − trace·x^(n−1)', () => {
    for (const n of [33, 200])
      for (const entry of [prime >>> 1, (prime + 1) >>> 1, 1]) {
        const trace = Number((BigInt(n) * BigInt(entry)) % BigInt(prime));
        const expected = Array<number>(n + 1).fill(0);
        expected[n] = 1;
        expected[n - 1] = (prime - trace) % prime;
        const data = new Uint32Array(n * n).fill(entry);
        expect(Array.from(charpoly({ rows: n, cols: n, data }, prime))).toEqual(expected);
      }
  });

  test('identity, scalar and zero matrices: powers of x − c', () => {
    for (const n of [1, 5, 33])
      for (const c of [0, 1, prime - 1]) {
        const rows = blockDiagonal(Array.from({ length: n }, () => [[c]]));
        const expected = prescribed(
          Array.from({ length: n }, () => [(prime - c) % prime, 1]),
          prime,
          random,
        );
        expect(polynomialOf(rows, prime)).toEqual(expected.charpoly);
      }
  });
});

test('triangular matrices, nilpotent and Jordan blocks among them: the diagonal alone counts', () => {
  for (const prime of [2, 5, 4093, 2147483647]) {
    const random = generator(prime + 1);
    for (const n of [2, 17, 40])
      for (const diagonal of [() => 0, () => prime - 1, () => random(prime)])
        for (const above of [() => 0, () => 1, () => random(prime)]) {
          const rows = Array.from({ length: n }, (_, i) =>
            Array.from({ length: n }, (_, j) => (i === j ? diagonal() : i < j ? above() : 0)),
          );
          const { charpoly: expected } = prescribed(
            rows.map((row, i) => [(prime - row[i]!) % prime, 1]),
            prime,
            random,
          );
          expect(polynomialOf(rows, prime)).toEqual(expected);
        }
  }
});

test('permutations: x^length − 1 for each cycle', () => {
  for (const prime of [2, 3, 4093, 2147483647]) {
    const lengths = [1, 7, 2, 2, 40];
    const cycles = lengths.map((length) => [prime - 1, ...Array<number>(length - 1).fill(0), 1]);
    const random = generator(1);
    const { charpoly: expected } = prescribed(cycles, prime, random);
    const rows = blockDiagonal(
      lengths.map((length) =>
        Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => ((i + 1) % length === j ? 1 : 0))),
      ),
    );
    expect(polynomialOf(rows, prime)).toEqual(expected);
  }
});

test('p distinct entries on the diagonal: x^p − x (Fermat)', () => {
  for (const prime of [2, 3, 5, 31, 251]) {
    const rows = blockDiagonal(Array.from({ length: prime }, (_, i) => [[i]]));
    const expected = Array<number>(prime + 1).fill(0);
    expected[prime] = 1;
    expected[1] = prime - 1;
    expect(polynomialOf(rows, prime)).toEqual(expected);
  }
});

test('the empty matrix, entries of any sign, and a result of its own', () => {
  expect(charpoly({ rows: 0, cols: 0, data: [] }, 2)).toEqual(Uint32Array.of(1));
  const first = charpoly({ rows: 1, cols: 1, data: [-3n] }, 7);
  charpoly({ rows: 1, cols: 1, data: [1] }, 7);
  expect(first).toEqual(Uint32Array.of(3, 1));
  expect(charpoly({ rows: 2, cols: 2, data: [1, 2, 3, 4] }, 7)).toEqual(Uint32Array.of(5, 2, 1));
});

test('matrices that are not square, bad entries and bad primes are refused, and named', () => {
  expect(() => charpoly({ rows: 1, cols: 2, data: [1, 2] }, 7)).toThrow(
    new RangeError('matrix: expected a square matrix, got "1 × 2"'),
  );
  expect(() => charpoly({ rows: 1, cols: 1, data: [0.5] }, 7)).toThrow(RangeError);
  expect(() => charpoly({ rows: 1, cols: 1, data: ['1' as unknown as number] }, 7)).toThrow(TypeError);
  expect(() => charpoly({ rows: 1, cols: 1, data: [1] }, 8)).toThrow('prime: expected a prime');
  expect(() => charpoly(null as unknown as Matrix, 7)).toThrow(TypeError);
});

test('matrices that do not fit are refused before any work', () => {
  const data = { length: 40_000 ** 2 } as ArrayLike<number>;
  expect(() => charpoly({ rows: 40_000, cols: 40_000, data }, 2147483647)).toThrow(
    /memory: expected at most 4096 MiB in all, got 18\d\d\d MiB/,
  );
});

test('a wrong polynomial is not returned', () => {
  const matrix = { rows: 2, cols: 2, data: [1, 2, 3, 4] };
  for (const wrong of [
    [4, 2, 1],
    [5, 3, 1],
  ]) {
    const polynomial = vi.spyOn(Krylov.prototype, 'polynomial').mockReturnValue(Uint32Array.from(wrong));
    expect(() => charpoly(matrix, 7)).toThrow('charpoly: the polynomial failed its check');
    polynomial.mockRestore();
  }
  expect(charpoly(matrix, 7)).toEqual(Uint32Array.of(5, 2, 1));
});
