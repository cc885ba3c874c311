import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiply, rank, rref } from '../../src/matrix/index.ts';
import { denseRows, sparseRows, stacked, type SparseVector } from '../../src/symmetry/fields.ts';
import { searchPrime } from '../../src/symmetry/sample.ts';
import { sparseBasis } from '../../src/symmetry/sparse-basis.ts';

const weight = ({ length }: SparseVector): number => length;
const count = 12;
const forward = Array.from({ length: count }, (_, k) => k);
const orders = [forward, [...forward].reverse()];

/** Vectors on disjoint blocks of three coordinates, and an invertible scrambling of them. */
const planted = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: searchPrime - 1 }), { minLength: 12, maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 16, maxLength: 16 }),
  )
  .map(([entries, mixing]) => {
    const vectors = Array.from({ length: 4 }, (_, b): SparseVector =>
      [0, 1, 2].map((k) => [3 * b + k, entries[3 * b + k]!]),
    );
    const mix = { rows: 4, cols: 4, data: mixing };
    return { vectors, mix };
  })
  .filter(({ mix }) => rank(mix, searchPrime) === 4);

test('planted sparse vectors are found in a scrambled space, up to factors', () => {
  fc.assert(
    fc.property(planted, ({ vectors, mix }) => {
      const space = sparseRows(multiply(mix, denseRows(vectors, count), searchPrime));
      const found = sparseBasis(space, [], count, orders, weight);
      const supports = (basis: readonly SparseVector[]): string[] =>
        basis.map((vector) => vector.map(([k]) => k).join(' ')).sort();
      expect(supports(found)).toEqual(supports(vectors));
      const span = (basis: readonly SparseVector[]) => rref(denseRows(basis, count), searchPrime).data;
      expect(span(found)).toEqual(span(vectors));
    }),
    { numRuns: 50 },
  );
});

test('modulo relations: a lighter vector of the same class is taken, and no vector twice', () => {
  fc.assert(
    fc.property(planted, ({ vectors: [a, b, c] }) => {
      const sum = sparseRows(stacked([denseRows([[...a!, ...b!]], count)], count));
      const found = sparseBasis(sum, [a!], count, orders, weight, [c!]);
      expect(found[0]).toEqual(c);
      expect(found.slice(1).map((vector) => vector.map(([k]) => k))).toEqual([[3, 4, 5]]);
    }),
    { numRuns: 50 },
  );
});
