import { describe, expect, it } from 'vitest';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import { closedFormStatement } from '../../src/theory/closed-form.ts';
import { boundsFromTheory, dimension } from '../../src/theory/dimension.ts';

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

  it('throws where a theorem contradicts the upper bound, on either side', () => {
    expect(boundsFromTheory(16, { dimension: 16, statement: 'a theorem' })).toEqual({
      lower: 16,
      upper: 16,
      exact: true,
    });
    for (const upper of [15, 17]) {
      expect(() => boundsFromTheory(upper, { dimension: 16, statement: 'a theorem' })).toThrow(
        `upper bound ${upper} by the ${closedFormStatement}; dimension 16 by: a theorem`,
      );
    }
  });
});
