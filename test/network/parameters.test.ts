import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionStack } from '../../src/network/builders.ts';
import { parameterBlocks, parameterCount } from '../../src/network/parameters.ts';
import { singleHeadReferences } from '../reference/single-head.ts';
import { arbitraryNetwork } from '../theory/random-network.ts';

describe('parameterBlocks', () => {
  it('lists Q, K, V, O, layer by layer', () => {
    const network = attentionStack({
      dims: [3, 4, 5],
      headDims: [2, 1],
      sequenceLength: 2,
      valueDims: [null, 7],
    });
    expect(parameterBlocks(network)).toEqual([
      { layer: 0, name: 'Q', rows: 2, cols: 3, offset: 0 },
      { layer: 0, name: 'K', rows: 2, cols: 3, offset: 6 },
      { layer: 0, name: 'V', rows: 4, cols: 3, offset: 12 },
      { layer: 1, name: 'Q', rows: 1, cols: 4, offset: 24 },
      { layer: 1, name: 'K', rows: 1, cols: 4, offset: 28 },
      { layer: 1, name: 'V', rows: 7, cols: 4, offset: 32 },
      { layer: 1, name: 'O', rows: 5, cols: 7, offset: 60 },
    ]);
    expect(parameterCount(network)).toBe(95);
  });

  it('leaves no gap and no overlap', () => {
    fc.assert(
      fc.property(arbitraryNetwork({ layers: 5, width: 9, tokens: 2 }), (network) => {
        let offset = 0;
        for (const block of parameterBlocks(network)) {
          expect(block.offset).toBe(offset);
          offset += block.rows * block.cols;
        }
        expect(parameterCount(network)).toBe(offset);
      }),
      { seed: 1 },
    );
  });

  it('counts what an independent program counts', () => {
    for (const { network, parameters } of singleHeadReferences)
      expect(parameterCount(network)).toBe(parameters);
  });
});
