import { describe, expect, it } from 'vitest';
import { readModelConfig, type ModelOptions } from '../../src/model-config/index.ts';
import { parseNetwork } from '../../src/network/index.ts';
import * as configs from './configs.ts';

const small = { num_hidden_layers: 1 };
const networkOf = (config: unknown, options?: ModelOptions) => readModelConfig(config, options).network;

describe('the network of a configuration', () => {
  it.each(configs.published)('%s gives a network that parses to itself', (_, config) => {
    const network = networkOf(config);
    expect(network.sequenceLength).toBe(3);
    expect(parseNetwork(network)).toStrictEqual(network);
    expect(Object.isFrozen(network)).toBe(true);
  });

  it('llama: RMSNorm first, rotary attention, SwiGLU', () => {
    expect(networkOf({ ...configs.llama3, ...small }, { sequenceLength: 5 })).toStrictEqual({
      format: 'dimcert-network',
      version: 1,
      inputDim: 4096,
      sequenceLength: 5,
      layers: [
        {
          kind: 'residual',
          layers: [
            { kind: 'rmsnorm', epsilon: '1/100000' },
            {
              kind: 'attention',
              normalization: 'softmax',
              numHeads: 32,
              numKeyValueHeads: 8,
              headDim: 128,
              valueDim: 128,
              outputDim: 4096,
              causal: true,
              rotary: { base: 500000 },
            },
          ],
        },
        {
          kind: 'residual',
          layers: [
            { kind: 'rmsnorm', epsilon: '1/100000' },
            { kind: 'gated', function: 'silu', hiddenDim: 14336, outputDim: 4096 },
          ],
        },
        { kind: 'rmsnorm', epsilon: '1/100000' },
      ],
    });
  });

  it('llama: biases where they are asked for', () => {
    const biased = networkOf({
      ...configs.llama2,
      ...small,
      attention_bias: true,
      mlp_bias: true,
    });
    expect(biased.layers).toMatchObject([
      { layers: [{}, { bias: { query: true, key: true, value: true, output: true } }] },
      { layers: [{}, { kind: 'gated', bias: true }] },
      {},
    ]);
  });

  it('mistral: a window in every layer, none where it is null, 4096 where it is absent', () => {
    const window = (config: object) =>
      JSON.stringify(networkOf({ ...config, ...small })).match(/"window":(\d+)/)?.[1];
    const { sliding_window: _, ...without } = configs.mistral;
    expect(window(configs.mistral)).toBe('4096');
    expect(window(without)).toBe('4096');
    expect(window({ ...configs.mistral, sliding_window: null })).toBeUndefined();
  });

  it('mistral: a head dimension of its own (Mistral-Nemo)', () => {
    const nemo = networkOf({
      ...configs.mistral,
      ...small,
      hidden_size: 5120,
      head_dim: 128,
      sliding_window: null,
    });
    expect(nemo.layers[0]).toMatchObject({
      layers: [{}, { numHeads: 32, headDim: 128, valueDim: 128, outputDim: 5120 }],
    });
  });

  it('qwen2: biases of queries, keys and values, windows from max_window_layers on', () => {
    const windows = (config: object) =>
      networkOf(config).layers.flatMap((layer) =>
        layer.kind === 'residual' && layer.layers[1].kind === 'attention' ? [layer.layers[1].window] : [],
      );
    const four = { ...configs.qwen2, num_hidden_layers: 4, sliding_window: 2 };
    const all = [undefined, undefined, undefined, undefined];
    expect(windows(four)).toStrictEqual(all);
    expect(windows({ ...four, use_sliding_window: true })).toStrictEqual(all);
    expect(windows({ ...four, use_sliding_window: true, max_window_layers: 3 })).toStrictEqual([
      ...all.slice(1),
      2,
    ]);
    expect(windows({ ...four, use_sliding_window: true, max_window_layers: 0 })).toStrictEqual([2, 2, 2, 2]);
    const layer_types = ['full_attention', 'sliding_attention', 'full_attention', 'sliding_attention'];
    expect(windows({ ...four, use_sliding_window: true, layer_types })).toStrictEqual([
      undefined,
      2,
      undefined,
      2,
    ]);
    expect(networkOf(four).layers[0]).toMatchObject({
      layers: [{}, { bias: { query: true, key: true, value: true }, rotary: { base: 1000000 } }],
    });
  });

  it('gemma: (1 + w) norms, one key-value head, the coefficient that is computed with', () => {
    const network = networkOf({ ...configs.gemma, ...small });
    expect(network.layers).toMatchObject([
      {
        layers: [
          { epsilon: '1/1000000', unitOffset: true },
          { numHeads: 8, numKeyValueHeads: 1, headDim: 256 },
        ],
      },
      { layers: [{}, { kind: 'gated', function: 'gelu-tanh', hiddenDim: 16384 }] },
      { kind: 'rmsnorm', unitOffset: true },
    ]);
    expect(JSON.stringify(network)).toContain('"coefficient":"3989422804014327/5000000000000000"');
  });

  it('gpt2: learned positions, LayerNorm with bias, √(2/π) itself', () => {
    const all = { query: true, key: true, value: true, output: true };
    const norm = { kind: 'layernorm', epsilon: '1/100000', bias: true };
    expect(networkOf({ ...configs.gpt2, n_layer: 1 }).layers).toStrictEqual([
      { kind: 'positions' },
      {
        kind: 'residual',
        layers: [
          norm,
          {
            kind: 'attention',
            normalization: 'softmax',
            numHeads: 12,
            headDim: 64,
            valueDim: 64,
            outputDim: 768,
            causal: true,
            bias: all,
          },
        ],
      },
      {
        kind: 'residual',
        layers: [
          norm,
          { kind: 'linear', outputDim: 3072, bias: true },
          { kind: 'activation', function: 'gelu-tanh' },
          { kind: 'linear', outputDim: 768, bias: true },
        ],
      },
      norm,
    ]);
  });

  it('gpt_neox: two norms side by side, or one after the other', () => {
    const one = { ...configs.gptNeox, num_hidden_layers: 1 };
    const norm = { kind: 'layernorm' };
    const attention = { kind: 'attention', rotary: { base: 10000, dim: 24 } };
    const fast = { function: 'gelu-tanh', coefficient: '997355701/1250000000' };
    expect(networkOf(one).layers).toMatchObject([
      { kind: 'sum', branches: [[], [norm, attention], [norm, {}, fast, {}]] },
      norm,
    ]);
    expect(networkOf({ ...one, use_parallel_residual: false }).layers).toMatchObject([
      { kind: 'residual', layers: [norm, attention] },
      { kind: 'residual', layers: [norm, {}, {}, {}] },
      norm,
    ]);
  });

  it('phi: one norm, then attention and feed-forward side by side', () => {
    expect(networkOf({ ...configs.phi2, ...small }).layers).toMatchObject([
      {
        kind: 'residual',
        layers: [
          { kind: 'layernorm' },
          {
            kind: 'sum',
            branches: [
              [{ kind: 'attention', headDim: 80, rotary: { base: 10000, dim: 32 } }],
              [{ outputDim: 10240 }, { function: 'gelu-tanh' }, { outputDim: 2560 }],
            ],
          },
        ],
      },
      { kind: 'layernorm' },
    ]);
  });

  it('bloom: a norm after the embedding, ALiBi, the coefficient of BloomGelu', () => {
    const network = networkOf({ ...configs.bloom, n_layer: 1 });
    expect(network.layers).toMatchObject([
      { kind: 'layernorm', bias: true },
      { kind: 'residual', layers: [{}, { alibi: true, numHeads: 16, headDim: 64 }] },
      { kind: 'residual', layers: [{}, { outputDim: 4096 }, { coefficient: '9973557/12500000' }, {}] },
      { kind: 'layernorm' },
    ]);
  });

  it('stablelm: LayerNorm, part of the head turns, gated; biases and a shared norm where they are asked for', () => {
    const attention = { kind: 'attention', rotary: { base: 10000, dim: 20 } };
    const gated = { kind: 'gated', function: 'silu', hiddenDim: 6912 };
    const norm = { kind: 'layernorm', bias: true };
    const { layers } = networkOf({ ...configs.stablelm, ...small });
    expect(layers).toMatchObject([
      { kind: 'residual', layers: [norm, attention] },
      { kind: 'residual', layers: [norm, gated] },
      norm,
    ]);
    expect(JSON.stringify(layers)).not.toContain('"query"');
    const other = { ...configs.stablelm, ...small, use_qkv_bias: true, use_parallel_residual: true };
    const bias = { query: true, key: true, value: true };
    expect(networkOf(other).layers).toMatchObject([
      { kind: 'residual', layers: [norm, { kind: 'sum', branches: [[{ ...attention, bias }], [gated]] }] },
      norm,
    ]);
  });

  it('starcoder2: LayerNorm, rotary, a window, biases everywhere or nowhere', () => {
    const one = { ...configs.starcoder2, ...small };
    const bias = { query: true, key: true, value: true, output: true };
    expect(networkOf(one).layers).toMatchObject([
      { layers: [{ bias: true }, { numKeyValueHeads: 4, window: 4096, rotary: { base: 1000000 }, bias }] },
      { layers: [{ bias: true }, { bias: true }, { function: 'gelu-tanh' }, { bias: true }] },
      {},
    ]);
    const without = JSON.stringify(networkOf({ ...one, use_bias: false }).layers);
    // Only those of the three normalizations are left.
    expect(without.match(/"bias"/g)).toHaveLength(3);
  });

  it('fills in the defaults of Transformers', () => {
    expect(networkOf({ model_type: 'llama' })).toStrictEqual(
      networkOf({ ...configs.llama2, rms_norm_eps: 1e-6 }),
    );
    expect(networkOf({ model_type: 'gpt2' })).toStrictEqual(networkOf(configs.gpt2));
    expect(networkOf({ model_type: 'mistral' })).toStrictEqual(
      networkOf({ ...configs.mistral, rms_norm_eps: 1e-6 }),
    );
    expect(networkOf({ model_type: 'gemma' })).toStrictEqual(networkOf(configs.gemma7b));
    expect(networkOf({ model_type: 'phi3', sliding_window: 2047 })).toStrictEqual(networkOf(configs.phi3));
    expect(networkOf({ model_type: 'stablelm' })).toStrictEqual(networkOf(configs.stablelm));
    expect(networkOf({ model_type: 'gpt_neox', hidden_act: 'gelu_fast' })).toStrictEqual(
      networkOf(configs.gptNeox),
    );
  });

  it('reads rope_parameters, as Transformers 5 writes them, and other names of one field', () => {
    const { rope_theta: _, ...config } = configs.llama3;
    const rope_parameters = { rope_type: 'default', rope_theta: 500000.0 };
    expect(networkOf({ ...config, rope_parameters })).toStrictEqual(networkOf(configs.llama3));
    const { n_embd, n_layer, n_head, ...rest } = configs.gpt2;
    const renamed = { hidden_size: n_embd, num_hidden_layers: n_layer, num_attention_heads: n_head };
    expect(networkOf({ ...rest, ...renamed })).toStrictEqual(networkOf(configs.gpt2));
    expect(networkOf({ ...configs.llama3, rope_scaling: { type: 'linear', factor: 1.0 } })).toStrictEqual(
      networkOf(configs.llama3),
    );
  });
});
