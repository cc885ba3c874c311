import { rangeFault } from '../assert.ts';
import { encloseDerivativeSteps } from '../evaluation/enclosure.ts';
import { coefficientSize, degreeOf, isPolynomial } from '../evaluation/exact.ts';
import { Unbounded, type Interval } from '../evaluation/interval.ts';
import type { RationalPoint } from '../evaluation/parameters.ts';
import { ProvedRank } from '../evaluation/rank.ts';
import { zeroMatrix } from '../exact/exact-matrix.ts';
import { maxWordPrime } from '../field/index.ts';
import { jacobianRankAt } from '../jacobian/rank-at.ts';
import { probabilityOfZero } from '../monte-carlo/random-prime.ts';
import { networkGraph, type NetworkGraph } from '../network/graph.ts';
import { parameterBlocks } from '../network/parameters.ts';
import type { Pace } from '../pace.ts';
import { finish } from '../rational/steps.ts';
import { byOffset, weightsModulo } from '../weights/weights.ts';
import type { Weights } from '../weights/index.ts';
import { Draws, longestEntry } from './difference.ts';

/** Parameters of a network whose values are enclosed: eliminations in long intervals take their cube, and more. */
const mostEnclosed = 300;
/** Bits of numerators and denominators there. */
const mostBits = 2 ** 12;
/** Sizes of inputs, 2^(−k), one after the other. */
const shrinkings = [4, 2, 6, 1, 8];

/** Random primes are tried until the error probability is at most 2^−wantedExponent. */
const wantedExponent = 100;

/** What is known of the rank of the differential of θ ↦ f_θ at weights. */
export interface RankBelow {
  /** Proved. */
  readonly lower: number;
  /** −log₂ of the probability, at most, that the rank is larger than `lower`; null where none is known. */
  readonly errorExponent: number | null;
}

/**
 * Bounds the rank from below by that of the Jacobian at random inputs, for polynomial networks modulo a prime, in enclosures for others. Stops at `upper`.
 *
 * Where it stays below for a polynomial network, the rank is `lower` but for a probability: R_s, the rank of s generic inputs, is concave in s, so that it is the rank once
 * one more input adds nothing; that a minor of order R_s vanishes at random inputs (modulo a random prime) has the probability of Schwartz and Zippel, for each s ≤ `upper`.
 *
 * @throws RangeError where enclosures are needed, for too many parameters or too long entries.
 */
export async function rankBelow(weights: Weights, upper: number, pace: Pace): Promise<RankBelow> {
  const graph = networkGraph(weights.network);
  if (!isPolynomial(graph)) {
    if (graph.parameters > mostEnclosed)
      throw rangeFault(
        'fibreAt',
        `at most ${mostEnclosed} parameters of a network that is not polynomial`,
        graph.parameters,
      );
    const bits = longestEntry(weights);
    if (bits > mostBits) throw rangeFault('fibreAt', `entries of at most ${mostBits} bits`, bits);
    const lower = upper === 0 ? 0 : await rankByEnclosures(graph, weights, upper, pace);
    return { lower, errorExponent: null };
  }
  if (upper === 0) return { lower: 0, errorExponent: null };
  const draws = new Draws(weights, weights);
  const rankModulo = ({ matrices }: Weights, prime: bigint): Promise<number> =>
    jacobianRankAt(
      graph,
      prime,
      matrices.flatMap(({ numerators }) => numerators),
      // Inputs of their own for each prime: the error probabilities are multiplied.
      `${draws.digest}/${prime}`,
      upper,
      pace,
    );
  const minorDegree = upper * degreeOf(graph);
  if (weights.prime !== undefined) {
    const lower = await rankModulo(weights, weights.prime);
    return { lower, errorExponent: exponentOf((upper * minorDegree) / Number(weights.prime)) };
  }
  // Where a word prime has it, that is enough.
  const small = BigInt(maxWordPrime);
  let lower = 0;
  if (weights.matrices.every(({ denominator }) => denominator % small !== 0n)) {
    lower = await rankModulo(weightsModulo(weights, small), small);
    if (lower >= upper) return { lower, errorExponent: null };
  }
  const { above } = coefficientSize(graph, byOffset(weights), true);
  const minor = { degree: minorDegree, bits: upper * (above + Math.log2(upper)) };
  const exponent = exponentOf(upper * probabilityOfZero(minor));
  const trials = exponent === null ? 1 : Math.ceil(wantedExponent / exponent);
  for (let trial = 0; trial < trials && lower < upper; trial++) {
    const { prime, residues } = draws.residues([weights, weights]);
    lower = Math.max(lower, await rankModulo(residues[0], prime));
  }
  return { lower, errorExponent: exponent && trials * exponent };
}

/** −log₂; probabilities above 2⁻¹⁰ are not worth a statement. */
function exponentOf(probability: number): number | null {
  const exponent = Math.floor(-Math.log2(probability));
  return exponent >= 10 ? exponent : null;
}

/** At more and more inputs, until the rank meets the upper bound, or does not grow. */
async function rankByEnclosures(
  graph: NetworkGraph,
  weights: Weights,
  upper: number,
  pace: Pace,
): Promise<number> {
  const draws = new Draws(weights, weights);
  const bits = 192 + 12 * upper;
  let best = 0;
  for (const shrinking of shrinkings) {
    const proved = new ProvedRank(bits);
    for (let stale = 0; stale < 2;) {
      const before = proved.rank;
      const point = { ...draws.point(graph, 5, shrinking), matrices: byOffset(weights) };
      const rows = await derivatives(graph, point, bits, pace);
      if (!rows) break;
      for (const steps = proved.addSteps(rows); !steps.next().done;)
        await pace.pause('rank', proved.rank, upper);
      if (proved.rank >= upper) return proved.rank;
      stale = proved.rank > before ? 0 : stale + 1;
    }
    best = Math.max(best, proved.rank);
  }
  return best;
}

/** Enclosures of the Jacobian's rows at an input; null where a value has none. One forward derivative for each parameter. */
async function derivatives(
  graph: NetworkGraph,
  point: RationalPoint,
  bits: number,
  pace: Pace,
): Promise<Interval[][] | null> {
  const columns: Interval[][] = [];
  try {
    for (const { offset, rows, cols } of parameterBlocks(graph.network))
      for (let e = 0; e < rows * cols; e++) {
        const unit = zeroMatrix(rows, cols);
        unit.numerators[e] = 1n;
        const steps = encloseDerivativeSteps(graph, point, new Map([[offset, unit]]), bits);
        columns.push(finish(steps).map(({ slope }) => slope));
        await pace.pause('derivatives', columns.length, graph.parameters);
      }
  } catch (error) {
    if (error instanceof Unbounded) return null;
    throw error;
  }
  return columns[0]!.map((_, row) => columns.map((column) => column[row]!));
}
