import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPrime } from '../../src/field/primality.ts';
import { proveIndependence } from '../../src/jacobian/independence.ts';
import { jacobianRank } from '../../src/jacobian/jacobian-rank.ts';
import { drawPrime, probabilityOfZero } from '../../src/monte-carlo/random-prime.ts';
import { errorExponentOf, stableRank } from '../../src/monte-carlo/stable-rank.ts';
import { networkGraph } from '../../src/network/graph.ts';
import type { Network } from '../../src/network/index.ts';
import { Pace } from '../../src/pace.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networkOf, softmaxPair } from '../symmetry/networks.ts';

const pace = new Pace({});
const rankOf = (network: Network, most: number, seed = '0') =>
  stableRank(networkGraph(network), seed, most, pace);

test('the rank that stays is the rank at another prime, by other batches', () =>
  fc.assert(
    fc.asyncProperty(anyNetwork({ layers: 2, width: 3, tokens: 2 }), async (network) => {
      const graph = networkGraph(network);
      const isIndependent = await proveIndependence(graph, '0', pace).then(
        () => true,
        () => false,
      );
      const most = graph.parameters + 1;
      fc.pre(isIndependent && errorExponentOf(graph, most) !== null);
      const [found, { rank }] = await Promise.all([
        stableRank(graph, '0', most, pace),
        jacobianRank(graph, 67108859, '0', most, pace),
      ]);
      expect(found!.upper).toBe(rank);
    }),
    { numRuns: 60 },
  ));

// d' = 1 and one token: x ↦ V x (x·KᵀQ x), cubics that are v·x times a form of rank up to 2a.
test('all of V, and a form of rank 2, up to a scale', async () => {
  const [d, a] = [5, 1];
  const layer = { kind: 'attention', normalization: 'none', headDim: a, outputDim: 1 };
  const forms = 2 * d - 1;
  const found = await rankOf(networkOf(d, 1, [layer]), 100);
  expect(found).toMatchObject({ upper: d + forms - 1, inputs: d + forms - 1 });
});

test('an input with no row that is independent of those before it ends the run, however many rows it has', async () => {
  // A linear map on tokens: all of it at the first d tokens.
  const found = await rankOf(networkOf(6, 2, [{ kind: 'linear', outputDim: 3 }]), 100);
  expect(found).toMatchObject({ upper: 18, inputs: 3 });
});

test('nothing is said about norms, nor where a proved bound is reached', async () => {
  const linear = { kind: 'linear', outputDim: 2 };
  expect(await rankOf(networkOf(2, 1, [linear, { kind: 'rmsnorm' }]), 100)).toBeNull();
  expect(await rankOf(networkOf(2, 1, [linear]), 4)).toBeNull();
  expect(await rankOf(networkOf(2, 1, [linear]), 5)).toMatchObject({ upper: 4, inputs: 2 });
});

test('the error exponent, by hand: rows Σ η x of degree 2, two terms', () => {
  const graph = networkGraph(networkOf(2, 1, [{ kind: 'linear', outputDim: 2 }]));
  const primes = 2 ** 60 / (3 * 61 * Math.LN2);
  const expected = Math.log2(5 * ((5 * 2) / (2 ** 60 - 3) + (5 * 1) / 60 / primes));
  expect(errorExponentOf(graph, 5)).toBe(Math.ceil(expected));
});

test('the error probability grows with the bound and the depth, until it says nothing', () => {
  const exponent = (layers: number, most: number): number | null => {
    const layer = { kind: 'attention', normalization: 'softmax', headDim: 1 };
    return errorExponentOf(networkGraph(networkOf(2, 3, Array(layers).fill(layer))), most);
  };
  expect(exponent(2, 20)!).toBeGreaterThan(exponent(1, 20)!);
  expect(exponent(1, 2000)!).toBeGreaterThan(exponent(1, 20)!);
  expect(exponent(30, 20)).toBeNull();
});

test('two tokens: the rank that the normal form explains, at several primes', async () => {
  const found = await Promise.all(
    ['0', '1', '2'].map((seed) => rankOf(softmaxPair(2, 2, 2, 3, 2), 64, seed)),
  );
  expect(found.map((run) => run!.upper)).toEqual([60, 60, 60]);
  expect(new Set(found.map((run) => run!.prime)).size).toBe(3);
});

test('primes of 61 bits, and the probability that one divides a number', () => {
  for (let seed = 0; seed < 20; seed++) {
    const prime = drawPrime(String(seed));
    expect(prime >> 60n).toBe(1n);
    expect(isPrime(prime)).toBe(true);
  }
  // A number of 60·n bits is divided by n of them at most.
  const one = probabilityOfZero({ degree: 0, bits: 60 });
  expect(1 / one).toBeLessThan(2 ** 60 / (60 * Math.LN2));
  expect(probabilityOfZero({ degree: 0, bits: 600 })).toBeCloseTo(10 * one, 20);
});
