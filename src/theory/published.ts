import type { AttentionLayer, Network } from '../network/format.ts';
import { isSingleHeadStack } from './single-head-stack.ts';

/** A dimension that a published theorem states. */
export interface PublishedDimension {
  readonly dimension: number;
  /** The theorem's formula, conditions and source. */
  readonly statement: string;
}

const henry = 'Henry, Marchetti, Kohn, Geometry of Lightning Self-Attention (ICLR 2025)';
const konda = `conjectured by ${henry}, proved for real-analytic normalizers by Konda (arXiv 2610.09620)`;

const single = `one lightning layer with t >= 2, alpha = min(a, d): 2*alpha*d + d*d' - alpha^2 - 1; ${henry}`;
const deep = `l lightning layers of equal widths d with t >= 2 and all alpha_i = min(a_i, d) >= 2: \
sum(2*alpha_i*d - alpha_i^2) + d^2 - l; ${henry}`;
const normalized = `l softmax layers of equal widths d with t >= 2 and all alpha_i = min(a_i, d) >= 2: \
sum(2*alpha_i*d - alpha_i^2) + d^2; ${konda}`;

/** Does the layer compute with every value matrix in R^{d'×d}, and without a mask? */
function isPublishedModel(layer: AttentionLayer, width: number): boolean {
  return !layer.causal && (layer.valueDim ?? Infinity) >= Math.min(width, layer.outputDim);
}

/**
 * The dimension where a published theorem states it as an equality; `null` everywhere else, in doubt too.
 *
 * Three cases, all without a mask, with unrestricted value matrices and t ≥ 2: one lightning layer; lightning layers of
 * equal widths, all α_i ≥ 2; softmax layers of equal widths, all α_i ≥ 2. Written from the published formulas, not from the
 * closed form, so that the two can be compared. O(layers). Source: Henry, Marchetti, Kohn, *Geometry of Lightning
 * Self-Attention* (ICLR 2025); Konda, arXiv 2610.09620.
 */
export function publishedEquality(network: Network): PublishedDimension | null {
  if (!isSingleHeadStack(network)) return null;
  const { inputDim: d, layers, sequenceLength } = network;
  const [{ headDim, outputDim, normalization }] = layers;
  if (sequenceLength < 2) return null;
  if (layers.length === 1 && normalization === 'none') {
    if (!isPublishedModel(layers[0], d)) return null;
    const alpha = Math.min(headDim, d);
    return { dimension: 2 * alpha * d + d * outputDim - alpha ** 2 - 1, statement: single };
  }
  let dimension = d ** 2 - (normalization === 'none' ? layers.length : 0);
  for (const layer of layers) {
    const alpha = Math.min(layer.headDim, d);
    if (layer.normalization !== normalization || layer.outputDim !== d || alpha < 2) return null;
    if (!isPublishedModel(layer, d)) return null;
    dimension += 2 * alpha * d - alpha ** 2;
  }
  return { dimension, statement: normalization === 'none' ? deep : normalized };
}
