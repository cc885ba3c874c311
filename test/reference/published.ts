import { attentionStack } from '../../src/network/builders.ts';
import type { Network } from '../../src/network/format.ts';

/** A plain single-head stack whose dimension is published, or was computed by brute force modulo 2^61 − 1. */
export interface PublishedNetwork {
  readonly name: string;
  readonly network: Network;
  readonly dimension: number;
}

function row(
  name: string,
  normalization: 'none' | 'softmax',
  dims: number[],
  headDims: number[],
  sequenceLength: number,
  dimension: number,
  causal = false,
): PublishedNetwork {
  return {
    name: `${name}: ${normalization}, t=${sequenceLength}, d=(${dims.join()}), a=(${headDims.join()})`,
    network: attentionStack({ normalization, dims, headDims, sequenceLength, causal }),
    dimension,
  };
}

const equal = (value: number, length: number): number[] => Array.from({ length }, () => value);

export const publishedNetworks: readonly PublishedNetwork[] = [
  // Henry, Marchetti, Kohn, Figure 3 (their formula).
  ...[25, 40, 57, 76, 97, 120, 145, 172].map((dimension, i) =>
    row('Figure 3', 'softmax', equal(i + 3, 3), [2, 2], 3, dimension),
  ),
  // Their code and formula.
  ...[37, 52, 61, 64].map((dimension, i) => row('depth 3', 'softmax', equal(4, 4), equal(i + 1, 3), 3, dimension)),
  // Konda, arXiv 2610.09620: float64 with cutoff 1e-10 says 40.
  row('float64 says 40', 'softmax', equal(4, 4), equal(2, 3), 4, 52),
  // Brute force modulo 2^61 − 1.
  ...[34, 49, 58, 61].map((dimension, i) => row('depth 3', 'none', equal(4, 4), equal(i + 1, 3), 2, dimension)),
  ...[23, 38, 55, 74].map((dimension, i) => row('depth 2', 'none', equal(i + 3, 3), [2, 2], 3, dimension)),
  row('bottleneck', 'none', [3, 2, 3], [1, 1], 2, 14),
  row('bottleneck', 'none', [3, 2, 3], [2, 2], 2, 18),
  row('bottleneck', 'none', [4, 2, 3], [2, 2], 2, 24),
  row('bottleneck', 'none', [2, 3, 1, 2], [1, 1, 1], 2, 7),
  row('bottleneck', 'none', [5, 4, 1, 4], [1, 1, 1], 2, 24),
  row('bottleneck', 'softmax', [5, 4, 1, 1, 3], [2, 1, 1, 1], 2, 34),
  // Alexandr, Duan, Montúfar, arXiv 2604.15632: a resultant hypersurface in R^6.
  row('resultant', 'none', [2, 1], [2], 2, 5),
  // float32 says 19 to 50; float64 says 30 to 60, 109 to 116.
  row('float32 fails', 'none', equal(6, 4), equal(2, 3), 3, 93),
  row('float64 fails', 'none', equal(4, 5), equal(2, 4), 3, 60),
  row('float64 fails', 'softmax', equal(6, 5), equal(2, 4), 3, 116),
  // Where tokens become parallel.
  row('collapse first', 'none', [3, 3, 3], [1, 2], 3, 18),
  row('collapse last', 'none', [3, 3, 3], [2, 1], 3, 20),
  row('causal', 'none', [3, 2, 2], [1, 2], 2, 13, true),
  row('not causal', 'none', [3, 2, 2], [1, 2], 2, 12),
  row('one token', 'none', [5, 4, 1], [1, 1], 1, 21),
];
