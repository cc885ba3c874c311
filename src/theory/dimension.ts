import type { Network } from '../network/format.ts';
import { networkGraph } from '../network/graph.ts';
import { parameterCount } from '../network/parameters.ts';
import { parseNetwork } from '../network/parse.ts';
import type { PublishedDimension } from './published.ts';
import { publishedEquality } from './published.ts';
import { upperBound, type UpperBound, type UpperBoundEvidence } from './upper-bound.ts';

/** What theory knows of a network's dimension without computing. */
export interface TheoreticalDimension {
  readonly parameters: number;
  readonly dimension: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  /** Where the upper bound comes from. */
  readonly upper: {
    readonly method: UpperBoundEvidence['method'];
    readonly statement: string;
    readonly errorProbability: 0;
  };
  /** The published theorem that states equality; `null` where there is none, and `dimension.lower` is 0. */
  readonly lower: { readonly statement: string } | null;
}

/**
 * The bounds that follow from an upper bound and what is published.
 *
 * Throws an `Error` where these contradict each other: then a formula, or its implementation, is wrong.
 */
export function boundsFromTheory(
  { upper, evidence }: UpperBound,
  published: PublishedDimension | null,
): TheoreticalDimension['dimension'] {
  if (published === null) return { lower: 0, upper, exact: upper === 0 };
  if (published.dimension !== upper) {
    throw new Error(
      `upper bound and published theorem contradict each other, one of them or of their implementations is wrong: \
upper bound ${upper} by: ${evidence.statement}; dimension ${published.dimension} by: ${published.statement}`,
    );
  }
  return { lower: upper, upper, exact: true };
}

/**
 * What theory knows of the dimension of a network, without computing.
 *
 * For a stack of single-head attention layers the upper bound is the closed form. Otherwise it is that of the known symmetries, or of all
 * functions of the shape. The lower bound is 0 unless a published theorem states equality (then `exact`).
 * Throws as `parseNetwork`, and an `Error` if upper bound and theorem contradict each other. O(layers) for a stack; otherwise the time of `upperBound`.
 *
 * @example dimension(network({ inputDim: 3, sequenceLength: 2, layers: [lightningAttention({ headDim: 2 })] }))
 */
export function dimension(network: Network): TheoreticalDimension {
  const checked = parseNetwork(network);
  const published = publishedEquality(checked);
  const upper = upperBound(networkGraph(checked));
  return {
    parameters: parameterCount(checked),
    dimension: boundsFromTheory(upper, published),
    upper: { method: upper.evidence.method, statement: upper.evidence.statement, errorProbability: 0 },
    lower: published && { statement: published.statement },
  };
}
