import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import { exactMatrix, inField, matricesEqual, type ExactMatrix } from '../exact/exact-matrix.ts';
import { parsePrime } from '../field/any-prime.ts';
import type { Prime } from '../field/residue.ts';
import type { Network } from '../network/format.ts';
import { parameterBlocks, parameterName } from '../network/parameters.ts';

/** A point of the parameter space over Q, or over F_p: the matrices in the order of `parameterBlocks(network)`; a vector has one column. */
export interface Weights {
  readonly network: Network;
  readonly matrices: readonly ExactMatrix[];
  /** Of weights over F_p: the entries are residues. */
  readonly prime?: bigint;
}

/**
 * Weights of a network from matrices of its parameter blocks, in their order, with integer numerators and one denominator each (1 if absent). With a
 * `prime` (below 2⁶²) they are taken modulo it. Throws for a wrong number of matrices, a wrong shape, a number that is no prime, and a denominator that it divides.
 */
export function weights(
  network: Network,
  matrices: readonly (Omit<ExactMatrix, 'denominator'> & { readonly denominator?: bigint })[],
  prime?: Prime,
): Weights {
  const p = prime === undefined ? undefined : BigInt(parsePrime(prime));
  const blocks = parameterBlocks(network);
  if (matrices.length !== blocks.length)
    throw rangeFault('weights.matrices', `${blocks.length} matrices`, matrices.length);
  const checked = blocks.map((block, k) => {
    const { rows, cols, numerators, denominator = 1n } = matrices[k]!;
    const title = parameterName(block);
    assertInteger(`${title}.rows`, rows, block.rows, block.rows);
    assertInteger(`${title}.cols`, cols, block.cols, block.cols);
    if (numerators.length !== rows * cols)
      throw rangeFault(`${title}.numerators`, `${rows * cols} integers`, numerators.length);
    for (const entry of numerators)
      if (typeof entry !== 'bigint') throw typeFault(`${title}.numerators`, 'bigints', entry);
    return named(title, exactMatrix(rows, cols, [...numerators], denominator, matrices[k]!.prime), p);
  });
  return weightsOver(network, checked, p);
}

/** Not checked: that the matrices are of this field. */
export function weightsOver(
  network: Network,
  matrices: readonly ExactMatrix[],
  prime: bigint | undefined,
): Weights {
  return prime === undefined ? { network, matrices } : { network, matrices, prime };
}

/** Weights over Q modulo a prime; a `RangeError` for one that divides a denominator, and for weights that are residues of another prime. */
export function weightsModulo(weights: Weights, prime: Prime): Weights {
  const p = BigInt(parsePrime(prime));
  const blocks = parameterBlocks(weights.network);
  const matrices = weights.matrices.map((matrix, k) => named(parameterName(blocks[k]!), matrix, p));
  return weightsOver(weights.network, matrices, p);
}

/** The matrix over F_p, or over Q; a `RangeError` with its name where it has no residues there. */
function named(title: string, matrix: ExactMatrix, prime: bigint | undefined): ExactMatrix {
  try {
    return inField(matrix, prime);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${title}: ${error.message}`) : error;
  }
}

/** Of two weight sets of one network: entry by entry. */
export function weightsEqual(a: Weights, b: Weights): boolean {
  return a.matrices.every((matrix, k) => matricesEqual(matrix, b.matrices[k]!));
}

/** The matrices by their offsets in the parameter vector. */
export function byOffset({ network, matrices }: Weights): ReadonlyMap<number, ExactMatrix> {
  return new Map(parameterBlocks(network).map(({ offset }, k) => [offset, matrices[k]!]));
}
