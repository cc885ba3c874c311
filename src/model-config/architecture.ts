import type { ActivationFunction, AttentionBias, Rotary } from '../network/format.ts';

/** How the normalizations, the attention and the feed-forward part of a block are put together (`blockOf` says it in layers). */
export type BlockShape =
  /** x + attention(norm(x)), then x + feedForward(norm′(x)). */
  | 'sequential'
  /** x + attention(norm(x)) + feedForward(norm′(x)). */
  | 'parallel'
  /** x + attention(n) + feedForward(n) with n = norm(x). */
  | 'parallel-one-norm';

/** The normalization of a model: the same everywhere, each with parameters of its own. LayerNorm has a weight and a bias. */
export interface Normalization {
  readonly kind: 'rmsnorm' | 'layernorm';
  /** A rational number in lowest terms. */
  readonly epsilon: string;
  /** 1 + weight in place of weight. */
  readonly unitOffset: boolean;
}

export interface FeedForward {
  /** D(f(Gx) ∘ Ux) in place of D f(Gx). */
  readonly gated: boolean;
  readonly function: ActivationFunction;
  /** In place of √(2/π) in gelu-tanh. */
  readonly coefficient?: string;
  readonly bias: boolean;
}

/** What a config.json says, of the function that the model computes: every field resolved, nothing left to a default. */
export interface Architecture {
  readonly modelType: string;
  readonly vocabularySize: number;
  /** d */
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** H */
  readonly numHeads: number;
  /** G, a divisor of H. */
  readonly numKeyValueHeads: number;
  /** a, of queries, keys and values. */
  readonly headDim: number;
  /** m */
  readonly intermediateSize: number;
  readonly block: BlockShape;
  readonly normalization: Normalization;
  readonly attentionBias: AttentionBias;
  readonly feedForward: FeedForward;
  readonly rotary?: Required<Rotary>;
  readonly alibi: boolean;
  /** One entry a layer: a query i sees the keys with i − j < window; `null`: all keys j ≤ i. */
  readonly windows: readonly (number | null)[];
  /** The number of learned positions. */
  readonly positions?: number;
  /** A normalization between the embedding and the first block. */
  readonly embeddingNorm: boolean;
  /** The unembedding is the transpose of the embedding. */
  readonly tied: boolean;
  readonly headBias: boolean;
}
