import fc from 'fast-check';
import type { Network } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { isSingleHeadStack, type SingleHeadStack } from '../../src/theory/single-head-stack.ts';

const normalization = fc.constantFrom('none', 'softmax');

/** The same network, as a stack; an `Error` if the closed form is not about it. */
export function asStack(network: Network): SingleHeadStack {
  if (!isSingleHeadStack(network)) throw new Error(`no stack: ${JSON.stringify(network)}`);
  return network;
}

/** Random stacks of single-head attention layers; small sizes are frequent. */
export function arbitraryNetwork(sizes: {
  layers: number;
  width: number;
  tokens: number;
}): fc.Arbitrary<SingleHeadStack> {
  const width = fc.integer({ min: 1, max: sizes.width });
  const layer = fc.record(
    {
      kind: fc.constant('attention'),
      normalization,
      headDim: width,
      outputDim: width,
      causal: fc.boolean(),
      valueDim: width,
    },
    { requiredKeys: ['kind', 'normalization', 'headDim', 'outputDim'] },
  );
  return fc
    .record({
      format: fc.constant('dimcert-network'),
      version: fc.constant(1),
      inputDim: width,
      sequenceLength: fc.integer({ min: 1, max: sizes.tokens }),
      layers: fc.array(layer, { minLength: 1, maxLength: sizes.layers }),
    })
    .map((value) => asStack(parseNetwork(value)));
}
