import type { ExactMatrix } from '../exact/exact-matrix.ts';

/** All entries of matrices as integers, times one positive factor: only the direction counts. */
export function flattened(matrices: readonly ExactMatrix[]): bigint[] {
  const common = matrices.reduce((product, { denominator }) => product * denominator, 1n);
  return matrices.flatMap(({ numerators, denominator }) => numerators.map((n) => n * (common / denominator)));
}
