import { divide, one } from '../fraction.ts';
import type { AttentionLayer, Network } from '../network/format.ts';
import { groupCount, headCount, headsOf } from '../network/layers/attention.ts';
import {
  aboveMatrix,
  addMatrices,
  besideMatrix,
  isZeroMatrix,
  matrixKey,
  multiplyMatrices,
  padMatrix,
  scaleMatrix,
  selectColumns,
  selectRows,
  transposeMatrix,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { Weights } from '../weights/index.ts';
import { factored, type NormalForm } from './canonical.ts';
import { headForms, layerForm, leadingEntry } from './head-forms.ts';
import { headMatrices, Parameters, type MatrixName } from './parameters.ts';

/** Every attention layer with parameters of its own, from the forms of its heads. */
export function normalLayers(weights: Weights): NormalForm {
  const exceptions: string[] = [];
  const unresolved: string[] = [];
  const parameters = new Parameters(weights);
  const isTied = [...parameters.layers.values()].some(
    (layer) => layer.kind === 'attention' && layer.tiedTo !== undefined,
  );
  for (const [path, layer] of parameters.layers) {
    if (layer.kind !== 'attention') continue;
    if (layer.rotary || isTied) {
      unresolved.push(`${path}: stays as it is (${isTied ? 'tied weights' : 'rotary positions'})`);
      continue;
    }
    const before = layerForm(parameters, path, layer);
    for (let group = 0; group < groupCount(layer); group++)
      normalGroup(parameters, path, layer, group, exceptions);
    sortHeads(parameters, path, layer, exceptions, unresolved);
    if (layerForm(parameters, path, layer) !== before) throw new Error(`normalForm: ${path} changed`);
  }
  if (!isDetermined(weights.network))
    unresolved.push(
      'symmetries between layers, if there are any, are not removed: weights of one function may have several such forms',
    );
  return { weights: parameters.weights(), exceptions, unresolved };
}

/** Is the network one softmax layer, whose function determines the forms of its heads (docs/identifiability.md, Theorem 1)? */
function isDetermined({ layers }: Network): boolean {
  const [layer] = layers;
  return (
    layers.length === 0 ||
    (layers.length === 1 &&
      layer?.kind === 'attention' &&
      layer.normalization === 'softmax' &&
      !layer.rotary &&
      !layer.alibi)
  );
}

/**
 * The matrices of the heads that share keys and values, from the products that the function sees: Kᵀ[Q_h b_h, …] and [O_h; …]·[V b_V], each factored
 * by its reduced echelon form. Lightning scores get a leading entry 1; biases that can be moved are.
 */
function normalGroup(
  parameters: Parameters,
  path: string,
  layer: AttentionLayer,
  group: number,
  exceptions: string[],
): void {
  const members = headsOf(layer, group);
  const isLightning = layer.normalization === 'none';
  const get = (name: MatrixName, index: number): ExactMatrix => parameters.get(path, name, index);
  const withBias = (matrix: ExactMatrix, name: MatrixName, index: number): ExactMatrix =>
    parameters.has(path, name, index) ? besideMatrix(matrix, get(name, index)) : matrix;

  if (!isLightning && layer.bias?.value && layer.bias.output) {
    for (const head of members) {
      const moved =
        layer.valueDim === undefined ? get('bV', group) : multiplyMatrices(get('O', head), get('bV', group));
      parameters.set(path, 'bO', undefined, addMatrices(parameters.get(path, 'bO'), moved));
    }
    parameters.set(path, 'bV', group, zeroMatrix(get('bV', group).rows, 1));
  }
  const keys = isLightning ? withBias(get('K', group), 'bK', group) : get('K', group);
  const queries = members.map((head) => withBias(get('Q', head), 'bQ', head));
  let scores = multiplyMatrices(transposeMatrix(keys), queries.reduce(besideMatrix));
  let inner = withBias(get('V', group), 'bV', group);
  const outputs =
    layer.valueDim === undefined ? null : members.map((head) => get('O', head)).reduce(aboveMatrix);
  if (isLightning && !isZeroMatrix(scores)) {
    const factor = leadingEntry([scores]);
    scores = scaleMatrix(scores, divide(one, factor));
    inner = scaleMatrix(inner, factor);
  }
  const value = outputs ? multiplyMatrices(outputs, inner) : inner;
  // What is multiplied by 0 says nothing; softmax without scores is a mean.
  const isNothing = isZeroMatrix(value) || (isLightning && isZeroMatrix(scores));
  const { key, query, rank } = factored(isNothing ? zeroMatrix(scores.rows, scores.cols) : scores);
  const least = Math.min(layer.headDim, keys.cols, queries[0]!.cols);
  if (rank < least) exceptions.push(`${path}: the scores of group ${group} have rank ${rank}`);

  const padded = (matrix: ExactMatrix): ExactMatrix => padMatrix(matrix, layer.headDim, matrix.cols);
  setWithBias(parameters, path, 'K', 'bK', group, padded(key));
  let from = 0;
  for (const [k, head] of members.entries()) {
    const { cols } = queries[k]!;
    const columns = Array.from({ length: cols }, (_, j) => from + j);
    setWithBias(parameters, path, 'Q', 'bQ', head, padded(selectColumns(query, columns)));
    from += cols;
  }
  const kept = isNothing ? zeroMatrix(value.rows, value.cols) : value;
  if (layer.valueDim === undefined) {
    setWithBias(parameters, path, 'V', 'bV', group, kept);
    return;
  }
  const { key: columns, query: rows, rank: valueRank } = factored(kept);
  if (valueRank < Math.min(layer.valueDim, layer.outputDim, get('V', group).cols))
    exceptions.push(`${path}: the values of group ${group} have rank ${valueRank}`);
  setWithBias(parameters, path, 'V', 'bV', group, padMatrix(rows, layer.valueDim, rows.cols));
  const output = padMatrix(transposeMatrix(columns), kept.rows, layer.valueDim);
  for (const [k, head] of members.entries()) {
    const places = Array.from({ length: layer.outputDim }, (_, i) => k * layer.outputDim + i);
    parameters.set(path, 'O', head, selectRows(output, places));
  }
}

/** Sets a matrix from [matrix bias]; the bias to 0 where the matrix comes without it. */
function setWithBias(
  parameters: Parameters,
  path: string,
  name: MatrixName,
  biasName: MatrixName,
  index: number,
  both: ExactMatrix,
): void {
  const { rows, cols } = parameters.get(path, name, index);
  const columns = Array.from({ length: cols }, (_, j) => j);
  parameters.set(path, name, index, selectColumns(both, columns));
  if (!parameters.has(path, biasName, index)) return;
  parameters.set(path, biasName, index, both.cols > cols ? selectColumns(both, [cols]) : zeroMatrix(rows, 1));
}

/** Heads in the order of their texts. */
function sortHeads(
  parameters: Parameters,
  path: string,
  layer: AttentionLayer,
  exceptions: string[],
  unresolved: string[],
): void {
  const heads = headCount(layer);
  if (heads === 1) return;
  if (groupCount(layer) !== heads || layer.alibi) {
    unresolved.push(`${path}: heads stay in their order`);
    return;
  }
  const forms = headForms(parameters, path, layer).map(({ scores }) => scores.map(matrixKey).join(';'));
  if (new Set(forms).size < heads) exceptions.push(`${path}: heads share their scores`);
  if (layer.normalization === 'none') unresolved.push(`${path}: lightning heads may be mixed (GL(${heads}))`);
  const sorted = Array.from({ length: heads }, (_, head) =>
    headMatrices.flatMap((name) =>
      parameters.has(path, name, head) ? [parameters.get(path, name, head)] : [],
    ),
  );
  const texts = new Map(sorted.map((matrices) => [matrices, matrices.map(matrixKey).join(';')]));
  sorted.sort((a, b) => (texts.get(a)! < texts.get(b)! ? -1 : texts.get(a)! > texts.get(b)! ? 1 : 0));
  const names = headMatrices.filter((name) => parameters.has(path, name, 0));
  for (const [head, matrices] of sorted.entries())
    for (const [k, name] of names.entries()) parameters.set(path, name, head, matrices[k]!);
}
