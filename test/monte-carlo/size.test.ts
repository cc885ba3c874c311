import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { NetworkJacobian } from '../../src/jacobian/network-jacobian.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { multiply, rank } from '../../src/matrix/index.ts';
import { derivativeSize } from '../../src/monte-carlo/size.ts';
import { networkGraph, type NetworkGraph } from '../../src/network/graph.ts';
import type { Network } from '../../src/network/index.ts';
import { Point, type InputDraws } from '../../src/point/point.ts';
import { ResidueStream } from '../../src/point/residue-stream.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networkOf } from '../symmetry/networks.ts';

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

// A sum multiplies denominators, also where they are the same.
test.each([
  // e^{wx}: E·w·ẋ and E·ẇ·x.
  ['exp', 3, 0],
  // E/(1 + E)² in front of ẇx.
  ['sigmoid', 3, 2],
  ['tanh', 3, 2],
  ['softplus', 3, 1],
  // σ·u̇ + u·σ'·u̇: E/(1 + E) + u·E/(1 + E)² has degree max(1 + 2, 3 + 1) over 3.
  ['silu', 6, 3],
])('%s of a linear map', (name, degree, denominatorDegree) => {
  const layers = [linear, { kind: 'activation', function: name }];
  expect(derivativeSize(networkGraph(networkOf(1, 1, layers)), 0)).toMatchObject({
    degree,
    denominatorDegree,
  });
});

test('e^{2u} beside e^u: the unit of one is the square of that of the other', () => {
  const [twice, once] = ['tanh', 'exp'].map((name) => ({ kind: 'activation', function: name }));
  const layers = [linear, { kind: 'sum', branches: [[twice], [once]] }];
  // e^u is the unit: (E² − 1)/(E² + 1) has the derivative 4E²u̇/(E² + 1)²; beside it E·u̇ over this denominator.
  expect(derivativeSize(networkGraph(networkOf(1, 1, layers)), 0)).toMatchObject({
    degree: 1 + 2 + 4,
    denominatorDegree: 4,
  });
});

test('columns have denominators of their own', () => {
  // E_1/(1 + E_1) and E_2/(1 + E_2) over (1 + E_1)(1 + E_2), with an η in front.
  const layers = [{ kind: 'activation', function: 'sigmoid' }, linear];
  expect(derivativeSize(networkGraph(networkOf(2, 1, layers)), 0)).toEqual({
    degree: 1 + 2,
    bits: 1 + 1,
    denominatorDegree: 2,
    denominatorBits: 2,
  });
});

test('norms have no bound', () => {
  expect(derivativeSize(networkGraph(networkOf(2, 2, [linear, { kind: 'rmsnorm' }])), 0)).toBeNull();
});

const prime = 67108859;
const field = new PrimeField(prime);

/** Draws on the line through those of two seeds. */
function onLine<T extends ArrayLike<number>>(from: T, to: T, s: number): T {
  return Uint32Array.from(from, (a, i) =>
    field.add(a, field.multiply(s, field.subtract(to[i]!, a))),
  ) as unknown as T;
}

/** The entries of Σ_k (∂f/∂θ_k) η_k for a fixed η, at the parameter s of a line through all that is drawn; null where a denominator vanishes. */
function derivativeOnLine(graph: NetworkGraph, s: number): number[] | null {
  const [from, to] = ['1', '2'].map((seed) => new Point(graph, field, seed)) as [Point, Point];
  const point = new Point(graph, field, '1');
  point.theta.set(onLine(from.theta, to.theta, s));
  const [a, b] = [from, to].map((end) => end.inputs(1).next().value!) as [InputDraws, InputDraws];
  const maps = <K>(x: ReadonlyMap<K, Uint32Array>, y: ReadonlyMap<K, Uint32Array>) =>
    new Map([...x].map(([step, units]) => [step, onLine(units, y.get(step)!, s)]));
  const kernel = Kernel.create(prime);
  const jacobian = new NetworkJacobian(kernel, point);
  const isDefined = jacobian.evaluate({
    ...a,
    tokens: onLine(a.tokens, b.tokens, s),
    context: a.context && onLine(a.context, b.context!, s),
    units: maps(a.units, b.units),
    logarithms: maps(a.logarithms, b.logarithms),
  });
  if (!isDefined) return null;
  const { rowsPerInput: rows, columns } = jacobian;
  const at = kernel.allocate(rows * columns);
  jacobian.write(
    Array.from({ length: rows }, (_, row) => row),
    { at, rowStride: columns },
  );
  const eta = { rows: columns, cols: 1, data: new ResidueStream('theta', '3', prime).take(columns) };
  return [...multiply({ rows, cols: columns, data: kernel.read(at, rows * columns) }, eta, prime).data];
}

/** Is there a rational function with numerators and denominators of these degrees through the points? */
function isRational(points: readonly (readonly [number, number])[], degree: number, below: number): boolean {
  const powers = (s: number, count: number): number[] =>
    Array.from({ length: count }, (_, k) => field.power(s, k));
  const rows = points.map(([s, y]) => [
    ...powers(s, degree + 1),
    ...powers(s, below + 1).map((power) => field.multiply(y, power)),
  ]);
  const cols = degree + below + 2;
  return rank({ rows: rows.length, cols, data: rows.flat() }, prime) < cols;
}

test('on a line through all that is drawn a derivative is a rational function of the degrees that are stated', () => {
  fc.assert(
    fc.property(anyNetwork({ layers: 2, width: 2, tokens: 2 }), (network) => {
      const graph = networkGraph(network);
      const size = derivativeSize(graph, 0);
      fc.pre(size !== null && graph.parameters > 0 && size.degree + size.denominatorDegree < 80);
      const { degree, denominatorDegree } = size!;
      const wanted = degree + denominatorDegree + 10;
      const values: (readonly [number, number[]])[] = [];
      for (let s = 2; values.length < wanted; s++) {
        const value = derivativeOnLine(graph, s);
        if (value) values.push([s, value]);
      }
      for (const row of values[0]![1].keys())
        expect(
          isRational(
            values.map(([s, value]) => [s, value[row]!]),
            degree,
            denominatorDegree,
          ),
        ).toBe(true);
    }),
    { numRuns: 60 },
  );
});
