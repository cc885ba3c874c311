import type { Kernel } from '../kernel/kernel.ts';
import type { AttentionLayer } from '../network/format.ts';

/*
 * One attention layer over F_p, as matrix products in the kernel.
 *
 * Tokens are rows here: X is t × d. Forward:
 *
 *     q = X Qᵀ    k = X Kᵀ    v = X Vᵀ    s = q kᵀ    w = S(s)    h = w v    y = h Oᵀ   (no O: y = h)
 *
 * Backward, R cotangents at once. A cotangent of a t × c value is stored token by token, [token][cotangent][coordinate], so that
 * the same memory is the matrix (t·R) × c for products with a weight and t × (R·c) for products over the tokens, and nothing
 * is ever transposed.
 */

/** Where the weight matrices of a layer lie: in the parameter vector and in the rows of the Jacobian (elements). */
export interface AttentionParameters {
  readonly q: number;
  readonly k: number;
  readonly v: number;
  /** −1: no output matrix, V is the full value matrix. */
  readonly o: number;
}

/** A layer with the sizes and places that forward and backward need. */
export interface PlacedAttention {
  readonly layer: AttentionLayer;
  readonly tokens: number;
  readonly inputDim: number;
  /** The rows of V: `valueDim`, or `outputDim` where the value matrix is full. */
  readonly valueRows: number;
  readonly parameters: AttentionParameters;
}

/** Heap offsets of what forward keeps for backward. */
export interface AttentionTape {
  readonly x: number;
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly w: number;
  readonly h: number;
  readonly y: number;
}

/** The scores s = q kᵀ of the tokens at `x`: t × t, row i is the query i; allocated on the kernel's heap, with q and k. */
export function attentionScores(
  kernel: Kernel,
  theta: number,
  place: PlacedAttention,
  x: number,
): { q: number; k: number; s: number } {
  const { tokens: t, inputDim: d, parameters } = place;
  const a = place.layer.headDim;
  const bytes = kernel.elementBytes;
  const q = kernel.allocate(t * a);
  const k = kernel.allocate(t * a);
  const s = kernel.allocate(t * t);
  kernel.multiply('set', t, a, d, x, d, 1, theta + parameters.q * bytes, 1, d, q, a);
  kernel.multiply('set', t, a, d, x, d, 1, theta + parameters.k * bytes, 1, d, k, a);
  kernel.multiply('set', t, t, a, q, a, 1, k, 1, a, s, t);
  return { q, k, s };
}

/**
 * Evaluates the layer on the tokens at `x` (t × d).
 *
 * `weights`: the softmax weights of the point (t × t), or null for lightning attention.
 */
export function attentionForward(
  kernel: Kernel,
  theta: number,
  place: PlacedAttention,
  x: number,
  weights: Uint32Array | null,
): AttentionTape {
  const { tokens: t, inputDim: d, valueRows, layer, parameters } = place;
  const bytes = kernel.elementBytes;
  const { q, k, s: w } = attentionScores(kernel, theta, place, x);
  if (weights) kernel.write(w, weights);
  else if (layer.causal)
    for (let i = 0; i + 1 < t; i++) kernel.zero(w + (i * t + i + 1) * bytes, 1, t - i - 1, t);
  const v = kernel.allocate(t * valueRows);
  const h = kernel.allocate(t * valueRows);
  kernel.multiply('set', t, valueRows, d, x, d, 1, theta + parameters.v * bytes, 1, d, v, valueRows);
  kernel.multiply('set', t, valueRows, t, w, t, 1, v, valueRows, 1, h, valueRows);
  if (parameters.o < 0) return { x, q, k, v, w, h, y: h };
  const y = kernel.allocate(t * layer.outputDim);
  const o = theta + parameters.o * bytes;
  kernel.multiply('set', t, layer.outputDim, valueRows, h, valueRows, 1, o, 1, valueRows, y, layer.outputDim);
  return { x, q, k, v, w, h, y };
}

/** Rows of the Jacobian: cotangent r writes to the row at `at` + r·`rowStride` elements. */
export interface JacobianRows {
  readonly at: number;
  readonly rowStride: number;
}

/**
 * Pulls R cotangents of the layer's output back: writes the derivatives by its parameters into the rows of the Jacobian and returns
 * the cotangents of its input (or −1 if `inputWanted` is false: there is nothing below).
 *
 * `gy`: t × R × d'. O(R·t·(d·a + d·v + t·a + t·v)) products.
 */
export function attentionBackward(
  kernel: Kernel,
  theta: number,
  place: PlacedAttention,
  tape: AttentionTape,
  gy: number,
  cotangents: number,
  rows: JacobianRows,
  inputWanted: boolean,
): number {
  const { tokens: t, inputDim: d, valueRows, layer, parameters } = place;
  const a = layer.headDim;
  const bytes = kernel.elementBytes;
  const R = cotangents;

  /** Σ_i g[i][r] ⊗ z[i] for every cotangent r: the derivative by a weight matrix (outs × ins) that reads z. */
  const writeWeightDerivative = (offset: number, outs: number, ins: number, g: number, z: number): void => {
    const mark = kernel.mark();
    const block = kernel.allocate(R * outs * ins);
    kernel.multiply('set', R * outs, ins, t, g, 1, R * outs, z, ins, 1, block, ins);
    kernel.copy(R, outs * ins, block, outs * ins, rows.at + offset * bytes, rows.rowStride);
    kernel.release(mark);
  };

  let gh = gy;
  if (parameters.o >= 0) {
    writeWeightDerivative(parameters.o, layer.outputDim, valueRows, gy, tape.h);
    gh = kernel.allocate(t * R * valueRows);
    const o = theta + parameters.o * bytes;
    kernel.multiply(
      'set',
      t * R,
      valueRows,
      layer.outputDim,
      gy,
      layer.outputDim,
      1,
      o,
      valueRows,
      1,
      gh,
      valueRows,
    );
  }

  const gv = kernel.allocate(t * R * valueRows);
  kernel.multiply('set', t, R * valueRows, t, tape.w, 1, t, gh, R * valueRows, 1, gv, R * valueRows);
  writeWeightDerivative(parameters.v, valueRows, d, gv, tape.x);

  // gs: [query][cotangent][key]
  const gs = kernel.allocate(t * R * t);
  kernel.multiply('set', t * R, t, valueRows, gh, valueRows, 1, tape.v, 1, valueRows, gs, t);
  for (let query = 0; query < t; query++) {
    const block = gs + query * R * t * bytes;
    if (layer.normalization === 'softmax') kernel.pullbackWeights(R, t, block, tape.w + query * t * bytes);
    else if (layer.causal) kernel.zero(block + (query + 1) * bytes, R, t - query - 1, t);
  }

  const gq = kernel.allocate(t * R * a);
  const gk = kernel.allocate(t * R * a);
  kernel.multiply('set', t * R, a, t, gs, t, 1, tape.k, a, 1, gq, a);
  for (let key = 0; key < t; key++)
    kernel.multiply('set', R, a, t, gs + key * bytes, t, R * t, tape.q, a, 1, gk + key * R * a * bytes, a);
  writeWeightDerivative(parameters.q, a, d, gq, tape.x);
  writeWeightDerivative(parameters.k, a, d, gk, tape.x);

  if (!inputWanted) return -1;
  const gx = kernel.allocate(t * R * d);
  kernel.multiply('set', t * R, d, a, gq, a, 1, theta + parameters.q * bytes, d, 1, gx, d);
  kernel.multiply('add', t * R, d, a, gk, a, 1, theta + parameters.k * bytes, d, 1, gx, d);
  kernel.multiply('add', t * R, d, valueRows, gv, valueRows, 1, theta + parameters.v * bytes, d, 1, gx, d);
  return gx;
}
