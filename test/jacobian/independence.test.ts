import { expect, test } from 'vitest';
import { proveIndependence } from '../../src/jacobian/independence.ts';
import { attentionStack, lightningAttention, network, softmaxAttention } from '../../src/network/builders.ts';
import type { Network } from '../../src/network/format.ts';
import type { LayerExponents } from '../../src/point/exponents.ts';
import { Pace } from '../../src/pace.ts';

const independence = (given: Network): ReturnType<typeof proveIndependence> =>
  proveIndependence(given, '0', new Pace({}));

test('no exponentials, no evidence', async () => {
  expect(await independence(attentionStack({ dims: [3, 3], headDims: [2], sequenceLength: 3 }))).toBeNull();
  const single = attentionStack({ dims: [3, 3], headDims: [2], sequenceLength: 1, normalization: 'softmax' });
  expect(await independence(single)).toBeNull();
});

test('one input for each argument, and one for the constant, are enough', async () => {
  const given = attentionStack({
    dims: [3, 3, 3],
    headDims: [2, 2],
    sequenceLength: 3,
    normalization: 'softmax',
  });
  expect(await independence(given)).toEqual({ prime: '67108859', point: { seed: '0' }, inputs: 10 });
  const causal = attentionStack({
    dims: [3, 3],
    headDims: [2],
    sequenceLength: 3,
    normalization: 'softmax',
    causal: true,
  });
  expect((await independence(causal))!.inputs).toBe(6);
});

test('arguments that are one function are seen: parallel tokens with two units are refused', async () => {
  // In each of these the tokens before the last softmax layer are parallel. Taking the shared arguments for two must fail.
  for (const given of [
    attentionStack({ dims: [1, 3], headDims: [2], sequenceLength: 2, normalization: 'softmax' }),
    attentionStack({ dims: [3, 1, 3], headDims: [2, 2], sequenceLength: 2, normalization: 'softmax' }),
    attentionStack({
      dims: [3, 3, 3],
      headDims: [2, 2],
      valueDims: [1, 3],
      sequenceLength: 2,
      normalization: 'softmax',
    }),
    network({
      inputDim: 3,
      sequenceLength: 2,
      layers: [lightningAttention({ headDim: 1 }), softmaxAttention({ headDim: 2 })],
    }),
  ]) {
    const shared = await independence(given);
    expect(shared).not.toBeNull();
    const separate = proveIndependence(given, '0', new Pace({}), separateArguments(given));
    await expect(separate).rejects.toThrow(RangeError);
    await expect(separate).rejects.toThrow('expected exponent arguments that are independent over Q');
  }
});

/** The arguments as if no tokens were parallel. */
function separateArguments(given: Network): LayerExponents[] {
  const t = given.sequenceLength;
  return given.layers.flatMap(({ normalization }, layer) =>
    normalization === 'softmax'
      ? [{ layer, count: t * t, argumentOf: Int32Array.from({ length: t * t }, (_, i) => i) }]
      : [],
  );
}
