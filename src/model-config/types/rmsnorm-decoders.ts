/*
 * Decoders with RMSNorm, rotary positions and a gated feed-forward part. Defaults and order of operations are those of
 * src/transformers/models/{llama,mistral,qwen2,gemma,phi3}/{configuration,modeling}_*.py of Transformers.
 */

import { rangeFault } from '../../assert.ts';
import { activationOf } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { headsOf, layersOf, uniformWindows, windowsByLayerTypes } from '../heads.ts';
import type { ConfigReader } from '../reader.ts';
import { refusal } from '../reader.ts';
import { refuseLayerTypes, refuseUnread } from '../refused.ts';
import { rotaryOf } from '../rotary.ts';

/** Where the model types differ. */
interface Defaults {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numLayers: number;
  readonly heads: number;
  readonly groups?: number;
  readonly headDim?: number;
  readonly epsilon?: number;
  readonly tied?: boolean;
}

/** The parts that are read in the same way. */
function decoder(
  reader: ConfigReader,
  defaults: Defaults,
  partialRotary = false,
): Omit<Architecture, 'windows' | 'feedForward'> & { readonly rotary: NonNullable<Architecture['rotary']> } {
  const hiddenSize = reader.size('hidden_size', defaults.hiddenSize);
  const heads = headsOf(
    reader,
    { key: 'hidden_size', size: hiddenSize },
    {
      heads: defaults.heads,
      groupsKey: 'num_key_value_heads',
      ...(defaults.groups !== undefined && { groups: defaults.groups }),
      headDim: defaults.headDim ?? null,
    },
  );
  return {
    modelType: reader.word('model_type', ''),
    vocabularySize: reader.size('vocab_size', defaults.vocabularySize),
    hiddenSize,
    numLayers: layersOf(reader, 'num_hidden_layers', defaults.numLayers),
    ...heads,
    intermediateSize: reader.size('intermediate_size', defaults.intermediateSize),
    block: 'sequential',
    normalization: {
      kind: 'rmsnorm',
      epsilon: reader.epsilon('rms_norm_eps', defaults.epsilon ?? 1e-6),
      unitOffset: false,
    },
    attentionBias: {},
    rotary: rotaryOf(reader, heads.headDim, partialRotary ? { fractionKey: 'partial_rotary_factor' } : {}),
    alibi: false,
    embeddingNorm: false,
    tied: reader.flag('tie_word_embeddings', defaults.tied ?? false),
    headBias: false,
  };
}

function gated(reader: ConfigReader, bias: boolean): Architecture['feedForward'] {
  return {
    gated: true,
    ...activationOf(reader, 'hidden_act', reader.word('hidden_act', 'silu'), true),
    bias,
  };
}

const allBiases = { query: true, key: true, value: true, output: true } as const;
const noBiases = { attention_bias: [false], mlp_bias: [false] };
const noWindow = { sliding_window: [], use_sliding_window: [false] };

export function llama(reader: ConfigReader): Architecture {
  const parts = decoder(reader, {
    vocabularySize: 32000,
    hiddenSize: 4096,
    intermediateSize: 11008,
    numLayers: 32,
    heads: 32,
  });
  // LlamaConfig asks for it even where head_dim is given.
  if (parts.hiddenSize % parts.numHeads !== 0) {
    throw rangeFault(
      reader.at('num_attention_heads'),
      `a divisor of ${reader.at('hidden_size')} = ${parts.hiddenSize}`,
      parts.numHeads,
    );
  }
  refuseUnread(reader, noWindow);
  refuseLayerTypes(reader);
  return {
    ...parts,
    attentionBias: reader.flag('attention_bias', false) ? allBiases : {},
    feedForward: gated(reader, reader.flag('mlp_bias', false)),
    windows: uniformWindows(parts.numLayers, undefined),
  };
}

export function mistral(reader: ConfigReader): Architecture {
  const parts = decoder(reader, {
    vocabularySize: 32000,
    hiddenSize: 4096,
    intermediateSize: 14336,
    numLayers: 32,
    heads: 32,
    // MistralConfig has 8 where the key is absent, and the number of heads where it is null.
    ...(!reader.has('num_key_value_heads') && { groups: 8 }),
  });
  refuseUnread(reader, { ...noBiases, use_sliding_window: [false] });
  const window = reader.has('sliding_window') ? reader.optionalSize('sliding_window') : 4096;
  refuseLayerTypes(reader, window);
  return {
    ...parts,
    feedForward: gated(reader, false),
    windows: uniformWindows(parts.numLayers, window),
  };
}

export function qwen2(reader: ConfigReader): Architecture {
  const parts = decoder(reader, {
    vocabularySize: 151936,
    hiddenSize: 4096,
    intermediateSize: 22016,
    numLayers: 32,
    heads: 32,
    ...(!reader.has('num_key_value_heads') && { groups: 32 }),
  });
  // The biases of Qwen2Attention are fixed: queries, keys and values have one, the output has none.
  refuseUnread(reader, { attention_bias: [], mlp_bias: [false] });
  const given = reader.has('sliding_window') ? reader.optionalSize('sliding_window') : 4096;
  const window = reader.flag('use_sliding_window', false) ? given : undefined;
  const full = reader.size('max_window_layers', 28, 0);
  return {
    ...parts,
    attentionBias: { query: true, key: true, value: true },
    feedForward: gated(reader, false),
    windows:
      windowsByLayerTypes(reader, parts.numLayers, window) ??
      uniformWindows(parts.numLayers, window).map((all, layer) => (layer >= full ? all : null)),
  };
}

/**
 * `hidden_activation` is what Transformers 4 computes with, gelu_pytorch_tanh where it is null, whatever `hidden_act` says: the published
 * files say "gelu" there. Transformers 5 reads `hidden_act` alone, so other words, on which the versions disagree, are refused.
 */
function gemmaActivation(reader: ConfigReader): [key: string, name: string] {
  if (reader.value('hidden_activation') !== undefined) {
    return ['hidden_activation', reader.word('hidden_activation', '')];
  }
  const name = reader.word('hidden_act', 'gelu_pytorch_tanh');
  if (name !== 'gelu' && name !== 'gelu_pytorch_tanh') {
    throw refusal(
      reader.at('hidden_act'),
      '"gelu" or "gelu_pytorch_tanh" where hidden_activation is null',
      name,
      'some versions of Transformers ignore it and others do not',
    );
  }
  return ['hidden_act', 'gelu_pytorch_tanh'];
}

/** Embeddings are multiplied by √hidden_size: the tokens that enter the network are those after it. */
export function gemma(reader: ConfigReader): Architecture {
  const parts = decoder(reader, {
    vocabularySize: 256000,
    hiddenSize: 3072,
    intermediateSize: 24576,
    numLayers: 28,
    heads: 16,
    groups: 16,
    headDim: 256,
    tied: true,
  });
  refuseUnread(reader, { ...noWindow, mlp_bias: [false] });
  refuseLayerTypes(reader);
  return {
    ...parts,
    normalization: { ...parts.normalization, unitOffset: true },
    attentionBias: reader.flag('attention_bias', false) ? allBiases : {},
    feedForward: { gated: true, ...activationOf(reader, ...gemmaActivation(reader), true), bias: false },
    windows: uniformWindows(parts.numLayers, undefined),
  };
}

/** Queries, keys and values are one matrix, and so are gate and up: the functions are the same. */
export function phi3(reader: ConfigReader): Architecture {
  const parts = decoder(
    reader,
    {
      vocabularySize: 32064,
      hiddenSize: 3072,
      intermediateSize: 8192,
      numLayers: 32,
      heads: 32,
      epsilon: 1e-5,
    },
    true,
  );
  refuseUnread(reader, { ...noBiases, use_sliding_window: [false] });
  const window = reader.optionalSize('sliding_window');
  refuseLayerTypes(reader, window);
  return {
    ...parts,
    feedForward: gated(reader, false),
    windows: uniformWindows(parts.numLayers, window),
  };
}
