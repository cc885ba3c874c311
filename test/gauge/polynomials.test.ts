import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaugeBound } from '../../src/gauge/gauge-bound.ts';
import { descend } from '../../src/gauge/polynomial-part.ts';
import { polynomialFields } from '../../src/gauge/polynomials.ts';
import { Setting } from '../../src/gauge/setting.ts';
import { jacobianRank } from '../../src/jacobian/jacobian-rank.ts';
import { rank as matrixRank } from '../../src/matrix/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parameterBlocks, type Network } from '../../src/network/index.ts';
import { Pace } from '../../src/pace.ts';
import { bilinear, networkOf } from '../symmetry/networks.ts';

const prime = 67108859;
const linear = (outputDim: number, more: object = {}): object => ({ kind: 'linear', outputDim, ...more });
const power = (exponent: number): object => ({ kind: 'power', exponent });
const norm = { kind: 'rmsnorm', weight: false };

function upperOf(network: Network): number {
  const graph = networkGraph(network);
  return graph.parameters - gaugeBound(graph)!.rank;
}

function polynomialRank(network: Network, modulus = prime, seed = '0'): number {
  return [...polynomialFields(new Setting(networkGraph(network), modulus, seed))].length;
}

/** n + r − 1 choose r */
function forms(n: number, r: number): number {
  let count = 1;
  for (let k = 1; k <= r; k++) count = (count * (n + k - 1)) / k;
  return count;
}

test('enough powers of linear forms make all forms: what is left is their number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 2, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(3),
      fc.boolean(),
      (d, r, e, surplus, hasBias) => {
        const monomials = hasBias ? forms(d + 1, r) : forms(d, r);
        const h = monomials + 1 + surplus;
        const layers = [norm, linear(h, hasBias ? { bias: true } : {}), power(r), linear(e), norm];
        // Behind a norm its radius is lost: of the forms one scale.
        expect(upperOf(networkOf(d, 2, layers))).toBe(e * monomials - 1);
      },
    ),
    { numRuns: 25 },
  );
});

test.each([
  [
    'behind attention',
    [{ kind: 'attention', normalization: 'softmax', headDim: 2 }, linear(8), power(2), linear(3)],
    26,
  ],
  ['before a function', [linear(8), power(2), linear(3), { kind: 'activation', function: 'tanh' }], 18],
  [
    'a bilinear gate on a residual stream',
    [{ kind: 'residual', layers: [norm, { kind: 'gated', function: 'identity', hiddenDim: 8 }] }],
    18,
  ],
  [
    'two parts, around a single coordinate',
    [norm, linear(6), power(2), linear(1), power(2), linear(3), power(3), linear(2)],
    6 + 2 - 1,
  ],
] as const)('%s: the bound is the rank of the Jacobian', async (_, layers, dimension) => {
  const network = networkOf(3, 2, layers);
  const graph = networkGraph(network);
  const { rank } = await jacobianRank(graph, prime, '3', graph.parameters, new Pace({}));
  expect([rank, upperOf(network)]).toEqual([dimension, dimension]);
});

test('coefficients that are not all reached make no family', () => {
  // 24 coefficients, of which matrices of rank 3 make a variety of dimension 21.
  expect(polynomialRank(bilinear(3, 3, 4))).toBe(0);
  // 4·6 coefficients, and 4·6 products of rank 2 at most.
  expect(polynomialRank(bilinear(3, 8, 4))).toBeGreaterThan(0);
});

test('at a point where the coefficients are dependent there is no family', () => {
  // x ↦ W₂(W₁x)²: 3 coefficients. Modulo 3 there are points with W₂ = 0, where only the squares of W₁ can move them.
  const network = networkOf(2, 1, [norm, linear(4), power(2), linear(1)]);
  const graph = networkGraph(network);
  const [, last] = parameterBlocks(network);
  const found = Array.from({ length: 300 }, (_, s) => {
    const seed = String(s);
    const { theta } = new Setting(graph, 3, seed);
    const isZero = [0, 1, 2, 3].every((n) => theta[last!.offset + n] === 0);
    return { isZero, count: polynomialRank(network, 3, seed), squares: squaresAt(theta) };
  });
  for (const { isZero, count, squares } of found) {
    if (isZero && squares < 3) expect(count).toBe(0);
    if (count > 0) expect(count).toBe(12 - 3);
  }
  expect(found.some(({ isZero, squares }) => isZero && squares < 3)).toBe(true);
  expect(found.some(({ count }) => count > 0)).toBe(true);
});

/** The rank modulo 3 of the squares of the 4 linear forms that begin θ. */
function squaresAt(theta: ArrayLike<number>): number {
  const rows = [0, 1, 2, 3].map((n) => {
    const [a, b] = [theta[2 * n]!, theta[2 * n + 1]!];
    return [a * a, 2 * a * b, b * b];
  });
  return matrixRank({ rows: 4, cols: 3, data: rows.flat() }, 3);
}

test('a part ends where something else reads what is inside, or a parameter is tied', () => {
  const read = (layers: readonly object[]): boolean => {
    const setting = new Setting(networkGraph(networkOf(2, 1, layers)), prime, '0');
    const [from] = setting.tensors;
    return descend(setting.graph.output, 1000, setting).cuts.some((cut) => cut.from === from);
  };
  expect(read([linear(3), power(2), linear(2)])).toBe(true);
  expect(read([linear(2), { kind: 'residual', layers: [power(2), linear(2)] }])).toBe(true);
  expect(read([linear(2), { kind: 'residual', layers: [{ kind: 'activation', function: 'tanh' }] }])).toBe(
    false,
  );
  expect(read([linear(2, { label: 'a' }), power(2), linear(2, { tiedTo: 'a' })])).toBe(false);
  expect(read([{ kind: 'positions' }, linear(2)])).toBe(true);
});
