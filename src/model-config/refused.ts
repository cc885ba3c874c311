import type { ConfigReader } from './reader.ts';

const experts = 'a mixture of experts chooses by rank, and its function is not analytic';
const queryKeyNorm = 'queries and keys are normalized, which the network format has not';
const softcapping = 'tanh of scores or logits is no layer of the network format';
const erf = 'its feed-forward part has the GELU with the error function, which has no homomorphism to F_p';
const relu = 'its feed-forward part has ReLU, which is not analytic';
const encoder = 'only decoders of one input are read';
const stateSpace = 'it has layers other than attention';

/** Model types that are well known and refused, and why. */
export const refusedModelTypes: Readonly<Record<string, string>> = {
  bart: encoder,
  bert: encoder,
  dbrx: experts,
  deepseek_v2: experts,
  deepseek_v3: experts,
  falcon: erf,
  gemma2: softcapping,
  gemma3: queryKeyNorm,
  gemma3_text: queryKeyNorm,
  gpt_oss: experts,
  jamba: stateSpace,
  mamba: stateSpace,
  mamba2: stateSpace,
  mixtral: experts,
  mpt: erf,
  olmo2: queryKeyNorm,
  opt: relu,
  phimoe: experts,
  qwen2_moe: experts,
  qwen3: queryKeyNorm,
  qwen3_moe: experts,
  roberta: encoder,
  t5: encoder,
};

const none: readonly unknown[] = [];
const off: readonly unknown[] = [false];
const zero: readonly unknown[] = [0];
const one: readonly unknown[] = [1];
const notHere = 'the model type has no such part, so this is the configuration of another model';

/** Keys that change the function wherever they are obeyed: the values with which they do not, and what they stand for. */
const features: readonly (readonly [key: string, neutral: readonly unknown[], why: string])[] = [
  ...['num_local_experts', 'num_experts', 'n_routed_experts', 'moe_num_experts'].map(
    (key) => [key, zero, experts] as const,
  ),
  ...['qk_layernorm', 'use_qk_norm', 'use_qk_layernorm', 'qk_norm'].map(
    (key) => [key, off, queryKeyNorm] as const,
  ),
  ...['attn_logit_softcapping', 'final_logit_softcapping', 'attn_logit_softcap', 'final_logit_softcap'].map(
    (key) => [key, none, softcapping] as const,
  ),
  ...['embedding_multiplier', 'residual_multiplier', 'logits_scaling', 'logit_scale'].map(
    (key) => [key, one, notHere] as const,
  ),
  ['clip_qkv', none, 'clipping is not analytic'],
  ['attention_chunk_size', none, 'attention in chunks is no mask of the network format'],
  ['use_bidirectional_attention', off, 'only causal models are read'],
  ['add_cross_attention', off, encoder],
  ['is_encoder_decoder', off, encoder],
];

/** Refuses what no supported model type has. */
export function refuseFeatures(reader: ConfigReader): void {
  for (const [key, neutral, why] of features) reader.neutral(key, neutral, why);
}

/** Refuses keys that the class of this model type in Transformers does not read, unless they say what is the case anyway. */
export function refuseUnread(
  reader: ConfigReader,
  fields: Readonly<Record<string, readonly unknown[]>>,
): void {
  for (const [key, neutral] of Object.entries(fields)) {
    reader.neutral(key, neutral, `${reader.word('model_type', '')} models do not read it`);
  }
}

/** Refuses `layer_types` that say anything else than what is the case in all layers, where they are not read. */
export function refuseLayerTypes(reader: ConfigReader, window?: number): void {
  const types = reader.value('layer_types');
  const actual = window === undefined ? 'full_attention' : 'sliding_attention';
  if (Array.isArray(types) && types.every((type) => type === actual)) return;
  reader.neutral(
    'layer_types',
    none,
    `${reader.word('model_type', '')} models do not read it, and have ${actual} in all layers`,
  );
}
