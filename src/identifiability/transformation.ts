import { rangeFault } from '../assert.ts';
import { scalarsOf } from '../exact/scalars.ts';
import type { Fraction } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import { groupCount, headCount, headsOf } from '../network/layers/attention.ts';
import {
  addMatrices,
  exactMatrix,
  inverseMatrix,
  matricesEqual,
  multiplyMatrices,
  padMatrix,
  scaleMatrix,
  subtractMatrices,
  transposeMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { Weights } from '../weights/index.ts';
import { isSingleHeadStack } from '../theory/single-head-stack.ts';
import { layerForm } from './head-forms.ts';
import { reachOf, seenOf } from './reach.ts';
import { headMatrices, Parameters, pathBehind, type MatrixName } from './parameters.ts';
import { exchangeRankOne } from './virtual.ts';

/** A change of weights that leaves the function as it is; `path` is that of an attention layer. */
export type Transformation =
  /** Q_h → G Q_h (and b_Q) for the heads of the group, K → G⁻ᵀK (and b_K): not with `rotary`. */
  | {
      readonly kind: 'query-key';
      readonly path: string;
      readonly group: number;
      readonly matrix: ExactMatrix;
    }
  /** V → G V (and b_V), O_h → O_h G⁻¹ for the heads of the group. */
  | {
      readonly kind: 'value-output';
      readonly path: string;
      readonly group: number;
      readonly matrix: ExactMatrix;
    }
  /** Softmax without rotary: b_K → b_K + vector; all keys of a query share what that adds to their scores. */
  | {
      readonly kind: 'key-bias';
      readonly path: string;
      readonly group: number;
      readonly vector: ExactMatrix;
    }
  /** Softmax with b_O: b_V → b_V + vector, b_O → b_O − Σ O_h·vector (or the vector itself) over the heads of the group; weights sum to 1. */
  | {
      readonly kind: 'value-bias';
      readonly path: string;
      readonly group: number;
      readonly vector: ExactMatrix;
    }
  /** Lightning: K → c⁻¹K (and b_K), V → cV (and b_V). */
  | { readonly kind: 'rescale'; readonly path: string; readonly group: number; readonly factor: Fraction }
  /** Head h becomes what head order[h] was; each head has its own keys and values, and no slope. */
  | { readonly kind: 'permute-heads'; readonly path: string; readonly order: readonly number[] }
  /** What layer `path` writes is multiplied by C, what the next layer reads by C⁻¹; both are plain heads, one behind the other. */
  | { readonly kind: 'interface'; readonly path: string; readonly matrix: ExactMatrix }
  /**
   * Other matrices of a layer, by their names in it (`Q[0]`, `bO`), of which the same is seen: the same formal sum of heads; or, in a stack of single heads, the same on tokens that
   * enter, by what reads what it writes. Those that are not named stay.
   */
  | {
      readonly kind: 'unread';
      readonly path: string;
      readonly matrices: Readonly<Record<string, ExactMatrix>>;
    }
  /** One lightning head with V = u vᵀ, KᵀQ = k qᵀ: V → u kᵀ, and K, Q such that KᵀQ = v qᵀ. */
  | { readonly kind: 'swap'; readonly path: string };

/**
 * Applies transformations one after the other, exactly. Throws a `RangeError` for one that does not fit the network: a matrix of the wrong order or without
 * an inverse, another layer, matrices that are read. That the function stays is theory (docs/identifiability.md).
 */
export function applyTransformations(weights: Weights, transformations: readonly Transformation[]): Weights {
  const parameters = new Parameters(weights);
  for (const transformation of transformations) apply(parameters, transformation);
  return parameters.weights();
}

function apply(parameters: Parameters, transformation: Transformation): void {
  const { path } = transformation;
  const layer = parameters.layer(path);
  if (layer?.kind !== 'attention' || layer.tiedTo !== undefined)
    throw rangeFault('transformation.path', 'an attention layer with parameters of its own', path);
  const change = (name: MatrixName, head: number | undefined, by: (x: ExactMatrix) => ExactMatrix): void => {
    if (parameters.has(path, name, head))
      parameters.set(path, name, head, by(parameters.get(path, name, head)));
  };
  const from = (left: ExactMatrix) => (x: ExactMatrix) => multiplyMatrices(left, x);
  switch (transformation.kind) {
    case 'query-key': {
      const { group, matrix } = transformation;
      if (layer.rotary) throw rangeFault('transformation', 'a layer without rotary positions', path);
      const inverse = transposeMatrix(inverseOf(matrix, layer.headDim));
      for (const head of headsOf(layer, group))
        for (const name of ['Q', 'bQ'] as const) change(name, head, from(matrix));
      for (const name of ['K', 'bK'] as const) change(name, group, from(inverse));
      return;
    }
    case 'value-output': {
      const { group, matrix } = transformation;
      if (layer.valueDim === undefined) throw rangeFault('transformation', 'a layer with valueDim', path);
      const inverse = inverseOf(matrix, layer.valueDim);
      for (const name of ['V', 'bV'] as const) change(name, group, from(matrix));
      for (const head of headsOf(layer, group)) change('O', head, (x) => multiplyMatrices(x, inverse));
      return;
    }
    case 'key-bias': {
      const { group, vector } = transformation;
      if (layer.normalization !== 'softmax' || layer.rotary || !layer.bias?.key)
        throw rangeFault('transformation', 'a softmax layer with biases of keys, without rotary', path);
      change('bK', group, (x) => addMatrices(x, vector));
      return;
    }
    case 'value-bias': {
      const { group, vector } = transformation;
      if (layer.normalization !== 'softmax' || !layer.bias?.value || !layer.bias.output)
        throw rangeFault('transformation', 'a softmax layer with biases of values and of the output', path);
      change('bV', group, (x) => addMatrices(x, vector));
      for (const head of headsOf(layer, group)) {
        const moved =
          layer.valueDim === undefined ? vector : multiplyMatrices(parameters.get(path, 'O', head), vector);
        change('bO', undefined, (x) => subtractMatrices(x, moved));
      }
      return;
    }
    case 'rescale': {
      const { group, factor } = transformation;
      if (layer.normalization !== 'none') throw rangeFault('transformation', 'a lightning layer', path);
      const inverse = scalarsOf(parameters.prime).inverse(factor);
      for (const name of ['K', 'bK'] as const) change(name, group, (x) => scaleMatrix(x, inverse));
      for (const name of ['V', 'bV'] as const) change(name, group, (x) => scaleMatrix(x, factor));
      return;
    }
    case 'permute-heads':
      permuteHeads(parameters, path, layer, transformation.order);
      return;
    case 'interface': {
      const next = pathBehind(path);
      const reader = parameters.layer(next);
      if (reader?.kind !== 'attention' || reader.context || reader.tiedTo !== undefined)
        throw rangeFault('transformation.path', 'a layer with an attention layer behind it', path);
      const inverse = inverseOf(transformation.matrix, layer.outputDim);
      for (let head = 0; head < headCount(layer); head++)
        for (const name of layer.valueDim === undefined ? (['V', 'bV'] as const) : (['O'] as const))
          change(name, head, from(transformation.matrix));
      change('bO', undefined, from(transformation.matrix));
      for (let head = 0; head < headCount(reader); head++)
        for (const name of ['Q', 'K', 'V'] as const)
          if (parameters.has(next, name, head))
            parameters.set(next, name, head, multiplyMatrices(parameters.get(next, name, head), inverse));
      return;
    }
    case 'unread':
      replaceUnread(parameters, path, layer, transformation.matrices);
      return;
    case 'swap':
      swap(parameters, path, layer);
  }
}

function permuteHeads(
  parameters: Parameters,
  path: string,
  layer: AttentionLayer,
  order: readonly number[],
): void {
  const heads = headCount(layer);
  const isPermutation = new Set(order).size === heads && order.every((head) => head >= 0 && head < heads);
  if (!isPermutation || order.length !== heads)
    throw rangeFault('transformation.order', `the heads 0 to ${heads - 1} in some order`, order.join(','));
  if (groupCount(layer) !== heads || layer.alibi)
    throw rangeFault('transformation', 'heads with keys and values of their own, without alibi', path);
  for (const name of headMatrices) {
    if (!parameters.has(path, name, 0)) continue;
    const before = order.map((head) => parameters.get(path, name, head));
    before.forEach((matrix, head) => parameters.set(path, name, head, matrix));
  }
}

function replaceUnread(
  parameters: Parameters,
  path: string,
  layer: AttentionLayer,
  matrices: Readonly<Record<string, ExactMatrix>>,
): void {
  const { network } = parameters;
  const index = isSingleHeadStack(network) ? network.layers.findIndex((_, k) => path === `layers[${k}]`) : -1;
  const reach = isSingleHeadStack(network) ? reachOf(network, parameters, index) : null;
  const form = layerForm(parameters, path, layer);
  const before = reach && seenOf(parameters, path, reach);
  parameters.replace(path, matrices);
  if (layerForm(parameters, path, layer) === form) return;
  const after = reach && seenOf(parameters, path, reach);
  if (!before?.every((matrix, k) => matricesEqual(matrix, after![k]!)))
    throw rangeFault('transformation.matrices', 'matrices of which the same is seen', 'others');
}

function swap(parameters: Parameters, path: string, layer: AttentionLayer): void {
  const isPlain = headCount(layer) === 1 && layer.valueDim === undefined && !layer.bias && !layer.rotary;
  if (!isPlain || layer.normalization !== 'none' || layer.context)
    throw rangeFault('transformation', 'a plain lightning head with a full value matrix', path);
  const [query, key] = [parameters.get(path, 'Q', 0), parameters.get(path, 'K', 0)];
  const exchanged = exchangeRankOne(
    parameters.get(path, 'V', 0),
    multiplyMatrices(transposeMatrix(key), query),
  );
  if (!exchanged) throw rangeFault('transformation', 'V and KᵀQ of rank 1', path);
  parameters.set(path, 'V', 0, exchanged.map);
  // v qᵀ = (e vᵀ)ᵀ (e qᵀ) with a first unit vector e: rows of zeros below.
  const { rows, cols, numerators, denominator, prime } = exchanged.form;
  const at = numerators.findIndex((n) => n !== 0n);
  const [row, column] = [Math.floor(at / cols), at % cols];
  const first = (entries: bigint[], d: bigint): ExactMatrix =>
    padMatrix(exactMatrix(1, entries.length, entries, d, prime), layer.headDim, entries.length);
  const v = Array.from({ length: rows }, (_, i) => numerators[i * cols + column]!);
  const q = Array.from({ length: cols }, (_, j) => numerators[row * cols + j]!);
  parameters.set(path, 'K', 0, first(v, denominator));
  parameters.set(path, 'Q', 0, first(q, numerators[at]!));
}

function inverseOf(matrix: ExactMatrix, order: number): ExactMatrix {
  const isSquare = matrix.rows === order && matrix.cols === order;
  const inverse = isSquare ? inverseMatrix(matrix) : null;
  if (!inverse)
    throw rangeFault('transformation.matrix', `a matrix of GL(${order})`, `${matrix.rows} × ${matrix.cols}`);
  return inverse;
}
