import fc from 'fast-check';
import { lightning, softmax, type Stack } from './networks.ts';

const size = fc.integer({ min: 1, max: 3 });

const anyLayer: fc.Arbitrary<Stack['layers'][number]> = fc
  .record({
    make: fc.constantFrom(lightning, softmax),
    headDim: size,
    outputDim: size,
    causal: fc.boolean(),
    valueDim: fc.option(size),
  })
  .map(({ make, headDim, outputDim, causal, valueDim }) =>
    make(headDim, outputDim, {
      ...(causal && { causal: true as const }),
      ...(valueDim !== null && { valueDim }),
    }),
  );

/** Small stacks of single-head attention layers. */
export const anyNetwork: fc.Arbitrary<Stack> = fc
  .record({
    inputDim: size,
    sequenceLength: size,
    layers: fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
  })
  .map((sizes) => ({ format: 'dimcert-network', version: 1, ...sizes }));
