import { describe, expect, it } from 'vitest';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import { closedFormStatement } from '../../src/theory/closed-form.ts';
import { boundsFromTheory, dimension } from '../../src/theory/dimension.ts';
import { gaugeStatement, type UpperBound } from '../../src/theory/upper-bound.ts';

describe('dimension', () => {
  it('is exact where a published theorem states equality', () => {
    const figure3 = attentionStack({
      dims: [3, 3, 3],
      headDims: [2, 2],
      sequenceLength: 3,
      normalization: 'softmax',
    });
    expect(dimension(figure3)).toEqual({
      parameters: 42,
      dimension: { lower: 25, upper: 25, exact: true },
      upper: { method: 'closed-form', statement: closedFormStatement, errorProbability: 0 },
      lower: { statement: expect.stringContaining('Konda') },
    });
  });

  it('claims no lower bound elsewhere', () => {
    const mixed = network({
      inputDim: 3,
      sequenceLength: 2,
      layers: [lightningAttention({ headDim: 2 }), softmaxAttention({ headDim: 2 })],
    });
    expect(dimension(mixed)).toEqual({
      parameters: 42,
      dimension: { lower: 0, upper: 24, exact: false },
      upper: { method: 'closed-form', statement: closedFormStatement, errorProbability: 0 },
      lower: null,
    });
  });

  it('takes every other network, whose upper bound is by known symmetries', () => {
    // The linear maps of R^3 to R^4 of rank at most 2, as products of two matrices.
    const product = network({
      inputDim: 3,
      sequenceLength: 1,
      layers: [
        { kind: 'linear', outputDim: 2 },
        { kind: 'linear', outputDim: 4 },
      ],
    });
    expect(dimension(product)).toEqual({
      parameters: 14,
      dimension: { lower: 0, upper: 10, exact: false },
      upper: { method: 'gauge', statement: gaugeStatement, errorProbability: 0 },
      lower: null,
    });
  });

  it('throws where a theorem contradicts the upper bound, on either side', () => {
    const statement = 'another theorem';
    const bound = (upper: number): UpperBound => ({ upper, evidence: { method: 'ambient', statement } });
    const published = { dimension: 16, statement: 'a theorem' };
    expect(boundsFromTheory(bound(16), published)).toEqual({ lower: 16, upper: 16, exact: true });
    for (const upper of [15, 17])
      expect(() => boundsFromTheory(bound(upper), published)).toThrow(
        `upper bound ${upper} by: another theorem; dimension 16 by: a theorem`,
      );
  });
});
