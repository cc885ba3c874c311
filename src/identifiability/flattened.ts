import type { RationalMatrix } from '../rational/index.ts';

/** All entries of matrices as integers, times one positive factor: only the direction counts. */
export function flattened(matrices: readonly RationalMatrix[]): bigint[] {
  const common = matrices.reduce((product, { denominator }) => product * denominator, 1n);
  return matrices.flatMap(({ numerators, denominator }) => numerators.map((n) => n * (common / denominator)));
}
