export type { AttentionLayerSpec } from './attention.ts';
export type { AttentionOptions, AttentionStackOptions, NetworkOptions } from './builders.ts';
export { attentionStack, lightningAttention, network, softmaxAttention } from './builders.ts';
export type { AttentionLayer, Layer, Network } from './format.ts';
export type { ParameterBlock } from './parameters.ts';
export { parameterBlocks, parameterCount } from './parameters.ts';
export { parseNetwork, parseNetworkText } from './parse.ts';
export { parallelBefore } from './tokens.ts';
