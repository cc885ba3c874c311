import { divide, fraction, multiply, one, type Fraction } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import { groupOf, headCount } from '../network/layers/attention.ts';
import type { RationalMatrix } from '../rational/index.ts';
import {
  aboveMatrix,
  addMatrices,
  besideMatrix,
  identityMatrix,
  isZeroMatrix,
  matrixKey,
  multiplyMatrices,
  padMatrix,
  rationalRref,
  scaleMatrix,
  selectColumns,
  selectRows,
  transposeMatrix,
  zeroMatrix,
} from '../rational/rational-matrix.ts';
import { isSingleHeadStack, type SingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { headForms, layerForm } from './head-forms.ts';
import { Parameters, type MatrixName } from './parameters.ts';
import { scalesBetween, swapped, virtualMatrices, type VirtualMatrices } from './virtual.ts';

/** The weights that stand for a fibre. */
export interface NormalForm {
  readonly weights: Weights;
  /** What was not in normal position, in words; empty on the generic stratum, where equal functions have equal normal forms. */
  readonly exceptions: readonly string[];
}

/**
 * Canonical weights of the same function: equal ones for all weights that the transformations of docs/identifiability.md relate.
 *
 * Of a stack of single heads they are computed from its virtual matrices, for all weights; elsewhere every attention layer is brought into normal form inside,
 * the rest stays. That the function is the same is checked before they are returned (Theorem 3, or the transformations themselves).
 *
 * O(matrices · d³) products of integers.
 */
export function normalForm(weights: Weights): NormalForm {
  const { network } = weights;
  return isSingleHeadStack(network) && network.layers.length > 0
    ? normalStack(network, weights)
    : normalLayers(weights);
}

function normalStack(stack: SingleHeadStack, weights: Weights): NormalForm {
  const virtual = virtualMatrices(stack, new Parameters(weights));
  const exceptions: string[] = [];
  if (virtual.isZero) {
    const matrices = weights.matrices.map(({ rows, cols }) => zeroMatrix(rows, cols));
    return { weights: { network: weights.network, matrices }, exceptions: ['the function is 0'] };
  }
  const equalFrom = virtual.scores.indexOf(null);
  if (equalFrom > 0)
    exceptions.push(`behind layer ${equalFrom} all tokens are equal: later scores of softmax do nothing`);
  const parallelFrom = firstParallel(virtual);
  if (parallelFrom !== null) exceptions.push(`behind layer ${parallelFrom} all tokens are parallel`);
  let chosen = canonical(stack, virtual);
  const exchanged = swapped(stack, virtual);
  if (exchanged) {
    exceptions.push('the last scores and the map have rank 1: their factors may be exchanged');
    const other = canonical(stack, exchanged);
    if (textOf(other.matrices) < textOf(chosen.matrices)) chosen = other;
  }
  const found = { network: weights.network, matrices: chosen.matrices };
  const after = virtualMatrices(stack, new Parameters(found));
  const isSame = [virtual, ...(exchanged ? [exchanged] : [])].some(
    (before) => scalesBetween(stack, before, after) !== null,
  );
  if (!isSame) throw new Error('normalForm: the virtual matrices changed');
  return { weights: found, exceptions: [...exceptions, ...chosen.exceptions] };
}

function textOf(matrices: readonly RationalMatrix[]): string {
  return matrices.map(matrixKey).join(' ');
}

/** The number (from 1) of the layer behind which only symmetric parts of scores are left; 0 for one token. */
function firstParallel({ scores, areParallel }: VirtualMatrices): number | null {
  return areParallel.some((isSymmetric, index) => isSymmetric && scores[index] !== null)
    ? areParallel.indexOf(true)
    : null;
}

/**
 * Scores with a leading entry 1 behind lightning, and the chain of row spaces U_i that anything behind layer i reads: P_i is the reduced echelon form of U_i,
 * with zeros for the coordinates that nothing reads, and everything else follows.
 */
function canonical(
  stack: SingleHeadStack,
  virtual: VirtualMatrices,
): { readonly matrices: RationalMatrix[]; readonly exceptions: readonly string[] } {
  const { layers, inputDim } = stack;
  const { scores, map } = scaled(stack, virtual);
  const exceptions: string[] = [];
  const spaces = readSpaces(scores, map, inputDim);
  const matrices: RationalMatrix[] = [];
  let before = { form: identityMatrix(inputDim), pivots: Array.from({ length: inputDim }, (_, i) => i) };
  for (const [index, layer] of layers.entries()) {
    const width = index === 0 ? inputDim : layers[index - 1]!.outputDim;
    const form = scores[index] ?? zeroMatrix(inputDim, inputDim);
    const inside = selectRows(selectColumns(form, before.pivots), before.pivots);
    const { key, query, rank } = factored(inside);
    if (rank > layer.headDim)
      throw new RangeError(
        `normalForm: expected scores of rank ${layer.headDim} or less, got ${rank} (the symmetric part of those of layer ${index + 1})`,
      );
    if (scores[index] && rank < Math.min(layer.headDim, inside.rows))
      exceptions.push(`the scores of layer ${index + 1} have rank ${rank}`);
    matrices.push(padMatrix(query, layer.headDim, width), padMatrix(key, layer.headDim, width));
    const last = index === layers.length - 1;
    const space = last ? null : spaces[index + 1]!;
    const value = selectColumns(space?.form ?? map, before.pivots);
    matrices.push(...valueMatrices(layer, padMatrix(value, layer.outputDim, width)));
    if (space) before = { form: space.form, pivots: [...space.pivots] };
  }
  return { matrices, exceptions };
}

/** Lightning scores divided by their leading entries, and all that follows from it (Theorem 3). */
function scaled(
  { layers }: SingleHeadStack,
  { scores, map, areParallel }: VirtualMatrices,
): { readonly scores: (RationalMatrix | null)[]; readonly map: RationalMatrix } {
  let sigma = one;
  const result = layers.map((layer, index) => {
    const kept = scores[index]!;
    if (kept === null) return null;
    // Behind parallel tokens twice the symmetric part was kept.
    const form = areParallel[index] ? scaleMatrix(kept, fraction(1n, 2n)) : kept;
    const squared = multiply(sigma, sigma);
    if (layer.normalization === 'softmax') return scaleMatrix(form, divide(one, squared));
    const factor = divide(one, leadingEntry(form));
    sigma = multiply(multiply(squared, sigma), factor);
    return scaleMatrix(form, factor);
  });
  return { scores: result, map: scaleMatrix(map, divide(one, sigma)) };
}

function leadingEntry({ numerators, denominator }: RationalMatrix): Fraction {
  return fraction(
    numerators.find((n) => n !== 0n)!,
    denominator,
  );
}

/** U_i for i = 0 … l − 1: spanned by the rows of L, and the rows and columns of the scores of later layers. */
function readSpaces(scores: readonly (RationalMatrix | null)[], map: RationalMatrix, inputDim: number) {
  const spaces = [];
  let rows = map;
  for (let index = scores.length - 1; index >= 0; index--) {
    const form = scores[index];
    if (form && !isZeroMatrix(form)) rows = aboveMatrix(rows, aboveMatrix(form, transposeMatrix(form)));
    const space = rationalRref(rows);
    rows = space.form.rows > 0 ? space.form : zeroMatrix(1, inputDim);
    spaces[index] = space;
  }
  return spaces;
}

/** A = KᵀQ with Q the reduced echelon form, and Kᵀ the columns of A at its pivots. */
function factored(form: RationalMatrix): {
  readonly key: RationalMatrix;
  readonly query: RationalMatrix;
  readonly rank: number;
} {
  const { form: query, pivots } = rationalRref(form);
  return { key: transposeMatrix(selectColumns(form, pivots)), query, rank: pivots.length };
}

function valueMatrices({ valueDim, outputDim }: AttentionLayer, value: RationalMatrix): RationalMatrix[] {
  if (valueDim === undefined) return [value];
  const { key, query } = factored(value);
  return [padMatrix(query, valueDim, value.cols), padMatrix(transposeMatrix(key), outputDim, valueDim)];
}

/** Every attention layer with parameters of its own, from the forms of its heads. */
function normalLayers(weights: Weights): NormalForm {
  const exceptions: string[] = [];
  const parameters = new Parameters(weights);
  const isTied = [...parameters.layers.values()].some(
    (layer) => layer.kind === 'attention' && layer.tiedTo !== undefined,
  );
  for (const [path, layer] of parameters.layers) {
    if (layer.kind !== 'attention') continue;
    if (layer.rotary || isTied) {
      exceptions.push(`${path}: stays as it is (${isTied ? 'tied weights' : 'rotary positions'})`);
      continue;
    }
    const before = layerForm(parameters, path, layer);
    const groups = layer.numKeyValueHeads ?? headCount(layer);
    for (let group = 0; group < groups; group++) normalGroup(parameters, path, layer, group, exceptions);
    sortHeads(parameters, path, layer, exceptions);
    if (layerForm(parameters, path, layer) !== before) throw new Error(`normalForm: ${path} changed`);
  }
  return { weights: parameters.weights(), exceptions };
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
  const members = Array.from({ length: headCount(layer) }, (_, head) => head).filter(
    (head) => groupOf(layer, head) === group,
  );
  const isLightning = layer.normalization === 'none';
  const get = (name: MatrixName, index: number): RationalMatrix => parameters.get(path, name, index);
  const withBias = (matrix: RationalMatrix, name: MatrixName, index: number): RationalMatrix =>
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
    const factor = leadingEntry(scores);
    scores = scaleMatrix(scores, divide(one, factor));
    inner = scaleMatrix(inner, factor);
  }
  const value = outputs ? multiplyMatrices(outputs, inner) : inner;
  // What is multiplied by 0 says nothing; softmax without scores is a mean.
  const isNothing = isZeroMatrix(value) || (isLightning && isZeroMatrix(scores));
  const { key, query, rank } = factored(isNothing ? zeroMatrix(scores.rows, scores.cols) : scores);
  const least = Math.min(layer.headDim, keys.cols, queries[0]!.cols);
  if (rank < least) exceptions.push(`${path}: the scores of group ${group} have rank ${rank}`);

  const padded = (matrix: RationalMatrix): RationalMatrix => padMatrix(matrix, layer.headDim, matrix.cols);
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
  both: RationalMatrix,
): void {
  const { rows, cols } = parameters.get(path, name, index);
  const columns = Array.from({ length: cols }, (_, j) => j);
  parameters.set(path, name, index, selectColumns(both, columns));
  if (!parameters.has(path, biasName, index)) return;
  parameters.set(path, biasName, index, both.cols > cols ? selectColumns(both, [cols]) : zeroMatrix(rows, 1));
}

/** Heads in the order of their texts. */
function sortHeads(parameters: Parameters, path: string, layer: AttentionLayer, exceptions: string[]): void {
  const heads = headCount(layer);
  if (heads === 1) return;
  if ((layer.numKeyValueHeads ?? heads) !== heads || layer.alibi) {
    exceptions.push(`${path}: heads stay in their order`);
    return;
  }
  const forms = headForms(parameters, path, layer).map(({ scores }) => scores.map(matrixKey).join(';'));
  if (new Set(forms).size < heads) exceptions.push(`${path}: heads share their scores`);
  if (layer.normalization === 'none') exceptions.push(`${path}: lightning heads may be mixed (GL(${heads}))`);
  const sorted = Array.from({ length: heads }, (_, head) =>
    headNames.flatMap((name) => (parameters.has(path, name, head) ? [parameters.get(path, name, head)] : [])),
  );
  const texts = new Map(sorted.map((matrices) => [matrices, matrices.map(matrixKey).join(';')]));
  sorted.sort((a, b) => (texts.get(a)! < texts.get(b)! ? -1 : texts.get(a)! > texts.get(b)! ? 1 : 0));
  const names = headNames.filter((name) => parameters.has(path, name, 0));
  for (const [head, matrices] of sorted.entries())
    for (const [k, name] of names.entries()) parameters.set(path, name, head, matrices[k]!);
}

const headNames = ['Q', 'bQ', 'K', 'bK', 'V', 'bV', 'O'] as const;
