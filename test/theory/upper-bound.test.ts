import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkGraph } from '../../src/network/graph.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { closedForm } from '../../src/theory/closed-form.ts';
import { isSingleHeadStack } from '../../src/theory/single-head-stack.ts';
import { upperBound } from '../../src/theory/upper-bound.ts';
import { anyNetwork } from '../network/any-network.ts';
import { bruteForceDimension } from './brute-force.ts';
import { arbitraryNetwork } from './random-network.ts';

const boundOf = (inputDim: number, sequenceLength: number, ...layers: object[]) =>
  upperBound(
    networkGraph(parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength, layers })),
  );

const size = fc.integer({ min: 1, max: 4 });

/** The monomials of a degree in some variables, counted one by one. */
function monomials(variables: number, degree: number): number {
  if (variables === 1 || degree === 0) return 1;
  let count = 0;
  for (let first = 0; first <= degree; first++) count += monomials(variables - 1, degree - first);
  return count;
}

describe('upperBound', () => {
  it('is the closed form for stacks of single-head attention layers', () => {
    fc.assert(
      fc.property(arbitraryNetwork({ layers: 3, width: 5, tokens: 3 }), (network) => {
        const { upper, evidence } = upperBound(networkGraph(network));
        expect([upper, evidence.method]).toEqual([closedForm(network).upper, 'closed-form']);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('is the dimension of the matrices of bounded rank for a chain of linear maps', () => {
    fc.assert(
      fc.property(size, fc.array(size, { minLength: 2, maxLength: 4 }), (inputDim, widths) => {
        const { upper } = boundOf(inputDim, 2, ...widths.map((outputDim) => ({ kind: 'linear', outputDim })));
        const rank = Math.min(inputDim, ...widths);
        expect(upper).toBe(rank * (inputDim + widths.at(-1)! - rank));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('is the space of all forms of a degree, where a power layer is wide enough to fill it', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 3 }), size, (inputDim, exponent, outputDim) => {
        const forms = monomials(inputDim, exponent);
        const { upper } = boundOf(
          inputDim,
          3,
          { kind: 'linear', outputDim: forms + 20 },
          { kind: 'power', exponent },
          { kind: 'linear', outputDim },
        );
        expect(upper).toBe(outputDim * forms);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('is at most the number of parameters, for every kind of network, and says how it is proved', () => {
    const methods = new Set<string>();
    fc.assert(
      fc.property(anyNetwork({ layers: 2 }), (network) => {
        const { upper, evidence } = upperBound(networkGraph(network));
        methods.add(evidence.method);
        expect(upper).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(parameterCount(network));
        expect(evidence.method === 'closed-form').toBe(isSingleHeadStack(network));
        if (evidence.method === 'gauge') expect(upper).toBe(parameterCount(network) - evidence.rank);
      }),
      { seed: 1, numRuns: 200 },
    );
    expect([...methods].sort()).toEqual(['ambient', 'closed-form', 'gauge']);
  });

  it('by known symmetries is not below the dimension: the same stack, written so that the closed form is silent', () => {
    fc.assert(
      fc.property(arbitraryNetwork({ layers: 2, width: 3, tokens: 2 }), fc.nat(), (network, seed) => {
        const { inputDim, sequenceLength, layers } = network;
        const { upper, evidence } = boundOf(inputDim, sequenceLength, ...layers, {
          kind: 'scale',
          factor: 1,
        });
        expect(evidence.method).not.toBe('closed-form');
        expect(upper).toBeGreaterThanOrEqual(bruteForceDimension(network, seed));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
