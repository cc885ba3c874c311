import type { RationalMatrix } from '../rational/index.ts';
import { rationalRref, selectColumns, transposeMatrix } from '../rational/rational-matrix.ts';
import type { Weights } from '../weights/index.ts';

/** The weights that stand for a fibre. */
export interface NormalForm {
  readonly weights: Weights;
  /** What was not in normal position, in words; empty on the generic stratum, where equal functions have equal normal forms. */
  readonly exceptions: readonly string[];
}

/** A = KᵀQ with Q the reduced echelon form, and Kᵀ the columns of A at its pivots. */
export function factored(form: RationalMatrix): {
  readonly key: RationalMatrix;
  readonly query: RationalMatrix;
  readonly rank: number;
} {
  const { form: query, pivots } = rationalRref(form);
  return { key: transposeMatrix(selectColumns(form, pivots)), query, rank: pivots.length };
}
