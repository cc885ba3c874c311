import { describe, expect, it } from 'vitest';
import {
  modelTypes,
  readModelConfig,
  readModelConfigText,
  type ModelOptions,
} from '../../src/model-config/index.ts';
import { architectureOf } from '../../src/model-config/read.ts';
import * as configs from './configs.ts';

/** Both the class and the whole message. */
function expectFault(compute: () => unknown, fault: Error): void {
  let thrown: unknown;
  try {
    compute();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(fault);
  expect((thrown as Error).name).toBe(fault.name);
}

const { llama2, qwen2, gemma, gpt2, gptNeox, phi2, bloom, mistral, stablelm } = configs;
const types = 'one of bloom, gemma, gpt2, gpt_neox, llama, mistral, phi, phi3, qwen2, stablelm, starcoder2';
const activations =
  'one of silu, swish, sigmoid, tanh, gelu_new, gelu_pytorch_tanh, gelu_python_tanh, gelu_accurate, gelu_fast';
const size = 'an integer from 1 to 2147483647';
const scaling = 'the angles of the network format are position·base^(−2m/dim), without scaling';

describe('refused', () => {
  const ranges: [string, object, string][] = [
    ['unknown model type', { model_type: 'retnet' }, `model_type: expected ${types}, got "retnet"`],
    [
      'a type that is a key of every object',
      { model_type: 'constructor' },
      `model_type: expected ${types}, got "constructor"`,
    ],
    [
      'mixture of experts',
      { model_type: 'mixtral' },
      `model_type: expected ${types}, got "mixtral": a mixture of experts chooses by rank, and its function is not analytic`,
    ],
    [
      'experts in a known type',
      { ...mistral, num_local_experts: 8 },
      'num_local_experts: expected 0, got 8: a mixture of experts chooses by rank, and its function is not analytic',
    ],
    [
      'relu',
      { ...gpt2, activation_function: 'relu' },
      `activation_function: expected ${activations}, got "relu": it is not analytic (docs/networks.md)`,
    ],
    [
      'opt',
      { model_type: 'opt' },
      `model_type: expected ${types}, got "opt": its feed-forward part has ReLU, which is not analytic`,
    ],
    [
      'erf (Pythia)',
      { ...gptNeox, hidden_act: 'gelu' },
      `hidden_act: expected ${activations}, got "gelu": it uses the error function, which has no ring homomorphism to F_p (docs/networks.md)`,
    ],
    [
      'an activation outside of the format',
      { ...llama2, hidden_act: 'mish' },
      `hidden_act: expected ${activations}, got "mish": it is not read here`,
    ],
    [
      'an activation that is a key of every object',
      { ...llama2, hidden_act: 'toString' },
      'hidden_act: expected',
    ],
    [
      'query-key normalization',
      { ...phi2, qk_layernorm: true },
      'qk_layernorm: expected false, got true: queries and keys are normalized, which the network format has not',
    ],
    [
      'soft-capping',
      { ...gemma, attn_logit_softcapping: 50.0 },
      'attn_logit_softcapping: expected null, got 50: tanh of scores or logits is no layer of the network format',
    ],
    [
      'scaled frequencies (Llama 3.1)',
      { ...llama2, rope_scaling: { rope_type: 'llama3', factor: 8.0 } },
      `rope_scaling.rope_type: expected "default", or "linear" with the factor 1, got "llama3": ${scaling}`,
    ],
    [
      'scaled positions',
      { ...llama2, rope_scaling: { type: 'linear', factor: 2.0 } },
      `rope_scaling.factor: expected 1, got 2: ${scaling}`,
    ],
    [
      'frequencies by layer type',
      { ...llama2, rope_parameters: { full_attention: { rope_theta: 10000 } } },
      'rope_parameters: expected no other keys than rope_type, type, rope_theta, partial_rotary_factor, factor, got "full_attention"',
    ],
    [
      'a base that is no integer',
      { ...llama2, rope_theta: 10000.5 },
      'rope_theta: expected an integer from 2 to 2147483647, got 10000.5: the network format has no other bases',
    ],
    [
      'a base of 1',
      { ...llama2, rope_theta: 1 },
      'rope_theta: expected an integer from 2 to 2147483647, got 1',
    ],
    [
      'two bases',
      { ...llama2, rope_theta: 10000, rope_parameters: { rope_theta: 500000 } },
      'rope_theta: expected 500000, as config.rope_parameters.rope_theta, got 10000',
    ],
    [
      'an odd number of coordinates that turn',
      { ...phi2, partial_rotary_factor: 0.3875 },
      'partial_rotary_factor: expected a part of the head dimension 80 that is even and not 0, got 0.3875: pairs of coordinates turn',
    ],
    [
      'more coordinates than there are',
      { ...phi2, partial_rotary_factor: 1.5 },
      'partial_rotary_factor: expected a number above 0, at most 1, got 1.5',
    ],
    [
      'part of a head, where whole heads turn',
      { ...llama2, partial_rotary_factor: 0.5 },
      'partial_rotary_factor: expected 1, got 0.5: the attention of this model type turns whole heads',
    ],
    [
      'a window that is not read',
      { ...llama2, sliding_window: 4096 },
      'sliding_window: expected null, got 4096: llama models do not read it',
    ],
    [
      'biases that are not read',
      { ...mistral, attention_bias: true },
      'attention_bias: expected false, got true: mistral models do not read it',
    ],
    [
      'layer types that contradict the window',
      { ...mistral, layer_types: ['full_attention'] },
      'layer_types: expected null, got an array of length 1: mistral models do not read it, and have sliding_attention in all layers',
    ],
    [
      'sliding attention without a window',
      { ...qwen2, num_hidden_layers: 1, layer_types: ['sliding_attention'] },
      'layer_types[0]: expected "full_attention", got "sliding_attention": there is no sliding window in use',
    ],
    [
      'too few layer types',
      { ...qwen2, layer_types: ['full_attention'] },
      'layer_types: expected a list of 24 layer types, got an array of length 1',
    ],
    [
      'gemma with an activation on which versions disagree',
      { ...gemma, hidden_act: 'silu' },
      'hidden_act: expected "gelu" or "gelu_pytorch_tanh" where hidden_activation is null, got "silu": some versions of Transformers ignore it and others do not',
    ],
    [
      'ALiBi with 112 heads (bloom)',
      { ...bloom, n_embed: 14336, num_attention_heads: 112 },
      'num_attention_heads: expected a power of 2, got 112: for other numbers of heads the slopes of ALiBi are not 2^(−8(h+1)/H), as in the network format',
    ],
    [
      'normalized tokens in place of tokens (bloom)',
      { ...bloom, apply_residual_connection_post_layernorm: true },
      'apply_residual_connection_post_layernorm: expected false, got true',
    ],
    [
      'biases under another name',
      { ...stablelm, attention_bias: true },
      'attention_bias: expected false, got true: stablelm models do not read it',
    ],
    [
      'cross-attention',
      { ...gpt2, add_cross_attention: true },
      'add_cross_attention: expected false, got true: only decoders of one input are read',
    ],
    [
      'heads that do not divide the width',
      { ...llama2, num_attention_heads: 33, num_key_value_heads: 33 },
      'num_attention_heads: expected a divisor of config.hidden_size = 4096, got 33',
    ],
    [
      'heads that do not divide the width, with head_dim',
      { ...llama2, num_attention_heads: 33, num_key_value_heads: 33, head_dim: 128 },
      'num_attention_heads: expected a divisor of config.hidden_size = 4096, got 33',
    ],
    [
      'groups that do not divide the heads',
      { ...llama2, num_key_value_heads: 5 },
      'num_key_value_heads: expected a divisor of config.num_attention_heads = 32, got 5',
    ],
    [
      'a head dimension that is not read',
      { ...gptNeox, head_dim: 128 },
      'head_dim: expected 96, got 128: this model type reads no head_dim',
    ],
    [
      'two names that contradict each other',
      { ...gpt2, hidden_size: 1024 },
      'hidden_size: expected 768, as config.n_embd, got 1024',
    ],
    ['0', { ...llama2, hidden_size: 0 }, `hidden_size: expected ${size}, got 0`],
    ['negative', { ...llama2, intermediate_size: -1 }, `intermediate_size: expected ${size}, got -1`],
    ['no integer', { ...llama2, vocab_size: 32000.5 }, `vocab_size: expected ${size}, got 32000.5`],
    ['NaN', { ...llama2, hidden_size: NaN }, `hidden_size: expected ${size}, got NaN`],
    ['huge', { ...llama2, hidden_size: 1e300 }, `hidden_size: expected ${size}, got 1e+300`],
    [
      'too deep',
      { ...llama2, num_hidden_layers: 10_001 },
      'num_hidden_layers: expected an integer from 1 to 10000, got 10001',
    ],
    ['negative ε', { ...llama2, rms_norm_eps: -1e-5 }, 'rms_norm_eps: expected a number ≥ 0, got -0.00001'],
    ['infinite ε', { ...llama2, rms_norm_eps: Infinity }, 'rms_norm_eps: expected a number ≥ 0'],
    [
      'tokens of width 1 for LayerNorm',
      { ...gpt2, n_embd: 1, n_head: 1 },
      'n_embd: expected an integer from 2 to 2147483647, got 1',
    ],
  ];

  it.each(ranges)('%s', (_, config, message) => {
    expect(() => architectureOf(config)).toThrow(RangeError);
    expect(() => architectureOf(config)).toThrow(`config.${message}`);
  });

  it('sizes whose products are not safe integers', () => {
    const huge = {
      hidden_size: 2 ** 30,
      num_attention_heads: 1,
      num_key_value_heads: 1,
      intermediate_size: 2 ** 31 - 1,
    };
    expect(() => readModelConfig({ ...llama2, ...huge })).toThrow(RangeError);
    expect(() => readModelConfig({ ...llama2, ...huge })).toThrow(
      'config: expected sizes of at most 9007199254740991 parameters',
    );
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'config: expected an object, got null'],
    [
      'a string',
      '{"model_type": "gpt2"}',
      'config: expected an object, got "{\\"model_type\\": \\"gpt2\\"}"',
    ],
    ['an array', [gpt2], 'config: expected an object, got an array of length 1'],
    ['no model type', { hidden_size: 64 }, `config.model_type: expected ${types}, got undefined`],
    ['a number as model type', { model_type: 2 }, `config.model_type: expected ${types}, got 2`],
    [
      'a string where a number belongs',
      { ...llama2, hidden_size: '4096' },
      `config.hidden_size: expected ${size}, got "4096"`,
    ],
    ['a bigint', { ...llama2, hidden_size: 4096n }, `config.hidden_size: expected ${size}, got 4096n`],
    [
      'true where a number belongs',
      { ...llama2, num_hidden_layers: true },
      'config.num_hidden_layers: expected an integer from 1 to 10000, got true',
    ],
    [
      'a string where a flag belongs',
      { ...llama2, tie_word_embeddings: 'yes' },
      'config.tie_word_embeddings: expected true or false, got "yes"',
    ],
    [
      'a string as ε',
      { ...llama2, rms_norm_eps: '1e-5' },
      'config.rms_norm_eps: expected a number ≥ 0, got "1e-5"',
    ],
    [
      'a list as activation',
      { ...llama2, hidden_act: ['silu'] },
      'config.hidden_act: expected a string, got an array of length 1',
    ],
    [
      'a number as rope_scaling',
      { ...llama2, rope_scaling: 2 },
      'config.rope_scaling: expected an object, got 2',
    ],
  ])('%s', (_, config, message) => expectFault(() => architectureOf(config), new TypeError(message)));

  it.each<[string, object, Error]>([
    [
      'one token',
      { sequenceLength: 1 },
      new RangeError('options.sequenceLength: expected an integer ≥ 2, got 1'),
    ],
    [
      'more tokens than positions',
      { sequenceLength: 1025 },
      new RangeError(
        'options.sequenceLength: expected at most 1024, the number of learned positions of the model, got 1025',
      ),
    ],
    [
      'a string',
      { sequenceLength: '3' },
      new TypeError('options.sequenceLength: expected an integer ≥ 2, got "3"'),
    ],
    [
      'an unknown key',
      { budgets: 400 },
      new RangeError('options: expected known keys, got "budgets"; did you mean "budget"?'),
    ],
    [
      'a budget of 0',
      { budget: 0 },
      new RangeError('options.budget: expected an integer from 1 to 1000000000, got 0'),
    ],
    [
      'a budget that is a string',
      { budget: '400' },
      new TypeError('options.budget: expected an integer from 1 to 1000000000, got "400"'),
    ],
  ])('option: %s', (_, options, fault) =>
    expectFault(() => readModelConfig(gpt2, options as ModelOptions), fault),
  );

  it('a text that is no JSON, with line and column', () => {
    expect(readModelConfigText(JSON.stringify(llama2))).toStrictEqual(readModelConfig(llama2));
    expect(() => readModelConfigText('{\n  "model_type": llama\n}')).toThrow(
      /^config: malformed JSON at line 2, column 17: expected/,
    );
  });

  it('ignores what changes nothing', () => {
    const noise = {
      torch_dtype: 'bfloat16',
      quantization_config: { bits: 4 },
      attention_dropout: 0.5,
      my_key: {},
      num_experts: 0,
      qk_layernorm: null,
    };
    expect(architectureOf({ ...llama2, ...noise })).toStrictEqual(architectureOf(llama2));
    expect(architectureOf({ ...gpt2, scale_attn_by_inverse_layer_idx: true })).toStrictEqual(
      architectureOf(gpt2),
    );
  });

  it('names the model types that are read', () => {
    for (const model_type of modelTypes.filter((type) => type !== 'gpt_neox')) {
      expect(architectureOf({ model_type }).modelType).toBe(model_type);
    }
  });
});
