import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependentMatrices } from '../../src/gauge/dependent-matrices.ts';
import { jacobianRank } from '../../src/jacobian/jacobian-rank.ts';
import { attentionStack, parameterBlocks, type Network } from '../../src/network/index.ts';
import { networkGraph, type NetworkGraph } from '../../src/network/graph.ts';
import { Pace } from '../../src/pace.ts';
import { largestAdmissiblePrime } from '../../src/point/admissible-prime.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networkOf } from '../symmetry/networks.ts';

function dependentIn(graph: NetworkGraph, prime: number, seed = '0'): ReadonlySet<number> {
  const search = dependentMatrices(graph, prime, seed);
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
  }
}

/** Names of the matrices: `layers[1].V`. */
function namesIn(network: Network): string[] {
  const found = dependentIn(networkGraph(network), 4093);
  return parameterBlocks(network)
    .filter(({ offset }) => found.has(offset))
    .map(({ path, name, head }) => `${path}.${name}${head ?? ''}`);
}

const pace = new Pace({});

// Small primes meet gains that are 0, matrices that drop rank, and points where the rank is not generic.
test('without them rows, columns and determinant of the minor are the same', () =>
  fc.assert(
    fc.asyncProperty(
      anyNetwork({ layers: 4, width: 3, tokens: 2 }),
      fc.constantFrom(11, 101, 4093),
      fc.nat(999),
      async (network, prime, s) => {
        const graph = networkGraph(network);
        const seed = String(s);
        fc.pre(largestAdmissiblePrime(graph, prime) === prime);
        // Where roots are met by chance, most inputs are skipped.
        fc.pre(!graph.steps.some((step) => step.kind === 'root' && (step.redrawn === null || prime < 4093)));
        const dependent = dependentIn(graph, prime, seed);
        fc.pre(dependent.size > 0);
        const rank = (omitted?: ReadonlySet<number>) =>
          jacobianRank(graph, prime, seed, graph.parameters, pace, omitted).catch((error: unknown) => {
            // Modulo small primes there may be no input without a denominator 0.
            if (!(error instanceof RangeError)) throw error;
            return null;
          });
        expect(await rank(dependent)).toEqual(await rank());
      },
    ),
    { numRuns: 60 },
  ));

test('in a stack: the value matrices after the first, unless they lead to more coordinates', () => {
  const stack = (dims: readonly number[]): Network =>
    attentionStack({ dims, headDims: [2, 2, 2], sequenceLength: 3, normalization: 'softmax' });
  expect(namesIn(stack([4, 4, 4, 4]))).toEqual(['layers[1].V0', 'layers[2].V0']);
  expect(namesIn(stack([4, 4, 5, 3]))).toEqual(['layers[2].V0']);
});

test('in linear maps: the later ones; in one layer none, and none around a function', () => {
  const linear = { kind: 'linear', outputDim: 3 };
  expect(namesIn(networkOf(3, 1, [linear, linear, linear]))).toEqual(['layers[1].W', 'layers[2].W']);
  expect(namesIn(networkOf(3, 1, [linear]))).toEqual([]);
  expect(namesIn(networkOf(3, 1, [linear, { kind: 'activation', function: 'tanh' }, linear]))).toEqual([]);
});
