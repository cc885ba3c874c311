import { LargePrimeField } from '../field/large-prime-field.ts';
import { NetworkJacobian } from '../jacobian/network-jacobian.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { Point } from '../point/point.ts';
import { drawPrime, probabilityOfZero } from './random-prime.ts';
import { derivativeSize } from './size.ts';

/** Error probabilities above this are not worth a statement. */
const mostProbable = 2 ** -20;

/** What the Monte Carlo bound states, and where it is argued. */
export const stableRankStatement =
  'Monte Carlo: at a random point modulo a random prime one more input does not raise the rank of the Jacobian (docs/monte-carlo.md)';

/** An upper bound of a dimension that holds but for an error probability, over the random choice of the prime and the point. */
export interface StableRank {
  readonly upper: number;
  /** How many complete inputs have this rank; one more does not raise it. */
  readonly inputs: number;
  readonly prime: string;
  /** log₂ of the error probability, an integer, rounded up. */
  readonly errorExponent: number;
}

/**
 * log₂ of the probability, at most, that `stableRank` is below the dimension of a network with a dimension of at most `most`, rounded up; null where no bound is known
 * (norms, whose roots have another distribution), or none below 2⁻²⁰.
 *
 * The generic ranks R_s of s complete inputs are concave in s: they grow up to an s₀ ≤ `most` and then are the dimension. If the ranks at the point are generic for all s ≤ s₀, the
 * first that stays is the dimension. Of each s one minor of at most `most` rows, which is not 0 over Z with denominators cleared, would have to vanish.
 */
export function errorExponentOf(graph: NetworkGraph, most: number): number | null {
  const row = derivativeSize(graph, 0);
  if (row === null) return null;
  const minor = { degree: most * row.degree, bits: most * row.bits };
  const probability = most * probabilityOfZero(minor);
  // The few units of the last place that double precision may have lost are far below one in 2²⁰.
  return probability < mostProbable ? Math.ceil(Math.log2(probability * (1 + 2 ** -20))) : null;
}

/**
 * The rank of the Jacobian at a random point modulo a random prime of 61 bits, by complete inputs until one adds nothing: an upper bound of the dimension but for an error
 * probability (theory, U4). Null if no useful bound of the probability is known, if the rank reaches `most`, a proved upper bound, or an input would have to be skipped.
 *
 * O(rank · rows · parameters) for the rows of all inputs, in 61-bit arithmetic.
 */
export async function stableRank(
  graph: NetworkGraph,
  seed: string,
  most: number,
  pace: Pace,
): Promise<StableRank | null> {
  const errorExponent = errorExponentOf(graph, most);
  if (errorExponent === null) return null;
  const field = new LargePrimeField(drawPrime(seed));
  const kernel = Kernel.create(field.prime);
  const point = new Point<bigint>(graph, field, seed);
  const jacobian = new NetworkJacobian(kernel, point);
  const { columns, rowsPerInput } = jacobian;
  const outputs = Array.from({ length: rowsPerInput }, (_, output) => output);
  const echelon = new Echelon(kernel, columns);
  let inputs = 0;
  for (const input of point.inputs(most + 1)) {
    const before = echelon.rank;
    await pace.pause('Monte Carlo', before, most);
    // A denominator that is 0 modulo a prime of 61 bits: the argument is about points where there is none.
    if (!jacobian.evaluate(input)) return null;
    jacobian.write(outputs, echelon.openBatch(rowsPerInput));
    while (!echelon.step()) await pace.pause('Monte Carlo', before, most);
    if (echelon.rank >= most) return null;
    if (echelon.rank === before) return { upper: before, inputs, prime: String(field.prime), errorExponent };
    inputs++;
  }
  return null;
}
