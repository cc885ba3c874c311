import { rangeFault } from '../assert.ts';
import {
  aboveMatrix,
  exactRank,
  isZeroMatrix,
  transposeMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import { isSingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { headForms } from './head-forms.ts';
import { Parameters } from './parameters.ts';

/** Why the closure of the neuromanifold is not smooth at a function. */
export type SingularReason =
  /** The function 0, the vertex of a cone. */
  | 'zero'
  /** rank A < a < d: a singular point of the matrices of rank at most a. */
  | 'score-rank'
  /** V = u vᵀ and A = k qᵀ: two branches meet if v and k are not parallel; the differential of (V, A) ↦ function has a kernel if they are. */
  | 'rank-one-pair';

export interface Classification {
  /** Of the Zariski closure of the neuromanifold, the set of all functions of the layer. */
  readonly kind: 'smooth' | 'singular';
  readonly reasons: readonly SingularReason[];
  /** Is the function a limit of real points of the closure that are no functions of the layer? Null over F_p. */
  readonly isBoundary: boolean | null;
  /** Of the neuromanifold: 2αd − α² + d·d′ − 1 with α = min(a, d). */
  readonly dimension: number;
  /** Of the Zariski tangent space of the closure there: more than `dimension` where it is singular. Null at 0 and at rank-one pairs that are singular. */
  readonly tangentDimension: number | null;
  /** Of the closure there, over C: how many irreducible germs of analytic sets it consists of. */
  readonly branches: number;
  /** How many (V, A), up to scales, have this function: 2 where v and k may be exchanged and differ; infinitely many for 0. */
  readonly preimages: number;
}

/**
 * What the neuromanifold of one lightning layer V X Xᵀ A X looks like at (V, A): docs/identifiability.md, Theorem 4. V is d′ × d, A is d × d, of rank at
 * most `headDim` = a; d ≥ 2, and some token sees another one. Exact: three ranks over Q, or over F_p for p ≥ 5, where `kind` is that of the closure over the algebraic closure of F_p.
 *
 * @throws RangeError for other shapes, and for a rank of A above `headDim`.
 */
export function classify(value: ExactMatrix, scores: ExactMatrix, headDim: number): Classification {
  const [d, outputDim] = [scores.rows, value.rows];
  if (scores.cols !== d || value.cols !== d)
    throw rangeFault(
      'A',
      `${value.cols} × ${value.cols}, as V has ${value.cols} columns`,
      `${d} × ${scores.cols}`,
    );
  const prime = value.prime ?? scores.prime;
  if (prime !== undefined && prime < 5n)
    throw rangeFault('prime', 'a prime above the degree 3 of the function', prime);
  if (d < 2) throw rangeFault('d', 'tokens of dimension at least 2', d);
  const rank = exactRank(scores);
  if (rank > headDim) throw rangeFault('A', `a rank of at most headDim = ${headDim}`, rank);
  const most = Math.min(headDim, d);
  const isZero = rank === 0 || isZeroMatrix(value);
  const isPair = !isZero && rank === 1 && exactRank(value) === 1;
  // The rows of V and of Aᵀ are multiples of v and k.
  const areParallel = isPair && exactRank(aboveMatrix(value, transposeMatrix(scores))) === 1;
  const reasons: SingularReason[] = [];
  if (isZero) reasons.push('zero');
  if (!isZero && most < d && rank < most) reasons.push('score-rank');
  // Where all pairs have rank 1 their functions are (v·k) ⊗ q, with the symmetric matrices of rank at most 2: singular at those of rank 1, unless all have rank at most 2.
  const isAlwaysPair = outputDim === 1 && most === 1;
  if (isAlwaysPair ? areParallel && d >= 3 : isPair) reasons.push('rank-one-pair');
  const dimension = 2 * most * d - most ** 2 + d * outputDim - 1;
  return {
    kind: reasons.length > 0 ? 'singular' : 'smooth',
    reasons,
    isBoundary: prime === undefined ? isZero || areParallel : null,
    dimension,
    // Locally the product of P(Hom) with the cone of matrices of rank at most α, whose tangent spaces at smaller ranks are all matrices.
    tangentDimension:
      reasons.length === 0 ? dimension : reasons.join() === 'score-rank' ? d * outputDim + d * d - 1 : null,
    branches: isPair && !areParallel && !isAlwaysPair ? 2 : 1,
    preimages: isZero ? Infinity : isPair && !areParallel ? 2 : 1,
  };
}

/** The same for the weights of a network of one plain lightning head; a `RangeError` for another network, or one token. */
export function classifyWeights(weights: Weights): Classification {
  const { network } = weights;
  const layer = network.layers[0];
  const isOne = isSingleHeadStack(network) && network.layers.length === 1 && network.sequenceLength > 1;
  if (!isOne || layer?.kind !== 'attention' || layer.normalization !== 'none')
    throw rangeFault('network', 'one plain lightning head, and at least two tokens', 'another one');
  if (layer.valueDim !== undefined && layer.valueDim < Math.min(layer.outputDim, network.inputDim))
    throw rangeFault('network.layers[0].valueDim', 'a value map of any rank', layer.valueDim);
  const head = headForms(new Parameters(weights), 'layers[0]', layer)[0]!;
  return classify(head.values, head.scores[0]!, layer.headDim);
}
