import { rangeFault, typeFault } from '../assert.ts';
import { parseWordPrime } from '../field/prime-field.ts';
import { dependentMatrices } from '../gauge/dependent-matrices.ts';
import { proveIndependence } from '../jacobian/independence.ts';
import { jacobianRank } from '../jacobian/jacobian-rank.ts';
import type { NamedMinor } from '../jacobian/solve-minor.ts';
import { stableRank, stableRankStatement } from '../monte-carlo/stable-rank.ts';
import type { Network } from '../network/format.ts';
import { networkGraph, type NetworkGraph } from '../network/graph.ts';
import { parseNetwork } from '../network/parse.ts';
import { parameterCount } from '../network/parameters.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { assertAdmissiblePrime, evidencePrime, largestAdmissiblePrime } from '../point/admissible-prime.ts';
import {
  immediateBound,
  searchUpperBound,
  type UpperBound,
  type UpperBoundEvidence,
} from '../theory/upper-bound.ts';
import {
  seal,
  type Certificate,
  type CertificateBody,
  type ProbableUpperBound,
  type Retry,
} from './certificate.ts';
import { minorWitness } from './witness.ts';

/**
 * A prime of the fastest kernel: of 5,000 random stacks (up to six layers, widths up to 9) two had a bad point modulo it. After two bad points comes a larger one. Where
 * they divide a constant of the network, the next prime below takes their place.
 */
const defaultPrime = 4093;
const defaultSeed = '0';

export interface CertifyOptions extends LongOperation {
  /** An odd prime below 2³¹; it is kept in every attempt. Default: 4093, then a larger one after two bad points. */
  readonly prime?: number | bigint | string | undefined;
  /** A natural number below 2¹²⁸; the attempts take it and the ones after it. Default: 0. */
  readonly seed?: number | bigint | string | undefined;
  /** Adds a witness to the certificate, which lets `verify` check the lower bound of a large one fast, but for an error probability. Default: false. */
  readonly witness?: boolean | undefined;
}

/** What `certify` found. `dimension.exact` only where a proved lower bound meets a proved upper bound. */
export interface CertifyResult {
  readonly parameters: number;
  readonly dimension: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  /** Why `dimension.upper` is an upper bound: proved if the error probability is 0, else Monte Carlo. */
  readonly upper: {
    readonly method: UpperBoundEvidence['method'] | ProbableUpperBound['method'];
    readonly statement: string;
    readonly errorProbability: number;
  };
  /** The best proved upper bound, which is that of the certificate's claim. */
  readonly proved: {
    readonly upper: number;
    readonly method: UpperBoundEvidence['method'];
    readonly statement: string;
  };
  /** The prime of the lower bound. */
  readonly prime: string;
  readonly seconds: number;
  readonly certificate: Certificate;
}

/** A proved lower bound above a proved upper bound: the program or the theorem is wrong. The certificate says which minor shows it. */
export class BoundContradiction extends Error {
  override readonly name = 'BoundContradiction';
  readonly certificate: Certificate;

  constructor(certificate: Certificate) {
    const { lower, upper } = certificate.claim;
    super(
      `the lower bound ${lower} is above the upper bound ${upper}: either the program or the theorem is wrong`,
    );
    this.certificate = certificate;
  }
}

/**
 * The exact dimension of the function space of a network, with a certificate.
 *
 * Lower bound: the rank of the Jacobian at a random point over F_p, proved by a minor that is not zero. Upper bound: the
 * closed form of theory (docs/closed-form.md) for stacks of single-head attention layers, otherwise the known symmetries (docs/gauge.md) or the space of all functions of
 * the shape. If they differ after three points, the result is an interval, and a Monte Carlo bound (docs/monte-carlo.md) is sought inside it, with its error probability.
 *
 * Throws `TypeError`/`RangeError` for a bad network, prime or seed, and `BoundContradiction` if lower > upper.
 * O(dimension² · parameters) multiplications for the elimination.
 *
 * @example
 * const { dimension } = await certify(network({
 *   inputDim: 4, sequenceLength: 3,
 *   layers: [softmaxAttention({ headDim: 2 }), softmaxAttention({ headDim: 2 })],
 * }));
 * // { lower: 40, upper: 40, exact: true }
 */
export async function certify(network: Network, options: CertifyOptions = {}): Promise<CertifyResult> {
  const start = performance.now();
  const checked = parseNetwork(network);
  const prime = options.prime === undefined ? undefined : parseWordPrime(options.prime, 3);
  const seed = options.seed === undefined ? defaultSeed : parseSeed(options.seed);
  const { witness = false } = options;
  if (typeof witness !== 'boolean') throw typeFault('witness', 'true or false', witness);
  const pace = new Pace(options);
  const graph = networkGraph(checked);
  if (prime !== undefined) assertAdmissiblePrime(graph, prime);
  const primes = prime === undefined ? defaultPrimes(graph) : [prime, prime, prime];
  const independence = await proveIndependence(graph, seed, pace);
  const { best, retries, bound } = await bestPoint(graph, primes, seed, pace);
  const { upper, evidence } = bound;

  const lower = best.rank;
  const claim = { parameters: parameterCount(checked), lower, upper, exact: lower === upper };
  const probable = lower < upper ? await probableBound(graph, seed, claim, pace) : null;
  const body: CertificateBody = {
    format: 'dimcert-certificate',
    version: 1,
    kind: 'dimension',
    network: checked,
    claim,
    lowerBound: {
      method: 'jacobian-minor',
      prime: String(best.prime),
      point: { seed: best.seed },
      rows: best.rows,
      columns: best.columns,
      determinant: String(best.determinant),
      retries,
    },
    ...(independence && { independence }),
    upperBound: evidence,
    ...(probable && { probableUpperBound: probable.evidence }),
  };
  const certificate = seal(witness ? await withWitness(body, graph, best, pace) : body);
  if (lower > upper) throw new BoundContradiction(certificate);
  const { method, statement } = evidence;
  return {
    parameters: claim.parameters,
    dimension: { lower, upper: probable?.evidence.upper ?? upper, exact: claim.exact },
    upper: probable
      ? {
          method: probable.evidence.method,
          statement: probable.evidence.statement,
          errorProbability: probable.errorProbability,
        }
      : { method, statement, errorProbability: 0 },
    proved: { upper, method, statement },
    prime: String(best.prime),
    seconds: (performance.now() - start) / 1000,
    certificate,
  };
}

async function withWitness(
  body: CertificateBody,
  graph: NetworkGraph,
  minor: NamedMinor,
  pace: Pace,
): Promise<CertificateBody> {
  const witness = await minorWitness(body, graph, minor, pace);
  return { ...body, lowerBound: { ...body.lowerBound, witness } };
}

/** What a Monte Carlo run says between proved bounds; null where it says nothing. */
async function probableBound(
  graph: NetworkGraph,
  seed: string,
  proved: { readonly lower: number; readonly upper: number },
  pace: Pace,
): Promise<{ readonly evidence: ProbableUpperBound; readonly errorProbability: number } | null> {
  const found = await stableRank(graph, seed, proved.upper, pace);
  // A rank below a proved lower bound shows that the point is one of the bad ones.
  if (!found || found.upper < proved.lower) return null;
  const { upper, inputs, prime, errorExponent } = found;
  const errorProbability = `2^${errorExponent}`;
  const statement = stableRankStatement;
  return {
    evidence: {
      method: 'probabilistic',
      statement,
      upper,
      errorProbability,
      prime,
      point: { seed },
      inputs,
    },
    errorProbability: 2 ** errorExponent,
  };
}

/**
 * Where all functions of the shape are so few, compared with the parameters, the lower bound is likely to reach their number: the symmetries are counted only if it does
 * not. Otherwise they are counted first, for the elimination to end at their bound.
 */
const fewFunctions = 1 / 4;

/** Tries points until one reaches the upper bound; the best of all otherwise. The others are recorded. */
async function bestPoint(
  graph: NetworkGraph,
  primes: readonly number[],
  seed: string,
  pace: Pace,
): Promise<{ best: NamedMinor; retries: Retry[]; bound: UpperBound }> {
  const made: NamedMinor[] = [];
  let bound = immediateBound(graph);
  let isBest = bound.evidence.method === 'closed-form';
  const improve = async (): Promise<void> => {
    if (!isBest) bound = await pace.drive('symmetries', searchUpperBound(graph, seed));
    isBest = true;
  };
  if (bound.upper > fewFunctions * graph.parameters) await improve();
  for (const [attempt, p] of primes.entries()) {
    const s = String(BigInt(seed) + BigInt(attempt));
    const dependent = await knownDependent(graph, p, s, bound.upper, pace);
    const found = await jacobianRank(graph, p, s, bound.upper, pace, dependent);
    made.push({ ...found, prime: p, seed: s });
    if (found.rank < bound.upper) await improve();
    if (found.rank >= bound.upper) break;
  }
  const best = made.reduce((a, b) => (b.rank > a.rank ? b : a));
  const retries = made
    .filter((other) => other !== best)
    .map(({ prime, seed, rank }) => ({ prime: String(prime), seed, rank }));
  return { best, retries, bound };
}

/** Of smaller ranks, or where few columns are more than the rank, the elimination of all columns takes no longer than to look for those that are known to be dependent. */
const leastRank = 512;
const leastSurplus = 1.25;

/** Parameter matrices that need no columns at a point. */
async function knownDependent(
  graph: NetworkGraph,
  prime: number,
  seed: string,
  bound: number,
  pace: Pace,
): Promise<ReadonlySet<number>> {
  if (bound < leastRank || graph.parameters < leastSurplus * bound) return new Set();
  return pace.drive('symmetries', dependentMatrices(graph, prime, seed));
}

function defaultPrimes(graph: NetworkGraph): number[] {
  const large = evidencePrime(graph);
  const small = largestAdmissiblePrime(graph, defaultPrime) ?? large;
  return [small, small, large];
}

function parseSeed(value: number | bigint | string): string {
  const expected = 'a natural number below 2^128';
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string')
    throw typeFault('seed', expected, value);
  const seed = String(value);
  if (!/^(0|[1-9][0-9]{0,38})$/.test(seed) || BigInt(seed) >= 1n << 128n)
    throw rangeFault('seed', expected, value);
  return seed;
}
