import type { AttentionLayer } from '../network/format.ts';
import { aboveMatrix, exactMatrix, type ExactMatrix } from '../exact/exact-matrix.ts';
import { headForms, visibleKeys } from './head-forms.ts';
import type { Parameters } from './parameters.ts';

/** Products of integers that comparing coefficients may take. */
const mostProducts = 2 ** 23;

/** Are all coefficients of the layer few enough to be computed? Biases but that of the output, and turning positions, are left to others. */
export function hasCoefficients(layer: AttentionLayer, width: number): boolean {
  const { normalization, rotary, bias = {}, outputDim, numHeads = 1 } = layer;
  const isPlain = normalization === 'none' && !rotary && !bias.query && !bias.key && !bias.value;
  return isPlain && numHeads * outputDim * width ** 3 <= mostProducts;
}

/**
 * The coefficients of a lightning layer Σ_h V_h Z Zᵀ A_h x, by which its function is known, and b_O: of z_i z_j x_k in each output coordinate, Σ_h of
 * (v_o·α_k) in Sym² where a query sees another key than itself, in Sym³ where z = x. A column, d′ × width³ entries and those of b_O.
 */
export function lightningCoefficients(
  parameters: Parameters,
  path: string,
  layer: AttentionLayer,
): ExactMatrix {
  const heads = headForms(parameters, path, layer);
  const isAlone = !layer.context && visibleKeys(layer, parameters.network) === 1;
  const scale = heads.map(({ scores, values }) => scores[0]!.denominator * values.denominator);
  const common = scale.reduce((a, b) => a * b, 1n);
  const keyWidth = heads[0]!.values.cols;
  const queryWidth = heads[0]!.scores[0]!.cols;
  const widest = Math.max(keyWidth, queryWidth);
  const sums = Array<bigint>(layer.outputDim * widest ** 3).fill(0n);
  for (const [h, { scores, values }] of heads.entries()) {
    const form = scores[0]!;
    const factor = common / scale[h]!;
    for (let o = 0; o < values.rows; o++)
      for (let i = 0; i < keyWidth; i++) {
        const v = values.numerators[o * keyWidth + i]! * factor;
        if (v === 0n) continue;
        for (let j = 0; j < keyWidth; j++)
          for (let k = 0; k < queryWidth; k++) {
            const indices = isAlone ? [i, j, k].sort((a, b) => a - b) : i < j ? [i, j, k] : [j, i, k];
            const at = indices.reduce((place, index) => place * widest + index, o);
            sums[at]! += v * form.numerators[j * queryWidth + k]!;
          }
      }
  }
  const coefficients = exactMatrix(sums.length, 1, sums, common, parameters.prime);
  return layer.bias?.output ? aboveMatrix(coefficients, parameters.get(path, 'bO')) : coefficients;
}
