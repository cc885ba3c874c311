import { rangeFault } from '../assert.ts';
import type { AttentionLayer, Network } from '../network/format.ts';
import { isSingleHeadStack, type SingleHeadStack } from './single-head-stack.ts';

/** The parts of the closed form: upper = scores + flag + output − scales. */
export interface ClosedFormTerms {
  /** The attention matrices, on the effective spaces of tokens. */
  readonly scores: number;
  /** The effective spaces of tokens: a flag of subspaces of the input space. */
  readonly flag: number;
  /** The product of the value matrices on the last effective space. */
  readonly output: number;
  /** One scaling for each lightning layer. */
  readonly scales: number;
}

/** An upper bound of the dimension, with its parts. */
export interface ClosedForm {
  readonly upper: number;
  readonly terms: ClosedFormTerms;
}

/** What the closed form states, and where its proof is. */
export const closedFormStatement =
  'closed form for stacks of single-head attention layers (docs/closed-form.md): upper = scores + flag + output - scales';

/** dim of the symmetric r × r matrices of rank ≤ s, for s ≤ r. */
function symmetricDimension(r: number, s: number): number {
  return s * r - (s * (s - 1)) / 2;
}

/** dim of the m × n matrices of rank ≤ k, for k ≤ min(m, n). */
function determinantalDimension(m: number, n: number, k: number): number {
  return k * (m + n - k);
}

/** At one visible key a softmax weight is the constant 1: such a layer reads nothing through its scores. */
function hasScores(layer: AttentionLayer, sequenceLength: number): boolean {
  return layer.normalization === 'none' || sequenceLength > 1;
}

/** w: the largest rank of a layer's value map. */
function writtenDimension(layer: AttentionLayer): number {
  return Math.min(layer.outputDim, layer.valueDim ?? layer.outputDim);
}

/**
 * r_0, …, r_{l−1}: the effective widths, the dimension of the tokens before each layer up to what nothing reads.
 *
 * r_0 = d_0 and r_i = min(r_{i−1}, e_i) with e_l = w_l, e_i = min(w_i, q_{i+1} + e_{i+1}), where w_i is the largest rank of
 * the value map and q_i = 2a_i, or 0 where there are no scores. O(layers). Source: docs/closed-form.md.
 */
export function effectiveWidths(network: SingleHeadStack): number[] {
  const { inputDim, layers, sequenceLength } = network;
  const readable = layers.map(writtenDimension);
  for (let i = layers.length - 2; i >= 0; i--) {
    const next = layers[i + 1];
    const readByScores = hasScores(next, sequenceLength) ? 2 * next.headDim : 0;
    readable[i] = Math.min(readable[i], readByScores + readable[i + 1]);
  }
  const widths = [inputDim];
  for (let i = 0; i < layers.length - 1; i++) widths.push(Math.min(widths[i], readable[i]));
  return widths;
}

/**
 * An upper bound of the dimension of a stack of single-head attention layers, in closed form.
 *
 * It is a theorem that the dimension is at most `upper`; that they are equal is known in the cases of `publishedEquality`
 * and otherwise what a certificate proves. Throws a `RangeError` for any other network (`isSingleHeadStack`). Not checked: that the network is
 * valid. O(layers). Source: docs/closed-form.md;
 * it extends Henry, Marchetti, Kohn, *Geometry of Lightning Self-Attention* (ICLR 2025).
 */
export function closedForm(network: Network): ClosedForm {
  if (!isSingleHeadStack(network))
    throw rangeFault(
      'network.layers',
      'single-head attention layers without biases, positions, windows and ties',
      network.layers,
    );
  const { layers, sequenceLength } = network;
  const r = effectiveWidths(network);
  let parallel = sequenceLength === 1;
  let scores = 0;
  let flag = 0;
  let scales = 0;
  layers.forEach((layer, i) => {
    const rank = Math.min(layer.headDim, r[i]);
    if (hasScores(layer, sequenceLength)) {
      scores += parallel
        ? symmetricDimension(r[i], Math.min(2 * layer.headDim, r[i]))
        : determinantalDimension(r[i], r[i], rank);
    }
    if (layer.normalization === 'none') {
      scales++;
      parallel ||= !layer.causal && rank === 1;
    }
    if (i < layers.length - 1) flag += r[i + 1] * (r[i] - r[i + 1]);
  });
  const last = layers.length - 1;
  const outputRank = Math.min(writtenDimension(layers[last]), r[last]);
  const output = determinantalDimension(layers[last].outputDim, r[last], outputRank);
  return { upper: scores + flag + output - scales, terms: { scores, flag, output, scales } };
}
