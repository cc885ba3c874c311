import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import { families, type Family } from '../gauge/tangent.ts';
import { networkGraph, type NetworkGraph } from '../network/graph.ts';
import { parseNetwork } from '../network/index.ts';
import { readFields, type Fields } from '../network/record.ts';
import { evidencePrime } from '../point/admissible-prime.ts';
import { immediateBound, upperBound, type UpperBoundEvidence } from '../theory/upper-bound.ts';

/** A point at which the rank of the Jacobian was computed. */
export interface TriedPoint {
  readonly prime: string;
  readonly seed: string;
  readonly rank: number;
}

/** Bounds of a dimension. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
  readonly exact: boolean;
}

/** Why the claim of a certificate is exact or an interval. */
export interface Explanation {
  readonly parameters: number;
  /** What the certificate states. */
  readonly claim: Bounds;
  /** The same with the best upper bound that is known. */
  readonly dimension: Bounds;
  /** upper − lower of the dimension; negative where the bounds contradict each other. */
  readonly gap: number;
  readonly lower: { readonly best: TriedPoint; readonly others: readonly TriedPoint[] };
  readonly upper: {
    readonly method: UpperBoundEvidence['method'];
    readonly statement: string;
    /** The known symmetries, if they were counted: what each family adds to the rank of those before it. */
    readonly families:
      readonly { readonly family: Family; readonly rank: number; readonly meaning: string }[] | null;
  };
  /** What a Monte Carlo run states, if the certificate has one. */
  readonly probable: { readonly upper: number; readonly errorProbability: string } | null;
  /** A seed and a prime that were not tried. */
  readonly untried: { readonly seed: string; readonly prime: string };
}

const title = 'certificate';
/** Long enough for every seed below 2¹²⁸. */
const mostDigits = 39;

/**
 * Why a certificate of a dimension (parsed JSON) is exact or an interval: its evidence is believed, its upper bound is computed anew.
 *
 * Throws a `TypeError` or `RangeError` that begins with `certificate` or `network` for another value, and for an upper bound that this network has not.
 * Not checked: the minor, the independence, the Monte Carlo run, the digest (`verify` checks them).
 */
export function explanationOf(certificate: unknown): Explanation {
  const fields = readFields(title, certificate);
  for (const [key, expected] of [
    ['format', 'dimcert-certificate'],
    ['version', 1],
    ['kind', 'dimension'],
  ] as const)
    if (fields.get(key) !== expected)
      throw rangeFault(`${title}.${key}`, JSON.stringify(expected), fields.get(key));
  const network = parseNetwork(fields.get('network'));
  const graph = networkGraph(network);
  const claim = section(fields, 'claim');
  const lower = size(claim, 'claim', 'lower');
  const upper = size(claim, 'claim', 'upper');
  demand('claim.parameters', graph.parameters, claim.get('parameters'));
  demand('claim.exact', lower === upper, claim.get('exact'));

  const evidence = section(fields, 'upperBound');
  // Symmetries take a while to count, and explain nothing where the bound does not rest on them and is met.
  const immediate = immediateBound(graph);
  const isGauge = statedMethod(evidence) === 'gauge';
  const best =
    !isGauge && lower >= immediate.upper
      ? immediate
      : upperBound(graph, isGauge ? seedIn(evidence, 'upperBound') : undefined);
  if (upper < best.upper)
    throw rangeFault(`${title}.claim.upper`, `at least ${best.upper}, the bound that is known`, upper);
  const points = pointsOf(section(fields, 'lowerBound'), lower);
  return {
    parameters: graph.parameters,
    claim: { lower, upper, exact: lower === upper },
    dimension: { lower, upper: best.upper, exact: lower === best.upper },
    gap: best.upper - lower,
    lower: { best: points[0]!, others: points.slice(1) },
    upper: {
      method: best.evidence.method,
      statement: best.evidence.statement,
      families:
        best.families === undefined
          ? null
          : (Object.entries(best.families) as [Family, number][]).map(([family, rank]) => ({
              family,
              rank,
              meaning: families[family],
            })),
    },
    probable: probableIn(fields, lower, upper),
    untried: untriedOf(graph, points),
  };
}

function probableIn(fields: Fields, lower: number, upper: number): Explanation['probable'] {
  const path = 'probableUpperBound';
  if (fields.get(path) === undefined) return null;
  const probable = section(fields, path);
  const bound = size(probable, path, 'upper');
  if (bound < lower || bound >= upper)
    throw rangeFault(`${title}.${path}.upper`, `at least ${lower} and below ${upper}`, bound);
  const errorProbability = probable.get('errorProbability');
  if (typeof errorProbability !== 'string' || !/^2\^-[1-9][0-9]{0,3}$/.test(errorProbability))
    throw typeFault(`${title}.${path}.errorProbability`, 'a power of two as "2^-48"', errorProbability);
  return { upper: bound, errorProbability };
}

function statedMethod(evidence: Fields): UpperBoundEvidence['method'] {
  const method = evidence.get('method');
  if (method !== 'closed-form' && method !== 'gauge' && method !== 'ambient')
    throw rangeFault(`${title}.upperBound.method`, '"closed-form", "gauge" or "ambient"', method);
  return method;
}

/** The best point first, and the others in the order in which they were tried. */
function pointsOf(lowerBound: Fields, rank: number): readonly TriedPoint[] {
  const path = 'lowerBound';
  for (const key of ['rows', 'columns'] as const) {
    const indices = lowerBound.get(key);
    if (!Array.isArray(indices)) throw typeFault(`${title}.${path}.${key}`, 'an array', indices);
    demand(`${path}.${key}.length`, rank, indices.length);
  }
  const retries = lowerBound.get('retries');
  if (!Array.isArray(retries)) throw typeFault(`${title}.${path}.retries`, 'an array', retries);
  return [
    { prime: decimal(lowerBound, path, 'prime'), seed: seedIn(lowerBound, path), rank },
    ...retries.map((value: unknown, i) => {
      const at = `${path}.retries[${i}]`;
      const retry = readFields(`${title}.${at}`, value);
      return {
        prime: decimal(retry, at, 'prime'),
        seed: decimal(retry, at, 'seed'),
        rank: size(retry, at, 'rank'),
      };
    }),
  ];
}

/** The seed after all that were tried, and a prime of which few points are bad, or the largest that was tried. */
function untriedOf(graph: NetworkGraph, points: readonly TriedPoint[]): { seed: string; prime: string } {
  const greatest = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => (a > b ? a : b));
  const large = BigInt(evidencePrime(graph));
  return {
    seed: String(greatest(points.map(({ seed }) => BigInt(seed))) + 1n),
    prime: String(greatest([large, ...points.map(({ prime }) => BigInt(prime))])),
  };
}

function section(fields: Fields, key: string): Fields {
  return readFields(`${title}.${key}`, fields.get(key));
}

function seedIn(fields: Fields, path: string): string {
  return decimal(readFields(`${title}.${path}.point`, fields.get('point')), `${path}.point`, 'seed');
}

function decimal(fields: Fields, path: string, key: string): string {
  const value = fields.get(key);
  if (typeof value !== 'string' || value.length > mostDigits || !/^(0|[1-9][0-9]*)$/.test(value))
    throw typeFault(`${title}.${path}.${key}`, 'a natural number as a decimal string', value);
  return value;
}

function size(fields: Fields, path: string, key: string): number {
  const value = fields.get(key);
  assertInteger(`${title}.${path}.${key}`, value, 0);
  return value;
}

function demand(path: string, expected: number | boolean, got: unknown): void {
  if (got !== expected) throw rangeFault(`${title}.${path}`, String(expected), got);
}
