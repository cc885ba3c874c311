import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { stableRank as rankOfProducer } from '../../src/monte-carlo/stable-rank.ts';
import { networkGraph } from '../../src/network/graph.ts';
import type { Network } from '../../src/network/format.ts';
import { Pace } from '../../src/pace.ts';
import { Rejection } from '../../src/verify/fault.ts';
import { stableRank } from '../../src/verify/monte-carlo/own-run.ts';
import { randomPrime, randomSeed } from '../../src/verify/monte-carlo/random.ts';
import { isOddPrime } from '../../src/verify/primality.ts';
import { atPrime } from '../../src/verify/residues.ts';
import { stepsOf } from '../../src/verify/steps.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networkOf } from '../symmetry/networks.ts';
import { compiled } from './produce.ts';

afterEach(() => vi.unstubAllGlobals());

const pace = new Pace({});

interface Stated {
  readonly upper: number;
  readonly inputs: number;
}

/** The rank of the verifier's run; null if an input is skipped. */
async function ownRank(
  network: Network,
  stated: Stated,
  prime = randomPrime(compiled(network).program),
  seed = randomSeed(),
): Promise<number | null> {
  const program = compiled(network);
  let rank: number | null = null;
  await atPrime(prime, async (field) => {
    rank = await stableRank(program, stepsOf(program.program), stated, { prime, seed }, field, pace);
  });
  return rank;
}

const softmax = { kind: 'attention', normalization: 'softmax', headDim: 2, outputDim: 2 };
const activation = (name: string): object => ({ kind: 'activation', function: name });
const linear = { kind: 'linear', outputDim: 2 };
const named: readonly Network[] = [
  networkOf(2, 2, [softmax, { ...softmax, normalization: 'none', rotary: { base: 4 } }]),
  networkOf(2, 2, [{ ...softmax, numHeads: 2, valueDim: 1, rotary: { base: 10 }, causal: true }]),
  ...['exp', 'sigmoid', 'tanh', 'silu', 'softplus', 'gelu-tanh'].map((name) =>
    networkOf(2, 2, [linear, activation(name), linear]),
  ),
];

test('the rank is that of the producer: at its own point, and at any other', async () => {
  const without = anyNetwork({ layers: 2, width: 3, tokens: 2 }).filter(
    (network) => !JSON.stringify(network).includes('norm"'),
  );
  await fc.assert(
    fc.asyncProperty(without, async (network) => {
      const graph = networkGraph(network);
      fc.pre(graph.parameters > 0 && graph.parameters < 60);
      const found = await rankOfProducer(graph, '3', graph.parameters + 1, pace);
      fc.pre(found !== null);
      const { upper, inputs, prime } = found;
      expect(await ownRank(network, found, BigInt(prime), '3')).toBe(upper);
      expect(await ownRank(network, found)).toBe(upper);
      // Any smaller bound is refuted; room above it, or more inputs, change nothing.
      expect(await ownRank(network, { upper: upper + 1, inputs: inputs + 1 })).toBe(upper);
      if (upper > 0) await expect(ownRank(network, { upper: upper - 1, inputs })).rejects.toThrow(Rejection);
      if (inputs > 0)
        await expect(ownRank(network, { upper, inputs: inputs - 1 })).rejects.toThrow(Rejection);
    }),
    { numRuns: 20, examples: named.map((network) => [network]) },
  );
}, 60_000);

test('an input that is skipped ends the run: softmax modulo 3 of two units 1 and 2', async () => {
  const network = networkOf(1, 2, [{ ...softmax, headDim: 1, outputDim: 1 }]);
  const ranks = await Promise.all(
    Array.from({ length: 40 }, (_, seed) => ownRank(network, { upper: 3, inputs: 3 }, 3n, String(seed))),
  );
  expect(ranks).toContain(null);
  expect(ranks.some((rank) => rank !== null)).toBe(true);
});

test('primes are odd primes from 2^60 to 2^61, each another', () => {
  const { program } = compiled(named[0]!);
  const primes = Array.from({ length: 20 }, () => randomPrime(program));
  expect(new Set(primes).size).toBe(20);
  for (const prime of primes) expect(prime >> 60n === 1n && isOddPrime(prime)).toBe(true);
});

test('a prime that divides a number of the network is drawn again', () => {
  const divisor = 2n ** 60n + 33n;
  expect(isOddPrime(divisor)).toBe(true);
  const layers = [linear, { kind: 'scale', factor: `1/${divisor}` }];
  const { program } = compiled(networkOf(2, 1, layers));
  const genuine = globalThis.crypto;
  const getRandomValues = vi
    .fn((words: BigUint64Array<ArrayBuffer>) => genuine.getRandomValues(words))
    .mockImplementationOnce((words) => words.fill(33n));
  vi.stubGlobal('crypto', { getRandomValues });
  const prime = randomPrime(program);
  expect(getRandomValues.mock.results[0]!.value).toEqual(new BigUint64Array([33n]));
  expect(prime).not.toBe(divisor);
});

test('seeds are numbers below 2^128, each another', () => {
  const seeds = Array.from({ length: 100 }, () => BigInt(randomSeed()));
  expect(new Set(seeds).size).toBe(100);
  expect(seeds.every((seed) => seed >> 128n === 0n)).toBe(true);
  expect(seeds.some((seed) => seed >> 120n > 0n)).toBe(true);
});
