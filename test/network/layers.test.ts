import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOutputDim, parameterBlocks, parameterCount } from '../../src/network/parameters.ts';
import { parseNetwork, parseNetworkText } from '../../src/network/parse.ts';
import { anyLayer, kinds, type LayerCase } from './any-layer.ts';

const runs = { seed: 1, numRuns: 150 };

const around = ({ network }: LayerCase, ...layers: object[]) => ({
  format: 'dimcert-network',
  version: 1,
  ...network,
  layers,
});

function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  expect(Object.isFrozen(value)).toBe(true);
  Object.values(value).forEach(expectFrozen);
}

describe.each(kinds)('%s', (kind) => {
  it('has a minimal form, which parses to itself, deeply frozen', () => {
    fc.assert(
      fc.property(anyLayer(kind), (made) => {
        const minimal = around(made, made.minimal);
        const parsed = parseNetwork(around(made, made.written));
        expect(parsed).toStrictEqual(minimal);
        expect(parseNetwork(minimal)).toStrictEqual(minimal);
        expect(JSON.stringify(parseNetworkText(JSON.stringify(parsed)))).toBe(JSON.stringify(parsed));
        expectFrozen(parsed);
      }),
      runs,
    );
  });

  it('has the matrices that docs/networks.md lists, one after another without a gap', () => {
    fc.assert(
      fc.property(anyLayer(kind), fc.integer({ min: 1, max: 3 }), (made, before) => {
        // A layer before it, so that offsets do not begin with 0.
        const { inputDim } = made.network;
        const first = Array.from({ length: before }, () => ({ kind: 'linear', outputDim: inputDim }));
        const network = parseNetwork(around(made, ...first, made.minimal));
        const blocks = parameterBlocks(network);
        const named = blocks.map(({ name, head, rows, cols }) => `${name}${head ?? ''} ${rows}×${cols}`);
        const square = `W ${inputDim}×${inputDim}`;
        expect(named).toEqual([...first.map(() => square), ...made.matrices]);
        let offset = 0;
        for (const { rows, cols, offset: found, path, layer } of blocks) {
          expect(found).toBe(offset);
          offset += rows * cols;
          expect(path.startsWith(`layers[${layer}]`)).toBe(true);
        }
        expect(blocks.slice(before).every(({ layer }) => layer === before)).toBe(true);
        expect(parameterCount(network)).toBe(offset);
        expect(networkOutputDim(network)).toBe(
          'outputDim' in made.minimal ? made.minimal.outputDim : inputDim,
        );
      }),
      runs,
    );
  });
});

it('layers inside layers have their place and their path', () => {
  const linear = (outputDim: number) => ({ kind: 'linear', outputDim });
  const network = parseNetwork({
    format: 'dimcert-network',
    version: 1,
    inputDim: 2,
    sequenceLength: 3,
    layers: [
      linear(3),
      {
        kind: 'residual',
        layers: [
          { kind: 'sum', branches: [[linear(1)], [linear(4), linear(1)]] },
          { kind: 'residual', layers: [{ kind: 'positions' }] },
          linear(3),
        ],
      },
      linear(5),
    ],
  });
  expect(
    parameterBlocks(network).map(({ layer, path, rows, cols, offset }) => [layer, path, rows, cols, offset]),
  ).toEqual([
    [0, 'layers[0]', 3, 2, 0],
    [1, 'layers[1].layers[0].branches[0][0]', 1, 3, 6],
    [1, 'layers[1].layers[0].branches[1][0]', 4, 3, 9],
    [1, 'layers[1].layers[0].branches[1][1]', 1, 4, 21],
    [1, 'layers[1].layers[1].layers[0]', 3, 1, 25],
    [1, 'layers[1].layers[2]', 3, 1, 28],
    [2, 'layers[2]', 5, 3, 31],
  ]);
  expect(parameterCount(network)).toBe(46);
});
