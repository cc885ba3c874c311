import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { noArgument, visibleKeys } from './exponents.ts';
import type { Input, LayerAtPoint, Weight } from './point.ts';

/*
 * The network at a point modulo p, from the definition (docs/certificate.md, "Network"). Matrices are row-major vectors; tokens
 * are rows. The keys that a query sees are the first ones, so sums over keys are dot products of prefixes.
 */

/** What a layer computes at one input, and what its derivative needs. */
export interface LayerValues<E> {
  readonly x: Vector<E>;
  readonly q: Vector<E>;
  readonly k: Vector<E>;
  readonly v: Vector<E>;
  /** t × t, row: query; 0 where the key is hidden. */
  readonly scores: Vector<E>;
  readonly weights: Vector<E>;
  /** softmax: E, and 1/Σ_k E_ik for each query. */
  readonly units: Vector<E> | null;
  readonly inverseSums: Vector<E> | null;
  /** Σ_j w_ij V x_j. */
  readonly h: Vector<E>;
  readonly y: Vector<E>;
}

/** Evaluates all layers at an input; null if a denominator vanishes there. */
export async function evaluate<E>(
  layers: readonly LayerAtPoint<E>[],
  input: Input<E>,
  tokens: number,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<LayerValues<E>[] | null> {
  const values: LayerValues<E>[] = [];
  let x = input.tokens;
  for (const [index, layer] of layers.entries()) {
    const at = await evaluateLayer(layer, x, input.units[index]!, tokens, f, breath);
    if (at === null) return null;
    values.push(at);
    x = at.y;
  }
  return values;
}

async function evaluateLayer<E>(
  layer: LayerAtPoint<E>,
  x: Vector<E>,
  drawn: Vector<E>,
  t: number,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<LayerValues<E> | null> {
  const { shape, argumentTable } = layer;
  const a = shape.headDim;
  const q = await apply(layer.q, x, t, f, breath);
  const k = await apply(layer.k, x, t, f, breath);
  const v = await apply(layer.v, x, t, f, breath);
  const width = layer.v.rows;
  const scores = f.zeros(t * t);
  const h = f.zeros(t * width);
  const weights = shape.softmax ? f.zeros(t * t) : scores;
  const units = shape.softmax ? f.zeros(t * t) : null;
  const inverseSums = shape.softmax ? f.zeros(t) : null;
  for (let i = 0; i < t; i++) {
    const keys = visibleKeys(shape, i, t);
    for (let j = 0; j < keys; j++) {
      if (breath.due(a * f.cost.dot)) await breath.take();
      scores[i * t + j] = f.dot(q, i * a, 1, k, j * a, 1, a);
    }
    if (units !== null && inverseSums !== null) {
      let sum = f.zero;
      for (let j = 0; j < keys; j++) {
        const argument = argumentTable?.[i * t + j] ?? noArgument;
        // A single visible key has weight 1, whatever its exponential is.
        const unit = argument === noArgument ? f.one : drawn[argument]!;
        units[i * t + j] = unit;
        sum = f.add(sum, unit);
      }
      if (sum === f.zero) return null;
      inverseSums[i] = f.inverse(sum);
      for (let j = 0; j < keys; j++) weights[i * t + j] = f.multiply(units[i * t + j]!, inverseSums[i]!);
    }
    for (let c = 0; c < width; c++) {
      if (breath.due(keys * f.cost.dot)) await breath.take();
      h[i * width + c] = f.dot(weights, i * t, 1, v, c, width, keys);
    }
  }
  const y = layer.o === null ? h : await apply(layer.o, h, t, f, breath);
  return { x, q, k, v, scores, weights, units, inverseSums, h, y };
}

/** Every token times a weight matrix: t × rows. */
export async function apply<E>(
  weight: Weight<E>,
  x: Vector<E>,
  t: number,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<Vector<E>> {
  const result = f.zeros(t * weight.rows);
  for (let i = 0; i < t; i++)
    for (let r = 0; r < weight.rows; r++) {
      if (breath.due(weight.cols * f.cost.dot)) await breath.take();
      result[i * weight.rows + r] = f.dot(
        x,
        i * weight.cols,
        1,
        weight.entries,
        r * weight.cols,
        1,
        weight.cols,
      );
    }
  return result;
}
