import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, divide, fraction, multiply, subtract, zero, type Fraction } from '../../src/fraction.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { argumentLattice, type ArgumentLattice } from '../../src/graph/lattice.ts';

type Matrix = Fraction[][];

/** The lattice of the rows of `coefficients`, as combinations of tensors that are none. */
function latticeOf(coefficients: Matrix): ArgumentLattice {
  const graph = new GraphBuilder();
  const x = graph.input('tokens', 2, 3);
  const tensors = coefficients[0]!.map((_, k) => graph.linear(x, { offset: 9 * k, rows: 3, cols: 3 }));
  return argumentLattice(
    coefficients.map((row, i) => {
      // A part of the coefficients is the factor of the argument.
      const factor = fraction(BigInt(i + 1), 2n);
      const terms = row.map((entry, k) => ({ factor: divide(entry, factor), tensor: tensors[k]! }));
      return { factor, tensor: graph.combine(terms, 2, 3) };
    }),
  );
}

const isZero = (row: readonly Fraction[]): boolean => row.every(({ n }) => n === 0n);

/** Solves A·x = b for a square A of full rank, by Gauss and Jordan; columns of b are solved together. */
function solve(a: Matrix, b: Matrix): Matrix {
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  for (let k = 0; k < rows.length; k++) {
    const at = rows.findIndex((row, i) => i >= k && row[k]!.n !== 0n);
    [rows[k], rows[at]] = [rows[at]!, rows[k]!];
    const pivot = rows[k]!.map((entry) => divide(entry, rows[k]![k]!));
    rows.forEach((row, i) => {
      const factor = row[k]!;
      rows[i] = i === k ? pivot : row.map((entry, c) => subtract(entry, multiply(factor, pivot[c]!)));
    });
  }
  return rows.map((row) => row.slice(a.length));
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) =>
    b[0]!.map((_, c) => row.reduce((sum, entry, k) => add(sum, multiply(entry, b[k]![c]!)), zero)),
  );
}

/** Which rows are no rational combination of the ones before. */
function independentRows(matrix: Matrix): number[] {
  const reduced: { row: Fraction[]; pivot: number }[] = [];
  return matrix.flatMap((source, index) => {
    let row = source;
    for (const { row: other, pivot } of reduced) {
      const factor = row[pivot]!;
      row = row.map((entry, c) => subtract(entry, multiply(factor, other[c]!)));
    }
    if (isZero(row)) return [];
    const pivot = row.findIndex(({ n }) => n !== 0n);
    reduced.push({ row: row.map((entry) => divide(entry, row[pivot]!)), pivot });
    return [index];
  });
}

/** Do integer rows generate all of Z^m? Euclid's algorithm, column by column. */
function generatesEverything(vectors: readonly (readonly bigint[])[], m: number): boolean {
  let rows = vectors.map((row) => [...row]);
  for (let k = 0; k < m; k++) {
    for (;;) {
      const active = rows.filter((row) => row[k] !== 0n).sort((a, b) => Number(a[k]! ** 2n - b[k]! ** 2n));
      if (active.length === 0) return false;
      const [least, next] = active;
      if (!next) {
        if (least![k]! ** 2n !== 1n) return false;
        rows = rows.filter((row) => row !== least);
        break;
      }
      const quotient = next[k]! / least![k]!;
      next.forEach((_, c) => (next[c]! -= quotient * least![c]!));
    }
  }
  return true;
}

const entry = fc
  .tuple(fc.integer({ min: -4, max: 4 }), fc.constantFrom(1, 1, 2, 3))
  .map(([n, d]) => fraction(BigInt(n), BigInt(d)));

/** n × atoms, of any rank: a product of two matrices. */
const matrices = fc
  .record({
    rank: fc.integer({ min: 1, max: 3 }),
    n: fc.integer({ min: 1, max: 6 }),
    atoms: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ rank, n, atoms }) => {
    const matrix = (rows: number, cols: number): fc.Arbitrary<Matrix> => {
      const row = fc.array(entry, { minLength: cols, maxLength: cols });
      return fc.array(row, { minLength: rows, maxLength: rows });
    };
    return fc.tuple(matrix(n, rank), matrix(rank, atoms)).map(([a, b]) => product(a, b));
  });

test('arguments are integer combinations of the Hermite basis of the lattice that they generate', () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const { independent, coordinates } = latticeOf(matrix);
      const m = independent.length;
      expect(independent).toEqual(independentRows(matrix));
      expect(coordinates.map((row) => row.length)).toEqual(matrix.map(() => m));
      if (m === 0) return;
      const rational = coordinates.map((row) => row.map((n) => fraction(n)));
      const chosen = independent.map((index) => rational[index]!);

      // The basis that the coordinates of the independent arguments determine gives all of them.
      const basis = solve(
        chosen,
        independent.map((index) => matrix[index]!),
      );
      expect(product(rational, basis)).toEqual(matrix);
      expect(generatesEverything(coordinates, m)).toBe(true);

      // In the independent arguments: lower triangular, positive on the diagonal, reduced below it.
      const identity = chosen.map((_, i) => chosen.map((__, j) => fraction(BigInt(i === j ? 1 : 0))));
      const hermite = solve(chosen, identity);
      hermite.forEach((row, k) => {
        expect(isZero(row.slice(k + 1))).toBe(true);
        expect(row[k]!.n > 0n).toBe(true);
        for (let j = 0; j < k; j++) {
          expect(row[j]!.n >= 0n).toBe(true);
          expect(subtract(hermite[j]![j]!, row[j]!).n > 0n).toBe(true);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test('2z, then z: the unit is that of z, and is drawn at 2z', () => {
  const numbers = (...list: number[]): Matrix => list.map((n) => [fraction(BigInt(n))]);
  expect(latticeOf(numbers(2, 1))).toEqual({ independent: [0], coordinates: [[2n], [1n]] });
  // Z·6 + Z·10 + Z·15 = Z
  expect(latticeOf(numbers(6, 10, -15)).coordinates).toEqual([[6n], [10n], [-15n]]);
});

test('an argument inside a function is no combination of tensors', () => {
  const graph = new GraphBuilder();
  const x = graph.input('tokens', 1, 1);
  const gelu = graph.function(x, 'gelu-tanh');
  const one = fraction(1n);
  const { independent } = argumentLattice([
    { factor: one, tensor: gelu },
    { factor: one, tensor: gelu, isInside: true },
    { factor: one, tensor: x },
  ]);
  expect(independent).toEqual([0, 1, 2]);
});
