import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { attentionStack } from '../../src/network/builders.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { Point } from '../../src/point/point.ts';
import { arbitraryNetwork } from '../theory/random-network.ts';

test('softmax weights are units over their sum: each query adds up to 1, hidden keys have 0, parallel pairs share', () => {
  fc.assert(
    fc.property(
      arbitraryNetwork({ layers: 4, width: 4, tokens: 4 }),
      fc.constantFrom(5, 4093, 2147483647),
      (network, p) => {
        const field = new PrimeField(p);
        const point = new Point(network, field, '3');
        expect(point.theta.length).toBe(parameterCount(network));
        const t = network.sequenceLength;
        for (const { tokens, weights } of point.inputs(4)) {
          expect(tokens.length).toBe(t * network.inputDim);
          for (const [layer, table] of weights.entries()) {
            const { normalization, causal } = network.layers[layer]!;
            expect(table === null).toBe(normalization === 'none');
            if (!table) continue;
            for (let i = 0; i < t; i++) {
              const row = Array.from(table.subarray(i * t, (i + 1) * t));
              expect(row.reduce((a, b) => field.add(a, b))).toBe(1);
              for (let j = 0; j < t; j++) expect(row[j] !== 0).toBe(!causal || j <= i);
            }
          }
        }
      },
    ),
  );
});

test('an input at which a denominator vanishes is skipped, its number is not', () => {
  const network = attentionStack({
    dims: [2, 2],
    headDims: [2],
    sequenceLength: 4,
    normalization: 'softmax',
  });
  const indices = Array.from(new Point(network, new PrimeField(3), '0').inputs(200), ({ index }) => index);
  // Four sums of four units modulo 3: each is 0 with probability 3/8.
  expect(indices.length).toBeGreaterThan(5);
  expect(indices.length).toBeLessThan(100);
  expect(indices).toEqual([...indices].sort((a, b) => a - b));
  // The inputs that are left are those of the stream, in their places.
  const all = new Point(
    { ...network, layers: [{ ...network.layers[0]!, normalization: 'none' }] },
    new PrimeField(3),
    '0',
  );
  const tokens = Array.from(all.inputs(200), (input) => Array.from(input.tokens));
  for (const input of new Point(network, new PrimeField(3), '0').inputs(200))
    expect(Array.from(input.tokens)).toEqual(tokens[input.index]);
});
