import { jacobianRank } from '../../src/jacobian/jacobian-rank.ts';
import type { Layer, Network } from '../../src/network/format.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { Pace } from '../../src/pace.ts';

/** The primes of the points that are tried, each with the next seed: the same as in `certify`. */
const primes = [4093, 4093, 67108859] as const;

/** A proved lower bound: the rank of the Jacobian at a point. */
export interface RankAtPoint {
  readonly rank: number;
  readonly prime: number;
  readonly seed: string;
}

/** Linear maps of these widths without bias, the square of every coordinate between two of them. */
export function polynomialNetwork(widths: readonly number[]): Network {
  const [inputDim, ...outputs] = widths;
  const layers = outputs.flatMap((outputDim, index): Layer[] => [
    ...(index > 0 ? [{ kind: 'power', exponent: 2 } as const] : []),
    { kind: 'linear', outputDim },
  ]);
  return parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength: 1, layers });
}

/** The dimension of the space of forms that such a network from 2 coordinates to 1 computes: those of degree 2^(hidden layers). */
export function formsDimension(widths: readonly number[]): number {
  return 2 ** (widths.length - 2) + 1;
}

/**
 * The largest rank of the Jacobian at three points, or at those up to the first where it is `expected` or more.
 *
 * At each point rows are taken until they fill the space of forms or bring no gain: a rank above `expected` shows.
 */
export async function largestRank(
  widths: readonly number[],
  expected: number,
  firstSeed: bigint,
): Promise<RankAtPoint> {
  const graph = networkGraph(polynomialNetwork(widths));
  const bound = Math.min(graph.parameters, formsDimension(widths));
  let best: RankAtPoint | null = null;
  for (const [index, prime] of primes.entries()) {
    const seed = String(firstSeed + BigInt(index));
    const { rank } = await jacobianRank(graph, prime, seed, bound, new Pace({}));
    if (!best || rank > best.rank) best = { rank, prime, seed };
    if (best.rank >= expected) break;
  }
  return best!;
}
