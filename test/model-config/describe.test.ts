import { describe, expect, it } from 'vitest';
import { certify } from '../../src/certificate/certify.ts';
import { describeModel, descriptionRows, readModelConfig } from '../../src/model-config/index.ts';
import * as configs from './configs.ts';

const tiny = { model_type: 'gpt2', n_layer: 1, n_embd: 4, n_head: 2, n_inner: 5, vocab_size: 9 };
const text = (...parameters: Parameters<typeof describeModel>) =>
  descriptionRows(describeModel(...parameters))
    .map(({ label, value, note = '' }) => `${label}: ${value} (${note})`)
    .join('\n');

describe('describeModel', () => {
  it('adds up: layers and total, parameters, gauge dimension and dimension', () => {
    for (const [, config] of configs.published) {
      const { parts, parameters, gauge, dimension, counts } = describeModel(readModelConfig(config));
      const sum = (what: 'parameters' | 'gauge' | 'dimension') =>
        parts.reduce((total, part) => total + part.count * part[what], 0);
      expect([sum('parameters'), sum('gauge'), sum('dimension')]).toStrictEqual([
        parameters,
        gauge,
        dimension.upper,
      ]);
      expect(parameters).toBeLessThan(counts.total);
      expect(dimension.status).toBe('bound');
    }
  });

  it('is JSON', () => {
    const description = describeModel(readModelConfig(configs.gpt2));
    expect(JSON.parse(JSON.stringify(description))).toStrictEqual(description);
  });

  it('says what is left out', () => {
    const leftOut = (config: object) => readModelConfig(config).leftOut;
    expect(leftOut(configs.llama2)).toStrictEqual([
      'the embedding: 131072000 parameters',
      'the unembedding: 131072000 parameters',
    ]);
    expect(leftOut(configs.gpt2)).toStrictEqual([
      'the embedding: 38597376 parameters',
      'the unembedding, which is the embedding',
      'positions that no token has: 784128 parameters',
    ]);
    expect(leftOut({ ...configs.phi2, tie_word_embeddings: true })[1]).toBe(
      'the unembedding, which is the embedding, and its bias: 51200 parameters',
    );
  });

  it('has the status of what was certified, at this size or scaled down', async () => {
    const small = readModelConfig(tiny);
    const certified = (await certify(small.network)).dimension;
    expect(describeModel(small, certified).dimension).toStrictEqual({
      ...certified,
      exact: true,
      status: 'certified at this size',
    });
    const large = readModelConfig(configs.gpt2, { budget: 320 });
    const description = describeModel(large, (await certify(large.scaledDown.network)).dimension);
    expect(description.dimension).toMatchObject({
      lower: 0,
      exact: false,
      status: 'certified at the scaled-down size',
    });
    const { upper } = large.scaledDown;
    expect(description.scaledDown.dimension).toStrictEqual({ lower: upper, upper, exact: true });
  });

  it('has a bound where the bounds do not meet, and refuses a contradiction', () => {
    const model = readModelConfig(configs.gpt2, { budget: 320 });
    const { upper } = model.scaledDown;
    const open = describeModel(model, { lower: upper - 1, upper: upper + 4 });
    expect(open.dimension.status).toBe('bound');
    expect(open.scaledDown.dimension).toStrictEqual({ lower: upper - 1, upper, exact: false });
    expect(() => describeModel(model, { lower: upper + 1, upper: upper + 1 })).toThrow(
      `the certified lower bound ${upper + 1} is above parameters − gauge = ${upper}`,
    );
  });

  it('in words', () => {
    const llama = readModelConfig(configs.llama2);
    const { upper } = llama.scaledDown;
    const words = text(llama, { lower: upper, upper });
    expect(words).toContain('model: llama (6,738,415,616 parameters)');
    expect(words).toContain('left out: the embedding: 131,072,000 parameters; the unembedding: 131,072,000');
    // 32·(128 + 128²) of the heads, 11008 of the feed-forward part, 2·4096 of the norms.
    expect(words).toContain(
      'layer (each of 32): 201,835,776 (202,383,360 parameters, gauge dimension 547,584)',
    );
    expect(words).toContain('certified only at the scaled-down size');
    expect(words).toContain('numLayers 32 → 2');
    expect(text(llama)).toContain('it is not known to be reached');
    expect(text(readModelConfig(tiny))).not.toContain('scaled down');
  });
});
