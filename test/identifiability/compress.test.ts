import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compress, decompress, normalForm } from '../../src/identifiability/index.ts';
import { certify } from '../../src/certificate/index.ts';
import { attentionStack, network } from '../../src/network/index.ts';
import { dimension } from '../../src/theory/index.ts';
import { serializeWeights } from '../../src/weights/index.ts';
import { agree } from './oracle.ts';
import { genericWeights, randomFrom, randomNetwork, randomWeights } from './random-weights.ts';

describe('as many numbers as dimensions', () => {
  test.each([
    { dims: [3, 2], headDims: [2], sequenceLength: 2, normalization: 'none' as const },
    { dims: [4, 4, 4], headDims: [2, 3], sequenceLength: 3, normalization: 'none' as const },
    { dims: [2, 5, 3, 4], headDims: [4, 2, 2], sequenceLength: 3, normalization: 'none' as const },
    { dims: [4, 3, 2], headDims: [2, 2], sequenceLength: 3, normalization: 'softmax' as const },
    {
      dims: [5, 3, 4],
      headDims: [2, 2],
      valueDims: [2, 3],
      sequenceLength: 3,
      normalization: 'none' as const,
    },
    { dims: [4, 6, 1, 3], headDims: [2, 1, 1], sequenceLength: 2, normalization: 'softmax' as const },
    { dims: [4, 3, 2], headDims: [2, 2], sequenceLength: 1, normalization: 'softmax' as const },
    {
      dims: [3, 3, 2],
      headDims: [1, 1],
      sequenceLength: 3,
      normalization: 'none' as const,
      causal: true as const,
    },
  ])('$normalization, d = $dims, a = $headDims, t = $sequenceLength', (options) => {
    const shape = attentionStack(options);
    expect(compress(genericWeights(shape, 1)).numbers).toHaveLength(dimension(shape).dimension.upper);
  });

  test('a softmax layer of several heads with biases: by its certificate', async () => {
    const shape = network({
      inputDim: 3,
      sequenceLength: 3,
      layers: [
        {
          kind: 'attention',
          normalization: 'softmax',
          numHeads: 2,
          headDim: 2,
          valueDim: 2,
          outputDim: 3,
          bias: { query: true, key: true, value: true, output: true },
        },
      ],
    });
    const { certificate } = await certify(shape);
    expect(certificate.claim.exact).toBe(true);
    expect(compress(genericWeights(shape, 2)).numbers).toHaveLength(certificate.claim.lower);
  });
});

test('what is compressed comes back as the normal form', () => {
  let compressed = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const random = randomFrom(seed);
      const shape = randomNetwork(random);
      const a = randomWeights(random, shape);
      let found;
      try {
        found = compress(a);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(compress|normalForm): expected /);
        return;
      }
      compressed++;
      const back = decompress(JSON.parse(JSON.stringify(found)));
      expect(serializeWeights(back)).toBe(serializeWeights(normalForm(a).weights));
      expect(agree(a, back, random)).toBe(true);
    }),
    { numRuns: 150, seed: 1 },
  );
  expect(compressed).toBeGreaterThan(20);
});

test('bad files', () => {
  const shape = attentionStack({ dims: [2, 2], headDims: [1], sequenceLength: 2, normalization: 'none' });
  const good = compress(genericWeights(shape, 3));
  expect(good.numbers).toHaveLength(6);
  const bad = (change: object) => () => decompress({ ...good, ...change });
  expect(bad({ format: 'x' })).toThrow('compressed.format');
  expect(bad({ version: 2 })).toThrow('compressed.version');
  expect(bad({ network: {} })).toThrow('compressed.network');
  expect(bad({ numbers: good.numbers.slice(1) })).toThrow('numbers: expected 6 numbers, got 5');
  expect(bad({ numbers: ['1/0', ...good.numbers.slice(1)] })).toThrow('compressed.numbers[0]');
  expect(bad({ pivots: { 'layers[0].Q[0]': [-1] } })).toThrow('compressed.pivots["layers[0].Q[0]"]');
  expect(() => decompress(null)).toThrow(TypeError);
  const residual = network({
    inputDim: 2,
    sequenceLength: 2,
    layers: [{ kind: 'residual', layers: [{ kind: 'linear', outputDim: 2 }] }],
  });
  expect(() => compress(genericWeights(residual, 1))).toThrow(
    'compress: expected a stack of plain single heads',
  );
});
