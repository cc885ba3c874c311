import { rref } from '../matrix/index.ts';
import { denseRows, independentRows, sparseRows, type SparseVector } from './fields.ts';
import { searchPrime } from './sample.ts';

/**
 * A basis of a space modulo some relations in sparse vectors, and behind `first`: vectors that the basis begins with.
 *
 * The candidates are the rows of reduced echelon forms of space and relations in several orders of the coordinates, lightest first. No promise
 * that they are the sparsest; that they are a basis is checked by rank.
 */
export function sparseBasis(
  space: readonly SparseVector[],
  relations: readonly SparseVector[],
  count: number,
  orders: readonly (readonly number[])[],
  weight: (vector: SparseVector) => number,
  first: readonly SparseVector[] = [],
): SparseVector[] {
  const stacked = denseRows([...space, ...relations], count);
  const pool = new Map<string, SparseVector>();
  for (const order of orders) {
    const permuted = stacked.data.map((_, k) => stacked.data[k - (k % count) + order[k % count]!]!);
    for (const row of sparseRows(rref({ ...stacked, data: permuted }, searchPrime))) {
      const vector = row.map(([k, value]) => [order[k]!, value] as const).sort(([a], [b]) => a - b);
      pool.set(vector.map(String).join(' '), vector);
    }
  }
  const candidates = [...pool.values()]
    .map((vector) => ({ vector, weight: weight(vector) }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ vector }) => vector);
  const given = [...relations, ...first];
  const chosen = independentRows(denseRows([...given, ...candidates], count));
  return [
    ...first,
    ...chosen.filter((row) => row >= given.length).map((row) => candidates[row - given.length]!),
  ];
}
