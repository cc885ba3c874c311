import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionStack } from '../../src/network/builders.ts';
import { closedForm } from '../../src/theory/closed-form.ts';
import { publishedEquality } from '../../src/theory/published.ts';
import { bruteForceDimension } from './brute-force.ts';
import { arbitraryNetwork, asStack } from './random-network.ts';

const stack = (
  dims: number[],
  headDims: number[],
  more: Partial<Parameters<typeof attentionStack>[0]> = {},
) => asStack(attentionStack({ dims, headDims, sequenceLength: 2, ...more }));
const softmax = { normalization: 'softmax' } as const;

describe('publishedEquality', () => {
  it.each([
    // One lightning layer: 2αd + dd' − α² − 1.
    [stack([3, 3], [2]), 16],
    [stack([4, 4], [2], { sequenceLength: 4 }), 27],
    [stack([3, 2], [1]), 10],
    [stack([2, 5], [4]), 13],
    [stack([1, 3], [3]), 3],
    [stack([2, 1], [2]), 5],
    // Equal widths.
    [stack([4, 4, 4, 4], [2, 3, 9]), 12 + 15 + 16 + 16 - 3],
    ...[25, 40, 57, 76, 97, 120, 145, 172].map(
      (n, i) => [stack([i + 3, i + 3, i + 3], [2, 2], { sequenceLength: 3, ...softmax }), n] as const,
    ),
  ] as const)('%j: %i', (network, dimension) => {
    expect(publishedEquality(network)?.dimension).toBe(dimension);
  });

  it('says which theorem', () => {
    expect(publishedEquality(stack([3, 3], [2]))?.statement).toMatch(/one lightning layer.*ICLR 2025/);
    expect(publishedEquality(stack([3, 3, 3], [2, 2]))?.statement).toMatch(/- l; Henry/);
    expect(publishedEquality(stack([3, 3, 3], [2, 2], softmax))?.statement).toMatch(/\+ d\^2; .*Konda/);
  });

  it.each([
    ['one token', stack([3, 3], [2], { sequenceLength: 1 })],
    ['a mask', stack([3, 3], [2], { causal: true })],
    ['a narrow value map', stack([3, 3], [2], { valueDims: [2] })],
    ['unequal widths', stack([3, 4, 3], [2, 2])],
    ['one other width at the end', stack([3, 3, 4], [2, 2])],
    ['a head dimension 1', stack([3, 3, 3], [2, 1])],
    ['width 1', stack([1, 1, 1], [2, 2])],
    ['one softmax layer of unequal widths', stack([3, 2], [2], softmax)],
    ['softmax with a head dimension 1', stack([3, 3], [1], softmax)],
    ['softmax with a mask', stack([3, 3], [2], { ...softmax, causal: true })],
    ['a narrow value map in one layer', stack([3, 3, 3], [2, 2], { valueDims: [null, 2] })],
  ])('is silent for %s', (_, network) => {
    expect(publishedEquality(network)).toBeNull();
  });

  it('is silent for lightning and softmax layers in one network', () => {
    const [lightning] = stack([3, 3], [2]).layers;
    const [normalized] = stack([3, 3], [2], softmax).layers;
    const network = stack([3, 3, 3], [2, 2]);
    expect(publishedEquality({ ...network, layers: [lightning, normalized] })).toBeNull();
    expect(publishedEquality({ ...network, layers: [normalized, lightning] })).toBeNull();
  });

  it('takes a factored value map that reaches every matrix', () => {
    expect(publishedEquality(stack([3, 2], [2], { valueDims: [2] }))?.dimension).toBe(13);
    expect(publishedEquality(stack([3, 3, 3], [2, 2], { valueDims: [3, 5] }))?.dimension).toBe(23);
  });

  it('agrees with the closed form and with brute force wherever it speaks', () => {
    const size = fc.integer({ min: 1, max: 4 });
    const published = fc.oneof(
      fc.tuple(size, size, size).map(([d, a, e]) => stack([d, e], [a])),
      fc
        .record({
          d: fc.integer({ min: 2, max: 4 }),
          headDims: fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 3 }),
          sequenceLength: fc.integer({ min: 2, max: 3 }),
          normalization: fc.constantFrom('none', 'softmax'),
        })
        .map(({ d, headDims, ...rest }) => stack([d, ...headDims.map(() => d)], headDims, rest)),
    );
    fc.assert(
      fc.property(published, fc.nat(), (network, seed) => {
        const dimension = publishedEquality(network)?.dimension;
        expect(dimension).toBe(closedForm(network).upper);
        expect(dimension).toBe(bruteForceDimension(network, seed));
      }),
      { seed: 20250122, numRuns: 60 },
    );
    fc.assert(
      fc.property(arbitraryNetwork({ layers: 2, width: 3, tokens: 3 }), (network) => {
        const dimension = publishedEquality(network)?.dimension;
        if (dimension !== undefined) expect(dimension).toBe(closedForm(network).upper);
      }),
      { seed: 20250122, numRuns: 1000 },
    );
  });
});
