import type { ExactMatrix } from '../exact/exact-matrix.ts';
import { lcm } from '../fraction.ts';

/** All entries of matrices as integers over one denominator. */
export function inOneDenominator(matrices: readonly ExactMatrix[]): {
  readonly entries: bigint[];
  readonly denominator: bigint;
} {
  const common = matrices.reduce((product, { denominator }) => lcm(product, denominator), 1n);
  const entries = matrices.flatMap(({ numerators, denominator }) =>
    numerators.map((n) => n * (common / denominator)),
  );
  return { entries, denominator: common };
}

/** The same without the denominator: only the direction counts. */
export function flattened(matrices: readonly ExactMatrix[]): bigint[] {
  return inOneDenominator(matrices).entries;
}
