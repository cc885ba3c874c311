import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionStack } from '../../src/network/builders.ts';
import type { AttentionLayer } from '../../src/network/format.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { closedForm, closedFormStatement, effectiveWidths } from '../../src/theory/closed-form.ts';
import type { SingleHeadStack } from '../../src/theory/single-head-stack.ts';
import { singleHeadReferences } from '../reference/single-head.ts';
import { bruteForceDimension } from './brute-force.ts';
import { arbitraryNetwork, asStack } from './random-network.ts';

const runs = { seed: 20250122, numRuns: 500 };
const random = arbitraryNetwork({ layers: 6, width: 9, tokens: 4 });

type Sizes = Parameters<typeof attentionStack>[0];
const lightning = (dims: number[], headDims: number[], sequenceLength: number, more: Partial<Sizes> = {}) =>
  asStack(attentionStack({ dims, headDims, sequenceLength, ...more }));
const softmax = (dims: number[], headDims: number[], sequenceLength: number, more: Partial<Sizes> = {}) =>
  asStack(attentionStack({ dims, headDims, sequenceLength, normalization: 'softmax', ...more }));
const equal = <T>(value: T, length: number) => Array.from({ length }, () => value);

/** A copy with other fields in the network or in one layer. */
function changed(
  network: SingleHeadStack,
  fields: object,
  index?: number,
  layerFields?: object,
): SingleHeadStack {
  const layers = network.layers.map((layer, i) => (i === index ? { ...layer, ...layerFields } : layer));
  return asStack(parseNetwork({ ...network, layers, ...fields }));
}

function withLayers(network: SingleHeadStack, change: (layer: AttentionLayer) => object): SingleHeadStack {
  return asStack(parseNetwork({ ...network, layers: network.layers.map(change) }));
}

describe('closedForm: numbers computed or published elsewhere', () => {
  it('agrees with the 29 single-head rows of the reference table', () => {
    expect(singleHeadReferences).toHaveLength(29);
    for (const { network, parameters, dimension } of singleHeadReferences) {
      expect([closedForm(network).upper, parameterCount(network)], JSON.stringify(network)).toEqual([
        dimension,
        parameters,
      ]);
    }
  });

  it.each([
    // Henry, Marchetti, Kohn, Figure 3.
    ...[25, 40, 57, 76, 97, 120, 145, 172].map((n, i) => [softmax(equal(i + 3, 3), [2, 2], 3), n] as const),
    // Their formula and code.
    ...[37, 52, 61, 64].map((n, i) => [softmax(equal(4, 4), equal(i + 1, 3), 3), n] as const),
    // Konda: the 768 × 96 Jacobian.
    [softmax(equal(4, 4), equal(2, 3), 4), 52],
    // Brute force mod 2^61 − 1.
    ...[34, 49, 58, 61].map((n, i) => [lightning(equal(4, 4), equal(i + 1, 3), 2), n] as const),
    ...[23, 38, 55, 74].map((n, i) => [lightning(equal(i + 3, 3), [2, 2], 3), n] as const),
    [lightning([3, 2, 3], [1, 1], 2), 14],
    [lightning([3, 2, 3], [2, 2], 2), 18],
    [lightning([4, 2, 3], [2, 2], 2), 24],
    [lightning([2, 3, 1, 2], [1, 1, 1], 2), 7],
    // Alexandr, Duan, Montúfar (arXiv 2604.15632): a hypersurface in R^6.
    [lightning([2, 1], [2], 2), 5],
    // Float32 and float64 fail on these.
    [lightning(equal(6, 4), equal(2, 3), 3), 93],
    [lightning(equal(4, 5), equal(2, 4), 3), 60],
    [softmax(equal(6, 5), equal(2, 4), 3), 116],
    // The order of the head dimensions, masks, and one token.
    [lightning([3, 3, 3], [1, 2], 3), 18],
    [lightning([3, 3, 3], [2, 1], 3), 20],
    [lightning([3, 2, 2], [1, 2], 2, { causal: true }), 13],
    [lightning([3, 2, 2], [1, 2], 2), 12],
    [lightning([5, 4, 1], [1, 1], 1), 21],
    [lightning([5, 4, 1, 4], [1, 1, 1], 2), 24],
    [softmax([5, 4, 1, 1, 3], [2, 1, 1, 1], 2), 34],
  ] as const)('%j: %i', (network, dimension) => {
    expect(closedForm(network).upper).toBe(dimension);
  });
});

describe('closedForm: terms', () => {
  it('says what each part is', () => {
    // d = (5, 4, 1), a = (1, 1), t = 1. Layer 2 reads one square of a linear form and writes one number: e_1 = 3.
    const network = lightning([5, 4, 1], [1, 1], 1);
    expect(effectiveWidths(network)).toEqual([5, 3]);
    // Symmetric forms of rank ≤ 2: 9 on 5 dimensions, 5 on 3. The flag: a 3-space in a 5-space. The output: a row of 3.
    expect(closedForm(network)).toEqual({
      upper: 21,
      terms: { scores: 9 + 5, flag: 3 * 2, output: 3, scales: 2 },
    });
  });

  it('adds up', () => {
    fc.assert(
      fc.property(random, (network) => {
        const { upper, terms } = closedForm(network);
        expect(upper).toBe(terms.scores + terms.flag + terms.output - terms.scales);
        expect(terms.scales).toBe(network.layers.filter((layer) => layer.normalization === 'none').length);
        expect(Object.values(terms).every((term) => Number.isSafeInteger(term) && term >= 0)).toBe(true);
      }),
      runs,
    );
    expect(closedFormStatement).toContain('upper = scores + flag + output - scales');
  });

  it('stays exact for the largest networks that the parser admits', () => {
    const d = 2 ** 25;
    const network = softmax([d, d, d], [d, d], 2);
    expect(parameterCount(network)).toBe(6 * d * d);
    expect(closedForm(network).upper).toBe(3 * d * d);
    expect(closedForm(lightning([1, 1], [2 ** 51], 1)).upper).toBe(1);
  });
});

describe('closedForm: brute force', () => {
  it('equals the rank of the Jacobian of random networks', () => {
    fc.assert(
      fc.property(arbitraryNetwork({ layers: 3, width: 4, tokens: 3 }), fc.nat(), (network, seed) => {
        expect(bruteForceDimension(network, seed)).toBe(closedForm(network).upper);
      }),
      { seed: 20250122, numRuns: 400 },
    );
  });
});

describe('closedForm: properties', () => {
  const layerOf = (network: SingleHeadStack, choice: number) => choice % network.layers.length;

  it('is at least 1, at most the parameter count', () => {
    fc.assert(
      fc.property(random, (network) => {
        const { upper } = closedForm(network);
        expect(upper).toBeGreaterThanOrEqual(1);
        expect(upper).toBeLessThanOrEqual(parameterCount(network));
      }),
      runs,
    );
  });

  it('grows with every head dimension, value dimension and width', () => {
    fc.assert(
      fc.property(random, fc.nat(), (network, choice) => {
        const { upper } = closedForm(network);
        const index = layerOf(network, choice);
        const layer = network.layers[index];
        const grown = [
          changed(network, { inputDim: network.inputDim + 1 }),
          changed(network, {}, index, { headDim: layer.headDim + 1 }),
          changed(network, {}, index, { outputDim: layer.outputDim + 1 }),
          ...(layer.valueDim ? [changed(network, {}, index, { valueDim: layer.valueDim + 1 })] : []),
        ];
        for (const larger of grown) expect(closedForm(larger).upper).toBeGreaterThanOrEqual(upper);
      }),
      runs,
    );
  });

  it('does not change with rank that a matrix cannot have', () => {
    fc.assert(
      fc.property(random, fc.nat(), (network, choice) => {
        const { upper } = closedForm(network);
        const index = layerOf(network, choice);
        const width = index === 0 ? network.inputDim : network.layers[index - 1].outputDim;
        const { headDim, outputDim } = network.layers[index];
        if (headDim >= width) {
          expect(closedForm(changed(network, {}, index, { headDim: headDim + 3 })).upper).toBe(upper);
        }
        const full = { valueDim: Math.min(width, outputDim) };
        expect(closedForm(changed(network, {}, index, full)).upper).toBe(
          closedForm(changed(network, {}, index, { valueDim: undefined })).upper,
        );
      }),
      runs,
    );
  });

  it('does not change with width that no later layer reads', () => {
    fc.assert(
      fc.property(random, fc.nat(), (network, choice) => {
        const { layers } = network;
        const index = layerOf(network, choice);
        if (index === layers.length - 1) return;
        // What all later layers together can read at most, were nothing in between narrow.
        let read = layers[layers.length - 1].outputDim;
        for (const layer of layers.slice(index + 1)) read += 2 * layer.headDim;
        const wide = changed(network, {}, index, { outputDim: read, valueDim: undefined });
        const wider = changed(network, {}, index, { outputDim: read + 5, valueDim: undefined });
        expect(closedForm(wider).upper).toBe(closedForm(wide).upper);
      }),
      runs,
    );
  });

  it('knows a mask only where it keeps tokens from being parallel', () => {
    fc.assert(
      fc.property(random, (network) => {
        const masked = closedForm(withLayers(network, (layer) => ({ ...layer, causal: true }))).upper;
        const open = closedForm(withLayers(network, (layer) => ({ ...layer, causal: false }))).upper;
        const r = effectiveWidths(network);
        const rankOne = network.layers.some(
          (layer, i) => layer.normalization === 'none' && layer.headDim === 1 && r[i] > 1,
        );
        if (network.sequenceLength === 1 || !rankOne) expect(masked).toBe(open);
        else expect(masked).toBeGreaterThanOrEqual(open);
      }),
      runs,
    );
  });

  it('is larger by one for each layer with softmax instead of lightning, where no head dimension is 1', () => {
    fc.assert(
      fc.property(random, (network) => {
        if (network.sequenceLength === 1) return;
        const wide = withLayers(network, (layer) => ({ ...layer, headDim: layer.headDim + 1 }));
        const none = closedForm(withLayers(wide, (layer) => ({ ...layer, normalization: 'none' }))).upper;
        const all = closedForm(withLayers(wide, (layer) => ({ ...layer, normalization: 'softmax' }))).upper;
        expect(all - none).toBe(network.layers.length);
      }),
      runs,
    );
  });

  it('is the dimension of the linear maps of bounded rank for softmax layers at one token', () => {
    fc.assert(
      fc.property(random, (network) => {
        const linear = withLayers(changed(network, { sequenceLength: 1 }), (layer) => ({
          ...layer,
          normalization: 'softmax',
        }));
        const widths = linear.layers.flatMap((layer) => [layer.outputDim, layer.valueDim ?? Infinity]);
        const rank = Math.min(linear.inputDim, ...widths);
        const outputDim = linear.layers.at(-1)!.outputDim;
        expect(closedForm(linear).upper).toBe(rank * (linear.inputDim + outputDim - rank));
      }),
      runs,
    );
  });

  it('does not depend on the number of tokens from two on', () => {
    fc.assert(
      fc.property(random, fc.integer({ min: 2, max: 1e9 }), (network, sequenceLength) => {
        const two = closedForm(changed(network, { sequenceLength: 2 })).upper;
        expect(closedForm(changed(network, { sequenceLength })).upper).toBe(two);
      }),
      runs,
    );
  });
});

describe('closedForm: other networks', () => {
  const plain = { kind: 'attention', normalization: 'softmax', headDim: 2, outputDim: 3 };

  it.each([
    { numHeads: 2 },
    { window: 2 },
    { alibi: true },
    { rotary: { base: 10000 } },
    { bias: { key: true } },
    { tiedTo: 'a' },
  ])('are refused: attention with %j', (fields) => {
    const network = parseNetwork({
      format: 'dimcert-network',
      version: 1,
      inputDim: 3,
      sequenceLength: 2,
      layers: [
        { ...plain, label: 'a' },
        { ...plain, ...fields },
      ],
    });
    expect(() => closedForm(network)).toThrow(RangeError);
    expect(() => closedForm(network)).toThrow(/^network\.layers: expected single-head attention layers/);
  });

  it('are refused: every other kind of layer, but not a label that nothing is tied to', () => {
    const linear = { kind: 'linear', outputDim: 3 };
    const of = (...layers: object[]) =>
      parseNetwork({ format: 'dimcert-network', version: 1, inputDim: 3, sequenceLength: 2, layers });
    for (const layer of [
      linear,
      { kind: 'power', exponent: 1 },
      { kind: 'activation', function: 'exp' },
      { kind: 'gated', function: 'identity', hiddenDim: 1 },
      { kind: 'rmsnorm' },
      { kind: 'layernorm' },
      { kind: 'positions' },
      { kind: 'scale', factor: 1 },
      { kind: 'residual', layers: [plain] },
      { kind: 'sum', branches: [[plain], []] },
    ])
      expect(() => closedForm(of(plain, layer))).toThrow(RangeError);
    expect(closedForm(of({ ...plain, label: 'a' }))).toEqual(closedForm(of(plain)));
  });
});
