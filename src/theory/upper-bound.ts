import { countGauge, type GaugeFamilies, type GaugeProgress } from '../gauge/gauge-bound.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { ambientSpace } from './ambient.ts';
import { closedForm, closedFormStatement, type ClosedFormTerms } from './closed-form.ts';
import { isSingleHeadStack } from './single-head-stack.ts';

/** Why a dimension is at most `upper`, as a certificate says it: docs/certificate.md. */
export type UpperBoundEvidence =
  | { readonly method: 'closed-form'; readonly statement: string; readonly terms: ClosedFormTerms }
  | {
      readonly method: 'gauge';
      readonly statement: string;
      readonly prime: string;
      readonly point: { readonly seed: string };
      readonly rank: number;
    }
  | { readonly method: 'ambient'; readonly statement: string };

/** A proved upper bound of a dimension. */
export interface UpperBound {
  readonly upper: number;
  readonly evidence: UpperBoundEvidence;
  /** What the known symmetries are, if they were counted. */
  readonly families?: GaugeFamilies;
}

/** What the bound by known symmetries states, and where its proof is. */
export const gaugeStatement =
  'parameters less the rank of the known symmetries at a point (docs/gauge.md): upper = parameters - rank';

/**
 * The best upper bound that is known: the closed form for stacks of single-head attention layers; otherwise the known symmetries (gauge), or the space of all functions of
 * the shape (ambient), whichever is smaller.
 *
 * Not checked: that the network is valid. O(fields² · parameters), where the fields are at most the parameters.
 */
export function upperBound(graph: NetworkGraph, seed = '0'): UpperBound {
  const search = searchUpperBound(graph, seed);
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
  }
}

/** `upperBound` in slices of some tens of milliseconds. */
export function* searchUpperBound(
  graph: NetworkGraph,
  seed: string,
): Generator<GaugeProgress, UpperBound, undefined> {
  const immediate = immediateBound(graph);
  if (immediate.evidence.method === 'closed-form') return immediate;
  const gauge = yield* countGauge(graph, seed);
  if (!gauge) return immediate;
  const { rank, prime, families } = gauge;
  const upper = graph.parameters - rank;
  if (immediate.upper <= upper) return { ...immediate, families };
  const evidence = { method: 'gauge', statement: gaugeStatement, prime, point: { seed }, rank } as const;
  return { upper, evidence, families };
}

/** The upper bound that costs nothing: the closed form, or else the space of all functions of the shape, or else the number of parameters. O(layers) */
export function immediateBound(graph: NetworkGraph): UpperBound {
  if (isSingleHeadStack(graph.network)) {
    const { upper, terms } = closedForm(graph.network);
    return { upper, evidence: { method: 'closed-form', statement: closedFormStatement, terms } };
  }
  const ambient = ambientSpace(graph);
  if (ambient && ambient.dimension < BigInt(graph.parameters))
    return {
      upper: Number(ambient.dimension),
      evidence: { method: 'ambient', statement: ambient.statement },
    };
  return { upper: graph.parameters, evidence: { method: 'ambient', statement: 'the number of parameters' } };
}
