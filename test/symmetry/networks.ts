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

/**
 * x ↦ Σ_n D_n·(G_n x)(U_n x), h products of linear forms with vectors of size e, on one token: maps to R^e by quadratic forms from a space of dimension h, spanned by forms of rank 2.
 *
 * If every such space is spanned by such forms, in h·(m − 1) parameters' ways with m = h − (d − 2)(d − 1)/2 the dimension of their variety in it, these are symmetries that no family explains.
 */
export function bilinear(d: number, h: number, e: number): Network {
  return networkOf(d, 1, [{ kind: 'gated', function: 'identity', hiddenDim: h, outputDim: e }]);
}
