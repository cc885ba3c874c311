import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionStack } from '../../src/network/builders.ts';
import {
  networkOutputDim,
  parameterBlocks,
  parameterCount,
  walkLayers,
} from '../../src/network/parameters.ts';
import { singleHeadReferences } from '../reference/single-head.ts';
import { anyNetwork } from './any-network.ts';

describe('parameterBlocks', () => {
  it('lists Q, K, V, O, layer by layer', () => {
    const network = attentionStack({
      dims: [3, 4, 5],
      headDims: [2, 1],
      sequenceLength: 2,
      valueDims: [null, 7],
    });
    expect(parameterBlocks(network)).toEqual([
      { layer: 0, path: 'layers[0]', name: 'Q', head: 0, rows: 2, cols: 3, offset: 0 },
      { layer: 0, path: 'layers[0]', name: 'K', head: 0, rows: 2, cols: 3, offset: 6 },
      { layer: 0, path: 'layers[0]', name: 'V', head: 0, rows: 4, cols: 3, offset: 12 },
      { layer: 1, path: 'layers[1]', name: 'Q', head: 0, rows: 1, cols: 4, offset: 24 },
      { layer: 1, path: 'layers[1]', name: 'K', head: 0, rows: 1, cols: 4, offset: 28 },
      { layer: 1, path: 'layers[1]', name: 'V', head: 0, rows: 7, cols: 4, offset: 32 },
      { layer: 1, path: 'layers[1]', name: 'O', head: 0, rows: 5, cols: 7, offset: 60 },
    ]);
    expect(parameterCount(network)).toBe(95);
  });

  it('leaves no gap and no overlap', () => {
    fc.assert(
      fc.property(anyNetwork({ layers: 4 }), (network) => {
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

describe('walkLayers', () => {
  it('visits every layer once, with its path and the width that enters', () => {
    fc.assert(
      fc.property(anyNetwork({ layers: 4 }), (network) => {
        const paths = new Set<string>();
        walkLayers(network, (layer, path, width, outermost) => {
          paths.add(path);
          expect(path.startsWith(`layers[${outermost}]`)).toBe(true);
          expect(at(network, path)).toBe(layer);
          if (path === 'layers[0]') expect(width).toBe(network.inputDim);
          if (layer.kind === 'residual')
            expect(networkOutputDim({ inputDim: width, layers: layer.layers })).toBe(width);
          if (layer.kind === 'sum')
            expect(
              new Set(layer.branches.map((layers) => networkOutputDim({ inputDim: width, layers }))).size,
            ).toBe(1);
        });
        expect(paths.size).toBe(JSON.stringify(network).split('"kind":').length - 1);
      }),
      { seed: 1 },
    );
  });
});

/** The value at a path such as `layers[1].branches[0][2]`. */
function at(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce((inside, key) => (inside as Record<string, unknown>)[key], value);
}
