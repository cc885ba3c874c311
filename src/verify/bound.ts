import type { StatedCertificate, StatedNetwork } from './shape.ts';

/** The only statement that this verifier knows for an upper bound. */
export const closedFormStatement =
  'closed form for stacks of single-head attention layers (docs/closed-form.md): upper = scores + flag + output - scales';

/** The number of parameters. */
export function countParameters({ inputDim, layers }: StatedNetwork): number {
  let count = 0;
  let d = inputDim;
  for (const { headDim, valueDim, outputDim } of layers) {
    count += 2 * headDim * d + (valueDim === null ? outputDim * d : valueDim * (d + outputDim));
    d = outputDim;
  }
  return count;
}

/**
 * The terms of the closed form, in the letters of docs/closed-form.md: layers 1 … l, index 0 for the input.
 */
export function closedFormTerms({
  inputDim,
  tokens: t,
  layers,
}: StatedNetwork): StatedCertificate['upperBound']['terms'] {
  const l = layers.length;
  const d = [inputDim, ...layers.map((layer) => layer.outputDim)];
  const a = [0, ...layers.map((layer) => layer.headDim)];
  const w = [0, ...layers.map((layer) => Math.min(layer.outputDim, layer.valueDim ?? layer.outputDim))];
  const q = [0, ...layers.map((layer) => (layer.softmax && t === 1 ? 0 : 2 * layer.headDim))];

  const e = d.slice();
  for (let i = l - 1; i >= 1; i--) e[i] = Math.min(w[i]!, q[i + 1]! + Math.min(w[i + 1]!, e[i + 1]!));
  const r = [inputDim];
  for (let i = 1; i < l; i++) r[i] = Math.min(r[i - 1]!, e[i]!);
  const alpha = (i: number): number => Math.min(a[i]!, r[i - 1]!);

  let k = t === 1 ? 0 : 1;
  while (k > 0 && k < l && !(alpha(k) === 1 && !layers[k - 1]!.softmax && !layers[k - 1]!.causal)) k++;

  let scores = 0;
  let flag = 0;
  let scales = 0;
  for (let i = 1; i <= l; i++) {
    const { softmax } = layers[i - 1]!;
    const width = r[i - 1]!;
    const s = Math.min(2 * a[i]!, width);
    if (i <= k) scores += alpha(i) * (2 * width - alpha(i));
    else if (!softmax || t > 1) scores += s * width - (s * (s - 1)) / 2;
    if (i < l) flag += r[i]! * (width - r[i]!);
    if (!softmax) scales++;
  }
  const rho = Math.min(w[l]!, r[l - 1]!);
  return { scores, flag, output: rho * (d[l]! + r[l - 1]! - rho), scales };
}
