import { expect, test } from 'vitest';
import { networkGraph } from '../../src/network/graph.ts';
import type { Network } from '../../src/network/index.ts';
import { derivativeSize } from '../../src/symmetry/degree.ts';
import { networkOf } from './networks.ts';

const degreeOf = (network: Network): number => derivativeSize(networkGraph(network), 0)!.degree;
const linear = { kind: 'linear', outputDim: 1 };
const lightning = { kind: 'attention', normalization: 'none', headDim: 1, outputDim: 1 };
const softmax = { ...lightning, normalization: 'softmax' };

// A derivative in the direction of a linear field has the degree of the function: these are counted by hand.
test.each([
  ['W x', [linear], 2],
  ['W₂ W₁ x', [linear, linear], 3],
  ['(W x)⁵', [linear, { kind: 'power', exponent: 5 }], 10],
  ['x + W x', [{ kind: 'residual', layers: [linear] }], 2],
  // v·kq·x_i·x_j·x_j: three parameters, three tokens.
  ['lightning', [lightning], 6],
  // Three parameters, and three tokens of degree 6.
  ['lightning twice', [lightning, lightning], 21],
  ['a bilinear layer', [{ kind: 'gated', function: 'identity', hiddenDim: 1 }], 5],
])('the degree of %s', (_, layers, degree) => {
  expect(degreeOf(networkOf(1, 2, layers))).toBe(degree);
});

test('softmax of two scores: E_j E_k (u̇_j − u̇_k) v over (E_0 + E_1)², and the derivative of v over E_0 + E_1', () => {
  // Over the product of both denominators: 2 + 4 + 2, and one more for the other denominator.
  expect(derivativeSize(networkGraph(networkOf(1, 2, [softmax])), 0)).toMatchObject({
    degree: 9,
    denominatorDegree: 3,
  });
});

test('the product rule: W·ẋ + Ẇ·x over the product of the denominators of ẋ and x', () => {
  // Behind the softmax above x has degree 3 over 1, ẋ 9 over 3: 1 + 9 + 1 over 3 + 1.
  expect(derivativeSize(networkGraph(networkOf(1, 2, [softmax, linear])), 0)).toMatchObject({
    degree: 11,
    denominatorDegree: 4,
  });
});

test('coefficients: a sum of n products of sizes a and b has at most n·a·b', () => {
  // Σ_k (ẇ_k x_k), where ẇ_k has coefficients up to 2³: 4 terms. (x does not move.)
  expect(derivativeSize(networkGraph(networkOf(4, 1, [linear])), 3)!.bits).toBe(3 + 2);
});

test('norms, rotations and functions have no bound', () => {
  for (const layer of [{ kind: 'rmsnorm' }, { kind: 'activation', function: 'exp' }])
    expect(derivativeSize(networkGraph(networkOf(2, 2, [linear, layer])), 0)).toBeNull();
});
