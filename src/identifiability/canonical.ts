import { reducedForm, selectColumns, transposeMatrix, type ExactMatrix } from '../exact/exact-matrix.ts';
import type { Weights } from '../weights/index.ts';

/** The weights that stand for a fibre. */
export interface NormalForm {
  readonly weights: Weights;
  /** What was not in normal position, in words; empty on the generic stratum. */
  readonly exceptions: readonly string[];
  /** Symmetries of the network that the form does not remove, whatever the weights, in words; where there are none, equal functions on the generic stratum have equal normal forms. */
  readonly unresolved: readonly string[];
}

/** A = KᵀQ with Q the reduced echelon form, and Kᵀ the columns of A at its pivots. */
export function factored(form: ExactMatrix): {
  readonly key: ExactMatrix;
  readonly query: ExactMatrix;
  readonly rank: number;
} {
  const { form: query, pivots } = reducedForm(form);
  return { key: transposeMatrix(selectColumns(form, pivots)), query, rank: pivots.length };
}
