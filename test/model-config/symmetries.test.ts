import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaugeBound } from '../../src/gauge/gauge-bound.ts';
import { jacobianRank } from '../../src/jacobian/jacobian-rank.ts';
import { readModelConfig } from '../../src/model-config/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { Pace } from '../../src/pace.ts';
import * as configs from './configs.ts';

/** Two independent programs for one number: the formulas, and the rank of the Jacobian at a random point. */
async function expectTight(
  config: object,
  options: { sequenceLength: number; budget: number },
): Promise<void> {
  const { network, parameters, gauge, upper } = readModelConfig(config, options).scaledDown;
  expect(upper).toBe(parameters - gauge);
  const graph = networkGraph(network);
  const { rank } = await jacobianRank(graph, 4093, '1', parameters, new Pace({}));
  expect(rank).toBe(upper);
  // Whatever is found at a point is among what is counted.
  expect(gaugeBound(graph)!.rank).toBeLessThanOrEqual(gauge);
}

const variants: [string, object][] = [
  ['llama with biases', { ...configs.llama2, attention_bias: true, mlp_bias: true }],
  ['gpt_neox, one after the other', { ...configs.gptNeox, use_parallel_residual: false }],
  ['gpt_neox without biases in attention', { ...configs.gptNeox, attention_bias: false }],
  ['stablelm with biases of queries, keys and values', { ...configs.stablelm, use_qkv_bias: true }],
  ['stablelm with one norm', { ...configs.stablelm, use_parallel_residual: true }],
  ['starcoder2 without biases', { ...configs.starcoder2, use_bias: false }],
];

describe('symmetries', () => {
  const all = [...configs.published.map(([name, config]): [string, object] => [name, config]), ...variants];
  it.each(all)('%s: parameters − gauge is the rank of the Jacobian', async (_, config) => {
    await expectTight(config, { sequenceLength: 3, budget: 560 });
  });

  it('the same for other sizes and two tokens', async () => {
    const sizes = fc.record({
      type: fc.constantFrom('llama', 'qwen2', 'starcoder2', 'phi'),
      groups: fc.integer({ min: 1, max: 2 }),
      sharing: fc.integer({ min: 1, max: 3 }),
      half: fc.integer({ min: 1, max: 2 }),
      intermediate_size: fc.integer({ min: 1, max: 7 }),
      num_hidden_layers: fc.integer({ min: 1, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ type, groups, sharing, half, ...rest }) => {
        const num_attention_heads = groups * sharing;
        const hidden_size =
          Math.max(1, Math.ceil(4 / (2 * half * num_attention_heads))) * 2 * half * num_attention_heads;
        fc.pre(hidden_size <= 8);
        const config = {
          model_type: type,
          num_attention_heads,
          num_key_value_heads: groups,
          hidden_size,
          head_dim: 2 * half,
          partial_rotary_factor: type === 'phi' && half === 2 ? 0.5 : 1,
          ...rest,
        };
        await expectTight(config, { sequenceLength: 2, budget: 1200 });
      }),
      { seed: 1, numRuns: 8 },
    );
  });

  it('counts each layer alike, and positions for each token', () => {
    const { parts, gauge } = readModelConfig(configs.gpt2, { sequenceLength: 5 });
    expect(parts.map(({ name, count }) => [name, count])).toStrictEqual([
      ['positions', 1],
      ['layer', 12],
      ['last normalization', 1],
    ]);
    expect(parts[0]).toMatchObject({ parameters: 5 * 768, gauge: 5, dimension: 5 * 767 });
    expect(gauge).toBe(5 + 12 * parts[1]!.gauge);
  });
});
