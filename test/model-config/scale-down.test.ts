import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModelConfig, type Architecture, type ModelOptions } from '../../src/model-config/index.ts';
import { architectureOf } from '../../src/model-config/read.ts';
import { parameterCount } from '../../src/network/index.ts';
import * as configs from './configs.ts';

const scaledDown = (config: unknown, options?: ModelOptions) => readModelConfig(config, options).scaledDown;

/** What must not change. */
function shape(architecture: Architecture) {
  const { numHeads, numKeyValueHeads, headDim, hiddenSize, intermediateSize, ...rest } = architecture;
  const { numLayers: _, windows: __, rotary, ...fixed } = rest;
  return {
    ...fixed,
    sharing: numHeads > numKeyValueHeads,
    base: rotary?.base,
    partial: rotary && rotary.dim < headDim,
    width: Math.sign(hiddenSize - numHeads * headDim),
    hidden: Math.sign(intermediateSize - hiddenSize),
  };
}

describe('scaledDown', () => {
  it.each(configs.published)('%s keeps its shape, within the budget', (_, config) => {
    for (const sequenceLength of [2, 4]) {
      const { architecture, network, parameters } = scaledDown(config, { sequenceLength });
      expect(shape(architecture)).toStrictEqual(shape(architectureOf(config)));
      expect(network.sequenceLength).toBe(sequenceLength);
      expect(parameterCount(network)).toBe(parameters);
      expect(parameters).toBeLessThanOrEqual(1000);
    }
  });

  it('says which numbers were reduced, from what to what, and by how much', () => {
    const model = readModelConfig(configs.llama3);
    const { reductions, factor, parameters } = model.scaledDown;
    expect(reductions).toStrictEqual([
      { name: 'numLayers', from: 32, to: 2 },
      { name: 'numHeads', from: 32, to: 4 },
      { name: 'numKeyValueHeads', from: 8, to: 2 },
      { name: 'headDim', from: 128, to: 2 },
      { name: 'hiddenSize', from: 4096, to: 8 },
      { name: 'intermediateSize', from: 14336, to: 9 },
      { name: 'rotaryDim', from: 128, to: 2 },
    ]);
    expect(factor).toBe(model.parameters / parameters);
  });

  it('leaves a small model as it is', () => {
    const tiny = { model_type: 'gpt2', n_layer: 1, n_embd: 4, n_head: 2, vocab_size: 9 };
    const { scaledDown: small, architecture, network } = readModelConfig(tiny);
    expect(small).toMatchObject({ reductions: [], factor: 1, architecture, network });
  });

  it('keeps the first and the last window', () => {
    const half = { ...configs.qwen2, use_sliding_window: true, max_window_layers: 12 };
    expect(scaledDown(half).architecture.windows).toStrictEqual([null, 131072]);
  });

  it('keeps a power of 2 as the number of heads with ALiBi', () => {
    for (let budget = 500; budget < 20_000; budget += 500) {
      expect(Math.log2(scaledDown(configs.bloom, { budget }).architecture.numHeads) % 1).toBe(0);
    }
  });

  it('keeps a part of the head that turns and a part that does not', () => {
    const { rotary, headDim } = scaledDown(configs.phi2).architecture;
    expect(rotary!.dim).toBeGreaterThanOrEqual(2);
    expect(rotary!.dim).toBeLessThan(headDim);
  });

  it('refuses a budget below the smallest network of the shape, and takes that one', () => {
    const { llama2 } = configs;
    const message = /^options\.budget: expected at least (\d+), the parameters of the smallest network/;
    let least = 0;
    try {
      readModelConfig(llama2, { budget: 10 });
    } catch (error) {
      least = Number(message.exec((error as RangeError).message)?.[1]);
    }
    expect(scaledDown(llama2, { budget: least }).parameters).toBe(least);
    expect(() => readModelConfig(llama2, { budget: least - 1 })).toThrow(RangeError);
  });

  it('never exceeds the budget, nor the real sizes, for any sizes', () => {
    const sizes = fc.record({
      ratio: fc.integer({ min: 1, max: 9 }),
      num_key_value_heads: fc.integer({ min: 1, max: 40 }),
      half: fc.integer({ min: 1, max: 64 }),
      hidden_size: fc.integer({ min: 1, max: 2000 }),
      intermediate_size: fc.integer({ min: 1, max: 5000 }),
      num_hidden_layers: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1000, max: 20_000 }), ({ ratio, half, ...rest }, budget) => {
        const num_attention_heads = ratio * rest.num_key_value_heads;
        const config = { model_type: 'gemma', ...rest, num_attention_heads, head_dim: 2 * half };
        const real = architectureOf(config);
        const { architecture, parameters } = scaledDown(config, { budget });
        expect(parameters).toBeLessThanOrEqual(budget);
        for (const [name, value] of Object.entries(architecture)) {
          if (typeof value === 'number') expect(value).toBeLessThanOrEqual(real[name as 'hiddenSize']);
        }
        expect(shape(architecture)).toStrictEqual(shape(real));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is quick for extreme sizes', () => {
    const extreme = { ...configs.gemma, head_dim: 2 ** 31 - 2, intermediate_size: 2 ** 31 - 1 };
    expect(scaledDown({ ...extreme, hidden_size: 4 }).parameters).toBeLessThanOrEqual(1000);
  });
});
