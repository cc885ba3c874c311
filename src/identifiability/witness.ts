import { scalarsOf } from '../exact/scalars.ts';
import { divide, isOne, one, type Fraction } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import { groupCount, headCount, headsOf } from '../network/layers/attention.ts';
import {
  aboveMatrix,
  addMatrices,
  besideMatrix,
  identityMatrix,
  inverseMatrix,
  isZeroMatrix,
  kernelMatrix,
  matricesEqual,
  matrixKey,
  multiplyMatrices,
  ratioOf,
  reducedForm,
  scaleMatrix,
  selectColumns,
  solutionOf,
  subtractMatrices,
  transposeMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { SingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { weightsEqual } from '../weights/weights.ts';
import { headForms, leadingEntry, type HeadForm } from './head-forms.ts';
import { Parameters, type MatrixName } from './parameters.ts';
import { applyTransformations, type Transformation } from './transformation.ts';
import { virtualMatrices } from './virtual.ts';

/*
 * Transformations that turn a into b entry by entry, which is checked; null if none are found. They are found where the matrices to be divided by have full
 * rank; elsewhere the same function may have weights that no transformation relates.
 */

/** A way from a to b, step by step. */
class Path {
  readonly target: Parameters;
  readonly steps: Transformation[] = [];
  #weights: Weights;

  constructor(a: Weights, b: Weights) {
    this.#weights = a;
    this.target = new Parameters(b);
  }

  get current(): Parameters {
    return new Parameters(this.#weights);
  }

  add(step: Transformation): void {
    this.#weights = applyTransformations(this.#weights, [step]);
    this.steps.push(step);
  }

  /** The steps, if they lead to b. */
  finish(b: Weights): Transformation[] | null {
    return weightsEqual(this.#weights, b) ? this.steps : null;
  }
}

/** Of any network, layer by layer: heads exchanged, scaled, and bases changed inside of them. */
export function headTransformations(a: Weights, b: Weights): Transformation[] | null {
  const path = new Path(a, b);
  for (const [at, layer] of path.target.layers)
    if (layer.kind === 'attention' && layer.tiedTo === undefined) {
      exchangeHeads(path, at, layer);
      changeBases(path, at, layer);
    }
  return path.finish(b);
}

function exchangeHeads(path: Path, at: string, layer: AttentionLayer): void {
  const heads = headCount(layer);
  if (groupCount(layer) !== heads || layer.alibi) {
    if (layer.normalization === 'none') scaleHeads(path, at, layer);
    return;
  }
  const isLightning = layer.normalization === 'none';
  const wanted = headForms(path.target, at, layer).map((form) => formKey(form, isLightning));
  const free = headForms(path.current, at, layer).map((form) => formKey(form, isLightning));
  const order = wanted.map((key) => {
    const head = free.indexOf(key);
    if (head >= 0) free[head] = '';
    return head;
  });
  if (order.includes(-1)) return;
  if (order.some((from, to) => from !== to)) path.add({ kind: 'permute-heads', path: at, order });
  if (isLightning) scaleHeads(path, at, layer);
}

/** Scores and values, those of lightning up to a factor; biases of values may move to the output behind softmax. */
function formKey({ scores, values, valueBias }: HeadForm, isLightning: boolean): string {
  const first = leadingEntry(scores);
  const factor = isLightning && first.n !== 0n ? first : one;
  const keys = scores.map((form) => matrixKey(scaleMatrix(form, divide(one, factor))));
  const weighted = isLightning ? [values, valueBias] : [values];
  return [...keys, ...weighted.map((x) => matrixKey(scaleMatrix(x, factor)))].join(';');
}

/** Lightning: the factors of the values, head by head, where each has its own. */
function scaleHeads(path: Path, at: string, layer: AttentionLayer): void {
  const heads = headCount(layer);
  if (groupCount(layer) !== heads) return;
  const [before, after] = [headForms(path.current, at, layer), headForms(path.target, at, layer)];
  for (const [head, { values }] of before.entries()) {
    const factor = isZeroMatrix(values) ? null : ratioOf(after[head]!.values, values);
    if (factor && !isOne(factor)) path.add({ kind: 'rescale', path: at, group: head, factor });
  }
}

function changeBases(path: Path, at: string, layer: AttentionLayer): void {
  for (let group = 0; group < groupCount(layer); group++) {
    const members = headsOf(layer, group);
    const { current, target } = path;
    const beside = (
      from: Parameters,
      names: readonly MatrixName[],
      indices: readonly number[],
    ): ExactMatrix =>
      indices
        .flatMap((index) =>
          names.filter((name) => from.has(at, name, index)).map((name) => from.get(at, name, index)),
        )
        .reduce(besideMatrix);
    const seesKeyBias = layer.normalization === 'none';
    if (!layer.rotary) {
      const keys = (from: Parameters): ExactMatrix =>
        transposeMatrix(beside(from, seesKeyBias ? ['K', 'bK'] : ['K'], [group]));
      const queries = (from: Parameters): ExactMatrix => beside(from, ['Q', 'bQ'], members);
      const matrix = basisChange(queries(current), queries(target), keys(current), keys(target));
      if (matrix) path.add({ kind: 'query-key', path: at, group, matrix });
    }
    if (layer.valueDim !== undefined) {
      const values = (from: Parameters): ExactMatrix =>
        beside(from, layer.normalization === 'none' ? ['V', 'bV'] : ['V'], [group]);
      const outputs = (from: Parameters): ExactMatrix =>
        members.map((head) => from.get(at, 'O', head)).reduce(aboveMatrix);
      const matrix = basisChange(values(current), values(target), outputs(current), outputs(target));
      if (matrix) path.add({ kind: 'value-output', path: at, group, matrix });
    }
    if (layer.normalization === 'softmax') moveBiases(path, at, layer, group);
  }
}

function moveBiases(path: Path, at: string, layer: AttentionLayer, group: number): void {
  for (const [kind, name, isFree] of [
    ['key-bias', 'bK', !layer.rotary],
    ['value-bias', 'bV', layer.bias?.output],
  ] as const) {
    if (!isFree || !path.target.has(at, name, group)) continue;
    const vector = subtractMatrices(path.target.get(at, name, group), path.current.get(at, name, group));
    if (!isZeroMatrix(vector)) path.add({ kind, path: at, group, vector });
  }
}

/**
 * G in GL with x' = G·x and y'·G = y; null if none is found, or if it is the identity. G is a solution of the first equation, which leaves Z·N with N·x = 0,
 * and Z one of y'·Z·N = y − y'·G, which leaves the kernel of y': of what is left, small integers are tried until G is invertible.
 */
function basisChange(
  x: ExactMatrix,
  wantedX: ExactMatrix,
  y: ExactMatrix,
  wantedY: ExactMatrix,
): ExactMatrix | null {
  if (matricesEqual(x, wantedX) && matricesEqual(y, wantedY)) return null;
  const particular = solutionOf(transposeMatrix(x), transposeMatrix(wantedX));
  if (!particular) return null;
  const first = transposeMatrix(particular);
  const annihilator = transposeMatrix(kernelMatrix(transposeMatrix(x)));
  const rest = subtractMatrices(y, multiplyMatrices(wantedY, first));
  const throughN = solutionOf(transposeMatrix(annihilator), transposeMatrix(rest));
  if (!throughN) return null;
  const z = solutionOf(wantedY, transposeMatrix(throughN));
  if (!z) return null;
  const kernel = kernelMatrix(wantedY);
  for (let trial = 0; trial < 8; trial++) {
    const entries = Array.from({ length: kernel.cols * annihilator.rows }, (_, e) =>
      BigInt(((e + 1) * trial * 7) % 11),
    );
    const free = { rows: kernel.cols, cols: annihilator.rows, numerators: entries, denominator: 1n };
    const chosen = addMatrices(z, multiplyMatrices(kernel, free));
    const matrix = addMatrices(first, multiplyMatrices(chosen, annihilator));
    if (inverseMatrix(matrix)) return matrix;
  }
  return null;
}

/** G in GL with b = G·a, for a of full row rank; null if there is none, or if it is the identity. */
function quotient(b: ExactMatrix, a: ExactMatrix): ExactMatrix | null {
  const { pivots } = reducedForm(a);
  if (pivots.length < a.rows) return null;
  const inverse = inverseMatrix(selectColumns(a, pivots))!;
  const matrix = multiplyMatrices(selectColumns(b, pivots), inverse);
  if (matricesEqual(matrix, identityMatrix(a.rows)) || inverseMatrix(matrix) === null) return null;
  return matricesEqual(multiplyMatrices(matrix, a), b) ? matrix : null;
}

/**
 * Of a stack of single heads whose score forms differ by the factors m_i: scales c_i = m_i⁻¹·Π_{j<i} c_j² of the lightning layers, then the changes of basis
 * between and inside the layers.
 */
export function stackTransformations(
  stack: SingleHeadStack,
  a: Weights,
  b: Weights,
  scales: readonly Fraction[],
  isSwapped: boolean,
): Transformation[] | null {
  const path = new Path(a, b);
  const pathOf = (index: number): string => `layers[${index}]`;
  try {
    if (isSwapped) path.add({ kind: 'swap', path: pathOf(stack.layers.length - 1) });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const { divide, multiply } = scalarsOf(a.prime);
  let squares = one;
  for (const [index, layer] of stack.layers.entries()) {
    if (layer.normalization === 'softmax') continue;
    const factor = divide(squares, scales[index]!);
    if (!isOne(factor)) path.add({ kind: 'rescale', path: pathOf(index), group: 0, factor });
    squares = multiply(squares, multiply(factor, factor));
  }
  const wanted = virtualMatrices(stack, path.target).maps;
  for (let index = 0; index + 1 < stack.layers.length; index++) {
    const matrix = quotient(wanted[index + 1]!, virtualMatrices(stack, path.current).maps[index + 1]!);
    if (matrix) path.add({ kind: 'interface', path: pathOf(index), matrix });
  }
  for (const [index, layer] of stack.layers.entries()) changeBases(path, pathOf(index), layer);
  return path.finish(b);
}
