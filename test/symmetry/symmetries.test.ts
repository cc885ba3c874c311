import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkGraph } from '../../src/network/graph.ts';
import { Pace } from '../../src/pace.ts';
import { linearSymmetries } from '../../src/symmetry/linear-symmetries.ts';
import { symmetries } from '../../src/symmetry/index.ts';
import { sampleAt } from '../../src/symmetry/sample.ts';
import { groupedQueries, networkOf, softmaxPair } from './networks.ts';

test('grouped queries: 36 parameters count, the rest is GL(2) three times', async () => {
  const { dimension, linear, normalForm, discarded } = await symmetries(groupedQueries);
  expect(dimension).toEqual({ lower: 36, upper: 36, errorProbability: 0 });
  expect([linear.dimension, linear.known, discarded, normalForm]).toEqual([12, 12, 0, null]);
  expect(linear.groups.map(({ formula, algebra }) => [formula, algebra])).toEqual([
    ['Q_1 += E_ij Q_1, Q_2 += E_ij Q_2, K −= E_ji K', 'gl(2)'],
    ['V += E_ij V, O_1 −= O_1 E_ij, O_2 −= O_2 E_ij', 'gl(2)'],
    ['Q_h += Q_k, O_k −= O_h', 'gl(2)'],
  ]);
  expect(linear.groups.map(({ mixesHeads }) => mixesHeads)).toEqual([false, false, true]);
});

test('what no known family explains is told apart, and raises the rank', async () => {
  const graph = networkGraph(groupedQueries);
  const pace = new Pace({});
  const none = { rows: 0, cols: graph.parameters, rank: 0, pivots: [], data: new Uint32Array() };
  const {
    symmetries: found,
    dimension,
    known,
  } = await linearSymmetries(
    graph,
    async (index) => ({
      ...(await sampleAt(graph, String(index), pace)),
      known: () => none,
      knownOf: () => none,
    }),
    pace,
  );
  expect([dimension, known]).toEqual([12, 0]);
  expect(found.map(({ isKnown, family }) => [isKnown, family])).toEqual(
    Array.from({ length: 12 }, () => [false, null]),
  );
});

test('two linear maps through a narrow middle: GL of the middle, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ h: fc.integer({ min: 2, max: 3 }), into: fc.nat(2), out: fc.nat(2) }),
      async ({ h, into, out }) => {
        const [d, e] = [h + into, h + out];
        const network = networkOf(d, 1, [
          { kind: 'linear', outputDim: h },
          { kind: 'linear', outputDim: e },
        ]);
        const { linear, dimension } = await symmetries(network);
        expect(linear.dimension).toBe(h * h);
        expect(linear.groups.map(({ formula, algebra }) => [formula, algebra])).toEqual([
          ['1.W += E_ij 1.W, 2.W −= 2.W E_ij', `gl(${h})`],
        ]);
        expect(dimension).toEqual({ lower: h * (d + e - h), upper: h * (d + e - h), errorProbability: 0 });
      },
    ),
    { numRuns: 6 },
  );
});

test('the same seed gives the same result, another one the same symmetries', async () => {
  const of = async (seed: number): Promise<object> => ({
    ...(await symmetries(groupedQueries, { seed })),
    seconds: 0,
  });
  expect(await of(3)).toEqual(await of(3));
  const { testPrimes: first, ...a } = (await of(3)) as Record<string, unknown>;
  const { testPrimes: second, ...b } = (await of(4)) as Record<string, unknown>;
  expect(second).not.toEqual(first);
  expect(a).toEqual(b);
});

test('two tokens: skew forms between the heads, on the normal form', async () => {
  const { dimension, linear, normalForm } = await symmetries(softmaxPair(2, 2, 1, 1, 2));
  expect(linear.adds).toBe(0);
  expect(normalForm!.ansatz).toBe('constant');
  expect(normalForm!.fields.map(({ formula }) => formula)).toEqual([
    '2.K += E_12 − E_21 − E_32 + E_41',
    '2.K += E_14 − E_23 − E_34 + E_43',
  ]);
  expect(dimension.upper).toBe(dimension.lower);
  expect(dimension.errorProbability).toBeGreaterThan(0);
  expect(dimension.errorProbability).toBeLessThan(1e-12);
});

test('three tokens: nothing is missing', async () => {
  const { dimension, normalForm } = await symmetries(softmaxPair(2, 2, 1, 1, 3));
  expect(normalForm).toBeNull();
  expect(dimension.errorProbability).toBe(0);
});

test.each([-1, 0.5])('the seed %d is refused', async (seed) => {
  await expect(symmetries(groupedQueries, { seed })).rejects.toThrow(RangeError);
});
