export type {
  AttentionLayerSpec,
  AttentionOptions,
  AttentionStackOptions,
  LayerSpec,
  NetworkOptions,
} from './builders.ts';
export { attentionStack, lightningAttention, network, softmaxAttention } from './builders.ts';
export type * from './format.ts';
export type { ParameterBlock } from './parameters.ts';
export { networkOutputDim, parameterBlocks, parameterCount, parameterName } from './parameters.ts';
export { parseNetwork, parseNetworkText } from './parse.ts';
