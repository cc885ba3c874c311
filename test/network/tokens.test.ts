import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import { parallelBefore } from '../../src/network/tokens.ts';
import { randomPoint, RowSpace } from '../theory/brute-force.ts';
import { arbitraryNetwork } from '../theory/random-network.ts';

describe('parallelBefore', () => {
  it('knows what makes tokens parallel, and that they stay so', () => {
    const wide = lightningAttention({ headDim: 2 });
    const after = (...layers: (typeof wide)[]) =>
      parallelBefore(network({ inputDim: 3, sequenceLength: 2, layers: [...layers, wide, wide] })).slice(
        layers.length,
      );
    expect(after(wide)).toEqual([false, false]);
    expect(after(lightningAttention({ headDim: 1 }))).toEqual([true, true]);
    expect(after(lightningAttention({ headDim: 1, causal: true }))).toEqual([false, false]);
    expect(after(softmaxAttention({ headDim: 1 }))).toEqual([false, false]);
    expect(after(softmaxAttention({ headDim: 2, valueDim: 1 }))).toEqual([true, true]);
    expect(after(softmaxAttention({ headDim: 2, outputDim: 1 }))).toEqual([true, true]);
    const stack = { headDims: [2, 2], sequenceLength: 2 };
    expect(parallelBefore(attentionStack({ ...stack, dims: [1, 2, 2] }))).toEqual([true, true]);
    expect(parallelBefore(attentionStack({ ...stack, dims: [2, 2, 1] }))).toEqual([false, false]);
    expect(parallelBefore(attentionStack({ ...stack, dims: [3, 3, 3], sequenceLength: 1 }))).toEqual([
      true,
      true,
    ]);
  });

  it('agrees with the rank of the tokens at a random point', () => {
    fc.assert(
      fc.property(arbitraryNetwork({ layers: 4, width: 3, tokens: 3 }), fc.nat(), (random, seed) => {
        const before = randomPoint(random, seed).tokens().slice(0, -1);
        const ranks = before.map((tokens) => {
          const space = new RowSpace();
          for (const token of tokens) space.add(Float64Array.from(token, (coordinate) => coordinate[0]));
          return space.rank;
        });
        expect(ranks).not.toContain(0);
        expect(ranks.map((rank) => rank === 1)).toEqual(parallelBefore(random));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
