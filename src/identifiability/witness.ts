import { scalarsOf } from '../exact/scalars.ts';
import { divide, isOne, one, type Fraction } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import { groupCount, headCount, headsOf } from '../network/layers/attention.ts';
import {
  aboveMatrix,
  addMatrices,
  besideMatrix,
  inverseMatrix,
  isZeroMatrix,
  kernelMatrix,
  matricesEqual,
  matrixKey,
  multiplyMatrices,
  ratioOf,
  reducedForm,
  scaleMatrix,
  solutionOf,
  subtractMatrices,
  transposeMatrix,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { SingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { weightsEqual } from '../weights/weights.ts';
import { headForms, leadingEntry, type HeadForm } from './head-forms.ts';
import { Parameters, type MatrixName } from './parameters.ts';
import { applyTransformations, type Transformation } from './transformation.ts';
import { scoreForms } from './virtual.ts';

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

  /** False for a step that does not fit. */
  attempt(step: Transformation): boolean {
    try {
      this.add(step);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /** The steps, if they lead to b. */
  finish(b: Weights): Transformation[] | null {
    return weightsEqual(this.#weights, b) ? this.steps : null;
  }
}

/** The matrices of a layer that are other ones yet. */
function unreadStep(path: Path, at: string): Transformation {
  const wanted = path.target.matricesOf(at);
  const changed = [...path.current.matricesOf(at)].filter(
    ([name, matrix]) => !matricesEqual(matrix, wanted.get(name)!),
  );
  return {
    kind: 'unread',
    path: at,
    matrices: Object.fromEntries(changed.map(([name]) => [name, wanted.get(name)!])),
  };
}

/** Of any network, layer by layer: heads exchanged, scaled, and bases changed inside of them. */
export function headTransformations(a: Weights, b: Weights): Transformation[] | null {
  const path = new Path(a, b);
  for (const [at, layer] of path.target.layers)
    if (layer.kind === 'attention' && layer.tiedTo === undefined) {
      exchangeHeads(path, at, layer);
      changeBases(path, at, layer);
      if (path.current.textOf(at) !== path.target.textOf(at)) path.attempt(unreadStep(path, at));
    }
  return path.finish(b);
}

function exchangeHeads(path: Path, at: string, layer: AttentionLayer): void {
  const heads = headCount(layer);
  if (groupCount(layer) === heads && !layer.alibi) {
    const wanted = headKeys(path.target, at, layer);
    const free: (string | null)[] = headKeys(path.current, at, layer);
    const order = wanted.map((key) => {
      const head = free.indexOf(key);
      if (head >= 0) free[head] = null;
      return head;
    });
    if (order.includes(-1)) return;
    if (order.some((from, to) => from !== to)) path.add({ kind: 'permute-heads', path: at, order });
  }
  if (layer.normalization === 'none') scaleGroups(path, at, layer);
}

/**
 * What the changes of basis and the scales leave of each head: its scores and values, those of lightning up to a factor, and the spaces of rows (of columns, for O). Biases of
 * values may move to the output behind softmax.
 */
function headKeys(parameters: Parameters, at: string, layer: AttentionLayer): string[] {
  const isLightning = layer.normalization === 'none';
  const areFree = !isLightning && layer.bias?.output === true;
  const withBias = (name: MatrixName, bias: MatrixName, head: number): ExactMatrix =>
    parameters.has(at, bias, head)
      ? besideMatrix(parameters.get(at, name, head), parameters.get(at, bias, head))
      : parameters.get(at, name, head);
  return headForms(parameters, at, layer).map(({ scores, values, valueBias }, head) => {
    const first = leadingEntry(scores);
    const last = leadingEntry([values, valueBias]);
    const factor = !isLightning ? one : first.n !== 0n ? divide(one, first) : last.n !== 0n ? last : one;
    const data = areFree ? [values] : [values, valueBias];
    const spaces = [
      withBias('Q', 'bQ', head),
      isLightning ? withBias('K', 'bK', head) : parameters.get(at, 'K', head),
      ...(layer.valueDim === undefined
        ? []
        : [
            areFree ? parameters.get(at, 'V', head) : withBias('V', 'bV', head),
            transposeMatrix(parameters.get(at, 'O', head)),
          ]),
    ];
    return [
      ...scores.map((form) => matrixKey(scaleMatrix(form, factor))),
      ...data.map((x) => matrixKey(scaleMatrix(x, divide(one, factor)))),
      ...(layer.rotary ? [] : spaces.map((matrix) => matrixKey(reducedForm(matrix).form))),
    ].join(';');
  });
}

/** Lightning: the factors of the values, or of the scores where there are none, group by group. */
function scaleGroups(path: Path, at: string, layer: AttentionLayer): void {
  const [before, after] = [headForms(path.current, at, layer), headForms(path.target, at, layer)];
  const { inverse } = scalarsOf(path.target.prime);
  for (let group = 0; group < groupCount(layer); group++) {
    const ratio = (of: (form: HeadForm) => readonly ExactMatrix[], invert: boolean): Fraction | null => {
      for (const head of headsOf(layer, group))
        for (const [k, matrix] of of(before[head]!).entries()) {
          const found = isZeroMatrix(matrix) ? null : ratioOf(of(after[head]!)[k]!, matrix);
          if (found) return invert ? inverse(found) : found;
        }
      return null;
    };
    const factor =
      ratio(({ values, valueBias }) => [values, valueBias], false) ?? ratio(({ scores }) => scores, true);
    if (factor && !isOne(factor)) path.add({ kind: 'rescale', path: at, group, factor });
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

/**
 * Of a stack of single heads whose score forms differ by the factors m_i: scales c_i = m_i⁻¹·Π_{j<i} c_j² of the lightning layers, then the changes of basis
 * between and inside the layers, then what is not read.
 */
export function stackTransformations(
  stack: SingleHeadStack,
  a: Weights,
  b: Weights,
  scales: readonly (Fraction | null)[],
  isSwapped: boolean,
): Transformation[] | null {
  const path = new Path(a, b);
  const pathOf = (index: number): string => `layers[${index}]`;
  if (isSwapped && !path.attempt({ kind: 'swap', path: pathOf(stack.layers.length - 1) })) return null;
  for (const [index, factor] of rescalings(stack, path, scales).entries())
    if (!isOne(factor)) path.add({ kind: 'rescale', path: pathOf(index), group: 0, factor });
  const wanted = scoreForms(stack, path.target).maps;
  for (let index = 0; index + 1 < stack.layers.length; index++) {
    const before = scoreForms(stack, path.current).maps[index + 1]!;
    const nothing = zeroMatrix(1, before.rows);
    const matrix = basisChange(before, wanted[index + 1]!, nothing, nothing);
    if (matrix) path.add({ kind: 'interface', path: pathOf(index), matrix });
  }
  for (const [index, layer] of stack.layers.entries()) changeBases(path, pathOf(index), layer);
  for (let index = stack.layers.length - 1; index >= 0; index--) {
    const at = pathOf(index);
    if (path.current.textOf(at) === path.target.textOf(at)) continue;
    if (!path.attempt(unreadStep(path, at))) return null;
  }
  return path.finish(b);
}

/**
 * The factors c_i. Where scores vanish c_i is free: the last of these is chosen so that the maps agree, the others are 1. If k lightning layers follow, whose scores fix their
 * factors, the map is multiplied by its power 3^k.
 */
function rescalings(stack: SingleHeadStack, path: Path, scales: readonly (Fraction | null)[]): Fraction[] {
  const { divide, multiply, of } = scalarsOf(path.target.prime);
  const isLightning = (index: number): boolean => stack.layers[index]!.normalization === 'none';
  const free = scales.map((scale, index) => scale === null && isLightning(index)).lastIndexOf(true);
  const factorsWith = (chosen: Fraction): Fraction[] => {
    let squares = one;
    return scales.map((scale, index) => {
      if (!isLightning(index)) return one;
      const factor = index === free ? chosen : scale ? divide(squares, scale) : one;
      squares = multiply(squares, multiply(factor, factor));
      return factor;
    });
  };
  const factors = factorsWith(one);
  if (free < 0) return factors;
  const [before, after] = [path.current, path.target].map((parameters) =>
    scoreForms(stack, parameters).maps.at(-1)!,
  );
  const wanted = isZeroMatrix(before!) ? null : ratioOf(after!, before!);
  if (!wanted) return factors;
  let chosen: Fraction | null = divide(wanted, factors.reduce(multiply));
  for (let index = free + 1; index < factors.length && chosen; index++)
    if (isLightning(index)) chosen = cubeRoot(chosen);
  return chosen ? factorsWith(of(chosen.n, chosen.d)) : factors;
}

/** Of a number other than 0; null if it is not rational. Of a residue it is looked for among the integers only. */
function cubeRoot({ n, d }: Fraction): Fraction | null {
  const rootOf = (x: bigint): bigint | null => {
    const size = x < 0n ? -x : x;
    // Newton's iteration from above.
    let root = 1n << BigInt(Math.ceil(size.toString(2).length / 3));
    for (;;) {
      const next = (2n * root + size / (root * root)) / 3n;
      if (next >= root) break;
      root = next;
    }
    return root ** 3n === size ? (x < 0n ? -root : root) : null;
  };
  const [above, below] = [rootOf(n), rootOf(d)];
  return above !== null && below !== null ? { n: above, d: below } : null;
}
