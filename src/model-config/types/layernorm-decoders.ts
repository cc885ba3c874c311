/*
 * Decoders with LayerNorm. Defaults and order of operations are those of
 * src/transformers/models/{gpt2,gpt_neox,phi,bloom,stablelm,starcoder2}/{configuration,modeling}_*.py of Transformers.
 */

import { activationOf } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { headsOf, layersOf, uniformWindows } from '../heads.ts';
import type { ConfigReader } from '../reader.ts';
import { refusal } from '../reader.ts';
import { refuseLayerTypes, refuseUnread } from '../refused.ts';
import { rotaryOf } from '../rotary.ts';

const allBiases = { query: true, key: true, value: true, output: true } as const;
const noWindow = { sliding_window: [], use_sliding_window: [false] };
const noGroups = (numHeads: number) => ({ num_key_value_heads: [numHeads] });

/** What all of them have in common. */
const common = {
  block: 'sequential',
  attentionBias: allBiases,
  alibi: false,
  embeddingNorm: false,
  headBias: false,
} as const;

function layerNorm(epsilon: string): Architecture['normalization'] {
  return { kind: 'layernorm', epsilon, unitOffset: false };
}

/**
 * Queries, keys and values are one matrix: the functions are the same. `scale_attn_weights` and
 * `scale_attn_by_inverse_layer_idx` are factors in the scores, which Q absorbs.
 */
export function gpt2(reader: ConfigReader): Architecture {
  const hiddenKey = reader.named('n_embd', 'hidden_size');
  const headsKey = reader.named('n_head', 'num_attention_heads');
  const positionsKey = reader.named('n_positions', 'max_position_embeddings');
  const hiddenSize = reader.size(hiddenKey, 768, 2);
  const numLayers = layersOf(reader, reader.named('n_layer', 'num_hidden_layers'), 12);
  const heads = headsOf(reader, { key: hiddenKey, size: hiddenSize }, { headsKey, heads: 12 });
  const positions = reader.size(positionsKey, 1024);
  refuseUnread(reader, { ...noWindow, ...noGroups(heads.numHeads) });
  refuseLayerTypes(reader);
  return {
    ...common,
    modelType: 'gpt2',
    vocabularySize: reader.size('vocab_size', 50257),
    hiddenSize,
    numLayers,
    ...heads,
    intermediateSize: reader.size('n_inner', 4 * hiddenSize),
    normalization: layerNorm(reader.epsilon('layer_norm_epsilon', 1e-5)),
    feedForward: {
      gated: false,
      ...activationOf(reader, 'activation_function', reader.word('activation_function', 'gelu_new'), false),
      bias: true,
    },
    windows: uniformWindows(numLayers, undefined),
    positions,
    tied: reader.flag('tie_word_embeddings', true),
  };
}

export function gptNeox(reader: ConfigReader): Architecture {
  const hiddenSize = reader.size('hidden_size', 6144, 2);
  const numLayers = layersOf(reader, 'num_hidden_layers', 44);
  const heads = headsOf(reader, { key: 'hidden_size', size: hiddenSize }, { heads: 64 });
  refuseUnread(reader, { ...noWindow, ...noGroups(heads.numHeads) });
  refuseLayerTypes(reader);
  return {
    ...common,
    modelType: 'gpt_neox',
    vocabularySize: reader.size('vocab_size', 50432),
    hiddenSize,
    numLayers,
    ...heads,
    intermediateSize: reader.size('intermediate_size', 24576),
    block: reader.flag('use_parallel_residual', true) ? 'parallel' : 'sequential',
    normalization: layerNorm(reader.epsilon('layer_norm_eps', 1e-5)),
    attentionBias: reader.flag('attention_bias', true) ? allBiases : {},
    rotary: rotaryOf(reader, heads.headDim, {
      baseKey: reader.named('rotary_emb_base', 'rope_theta'),
      fractionKey: reader.named('rotary_pct', 'partial_rotary_factor'),
      fraction: 0.25,
    }),
    feedForward: {
      gated: false,
      ...activationOf(reader, 'hidden_act', reader.word('hidden_act', 'gelu'), true),
      bias: true,
    },
    windows: uniformWindows(numLayers, undefined),
    tied: reader.flag('tie_word_embeddings', false),
  };
}

export function phi(reader: ConfigReader): Architecture {
  const hiddenSize = reader.size('hidden_size', 2048, 2);
  const numLayers = layersOf(reader, 'num_hidden_layers', 24);
  const heads = headsOf(
    reader,
    { key: 'hidden_size', size: hiddenSize },
    { heads: 32, groupsKey: 'num_key_value_heads', headDim: null },
  );
  refuseUnread(reader, noWindow);
  refuseLayerTypes(reader);
  return {
    ...common,
    modelType: 'phi',
    vocabularySize: reader.size('vocab_size', 51200),
    hiddenSize,
    numLayers,
    ...heads,
    intermediateSize: reader.size('intermediate_size', 8192),
    block: 'parallel-one-norm',
    normalization: layerNorm(reader.epsilon('layer_norm_eps', 1e-5)),
    rotary: rotaryOf(reader, heads.headDim, { fractionKey: 'partial_rotary_factor', fraction: 0.5 }),
    feedForward: {
      gated: false,
      ...activationOf(reader, 'hidden_act', reader.word('hidden_act', 'gelu_new'), true),
      bias: true,
    },
    windows: uniformWindows(numLayers, undefined),
    tied: reader.flag('tie_word_embeddings', false),
    headBias: true,
  };
}

/**
 * ALiBi adds slope·j to the scores of a query i, which softmax does not tell from −slope·(i − j). The activation is BloomGelu, with √(2/π)
 * written as 0.79788456.
 */
export function bloom(reader: ConfigReader): Architecture {
  const hiddenKey = reader.named('hidden_size', 'n_embed');
  const headsKey = reader.named('n_head', 'num_attention_heads');
  const hiddenSize = reader.size(hiddenKey, 64, 2);
  const numLayers = layersOf(reader, reader.named('n_layer', 'num_hidden_layers'), 2);
  const heads = headsOf(reader, { key: hiddenKey, size: hiddenSize }, { headsKey, heads: 8 });
  if (!Number.isInteger(Math.log2(heads.numHeads))) {
    throw refusal(
      reader.at(headsKey),
      'a power of 2',
      heads.numHeads,
      'for other numbers of heads the slopes of ALiBi are not 2^(−8(h+1)/H), as in the network format',
    );
  }
  const why = 'the feed-forward part of bloom is four times as wide as the tokens, whatever this key says';
  reader.neutral('n_inner', [4 * hiddenSize], why);
  reader.neutral(
    'apply_residual_connection_post_layernorm',
    [false],
    'no published model adds the normalized tokens, and its symmetries are not counted here',
  );
  refuseUnread(reader, { ...noWindow, ...noGroups(heads.numHeads) });
  refuseLayerTypes(reader);
  return {
    ...common,
    modelType: 'bloom',
    vocabularySize: reader.size('vocab_size', 250880),
    hiddenSize,
    numLayers,
    ...heads,
    intermediateSize: 4 * hiddenSize,
    normalization: layerNorm(reader.epsilon('layer_norm_epsilon', 1e-5)),
    feedForward: { gated: false, function: 'gelu-tanh', coefficient: '0.79788456', bias: true },
    alibi: true,
    windows: uniformWindows(numLayers, undefined),
    embeddingNorm: true,
    tied: reader.flag('tie_word_embeddings', true),
  };
}

export function stablelm(reader: ConfigReader): Architecture {
  const hiddenSize = reader.size('hidden_size', 2560, 2);
  const numLayers = layersOf(reader, 'num_hidden_layers', 32);
  const heads = headsOf(
    reader,
    { key: 'hidden_size', size: hiddenSize },
    { heads: 32, groupsKey: 'num_key_value_heads', groups: 32 },
  );
  refuseUnread(reader, { ...noWindow, attention_bias: [false], mlp_bias: [false] });
  refuseLayerTypes(reader);
  return {
    ...common,
    modelType: 'stablelm',
    vocabularySize: reader.size('vocab_size', 50304),
    hiddenSize,
    numLayers,
    ...heads,
    intermediateSize: reader.size('intermediate_size', 6912),
    block: reader.flag('use_parallel_residual', false) ? 'parallel-one-norm' : 'sequential',
    normalization: layerNorm(reader.epsilon('layer_norm_eps', 1e-5)),
    attentionBias: reader.flag('use_qkv_bias', false) ? { query: true, key: true, value: true } : {},
    rotary: rotaryOf(reader, heads.headDim, { fractionKey: 'partial_rotary_factor', fraction: 0.25 }),
    feedForward: {
      gated: true,
      ...activationOf(reader, 'hidden_act', reader.word('hidden_act', 'silu'), true),
      bias: false,
    },
    windows: uniformWindows(numLayers, undefined),
    tied: reader.flag('tie_word_embeddings', false),
  };
}

export function starcoder2(reader: ConfigReader): Architecture {
  const hiddenSize = reader.size('hidden_size', 3072, 2);
  const numLayers = layersOf(reader, 'num_hidden_layers', 30);
  const heads = headsOf(
    reader,
    { key: 'hidden_size', size: hiddenSize },
    { heads: 24, groupsKey: 'num_key_value_heads', groups: 2, headDim: null },
  );
  const window = reader.optionalSize('sliding_window');
  const bias = reader.flag('use_bias', true);
  refuseUnread(reader, { use_sliding_window: [false], attention_bias: [bias], mlp_bias: [bias] });
  refuseLayerTypes(reader, window);
  return {
    ...common,
    modelType: 'starcoder2',
    vocabularySize: reader.size('vocab_size', 49152),
    hiddenSize,
    numLayers,
    ...heads,
    intermediateSize: reader.size('intermediate_size', 12288),
    normalization: layerNorm(reader.epsilon('norm_epsilon', 1e-5)),
    attentionBias: bias ? allBiases : {},
    rotary: rotaryOf(reader, heads.headDim),
    feedForward: {
      gated: false,
      ...activationOf(reader, 'hidden_act', reader.word('hidden_act', 'gelu_pytorch_tanh'), true),
      bias,
    },
    windows: uniformWindows(numLayers, window),
    tied: reader.flag('tie_word_embeddings', true),
  };
}
