import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encloseDerivativeSteps, encloseOutputSteps } from '../../src/evaluation/enclosure.ts';
import type { Interval } from '../../src/evaluation/interval.ts';
import { coefficientSize, degreeOf, exactOutput, isPolynomial } from '../../src/evaluation/exact.ts';
import { network, type Network } from '../../src/network/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { finish } from '../../src/rational/steps.ts';
import { addMatrices, type ExactMatrix } from '../../src/exact/exact-matrix.ts';
import { byOffset, weights } from '../../src/weights/weights.ts';
import { isSoftmax, residueOf, valuesInDoubles, valuesModuloP } from '../identifiability/oracle.ts';
import { randomFrom, randomMatrix, randomNetwork, randomWeights } from '../identifiability/random-weights.ts';

const bits = 100;

function enclosed(shape: Network, matrices: readonly ExactMatrix[], tokens: ExactMatrix): number[] {
  const point = { matrices: byOffset(weights(shape, matrices)), tokens, context: null };
  const steps = encloseOutputSteps(networkGraph(shape), point, bits);
  return finish(steps).map(({ lo, hi }) => {
    expect(hi - lo).toBeLessThan(2n ** 40n);
    return Number((lo + hi) / 2n) * 2 ** -bits;
  });
}

test('exact values and enclosures of random networks have the values of their definition', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const { matrices } = randomWeights(random, shape);
      const graph = networkGraph(shape);
      const tokens = { ...randomMatrix(random, shape.sequenceLength, shape.inputDim), denominator: 8n };
      const at = weights(shape, matrices);
      expect(isPolynomial(graph)).toBe(degreeOf(graph) < Infinity);
      if (!isSoftmax(shape)) {
        const { numerators, denominator } = exactOutput(graph, {
          matrices: byOffset(at),
          tokens,
          context: null,
        });
        expect(numerators.map((n) => residueOf(n, denominator))).toEqual(valuesModuloP(at, tokens));
      }
      const wanted = valuesInDoubles(at, tokens);
      enclosed(shape, matrices, tokens).forEach((x, e) =>
        expect(Math.abs(x - wanted[e]!)).toBeLessThan(1e-6 * (1 + Math.abs(wanted[e]!))),
      );
    }),
    { numRuns: 150 },
  );
});

const vector = (numbers: readonly number[]): ExactMatrix => ({
  rows: numbers.length,
  cols: 1,
  numerators: numbers.map((x) => BigInt(x * 8)),
  denominator: 8n,
});
const token = [0.5, -1.25, 2, 0.125];
const tokens: ExactMatrix = { ...vector(token), rows: 1, cols: 4 };
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const closeTo = (found: readonly number[], wanted: readonly number[]): void =>
  found.forEach((x, e) => expect(x).toBeCloseTo(wanted[e]!, 12));

describe('kinds of layers, from their formulas in doubles', () => {
  test.each<[string, (x: number) => number, object?]>([
    ['exp', Math.exp],
    ['sigmoid', sigmoid],
    ['silu', (x) => x * sigmoid(x)],
    ['tanh', Math.tanh],
    ['softplus', (x) => Math.log(1 + Math.exp(x))],
    ['gelu-tanh', (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
    ['gelu-tanh', (x) => (x / 2) * (1 + Math.tanh(0.75 * (x + 0.044715 * x ** 3))), { coefficient: '3/4' }],
  ])('%s', (name, f, more = {}) => {
    const layer = { kind: 'activation', function: name, ...more } as never;
    closeTo(enclosed(network({ inputDim: 4, sequenceLength: 1, layers: [layer] }), [], tokens), token.map(f));
  });

  const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;

  test('rmsnorm, with an offset of its weight', () => {
    const gamma = [1, 2, -1, 0.5];
    const shape = network({
      inputDim: 4,
      sequenceLength: 1,
      layers: [{ kind: 'rmsnorm', epsilon: '1/100', unitOffset: true }],
    });
    const root = Math.sqrt(mean(token.map((x) => x * x)) + 0.01);
    closeTo(
      enclosed(shape, [vector(gamma)], tokens),
      token.map((x, i) => ((1 + gamma[i]!) * x) / root),
    );
  });

  test('layernorm', () => {
    const [gamma, beta] = [
      [1, 2, -1, 0.5],
      [0.25, 0, 1, -3],
    ];
    const shape = network({ inputDim: 4, sequenceLength: 1, layers: [{ kind: 'layernorm', bias: true }] });
    const centered = token.map((x) => x - mean(token));
    const root = Math.sqrt(mean(centered.map((x) => x * x)));
    closeTo(
      enclosed(shape, [vector(gamma), vector(beta)], tokens),
      centered.map((x, i) => (gamma[i]! * x) / root + beta[i]!),
    );
  });

  test('softmax with rotary positions and ALiBi', () => {
    const t = 3;
    const shape = network({
      inputDim: 2,
      sequenceLength: t,
      layers: [
        {
          kind: 'attention',
          normalization: 'softmax',
          headDim: 2,
          outputDim: 2,
          causal: true,
          alibi: true,
          rotary: { base: 10 },
        },
      ],
    });
    const identity: ExactMatrix = { rows: 2, cols: 2, numerators: [1n, 0n, 0n, 1n], denominator: 1n };
    const x = [
      [0.5, 1],
      [-1, 0.25],
      [2, -0.5],
    ];
    const input: ExactMatrix = { ...vector(x.flat()), rows: t, cols: 2 };
    const turn = ([a, b]: number[], position: number): number[] => [
      a! * Math.cos(position) - b! * Math.sin(position),
      a! * Math.sin(position) + b! * Math.cos(position),
    ];
    const wanted = x.flatMap((query, i) => {
      const keys = x.slice(0, i + 1);
      // One head: the slope is 2^(−8).
      const weights = keys.map((key, j) => {
        const [q, k] = [turn(query, i), turn(key, j)];
        return Math.exp(q[0]! * k[0]! + q[1]! * k[1]! - (i - j) / 256);
      });
      const sum = weights.reduce((a, b) => a + b, 0);
      return [0, 1].map((c) => keys.reduce((y, key, j) => y + (weights[j]! / sum) * key[c]!, 0));
    });
    closeTo(enclosed(shape, [identity, identity, identity], input), wanted);
  });

  test('gated, positions, scale, sum', () => {
    const shape = network({
      inputDim: 2,
      sequenceLength: 2,
      layers: [
        { kind: 'positions' },
        { kind: 'scale', factor: '-1/2' },
        { kind: 'sum', branches: [[], [{ kind: 'gated', function: 'silu', hiddenDim: 1, outputDim: 2 }]] },
      ],
    });
    const P = { rows: 2, cols: 2, numerators: [1n, 2n, 3n, 4n], denominator: 4n };
    const [G, U, D] = [
      [2n, -1n],
      [1n, 3n],
      [1n, -2n],
    ];
    const row = (numerators: bigint[], rows: number): ExactMatrix => ({
      rows,
      cols: numerators.length / rows,
      numerators,
      denominator: 1n,
    });
    const input = { rows: 2, cols: 2, numerators: [1n, -1n, 2n, 5n], denominator: 2n };
    const wanted = [0, 1].flatMap((i) => {
      const z = [0, 1].map(
        (c) => -(Number(input.numerators[2 * i + c]) / 2 + Number(P.numerators[2 * i + c]) / 4) / 2,
      );
      const g = Number(G[0]) * z[0]! + Number(G[1]) * z[1]!;
      const hidden = g * sigmoid(g) * (Number(U[0]) * z[0]! + Number(U[1]) * z[1]!);
      return z.map((x, c) => x + Number(D[c]) * hidden);
    });
    closeTo(enclosed(shape, [P, row(G, 1), row(U, 1), row(D, 2)], input), wanted);
  });
});

test('derivatives are those of differences', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const graph = networkGraph(shape);
      const at = randomWeights(random, shape);
      const direction = randomWeights(random, shape);
      const tokens = { ...randomMatrix(random, shape.sequenceLength, shape.inputDim), denominator: 8n };
      const point = { matrices: byOffset(at), tokens, context: null };
      const slopes = finish(encloseDerivativeSteps(graph, point, byOffset(direction), 400));
      // (f(θ + hδ) − f(θ − hδ)) / 2h with h = 2⁻⁸⁰.
      const moved = (sign: bigint): Interval[] => {
        const matrices = at.matrices.map((matrix, k) =>
          addMatrices(matrix, direction.matrices[k]!, { n: sign, d: 2n ** 80n }),
        );
        const there = { ...point, matrices: byOffset({ network: shape, matrices }) };
        return [...finish(encloseOutputSteps(graph, there, 400))];
      };
      const [above, below] = [moved(1n), moved(-1n)];
      slopes.forEach(({ slope }, e) => {
        const difference = Number(above[e]!.lo - below[e]!.lo) * 2 ** (79 - 400);
        const wanted = Number(slope.lo) * 2 ** -400;
        expect(Math.abs(difference - wanted)).toBeLessThan(1e-5 * (1 + Math.abs(wanted)));
      });
    }),
    { numRuns: 60 },
  );
});

describe('the size of coefficients', () => {
  const attention = { kind: 'attention', normalization: 'none', headDim: 4, outputDim: 4 } as const;
  test.each<[string, Network['layers']]>([
    [
      'linear layers',
      [
        { kind: 'linear', outputDim: 8 },
        { kind: 'linear', outputDim: 1 },
      ],
    ],
    [
      'a power, with a bias',
      [
        { kind: 'linear', outputDim: 2, bias: true },
        { kind: 'power', exponent: 5 },
      ],
    ],
    ['attention', [attention, attention]],
    ['a residual', [{ kind: 'residual', layers: [{ ...attention, numHeads: 2, valueDim: 2 }] }]],
  ])('%s: at ones, of weights that are not negative, the value is their sum', (_, layers) => {
    const shape = network({ inputDim: 4, sequenceLength: 4, layers });
    const graph = networkGraph(shape);
    const ones = { rows: 4, cols: 4, numerators: Array<bigint>(16).fill(1n), denominator: 1n };
    // 15 has four bits; 1/255 and 1 together have a numerator of nine.
    for (const [n, d, bits] of [
      [15n, 1n, 4],
      [1n, 255n, 8],
    ] as const)
      for (const isMoving of [false, true]) {
        const of = (add: bigint): ReturnType<typeof weights> =>
          weights(
            shape,
            randomWeights(randomFrom(1), shape).matrices.map(({ rows, cols }) => ({
              rows,
              cols,
              numerators: Array<bigint>(rows * cols).fill(n + add),
              denominator: d,
            })),
          );
        const { above, below } = coefficientSize(graph, byOffset(of(0n)), isMoving);
        const moved = of(isMoving ? d : 0n);
        const { numerators, denominator } = exactOutput(graph, {
          matrices: byOffset(moved),
          tokens: ones,
          context: null,
        });
        const largest = numerators.reduce((a, b) => (a > b ? a : b));
        // All denominators are powers of d.
        const common = d ** BigInt(Math.round(below / bits));
        expect(common % denominator).toBe(0n);
        expect(Math.log2(Number(largest * (common / denominator)))).toBeLessThanOrEqual(above + 1e-9);
      }
  });
});
