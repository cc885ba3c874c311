import { describe, expect, it } from 'vitest';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import { parseNetwork } from '../../src/network/parse.ts';

const document = (inputDim: number, sequenceLength: number, ...layers: object[]) => ({
  format: 'dimcert-network',
  version: 1,
  inputDim,
  sequenceLength,
  layers: layers.map((layer) => ({ kind: 'attention', ...layer })),
});
const stack = { dims: [3, 4, 5], headDims: [1, 2], sequenceLength: 6 };

describe('network', () => {
  it('builds what the format says', () => {
    const built = network({
      inputDim: 3,
      sequenceLength: 2,
      layers: [
        lightningAttention({ headDim: 2 }),
        softmaxAttention({ headDim: 1, outputDim: 5, valueDim: 4, causal: true }),
        lightningAttention({ headDim: 7, causal: false }),
      ],
    });
    expect(built).toStrictEqual(
      document(
        3,
        2,
        { normalization: 'none', headDim: 2, outputDim: 3 },
        { normalization: 'softmax', causal: true, headDim: 1, valueDim: 4, outputDim: 5 },
        { normalization: 'none', headDim: 7, outputDim: 5 },
      ),
    );
    expect(parseNetwork(built)).toStrictEqual(built);
    expect(network(built)).toStrictEqual(built);
    expect(() => network({ ...built, version: 2 } as never)).toThrow('network.version: expected 1, got 2');
  });

  it('refuses what does not fit', () => {
    const layers = [lightningAttention({ headDim: 2 })];
    expect(() => network({ inputDim: 0, sequenceLength: 1, layers })).toThrow(
      new RangeError('network.inputDim: expected a positive integer, got 0'),
    );
    expect(() => network({ inputDim: 1, sequenceLength: 1, layers: [] })).toThrow('at least one layer');
    expect(() => network({ inputDim: 1, sequenceLength: 1, layer: layers } as never)).toThrow(
      'network: expected known keys, got "layer"; did you mean "layers"?',
    );
    expect(() => network(undefined as never)).toThrow(TypeError);
  });
});

describe('lightningAttention, softmaxAttention', () => {
  it('are frozen and keep an open output dimension open', () => {
    const layer = lightningAttention({ headDim: 2 });
    expect(layer).toStrictEqual({ kind: 'attention', normalization: 'none', headDim: 2 });
    expect(Object.isFrozen(layer)).toBe(true);
    expect(softmaxAttention({ headDim: 2 }).normalization).toBe('softmax');
  });

  it('take every field of the format', () => {
    const fields = {
      headDim: 4,
      numHeads: 4,
      numKeyValueHeads: 2,
      valueDim: 3,
      outputDim: 5,
      causal: true,
      window: 2,
      rotary: { base: 10000, dim: 2 },
      bias: { key: true },
    } as const;
    const layer = softmaxAttention({ ...fields, alibi: true, label: 'a' });
    expect(layer).toStrictEqual({
      kind: 'attention',
      normalization: 'softmax',
      ...fields,
      alibi: true,
      label: 'a',
    });
    const { rotary: _, window: __, causal: ___, ...unplaced } = fields;
    const built = network({
      inputDim: 5,
      sequenceLength: 2,
      context: { inputDim: 7, sequenceLength: 1 },
      layers: [layer, lightningAttention({ ...unplaced, context: true }), { kind: 'linear', outputDim: 3 }],
    });
    expect(built.layers[1]).toStrictEqual({
      kind: 'attention',
      normalization: 'none',
      ...unplaced,
      context: true,
    });
    expect(network(built)).toStrictEqual(built);
  });

  it('refuse wrong options at once, under their own name', () => {
    expect(() => lightningAttention({ headDim: 1.5 })).toThrow(
      new RangeError('lightningAttention.headDim: expected a positive integer, got 1.5'),
    );
    expect(() => softmaxAttention({ headDim: 1, normalization: 'none' } as never)).toThrow(
      'softmaxAttention: expected known keys, got "normalization"',
    );
    expect(() => softmaxAttention({ headDim: 1, numHeads: 4, numKeyValueHeads: 3 })).toThrow(
      new RangeError('softmaxAttention.numKeyValueHeads: expected a divisor of numHeads = 4, got 3'),
    );
    expect(() => lightningAttention({ headDim: 1, alibi: true })).toThrow(
      new RangeError('lightningAttention.alibi: expected false without softmax, got true'),
    );
    expect(() => softmaxAttention({ headDim: 3, rotary: { base: 10000 } })).toThrow(
      new RangeError('softmaxAttention.rotary.dim: expected an even number up to headDim = 3, got 3'),
    );
    expect(() => lightningAttention(2 as never)).toThrow(TypeError);
  });
});

describe('attentionStack', () => {
  it('builds all layers alike', () => {
    expect(attentionStack(stack)).toStrictEqual(
      document(
        3,
        6,
        { normalization: 'none', headDim: 1, outputDim: 4 },
        { normalization: 'none', headDim: 2, outputDim: 5 },
      ),
    );
    expect(
      attentionStack({ ...stack, normalization: 'softmax', causal: true, valueDims: [null, 7] }),
    ).toStrictEqual(
      document(
        3,
        6,
        { normalization: 'softmax', causal: true, headDim: 1, outputDim: 4 },
        { normalization: 'softmax', causal: true, headDim: 2, valueDim: 7, outputDim: 5 },
      ),
    );
  });

  it.each([
    [{ dims: [3] }, 'dims: expected at least two widths, got an array of length 1', RangeError],
    [{ dims: [] }, 'dims: expected at least two widths, got an array of length 0', RangeError],
    [{ dims: '3,4,5' }, 'dims: expected an array, got "3,4,5"', TypeError],
    [{ dims: [3, -4, 5] }, 'dims[1]: expected a positive integer, got -4', RangeError],
    [{ dims: [3, null, 5] }, 'dims[1]: expected a positive integer, got null', TypeError],
    [
      { headDims: [1] },
      'headDims: expected one entry a layer, that is 2, got an array of length 1',
      RangeError,
    ],
    [{ headDims: [1, NaN] }, 'headDims[1]: expected a positive integer, got NaN', RangeError],
    [
      { valueDims: [1] },
      'valueDims: expected one entry a layer, that is 2, got an array of length 1',
      RangeError,
    ],
    [{ valueDims: [1, 0] }, 'valueDims[1]: expected a positive integer, got 0', RangeError],
    [{ valueDims: null }, 'valueDims: expected an array, got null', TypeError],
    [{ normalization: null }, 'normalization: expected "none" or "softmax", got null', TypeError],
    [{ normalization: 'max' }, 'did you mean "softmax"?', RangeError],
    [{ causal: 'yes' }, 'causal: expected true or false, got "yes"', TypeError],
    [{ sequenceLength: undefined }, 'sequenceLength: expected a positive integer, got undefined', TypeError],
    [
      { heads: [1, 2] },
      'attentionStack: expected known keys, got "heads"; did you mean "headDims"?',
      RangeError,
    ],
  ])('refuses %j', (change, message, kind) => {
    const build = () => attentionStack({ ...stack, ...change } as never);
    expect(build).toThrow(kind);
    expect(build).toThrow(message);
  });

  it('begins messages with the title', () => {
    expect(() => attentionStack({ ...stack, sequenceLength: 0 }, 'flags')).toThrow(
      'flags.sequenceLength: expected a positive integer, got 0',
    );
  });
});
