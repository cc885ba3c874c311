import type { Architecture } from './architecture.ts';

/** How many parameters a model has, and where. Tied matrices count once. */
export interface ParameterCounts {
  /** vocabularySize·hiddenSize */
  readonly embedding: number;
  /** The whole table of learned positions. */
  readonly positions: number;
  readonly embeddingNorm: number;
  /** In each block. */
  readonly attention: number;
  /** In each block. */
  readonly feedForward: number;
  /** In each block. */
  readonly normalizations: number;
  readonly finalNorm: number;
  /** The unembedding and its bias, without what is tied. */
  readonly unembedding: number;
  /** Of the whole model: the number that is published. */
  readonly total: number;
}

/** Counted by closed formulas, independently of the network that is built. O(1). */
export function countParameters(architecture: Architecture): ParameterCounts {
  const { vocabularySize, hiddenSize: d, intermediateSize: m, attentionBias: bias } = architecture;
  const { feedForward: parts, normalization } = architecture;
  const queries = architecture.numHeads * architecture.headDim;
  const keys = architecture.numKeyValueHeads * architecture.headDim;
  const attention =
    2 * d * (queries + keys) +
    (bias.query ? queries : 0) +
    (bias.key ? keys : 0) +
    (bias.value ? keys : 0) +
    (bias.output ? d : 0);
  const inward = parts.gated ? 2 : 1;
  const feedForward = (inward + 1) * d * m + (parts.bias ? inward * m + d : 0);
  const norm = normalization.kind === 'layernorm' ? 2 * d : d;
  const normalizations = norm * (architecture.block === 'parallel-one-norm' ? 1 : 2);
  const embedding = vocabularySize * d;
  const positions = (architecture.positions ?? 0) * d;
  const embeddingNorm = architecture.embeddingNorm ? norm : 0;
  const unembedding = (architecture.tied ? 0 : embedding) + (architecture.headBias ? vocabularySize : 0);
  const layers = architecture.numLayers * (attention + feedForward + normalizations);
  return {
    embedding,
    positions,
    embeddingNorm,
    attention,
    feedForward,
    normalizations,
    finalNorm: norm,
    unembedding,
    total: embedding + positions + embeddingNorm + layers + norm + unembedding,
  };
}
