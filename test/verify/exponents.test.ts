import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argumentTables, countArguments, noArgument, parallelTokens } from '../../src/verify/exponents.ts';
import { evaluate } from '../../src/verify/forward.ts';
import { bigArithmetic } from '../../src/verify/arithmetic.ts';
import { Breath } from '../../src/verify/breath.ts';
import { Pace } from '../../src/pace.ts';
import { Point } from '../../src/verify/point.ts';
import { anyNetwork } from './any-network.ts';
import { lightning, softmax, stack } from './networks.ts';
import { statedNetwork } from './produce.ts';
import { profiles, shares } from './reference.ts';

test('counts and tables agree with each other and with the reference', () => {
  fc.assert(
    fc.property(anyNetwork, (network) => {
      const counts = countArguments(statedNetwork(network));
      const tables = argumentTables(statedNetwork(network));
      const t = network.sequenceLength;
      shares(network).forEach((numbers, layer) => {
        const table = tables[layer];
        const largest = Math.max(noArgument, ...(table ?? []));
        expect(counts[layer]).toBe(largest + 1);
        for (let i = 0; i < t; i++)
          for (let j = 0; j < t; j++)
            expect(table?.[i * t + j] ?? noArgument).toBe(numbers?.get(`${i},${j}`) ?? noArgument);
      });
    }),
  );
});

test('examples of the document', () => {
  const tables = (network: Parameters<typeof statedNetwork>[0]) =>
    argumentTables(statedNetwork(network)).map((table) => table && Array.from(table));
  expect(tables(stack(2, 2, softmax(1, 2)))).toEqual([[0, 1, 2, 3]]);
  expect(tables(stack(1, 2, softmax(1, 2)))).toEqual([[0, 1, 1, 2]]);
  expect(tables(stack(2, 3, softmax(1, 2, { causal: true })))).toEqual([[-1, -1, -1, 0, 1, -1, 2, 3, 4]]);
  expect(tables(stack(1, 3, softmax(1, 2, { causal: true })))).toEqual([[-1, -1, -1, 0, 1, -1, 2, 3, 4]]);
  expect(tables(stack(2, 1, softmax(1, 2)))).toEqual([null]);
  expect(tables(stack(2, 2, lightning(1, 2), softmax(1, 2)))).toEqual([null, [0, 1, 1, 2]]);
  expect(tables(stack(2, 2, lightning(1, 2, { causal: true }), softmax(1, 2)))).toEqual([null, [0, 1, 2, 3]]);
});

test('tokens are parallel exactly where the document says so, at a generic point', async () => {
  const p = 2n ** 61n - 1n;
  const f = bigArithmetic(p);
  await fc.assert(
    fc.asyncProperty(anyNetwork, async (network) => {
      const t = network.sequenceLength;
      fc.pre(t > 1);
      const stated = statedNetwork(network);
      const breath = new Breath(new Pace({}), 'test', 1);
      const point = await Point.draw(stated, { prime: p, seed: '3' }, f, breath);
      const values = await evaluate(point.layers, await point.nextInput(breath), t, f, breath);
      const parallel = parallelTokens(stated);
      values!.forEach(({ x }, layer) => {
        const d = stated.layers[layer]!.inputDim;
        const tokens = Array.from({ length: t }, (_, i) =>
          Array.from({ length: d }, (_, c) => x[i * d + c]!),
        );
        expect([layer, parallel[layer]]).toEqual([layer, profiles(tokens, p).rank === 1]);
      });
    }),
    { numRuns: 60 },
  );
});
