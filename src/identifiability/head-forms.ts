import { scalarsOf } from '../exact/scalars.ts';
import { divide, fraction, isOne, one, type Fraction } from '../fraction.ts';
import type { AttentionLayer, Network } from '../network/format.ts';
import { groupOf, headCount } from '../network/layers/attention.ts';
import {
  addMatrices,
  besideMatrix,
  isZeroMatrix,
  matrixKey,
  multiplyMatrices,
  scaleMatrix,
  selectRows,
  subtractMatrices,
  transposeMatrix,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { Parameters } from './parameters.ts';

/**
 * What the function of a head depends on (docs/identifiability.md, "Attention layers"). Vectors of biases are columns behind their matrices.
 */
export interface HeadForm {
  /** Bilinear forms of a key and a query that give the scores: Kᵀ[Q b_Q], or several of them where positions turn. */
  readonly scores: readonly ExactMatrix[];
  /** What tells scores apart beside them: the slope of ALiBi. */
  readonly slope: string;
  /** O·V, or V: d' × width of the keys. */
  readonly values: ExactMatrix;
  /** O·b_V: d' × 1. */
  readonly valueBias: ExactMatrix;
}

/** The forms of the heads of a layer, in their order. */
export function headForms(parameters: Parameters, path: string, layer: AttentionLayer): HeadForm[] {
  const { bias = {}, rotary } = layer;
  return Array.from({ length: headCount(layer) }, (_, head) => {
    const group = groupOf(layer, head);
    const get = (name: 'Q' | 'K' | 'V' | 'O' | 'bQ' | 'bK' | 'bV', index: number): ExactMatrix =>
      parameters.get(path, name, index);
    const queries = bias.query ? besideMatrix(get('Q', head), get('bQ', head)) : get('Q', head);
    // Softmax does not see what all keys of a query have in common; where positions turn they have nothing in common.
    const seesKeyBias = bias.key && (layer.normalization === 'none' || rotary !== undefined);
    const keys = seesKeyBias ? besideMatrix(get('K', group), get('bK', group)) : get('K', group);
    const inner = get('V', group);
    const output = layer.valueDim === undefined ? null : get('O', head);
    const through = (x: ExactMatrix): ExactMatrix => (output ? multiplyMatrices(output, x) : x);
    return {
      scores: rotary
        ? turnedScores(keys, queries, rotary.dim ?? layer.headDim)
        : [multiplyMatrices(transposeMatrix(keys), queries)],
      slope: layer.alibi ? `${head}` : '',
      values: through(inner),
      valueBias: bias.value ? through(get('bV', group)) : zeroMatrix(layer.outputDim, 1),
    };
  });
}

/** (R_j k)·(R_i q) = Σ_m cos·(k_m·q_m) + sin·(k_m·J q_m) over the pairs of coordinates, and what does not turn. */
function turnedScores(keys: ExactMatrix, queries: ExactMatrix, dim: number): ExactMatrix[] {
  const form = (k: readonly number[], q: readonly number[]): ExactMatrix =>
    multiplyMatrices(transposeMatrix(selectRows(keys, k)), selectRows(queries, q));
  const forms: ExactMatrix[] = [];
  for (let m = 0; m < dim; m += 2)
    forms.push(form([m, m + 1], [m, m + 1]), subtractMatrices(form([m + 1], [m]), form([m], [m + 1])));
  const rest = Array.from({ length: keys.rows - dim }, (_, i) => dim + i);
  return [...forms, form(rest, rest)];
}

/** The most keys that a query of the layer sees. */
export function visibleKeys(layer: AttentionLayer, { sequenceLength: t, context }: Network): number {
  if (layer.context) return context!.sequenceLength;
  const window = layer.window ?? Infinity;
  return Math.min(t, layer.causal ? window : 2 * window - 1);
}

/**
 * The layer's function as a formal sum of heads: equal texts, equal functions. For one softmax layer, where positions neither turn nor slope, unequal texts
 * are unequal functions, too (docs/identifiability.md, Theorem 1).
 */
export function layerForm(parameters: Parameters, path: string, layer: AttentionLayer): string {
  const heads = headForms(parameters, path, layer);
  const constant = layer.bias?.output ? parameters.get(path, 'bO') : zeroMatrix(layer.outputDim, 1);
  const visible = visibleKeys(layer, parameters.network);
  return layer.normalization === 'softmax'
    ? softmaxForm(heads, constant, visible, layer.rotary === undefined && layer.alibi === undefined)
    : lightningForm(heads, constant);
}

/** B = b_O + Σ O_h b_V, and Σ_h O_h V_h·[scores of h]. */
function softmaxForm(
  heads: readonly HeadForm[],
  constant: ExactMatrix,
  visible: number,
  isPlain: boolean,
): string {
  const bias = heads.reduce((sum, { valueBias }) => addMatrices(sum, valueBias), constant);
  const total = heads.map(({ values }) => values).reduce((a, b) => addMatrices(a, b));
  const parts = [matrixKey(bias)];
  if (visible <= 2) parts.push(matrixKey(total));
  if (visible === 1) return parts.join('\n');
  const sum = new FormalSum();
  for (const { scores, slope, values } of heads) {
    // Of two keys, σ(z) = ½ + ½ tanh(z/2), and tanh is odd; without scores nothing is left.
    const isOdd = visible === 2 && isPlain;
    if (isOdd && scores.every(isZeroMatrix)) continue;
    const sign = isOdd && leadingEntry(scores).n < 0n ? fraction(-1n) : one;
    sum.add(keyOf(scores, sign) + slope, scaleMatrix(values, sign));
  }
  return [...parts, ...sum.lines()].join('\n');
}

/** b_O, and Σ_h [O_h V_h, O_h b_V]·[scores of h], scores scaled to a leading entry 1. */
function lightningForm(heads: readonly HeadForm[], constant: ExactMatrix): string {
  const sum = new FormalSum();
  for (const { scores, values, valueBias } of heads) {
    const factor = leadingEntry(scores);
    if (factor.n === 0n) continue;
    sum.add(keyOf(scores, divide(one, factor)), scaleMatrix(besideMatrix(values, valueBias), factor));
  }
  return [matrixKey(constant), ...sum.lines()].join('\n');
}

/** The first entry that is not 0; 0 if there is none. */
export function leadingEntry(matrices: readonly ExactMatrix[]): Fraction {
  for (const { numerators, denominator, prime } of matrices) {
    const found = numerators.find((n) => n !== 0n);
    if (found !== undefined) return scalarsOf(prime).of(found, denominator);
  }
  return fraction(0n);
}

function keyOf(matrices: readonly ExactMatrix[], factor: Fraction): string {
  return matrices.map((x) => matrixKey(isOne(factor) ? x : scaleMatrix(x, factor))).join('; ');
}

/** Σ coefficient·[key], without those that are 0, in the order of the keys. */
class FormalSum {
  readonly #terms = new Map<string, ExactMatrix>();

  add(key: string, coefficient: ExactMatrix): void {
    const before = this.#terms.get(key);
    this.#terms.set(key, before ? addMatrices(before, coefficient) : coefficient);
  }

  lines(): string[] {
    return [...this.#terms]
      .filter(([, coefficient]) => !isZeroMatrix(coefficient))
      .map(([key, coefficient]) => `${key}: ${matrixKey(coefficient)}`)
      .sort();
  }
}
