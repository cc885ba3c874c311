import type { AttentionLayer, Layer, Network } from '../network/format.ts';

/** A stack of single-head attention layers without biases, positions, windows and ties: what the closed form is about. */
export type SingleHeadStack = Omit<Network, 'layers'> & { readonly layers: readonly AttentionLayer[] };

/** The fields of an attention layer in such a stack. */
const fields: ReadonlySet<string> = new Set([
  'kind',
  'normalization',
  'causal',
  'headDim',
  'valueDim',
  'outputDim',
  'label',
] satisfies (keyof AttentionLayer)[]);

/** Is the closed form about this network? A label that no layer is tied to changes nothing. O(layers). */
export function isSingleHeadStack(network: Network): network is SingleHeadStack {
  const isPlain = (layer: Layer): boolean =>
    layer.kind === 'attention' && Object.keys(layer).every((field) => fields.has(field));
  return network.layers.every(isPlain);
}
