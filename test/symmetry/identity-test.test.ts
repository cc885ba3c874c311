import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fraction } from '../../src/fraction.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { proveIndependence } from '../../src/jacobian/independence.ts';
import { parameterBlocks, type Network, type ParameterBlock } from '../../src/network/index.ts';
import { Pace } from '../../src/pace.ts';
import { testIdentities } from '../../src/symmetry/identity-test.ts';
import type { RationalField } from '../../src/symmetry/linear-field.ts';
import { anyNetwork } from '../network/any-network.ts';
import { groupedQueries, networkOf, softmaxPair } from './networks.ts';

function blockOf(network: Network, name: string): ParameterBlock {
  return parameterBlocks(network).find((block) => block.name === name)!;
}

/** Q += x·E_ij Q, K −= y·E_ji K */
function queryKey(network: Network, i: number, j: number, x: bigint, y: bigint): RationalField {
  const [q, k] = [blockOf(network, 'Q'), blockOf(network, 'K')];
  return Array.from({ length: q.cols }, (_, c) => [
    [q.offset + i * q.cols + c, q.offset + j * q.cols + c, fraction(x)] as const,
    [k.offset + j * k.cols + c, k.offset + i * k.cols + c, fraction(-y)] as const,
  ]).flat();
}

const single = networkOf(3, 2, [{ kind: 'attention', normalization: 'softmax', headDim: 2 }]);

test('what changes no value passes, what changes one does not', () => {
  fc.assert(
    fc.property(
      fc.record({
        i: fc.nat(1),
        j: fc.nat(1),
        x: fc.integer({ min: 1, max: 99 }),
        y: fc.integer({ min: 1, max: 99 }),
      }),
      fc.nat(99),
      ({ i, j, x, y }, seed) => {
        const fields = [
          queryKey(single, i, j, BigInt(x), BigInt(x)),
          queryKey(single, i, j, BigInt(x), BigInt(y)),
        ];
        const { passed, errorProbability, prime } = testIdentities(
          networkGraph(single),
          fields,
          String(seed),
        );
        expect(passed).toEqual([true, x === y]);
        expect(errorProbability).toBeGreaterThan(0);
        expect(errorProbability).toBeLessThan(1e-14);
        expect(BigInt(prime) >> 60n).toBe(1n);
      },
    ),
    { numRuns: 20 },
  );
});

test('a field may be a symmetry on a part of the parameters alone', () => {
  // Where V = 0 nothing depends on Q.
  const q = blockOf(single, 'Q');
  const v = blockOf(single, 'V');
  const field: RationalField = [[q.offset, q.offset + 1, fraction(1n)]];
  const zero = new Map(Array.from({ length: v.rows * v.cols }, (_, k) => [v.offset + k, 0]));
  expect(testIdentities(networkGraph(single), [field], '0', zero).passed).toEqual([true]);
  expect(testIdentities(networkGraph(single), [field], '0').passed).toEqual([false]);
});

test('every network is tested; a probability is named but for norms, rotations and functions', async () => {
  await fc.assert(
    fc.asyncProperty(anyNetwork({ layers: 2, width: 3, tokens: 2 }), async (network) => {
      const graph = networkGraph(network);
      // A radicand that the parameters alone decide to be a square has no root at half of all points: such networks are refused before.
      const isIndependent = await proveIndependence(graph, '0', new Pace({})).then(
        () => true,
        () => false,
      );
      fc.pre(isIndependent);
      const { passed, errorProbability } = testIdentities(graph, [[]], '1');
      expect(passed).toEqual([true]);
      const isBounded = !graph.tensors.some(({ operation }) => operation.kind === 'normalize');
      expect(errorProbability !== null).toBe(isBounded);
    }),
    { numRuns: 30 },
  );
});

test('the error probability grows with the number of fields and with the depth', () => {
  const of = (network: Network, count: number): number =>
    testIdentities(
      networkGraph(network),
      Array.from({ length: count }, () => []),
      '0',
    ).errorProbability!;
  expect(of(groupedQueries, 3)).toBeCloseTo(3 * of(groupedQueries, 1), 20);
  expect(of(softmaxPair(2, 2, 1, 1, 2), 1)).toBeGreaterThan(of(single, 1));
});
