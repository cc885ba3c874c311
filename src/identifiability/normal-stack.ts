import { scalarsOf } from '../exact/scalars.ts';
import { fraction, one } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import {
  aboveMatrix,
  identityMatrix,
  isZeroMatrix,
  matrixKey,
  padMatrix,
  reducedForm,
  scaleMatrix,
  selectColumns,
  selectRows,
  transposeMatrix,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { SingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { weightsOver } from '../weights/weights.ts';
import { factored, type NormalForm } from './canonical.ts';
import { leadingEntry } from './head-forms.ts';
import { Parameters } from './parameters.ts';
import { scalesBetween, swapped, virtualMatrices, type VirtualMatrices } from './virtual.ts';

/** Of a stack of single heads, from its virtual matrices. */
export function normalStack(stack: SingleHeadStack, weights: Weights): NormalForm {
  const virtual = virtualMatrices(stack, new Parameters(weights));
  const exceptions: string[] = [];
  if (virtual.isZero) {
    const matrices = weights.matrices.map(({ rows, cols }) => zeroMatrix(rows, cols));
    return {
      weights: weightsOver(weights.network, matrices, weights.prime),
      exceptions: ['the function is 0'],
      unresolved: [],
    };
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
  const found = weightsOver(weights.network, chosen.matrices, weights.prime);
  const after = virtualMatrices(stack, new Parameters(found));
  const isSame = [virtual, ...(exchanged ? [exchanged] : [])].some(
    (before) => scalesBetween(stack, before, after) !== null,
  );
  if (!isSame) throw new Error('normalForm: the virtual matrices changed');
  return { weights: found, exceptions: [...exceptions, ...chosen.exceptions], unresolved: [] };
}

function textOf(matrices: readonly ExactMatrix[]): string {
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
): { readonly matrices: ExactMatrix[]; readonly exceptions: readonly string[] } {
  const { layers, inputDim } = stack;
  const { scores, map } = scaled(stack, virtual);
  const exceptions: string[] = [];
  const spaces = readSpaces(scores, map, inputDim);
  const matrices: ExactMatrix[] = [];
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
  { scores, map, areParallel, prime }: VirtualMatrices,
): { readonly scores: (ExactMatrix | null)[]; readonly map: ExactMatrix } {
  const { multiply, inverse } = scalarsOf(prime);
  let sigma = one;
  const result = layers.map((layer, index) => {
    const kept = scores[index]!;
    if (kept === null) return null;
    // Behind parallel tokens twice the symmetric part was kept.
    const form = areParallel[index] ? scaleMatrix(kept, fraction(1n, 2n)) : kept;
    const squared = multiply(sigma, sigma);
    if (layer.normalization === 'softmax') return scaleMatrix(form, inverse(squared));
    const factor = inverse(leadingEntry([form]));
    sigma = multiply(multiply(squared, sigma), factor);
    return scaleMatrix(form, factor);
  });
  return { scores: result, map: scaleMatrix(map, inverse(sigma)) };
}

/** U_i for i = 0 … l − 1: spanned by the rows of L, and the rows and columns of the scores of later layers. */
function readSpaces(scores: readonly (ExactMatrix | null)[], map: ExactMatrix, inputDim: number) {
  const spaces = [];
  let rows = map;
  for (let index = scores.length - 1; index >= 0; index--) {
    const form = scores[index];
    if (form && !isZeroMatrix(form)) rows = aboveMatrix(rows, aboveMatrix(form, transposeMatrix(form)));
    const space = reducedForm(rows);
    rows = space.form.rows > 0 ? space.form : zeroMatrix(1, inputDim);
    spaces[index] = space;
  }
  return spaces;
}

function valueMatrices({ valueDim, outputDim }: AttentionLayer, value: ExactMatrix): ExactMatrix[] {
  if (valueDim === undefined) return [value];
  const { key, query } = factored(value);
  return [padMatrix(query, valueDim, value.cols), padMatrix(transposeMatrix(key), outputDim, valueDim)];
}
