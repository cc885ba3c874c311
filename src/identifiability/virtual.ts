import { isOne, one, type Fraction } from '../fraction.ts';
import { scalarsOf } from '../exact/scalars.ts';
import {
  addMatrices,
  exactMatrix,
  hasRankOne,
  identityMatrix,
  isZeroMatrix,
  matricesEqual,
  productOf,
  ratioOf,
  transposeMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import { finish } from '../rational/steps.ts';
import type { SingleHeadStack } from '../theory/single-head-stack.ts';
import { headForms } from './head-forms.ts';
import type { Parameters } from './parameters.ts';

/** What the function of a stack of single heads depends on (docs/closed-form.md): M_i = P_{i−1}ᵀ A_i P_{i−1} with P_i = V_i ⋯ V_1, and L = P_l. */
export interface VirtualMatrices {
  /** The part of M_i that matters: nothing (softmax over equal tokens), its symmetric part where tokens are parallel, or all of it. */
  readonly scores: readonly (ExactMatrix | null)[];
  readonly map: ExactMatrix;
  /** Of each layer: are its scores a symmetric part only? Twice that part was kept. */
  readonly areParallel: readonly boolean[];
  /** P_0, …, P_l */
  readonly maps: readonly ExactMatrix[];
  /** A factor of the function is 0. */
  readonly isZero: boolean;
  /** Of weights over F_p. */
  readonly prime: bigint | undefined;
}

/** M_1, …, M_l and P_0, …, P_l as they are. */
export interface ScoreForms {
  readonly forms: readonly ExactMatrix[];
  readonly maps: readonly ExactMatrix[];
}

export function scoreForms(stack: SingleHeadStack, parameters: Parameters): ScoreForms {
  return finish(scoreFormSteps(stack, parameters));
}

/** Layer by layer: products of integers that get longer. */
function* scoreFormSteps(
  stack: SingleHeadStack,
  parameters: Parameters,
): Generator<void, ScoreForms, undefined> {
  const maps = [identityMatrix(stack.inputDim)];
  const forms: ExactMatrix[] = [];
  for (const [index, layer] of stack.layers.entries()) {
    const before = maps[index]!;
    const head = headForms(parameters, `layers[${index}]`, layer)[0]!;
    maps.push(productOf(head.values, before));
    yield;
    const half = productOf(head.scores[0]!, before);
    yield;
    forms.push(productOf(transposeMatrix(before), half));
    yield;
  }
  return { forms, maps };
}

export function virtualMatrices(stack: SingleHeadStack, parameters: Parameters): VirtualMatrices {
  return finish(virtualMatrixSteps(stack, parameters));
}

/** The same, layer by layer. */
export function* virtualMatrixSteps(
  stack: SingleHeadStack,
  parameters: Parameters,
): Generator<void, VirtualMatrices, undefined> {
  const { forms, maps } = yield* scoreFormSteps(stack, parameters);
  const scores: (ExactMatrix | null)[] = [];
  const symmetricOnly: boolean[] = [];
  const { sequenceLength } = stack;
  // Tokens are y·z_1, …, y·z_t; or all the same.
  let areParallel = sequenceLength === 1;
  let areEqual = areParallel;
  let isZero = false;
  for (const [index, layer] of stack.layers.entries()) {
    const form = forms[index]!;
    const isLightning = layer.normalization === 'none';
    symmetricOnly.push(areParallel);
    if (!isLightning && areEqual) scores.push(null);
    else {
      const symmetric = symmetrized(form);
      const kept = areParallel ? symmetric : form;
      scores.push(kept);
      if (isLightning && isZeroMatrix(kept)) isZero = true;
      if (isLightning && !layer.causal && hasRankOne(form)) areParallel = true;
      const isUniform = isZeroMatrix(kept) || (sequenceLength === 2 && isZeroMatrix(symmetric));
      if (!isLightning && !layer.causal && isUniform) areParallel = areEqual = true;
    }
    yield;
  }
  const map = maps[maps.length - 1]!;
  isZero ||= isZeroMatrix(map);
  return { scores, map, maps, areParallel: symmetricOnly, isZero, prime: parameters.prime };
}

/** Twice the symmetric part: only ratios and equality matter. */
export function symmetrized(form: ExactMatrix): ExactMatrix {
  return addMatrices(form, transposeMatrix(form));
}

/**
 * The factors m_i with M'_i = m_i·M_i that leave the function as it is: the tokens of b behind layer i are σ_i times those of a, σ_i = m_i·σ_{i−1}³ behind
 * lightning, σ_i = σ_{i−1} behind softmax, whose m_i is σ_{i−1}⁻², and σ_l·L' = L. Null if there are none.
 */
export function scalesBetween(
  { layers }: SingleHeadStack,
  a: VirtualMatrices,
  b: VirtualMatrices,
): readonly Fraction[] | null {
  const { multiply, inverse } = scalarsOf(a.prime);
  const scales: Fraction[] = [];
  let sigma = one;
  for (const [index, layer] of layers.entries()) {
    const [before, after] = [a.scores[index]!, b.scores[index]!];
    const squared = multiply(sigma, sigma);
    if (before === null || after === null) {
      if (before !== after) return null;
      scales.push(inverse(squared));
      continue;
    }
    if (layer.normalization === 'softmax') {
      const wanted = inverse(squared);
      const isEqual = isZeroMatrix(before)
        ? isZeroMatrix(after)
        : equalsRatio(ratioOf(after, before), wanted);
      if (!isEqual) return null;
      scales.push(wanted);
      continue;
    }
    const factor = isZeroMatrix(before) ? null : ratioOf(after, before);
    if (factor === null) return null;
    scales.push(factor);
    sigma = multiply(multiply(squared, sigma), factor);
  }
  if (isOne(sigma)) return matricesEqual(a.map, b.map) ? scales : null;
  return equalsRatio(ratioOf(a.map, b.map), sigma) ? scales : null;
}

/** The factors of the score forms, null where they vanish or are none. */
export function ratiosOf(a: VirtualMatrices, b: VirtualMatrices): (Fraction | null)[] {
  return a.scores.map((before, index) => {
    const after = b.scores[index]!;
    return before && after && !isZeroMatrix(before) ? ratioOf(after, before) : null;
  });
}

function equalsRatio(found: Fraction | null, { n, d }: Fraction): boolean {
  return found !== null && found.n === n && found.d === d;
}

/**
 * With the last score form and the map exchanged, where both have rank 1 and the last layer is lightning: L = u vᵀ, M = k qᵀ become u kᵀ, v qᵀ, and the
 * function stays. Null elsewhere.
 */
export function swapped({ layers }: SingleHeadStack, virtual: VirtualMatrices): VirtualMatrices | null {
  const form = virtual.scores.at(-1);
  if (layers.at(-1)?.normalization !== 'none' || !form || virtual.areParallel.at(-1)) return null;
  const exchanged = exchangeRankOne(virtual.map, form);
  return (
    exchanged && { ...virtual, map: exchanged.map, scores: [...virtual.scores.slice(0, -1), exchanged.form] }
  );
}

/** (u vᵀ, k qᵀ) → (u kᵀ, v qᵀ), scaled so that the product is the same; null unless both have rank 1. */
export function exchangeRankOne(
  map: ExactMatrix,
  form: ExactMatrix,
): { readonly map: ExactMatrix; readonly form: ExactMatrix } | null {
  if (isZeroMatrix(map) || isZeroMatrix(form) || !hasRankOne(map) || !hasRankOne(form)) return null;
  const [u, v] = rankOneFactors(map);
  const [k, q] = rankOneFactors(form);
  return { map: productOf(u, transposeMatrix(k)), form: productOf(v, transposeMatrix(q)) };
}

/** Columns x, y with x·yᵀ the matrix of rank 1. */
function rankOneFactors(matrix: ExactMatrix): [ExactMatrix, ExactMatrix] {
  const { rows, cols, numerators, denominator, prime } = matrix;
  const at = numerators.findIndex((n) => n !== 0n);
  const [row, column] = [Math.floor(at / cols), at % cols];
  const x = Array.from({ length: rows }, (_, i) => numerators[i * cols + column]!);
  const y = Array.from({ length: cols }, (_, j) => numerators[row * cols + j]!);
  return [exactMatrix(rows, 1, x, 1n, prime), exactMatrix(cols, 1, y, denominator * numerators[at]!, prime)];
}
