import { isSingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import type { NormalForm } from './canonical.ts';
import { normalLayers } from './normal-layers.ts';
import { normalStack } from './normal-stack.ts';
import { demandPolynomial } from './residue-weights.ts';

/**
 * Canonical weights of the same function: equal ones for all weights that the transformations of docs/identifiability.md relate.
 *
 * Of a stack of single heads they are computed from its virtual matrices, for all weights; elsewhere every attention layer is brought into normal form inside,
 * the rest stays. That the function is the same is checked before they are returned (Theorem 3, or the forms of the heads).
 *
 * @throws RangeError where tokens are parallel and no canonical Q and K are known: the symmetric part of the scores has a rank above the head dimension.
 *
 * Over F_p the network must be a polynomial one of a degree below p.
 *
 * O(matrices · d³) products of integers.
 */
export function normalForm(weights: Weights): NormalForm {
  demandPolynomial(weights);
  const { network } = weights;
  return isSingleHeadStack(network) && network.layers.length > 0
    ? normalStack(network, weights)
    : normalLayers(weights);
}
