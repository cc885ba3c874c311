import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../src/model-config/index.ts';
import { parameterCount } from '../../src/network/index.ts';
import { published } from './configs.ts';

describe('parameter counts', () => {
  it.each(published)('%s has the published number', (_, config, total) => {
    expect(readModelConfig(config).counts.total).toBe(total);
  });

  it.each(published)(
    '%s: the network has all of them but embedding, unembedding and unread positions',
    (_, config) => {
      const { network, parameters, counts, architecture, sequenceLength } = readModelConfig(config);
      const { embedding, unembedding, positions } = counts;
      const read = positions === 0 ? 0 : sequenceLength * architecture.hiddenSize;
      expect(parameterCount(network)).toBe(parameters);
      expect(parameters).toBe(counts.total - embedding - unembedding - positions + read);
    },
  );
});
