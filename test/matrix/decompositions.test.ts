import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  det,
  inverse,
  nullspace,
  pluq,
  rankProfiles,
  rref,
  solve,
  transpose,
  type Matrix,
} from '../../src/matrix/index.ts';
import {
  determinant,
  generator,
  primes,
  product,
  referenceProfiles,
  residue,
  rowsOf,
  type Rows,
} from '../kernel/matrices.ts';

function matrixOf(rows: Rows, cols: number): Matrix {
  return { rows: rows.length, cols, data: rows.flat() };
}

function rowsIn({ rows, cols, data }: Matrix): Rows {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => Number(data[i * cols + j])),
  );
}

function zeros(rows: number, cols: number): Rows {
  return Array.from({ length: rows }, () => Array<number>(cols).fill(0));
}

/** A product of random factors: every rank occurs, most of them deficient. */
const deficient = fc.constantFrom(...primes).chain((prime) =>
  fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).chain(([m, n, r]) =>
    fc.record({
      prime: fc.constant(prime),
      n: fc.constant(n),
      rows: fc.tuple(rowsOf(prime, m, r), rowsOf(prime, r, n)).map(([a, b]) => product(a, b, n, prime)),
    }),
  ),
);

test('PLUQ: L·U is the matrix with its rows and columns in order, L unit lower, U upper with the pivots', () => {
  fc.assert(
    fc.property(deficient, ({ prime, n, rows }) => {
      const { rank, rowOrder, columnOrder, lower, upper } = pluq(matrixOf(rows, n), prime);
      const [l, u] = [rowsIn(lower), rowsIn(upper)];
      expect(product(l, u, n, prime)).toEqual(rowOrder.map((i) => columnOrder.map((j) => rows[i]![j]!)));
      expect([...rowOrder].sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
      expect([...columnOrder].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, j) => j));
      for (let k = 0; k < rank; k++) {
        expect(l[k]![k]).toBe(1 % prime);
        expect(u[k]![k]).not.toBe(0);
        for (let i = 0; i < k; i++) expect([l[i]![k], u[k]![i]]).toEqual([0, 0]);
      }
      const { rows: profileRows, columns } = referenceProfiles(rows, prime);
      expect(rowOrder.slice(0, rank).sort((a, b) => a - b)).toEqual(profileRows);
      expect(columnOrder.slice(0, rank)).toEqual(columns);
    }),
    { numRuns: 300 },
  );
});

test('reduced row echelon form: leading ones, the same row space, the same for any basis of it', () => {
  fc.assert(
    fc.property(deficient, fc.infiniteStream(fc.nat()), ({ prime, n, rows }, stream) => {
      const reduced = rref(matrixOf(rows, n), prime);
      const r = rowsIn(reduced);
      expect(reduced.pivots).toEqual(referenceProfiles(rows, prime).columns);
      for (const [i, column] of reduced.pivots.entries()) {
        expect(r.map((row) => row[column])).toEqual(r.map((_, k) => (k === i ? 1 : 0)));
        expect(r[i]!.slice(0, column).every((entry) => entry === 0)).toBe(true);
      }
      // Every row of the matrix is the combination of r that its entries at the pivots say.
      const coordinates = rows.map((row) => reduced.pivots.map((column) => row[column]!));
      expect(product(coordinates, r, n, prime)).toEqual(rows);
      const [random] = [() => stream.next().value % prime];
      const mixing = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 : i > j ? random() : 0)));
      expect(rowsIn(rref(matrixOf(product(mixing, rows, n, prime), n), prime))).toEqual(r);
    }),
    { numRuns: 150 },
  );
});

describe('nullspace', () => {
  test('right: A·N = 0, N has cols − rank independent columns; left: N·A = 0', () => {
    fc.assert(
      fc.property(deficient, ({ prime, n, rows }) => {
        const matrix = matrixOf(rows, n);
        const { rank } = rankProfiles(matrix, prime);
        const right = nullspace(matrix, 'right', prime);
        expect([right.rows, right.cols]).toEqual([n, n - rank]);
        expect(product(rows, rowsIn(right), n - rank, prime)).toEqual(zeros(rows.length, n - rank));
        expect(rankProfiles(right, prime).rank).toBe(n - rank);
        const left = nullspace(matrix, 'left', prime);
        expect([left.rows, left.cols]).toEqual([rows.length - rank, rows.length]);
        expect(product(rowsIn(left), rows, n, prime)).toEqual(zeros(rows.length - rank, n));
        expect(rankProfiles(left, prime).rank).toBe(rows.length - rank);
      }),
      { numRuns: 150 },
    );
  });

  test('the side must be named', () => {
    expect(() => nullspace({ rows: 0, cols: 0, data: [] }, 'both' as 'left', 7)).toThrow(
      'side: expected "left" or "right", got "both"',
    );
  });
});

test('solve: a solution where there is one, null where the augmented rank says that there is none', () => {
  fc.assert(
    fc.property(
      deficient.chain(({ prime, n, rows }) =>
        fc.nat(3).chain((k) =>
          fc.record({
            prime: fc.constant(prime),
            n: fc.constant(n),
            k: fc.constant(k),
            rows: fc.constant(rows),
            solution: rowsOf(prime, n, k),
            any: rowsOf(prime, rows.length, k),
          }),
        ),
      ),
      ({ prime, n, k, rows, solution, any }) => {
        const a = matrixOf(rows, n);
        const consistent = product(rows, solution, k, prime);
        const x = solve(a, matrixOf(consistent, k), prime);
        expect(x).not.toBeNull();
        expect([x!.rows, x!.cols]).toEqual([n, k]);
        expect(product(rows, rowsIn(x!), k, prime)).toEqual(consistent);
        const augmented = rows.map((row, i) => [...row, ...any[i]!]);
        const solvable =
          referenceProfiles(augmented, prime).rows.length === referenceProfiles(rows, prime).rows.length;
        const y = solve(a, matrixOf(any, k), prime);
        expect(y !== null).toBe(solvable);
        if (y) expect(product(rows, rowsIn(y), k, prime)).toEqual(any);
      },
    ),
    { numRuns: 200 },
  );
});

test('inverse and determinant', () => {
  const square = fc
    .constantFrom(...primes)
    .chain((prime) =>
      fc
        .nat(8)
        .chain((n) => fc.record({ prime: fc.constant(prime), n: fc.constant(n), rows: rowsOf(prime, n, n) })),
    );
  fc.assert(
    fc.property(square, ({ prime, n, rows }) => {
      const matrix = matrixOf(rows, n);
      const value = det(matrix, prime);
      expect(value).toBe(determinant(rows, prime));
      const inverted = inverse(matrix, prime);
      expect(inverted === null).toBe(value === 0);
      const identity = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 : 0)));
      if (inverted) expect(product(rows, rowsIn(inverted), n, prime)).toEqual(identity);
    }),
    { numRuns: 200 },
  );
});

test('large shapes, across panels: PLUQ, inverse and solve multiply back', () => {
  const random = generator(11);
  for (const prime of [4093, 2147483647]) {
    const [m, n, r] = [150, 300, 140];
    const left = Array.from({ length: m }, () => Array.from({ length: r }, () => random(prime)));
    const right = Array.from({ length: r }, () => Array.from({ length: n }, () => random(prime)));
    const rows = product(left, right, n, prime);
    const { rank, rowOrder, columnOrder, lower, upper } = pluq(matrixOf(rows, n), prime);
    expect(rank).toBe(r);
    expect(product(rowsIn(lower), rowsIn(upper), n, prime)).toEqual(
      rowOrder.map((i) => columnOrder.map((j) => rows[i]![j]!)),
    );
    const square = matrixOf(left.slice(0, r), r);
    const inverted = inverse(square, prime)!;
    expect(inverse(inverted, prime)!.data).toEqual(Uint32Array.from(square.data as number[]));
  }
});

test('transpose keeps the entries, whatever they are', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), fc.infiniteStream(residue(7)), (m, n, stream) => {
      const rows = Array.from({ length: m }, () => Array.from({ length: n }, () => stream.next().value));
      const turned = transpose(matrixOf(rows, n));
      expect([turned.rows, turned.cols]).toEqual([n, m]);
      expect(rowsIn(turned)).toEqual(Array.from({ length: n }, (_, j) => rows.map((row) => row[j])));
    }),
  );
  expect(transpose({ rows: 1, cols: 2, data: [1n, -2n] }).data).toEqual([1n, -2n]);
});

test('shapes that do not fit are errors, and named', () => {
  const wide = { rows: 1, cols: 2, data: [1, 2] };
  expect(() => det(wide, 7)).toThrow('matrix: expected a square matrix, got "1 × 2"');
  expect(() => inverse(wide, 7)).toThrow('matrix: expected a square matrix, got "1 × 2"');
  expect(() => solve(wide, { rows: 2, cols: 1, data: [1, 2] }, 7)).toThrow(
    'b.rows: expected the rows of a, 1, got 2',
  );
  for (const operation of [rref, pluq, det, inverse]) {
    expect(() => operation({ rows: 1, cols: 1, data: [0.5] }, 7)).toThrow(RangeError);
    expect(() => operation({ rows: 1, cols: 1, data: [1] }, 8)).toThrow(RangeError);
    expect(() => operation(null as unknown as Matrix, 7)).toThrow(TypeError);
  }
});
