import {
  addMatrices,
  besideMatrix,
  exactMatrix,
  isZeroMatrix,
  matrixKey,
  reducedForm,
  scaleMatrix,
  selectColumns,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import { fraction, multiply, one, type Fraction } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import { isSingleHeadStack, type SingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { headForms, leadingEntry, visibleKeys } from './head-forms.ts';
import { hasCoefficients, lightningCoefficients } from './lightning-coefficients.ts';
import { Parameters } from './parameters.ts';
import { scoreForms, symmetrized, virtualMatrices } from './virtual.ts';

/** What the function depends on at weights, to first order (docs/identifiability.md, "The fibre through a point"). */
export interface TangentData {
  /** Polynomials in the parameters, of degree at most 2 in each. In a direction in which their derivative is a combination of `scales` the function stays, to first order. */
  readonly at: (moved: Weights) => readonly ExactMatrix[];
  readonly scales: readonly (readonly ExactMatrix[])[];
  /** In no other direction does it. */
  readonly isComplete: boolean;
}

/** Null where no theorem says it. */
export function tangentData(weights: Weights): TangentData | null {
  const { network } = weights;
  const [layer] = network.layers;
  const isOne = network.layers.length === 1 && layer?.kind === 'attention' && !layer.rotary;
  if (isOne && layer.normalization === 'softmax') return softmaxData(weights, layer);
  const width = Math.max(network.inputDim, network.context?.inputDim ?? 0);
  if (isOne && hasCoefficients(layer, width))
    return {
      at: (moved) => [lightningCoefficients(new Parameters(moved), 'layers[0]', layer)],
      scales: [],
      isComplete: true,
    };
  return isSingleHeadStack(network) && network.layers.length > 0 ? stackData(network, weights) : null;
}

/** A head at the weights: what it is multiplied by in its class, and its values. */
interface Member {
  readonly head: number;
  readonly sign: Fraction;
  readonly values: ExactMatrix;
}

/** One softmax layer: Theorem 5; with ALiBi the forms of each head. */
function softmaxData(weights: Weights, layer: AttentionLayer): TangentData {
  const visible = visibleKeys(layer, weights.network);
  const forms = headForms(new Parameters(weights), 'layers[0]', layer);
  const classes = new Map<string, Member[]>();
  for (const [head, { scores, values }] of forms.entries()) {
    // Of two keys, σ(z) = ½ + ½ tanh(z/2), and tanh is odd.
    const sign = fraction(visible === 2 && leadingEntry(scores).n < 0n ? -1n : 1n);
    const key = layer.alibi ? `${head}` : matrixKey(scaleMatrix(scores[0]!, sign));
    classes.set(key, [...(classes.get(key) ?? []), { head, sign, values }]);
  }
  const total = (matrices: readonly ExactMatrix[]): ExactMatrix =>
    matrices.reduce((a, b) => addMatrices(a, b));
  const at = (moved: Weights): ExactMatrix[] => {
    const parameters = new Parameters(moved);
    const heads = headForms(parameters, 'layers[0]', layer);
    const output = layer.bias?.output ? [parameters.get('layers[0]', 'bO')] : [];
    const data = [total([...output, ...heads.map(({ valueBias }) => valueBias)])];
    if (visible <= 2) data.push(total(heads.map(({ values }) => values)));
    if (visible === 1) return data;
    for (const members of classes.values()) {
      const isFree = visible === 2 && members.every(({ head }) => forms[head]!.scores.every(isZeroMatrix));
      if (!isFree) data.push(total(members.map(({ head, sign }) => scaleMatrix(heads[head]!.values, sign))));
      data.push(...symmetricProducts(members, (head) => heads[head]!.scores[0]!));
    }
    return data;
  };
  return { at, scales: [], isComplete: !layer.alibi };
}

/**
 * Σ_h p_{h,o}·α_{h,k} ∈ Sym² for rows p of the values at the weights and columns α of the scores, of the heads of a class. Of one head, whose scores move if this does, the scores.
 */
function symmetricProducts(
  members: readonly Member[],
  scoresOf: (head: number) => ExactMatrix,
): ExactMatrix[] {
  if (members.every(({ values }) => isZeroMatrix(values))) return [];
  if (members.length === 1) return [scoresOf(members[0]!.head)];
  // Rows that span what all rows of the values do, side by side.
  const { form } = reducedForm(members.map(({ values }) => values).reduce(besideMatrix));
  const width = members[0]!.values.cols;
  const products = members.map(({ head }, at) => {
    const columns = Array.from({ length: width }, (_, i) => at * width + i);
    return symmetricProduct(selectColumns(form, columns), scoresOf(head));
  });
  return [products.reduce((a, b) => addMatrices(a, b))];
}

/** Of each row p and column α the coefficients of (p·z)(α·z): rows (p, i, j), i ≤ j; a column for each of the scores. */
function symmetricProduct(values: ExactMatrix, scores: ExactMatrix): ExactMatrix {
  const { rows, cols: width } = values;
  const { cols } = scores;
  const sums = Array<bigint>(rows * width * width * cols).fill(0n);
  for (let o = 0; o < rows; o++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) {
        const v = values.numerators[o * width + i]!;
        const place = ((o * width + Math.min(i, j)) * width + Math.max(i, j)) * cols;
        for (let k = 0; v !== 0n && k < cols; k++) sums[place + k]! += v * scores.numerators[j * cols + k]!;
      }
  return exactMatrix(
    rows * width * width,
    cols,
    sums,
    values.denominator * scores.denominator,
    values.prime ?? scores.prime,
  );
}

/**
 * Of a stack: what matters of M_1, …, M_l, and L, up to the scales of Theorem 3. What matters of M_i is fixed by the matrices before it at
 * these weights: in a direction that does not move them, to first order, nothing else is seen.
 */
function stackData(stack: SingleHeadStack, weights: Weights): TangentData {
  const known = virtualMatrices(stack, new Parameters(weights));
  const kept = (forms: readonly ExactMatrix[]): ExactMatrix[] =>
    forms.flatMap((form, index) =>
      known.scores[index] === null ? [] : [known.areParallel[index] ? symmetrized(form) : form],
    );
  const { forms } = scoreForms(stack, new Parameters(weights));
  // M_i moves along itself; σ_j = 3σ_{j−1} behind lightning, −2σ_{j−1} M_j for softmax, −σ_l L.
  const scales = stack.layers.flatMap((layer, chosen) => {
    if (layer.normalization !== 'none') return [];
    let sigma = fraction(0n);
    const moved = forms.map((form, index) => {
      if (index < chosen) return zeroMatrix(form.rows, form.cols);
      if (index === chosen) {
        sigma = one;
        return form;
      }
      const before: Fraction = sigma;
      const isLightning = stack.layers[index]!.normalization === 'none';
      if (isLightning) sigma = multiply(sigma, fraction(3n));
      return scaleMatrix(form, isLightning ? fraction(0n) : multiply(before, fraction(-2n)));
    });
    return [[...kept(moved), scaleMatrix(known.map, multiply(sigma, fraction(-1n)))]];
  });
  return {
    at: (moved) => {
      const { forms: scores, maps } = scoreForms(stack, new Parameters(moved));
      return [...kept(scores), maps[maps.length - 1]!];
    },
    scales,
    isComplete: false,
  };
}
