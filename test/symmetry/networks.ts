import type { Network } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';

export function networkOf(inputDim: number, sequenceLength: number, layers: readonly object[]): Network {
  return parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength, layers });
}

/** Two query heads with one group: d = d' = 4, v = 2, a = 2. */
export const groupedQueries = networkOf(4, 3, [
  {
    kind: 'attention',
    normalization: 'none',
    headDim: 2,
    numHeads: 2,
    numKeyValueHeads: 1,
    valueDim: 2,
  },
]);

/**
 * Two softmax layers with full value matrices, `first` heads of head dimension d and `second` heads of head dimension first·d: the tokens between
 * them are (z^1, …, z^first), up to a change of basis.
 */
export function softmaxPair(d: number, first: number, second: number, outputDim: number, t: number): Network {
  const layer = { kind: 'attention', normalization: 'softmax' };
  const width = first * d;
  return networkOf(d, t, [
    { ...layer, headDim: d, numHeads: first, outputDim: width },
    { ...layer, headDim: width, numHeads: second, outputDim },
  ]);
}
