import { describe, expect, test } from 'vitest';
import { proveIndependence } from '../../src/jacobian/independence.ts';
import { jacobianRank } from '../../src/jacobian/jacobian-rank.ts';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import { networkGraph, type NetworkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { Pace } from '../../src/pace.ts';

const independence = (given: NetworkGraph): ReturnType<typeof proveIndependence> =>
  proveIndependence(given, '0', new Pace({}));

const linear = (fields: object = {}): object => ({ kind: 'linear', outputDim: 1, ...fields });
const activation = (name: string): object => ({ kind: 'activation', function: name });
const scale = (factor: string): object => ({ kind: 'scale', factor });
const power = (exponent: number): object => ({ kind: 'power', exponent });
const sum = (...branches: object[][]): object => ({ kind: 'sum', branches });

/** Layers on `sequenceLength` tokens of dimension `inputDim`. */
function graphOf(layers: readonly object[], inputDim = 1, sequenceLength = 1): NetworkGraph {
  return networkGraph(
    parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength, layers }),
  );
}

/** The lower bound, once the exponentials and roots are known to be independent. */
async function lowerBound(given: NetworkGraph): Promise<number> {
  await independence(given);
  const { rank } = await jacobianRank(given, 67108859, '0', given.parameters, new Pace({}));
  return rank;
}

describe('the evidence', () => {
  test('there is none without exponentials and norms', async () => {
    const lightning = attentionStack({ dims: [3, 3], headDims: [2], sequenceLength: 3 });
    expect(await independence(networkGraph(lightning))).toBeNull();
    const single = attentionStack({
      dims: [3, 3],
      headDims: [2],
      sequenceLength: 1,
      normalization: 'softmax',
    });
    expect(await independence(networkGraph(single))).toBeNull();
  });

  test('one input for each argument, and one for the constant, are enough', async () => {
    const stack = { headDims: [2, 2], dims: [3, 3, 3], sequenceLength: 3, normalization: 'softmax' } as const;
    expect(await independence(networkGraph(attentionStack(stack)))).toEqual({
      prime: '67108859',
      point: { seed: '0' },
      inputs: 10,
    });
    // The first query sees one key: there are 2 + 3 arguments.
    const causal = await independence(networkGraph(attentionStack({ ...stack, causal: true })));
    expect(causal!.inputs).toBe(6);
  });

  test('where more arguments are linear in the tokens than these have coordinates, more points are taken', async () => {
    const wide = graphOf([linear({ outputDim: 5 }), activation('exp'), linear()], 2);
    expect((await independence(wide))!.parameters).toBeGreaterThanOrEqual(3);
  });
});

describe('relations that the units know: the dimension is', () => {
  test('2 of w₁e^{2u} + w₂(e^u)², and 3 of w₁e^{2u} + w₂e^u, where u = vx', async () => {
    const twice = [scale('2'), activation('exp'), linear()];
    // (w₁ + w₂)e^{2vx}
    const squared = [activation('exp'), power(2), linear()];
    expect(await lowerBound(graphOf([linear(), sum(twice, squared)]))).toBe(2);
    expect(await lowerBound(graphOf([linear(), sum(twice, [activation('exp'), linear()])]))).toBe(3);
  });

  test('3 of w₁tanh(u/2) + w₂sigmoid(u) + b, for tanh(u/2) = 2sigmoid(u) − 1', async () => {
    const branches = sum(
      [scale('1/2'), activation('tanh'), linear()],
      [activation('sigmoid'), linear({ bias: true })],
    );
    const graph = graphOf([linear(), branches]);
    expect(graph.parameters).toBe(4);
    expect(await lowerBound(graph)).toBe(3);
  });

  test('3 of w₁silu(u) + w₂softplus(u): no relation', async () => {
    const branches = sum([activation('silu'), linear()], [activation('softplus'), linear()]);
    expect(await lowerBound(graphOf([linear(), branches]))).toBe(3);
  });

  test('2 of w₁e^{vx} + w₂e^{vx}, where v is tied', async () => {
    const branches = sum(
      [linear({ label: 'v' }), activation('exp'), linear()],
      [linear({ tiedTo: 'v' }), activation('exp'), linear()],
    );
    expect(await lowerBound(graphOf([branches]))).toBe(2);
  });

  test('4 of w₁·Vx/|Vx| + w₂·cVx/|cVx|, for x of dimension 2: one root', async () => {
    const branches = (factor: string): object =>
      sum(
        [{ kind: 'rmsnorm', weight: false }, linear()],
        [scale(factor), { kind: 'rmsnorm', weight: false }, linear()],
      );
    // A linear form Vᵀ(w₁ ± w₂) over the root of a quadratic form VᵀV: 2 + 3, less one for a common factor.
    for (const factor of ['2', '-3/7'])
      expect(await lowerBound(graphOf([linear({ outputDim: 2 }), branches(factor)], 2))).toBe(4);
  });

  test('that of symmetric forms, where tokens are parallel', async () => {
    // Tokens y·z_i after one lightning head with headDim 1: the softmax after it sees yᵀMy, 3 directions of M; after a causal one it sees
    // all 4. Before it kqᵀ has 3, at the end V has 4; a factor of kqᵀ is one of M and V.
    const stack = (causal: boolean): NetworkGraph =>
      networkGraph(
        network({
          inputDim: 2,
          sequenceLength: 2,
          layers: [lightningAttention({ headDim: 1, causal }), softmaxAttention({ headDim: 2 })],
        }),
      );
    expect(await lowerBound(stack(false))).toBe(3 + 3 + 4 - 1);
    expect(await lowerBound(stack(true))).toBe(3 + 4 + 4 - 1);
  });

  test.each([4, 8])('N − a − 1 of a lightning layer with rotary positions, base 10000, a = %i', async (a) => {
    // With the frequencies 10000^{−2m/a}, all rational: each pair of rows of Q and K turns and scales freely, and V scales.
    const layer = { kind: 'attention', normalization: 'none', headDim: a, rotary: { base: 10000 } };
    const graph = graphOf([layer], 4, 4);
    expect(graph.parameters).toBe(8 * a + 16);
    expect(await lowerBound(graph)).toBe(graph.parameters - a - 1);
  });
});

// A lower bound above the dimension in the title would be false, so each of these networks is refused.
describe('relations of logarithms, which the units do not know', () => {
  test.each([
    [
      '3 of w₁softplus(u) + w₂softplus(−u) + w₃u, for softplus(u) − softplus(−u) = u',
      [
        linear(),
        sum([activation('softplus'), linear()], [scale('-1'), activation('softplus'), linear()], [linear()]),
      ],
    ],
    [
      '2 of w₁e^{softplus(x)} + w₂e^x + b, for e^{softplus(x)} = 1 + e^x',
      [
        sum(
          [activation('softplus'), activation('exp'), linear()],
          [activation('exp'), linear({ bias: true })],
        ),
      ],
    ],
    [
      '1 of w·softplus(x − x) + b, for softplus(0) = log 2',
      [sum([], [scale('-1')]), activation('softplus'), linear({ bias: true })],
    ],
  ])('%s', async (_, layers) => {
    await expect(lowerBound(graphOf(layers))).rejects.toThrow(RangeError);
  });
});

describe('relations that the units do not know are refused', () => {
  const attention = { kind: 'attention', normalization: 'softmax', headDim: 2 };
  const parallel = { kind: 'attention', normalization: 'none', headDim: 1 };
  test.each([
    ['exponent arguments', 'powers of parallel tokens', [parallel, power(2), attention]],
    [
      'exponent arguments',
      'scores of parameters alone',
      [sum([], [scale('-1')]), { kind: 'positions' }, attention],
    ],
    [
      'exponent arguments',
      'the same scores with and without ALiBi',
      [sum([{ ...attention, label: 'a' }], [{ ...attention, alibi: true, tiedTo: 'a' }])],
    ],
    [
      'exponent arguments',
      'e^{Vx} beside e^{V(2x)}',
      [
        sum(
          [linear({ label: 'v' }), activation('exp'), linear()],
          [scale('2'), linear({ tiedTo: 'v' }), activation('exp'), linear()],
        ),
      ],
    ],
    ['radicands', 'a norm of width 1', [linear(), { kind: 'rmsnorm' }]],
    ['radicands', 'a norm of a norm', [{ kind: 'rmsnorm', weight: false }, { kind: 'rmsnorm' }]],
    ['radicands', 'norms of parallel tokens', [parallel, { kind: 'rmsnorm' }]],
  ])('%s: %s', async (what, _, layers) => {
    await expect(independence(graphOf(layers, 2, 2))).rejects.toThrow(RangeError);
    await expect(independence(graphOf(layers, 2, 2))).rejects.toThrow(`expected ${what}`);
  });

  test('arguments that are one function are seen: parallel tokens with two units', async () => {
    // In each of these the tokens before the last softmax layer are parallel. Taking the shared arguments for two must fail.
    const softmax = { sequenceLength: 2, normalization: 'softmax' } as const;
    for (const given of [
      attentionStack({ ...softmax, dims: [1, 3], headDims: [2] }),
      attentionStack({ ...softmax, dims: [3, 1, 3], headDims: [2, 2] }),
      attentionStack({ ...softmax, dims: [3, 3, 3], headDims: [2, 2], valueDims: [1, 3] }),
      network({
        inputDim: 3,
        sequenceLength: 2,
        layers: [lightningAttention({ headDim: 1 }), softmaxAttention({ headDim: 2 })],
      }),
    ]) {
      const shared = networkGraph(given);
      expect(await independence(shared)).not.toBeNull();
      const separate = independence({ ...shared, steps: shared.steps.map(withSeparateArguments) });
      await expect(separate).rejects.toThrow('expected exponent arguments that are independent over Q');
    }
  });
});

/** The step as if no tokens were parallel, where all keys are visible. */
function withSeparateArguments(step: NetworkGraph['steps'][number]): NetworkGraph['steps'][number] {
  if (step.kind !== 'softmax') return step;
  const { length } = step.argumentOf;
  return { ...step, count: length, argumentOf: Int32Array.from({ length }, (_, pair) => pair) };
}
