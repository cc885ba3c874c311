import type { StatedLayer } from './layer-shapes.ts';
import type { StatedNetwork } from './network-shape.ts';

/** The statement of the closed form, as it is written. */
export const closedFormStatement =
  'closed form for stacks of single-head attention layers (docs/closed-form.md): upper = scores + flag + output - scales';

/** The parts of the closed form. */
export interface ClosedFormTerms {
  readonly scores: number;
  readonly flag: number;
  readonly output: number;
  readonly scales: number;
}

/** A layer of the networks of docs/closed-form.md. */
export interface StackLayer {
  readonly softmax: boolean;
  readonly causal: boolean;
  readonly headDim: number;
  readonly valueDim: number | null;
  readonly outputDim: number;
}

/** The layers of a plain stack of single-head attention layers; null for any other network. */
export function plainStack({ layers }: StatedNetwork): readonly StackLayer[] | null {
  const isPlain = (layer: StatedLayer): layer is StatedLayer & { kind: 'attention' } =>
    layer.kind === 'attention' &&
    layer.numHeads === 1 &&
    layer.window === null &&
    layer.rotary === null &&
    layer.tiedTo === null &&
    !layer.alibi &&
    !layer.context &&
    !Object.values(layer.bias).includes(true);
  return layers.every(isPlain) ? layers : null;
}

/**
 * The terms of the closed form, in the letters of docs/closed-form.md: layers 1 … l, index 0 for the input.
 */
export function closedFormTerms(inputDim: number, t: number, layers: readonly StackLayer[]): ClosedFormTerms {
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
