import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { Network } from '../network/format.ts';
import { parameterBlocks, parameterName } from '../network/parameters.ts';
import type { RationalMatrix } from '../rational/index.ts';
import { matricesEqual, rationalMatrix } from '../rational/rational-matrix.ts';

/** A point of the parameter space over Q: the matrices in the order of `parameterBlocks(network)`; a vector has one column. */
export interface Weights {
  readonly network: Network;
  readonly matrices: readonly RationalMatrix[];
}

/**
 * Weights of a network from matrices of its parameter blocks, in their order, with integer numerators and one denominator each (1 if absent). Throws for a
 * wrong number of matrices or a wrong shape.
 */
export function weights(
  network: Network,
  matrices: readonly (Omit<RationalMatrix, 'denominator'> & { readonly denominator?: bigint })[],
): Weights {
  const blocks = parameterBlocks(network);
  if (matrices.length !== blocks.length)
    throw rangeFault('weights.matrices', `${blocks.length} matrices`, matrices.length);
  return {
    network,
    matrices: blocks.map((block, k) => {
      const { rows, cols, numerators, denominator = 1n } = matrices[k]!;
      const title = parameterName(block);
      assertInteger(`${title}.rows`, rows, block.rows, block.rows);
      assertInteger(`${title}.cols`, cols, block.cols, block.cols);
      if (numerators.length !== rows * cols)
        throw rangeFault(`${title}.numerators`, `${rows * cols} integers`, numerators.length);
      for (const entry of numerators)
        if (typeof entry !== 'bigint') throw typeFault(`${title}.numerators`, 'bigints', entry);
      return rationalMatrix(rows, cols, [...numerators], denominator);
    }),
  };
}

/** Of two weight sets of one network: entry by entry. */
export function weightsEqual(a: Weights, b: Weights): boolean {
  return a.matrices.every((matrix, k) => matricesEqual(matrix, b.matrices[k]!));
}

/** The matrices by their offsets in the parameter vector. */
export function byOffset({ network, matrices }: Weights): ReadonlyMap<number, RationalMatrix> {
  return new Map(parameterBlocks(network).map(({ offset }, k) => [offset, matrices[k]!]));
}
