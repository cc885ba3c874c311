import type { RankProfiles } from '../matrix/index.ts';
import { others } from '../matrix/indices.ts';
import type { Integers } from './integers.ts';
import { firstFault, solveCore, type Fractions } from './solve-core.ts';
import type { Steps } from './steps.ts';

/**
 * The relations between the pivot columns C of a matrix A and further columns F, none of them in C: rows y (|F| × |C|) and d > 0 with
 * A_C·y_k + d·A_F(k) = 0, checked over Z in all rows of A. Null if there are none, so that the rank over Q is larger than modulo the prime.
 *
 * The profiles are those modulo the word prime. In the pivot rows there is exactly one solution, because the minor is not 0.
 */
export function* relations(
  matrix: Integers,
  { rows, columns }: RankProfiles,
  further: readonly number[],
  prime: number,
): Steps<Fractions | null> {
  const target = matrix.select(null, further).negate().transpose();
  const found = yield* solveCore(matrix.select(rows, columns), target.select(null, rows), prime);
  const rest = others(rows, matrix.rows);
  const fault = yield* firstFault(matrix.select(rest, columns), found, target.select(null, rest));
  return fault === null ? found : null;
}
