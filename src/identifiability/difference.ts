import { encloseOutputSteps } from '../evaluation/enclosure.ts';
import { isApart, Unbounded } from '../evaluation/interval.ts';
import {
  coefficientSize,
  degreeOf,
  exactOutputSteps,
  isPolynomial,
  productCount,
} from '../evaluation/exact.ts';
import type { RationalPoint } from '../evaluation/parameters.ts';
import { fraction, type Fraction } from '../fraction.ts';
import { drawPrime, probabilityOfZero } from '../monte-carlo/random-prime.ts';
import { networkGraph, type NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { exactMatrix, matrixKey, type ExactMatrix } from '../exact/exact-matrix.ts';
import { CountedHash, sha256Hex } from '../sha256.ts';
import { byOffset, weightsModulo } from '../weights/weights.ts';
import type { Weights } from '../weights/index.ts';

/** An input at which two weight sets have different outputs, and the first coordinate in which they differ. */
export interface Difference {
  /** t × d_0: tokens are rows. */
  readonly tokens: ExactMatrix;
  readonly context: ExactMatrix | null;
  readonly token: number;
  readonly coordinate: number;
  /** The values there of both. */
  readonly values: readonly [Value, Value];
}

/** A rational number, the ends of an interval that encloses a real one, or the residue of a number modulo a prime: of weights over F_p, or where the number itself is too long. */
export type Value =
  | Fraction
  | { readonly above: Fraction; readonly below: Fraction }
  | { readonly residue: bigint; readonly prime: bigint };

/** What a search for a difference ends with. */
export type SearchResult =
  | { readonly found: Difference }
  /** Polynomials that agree at random points: they differ with a probability of at most 2^−k. */
  | { readonly found: null; readonly errorExponent: number }
  /** Nothing is known: values that are not rational, or an exact comparison that would take too much work. */
  | { readonly found: null; readonly errorExponent: null; readonly reason: 'no-theorem' | 'too-much-work' };

/** The error probability of an identity test is at most 2^−errorBits. */
const errorBits = 100;
/** Products of two bits, about, beyond which an evaluation over Q is not tried: residues are faster, and a longer value is no help. */
const mostWork = 2 ** 27;
/** Inputs that are tried where equality cannot be shown. */
const fewTrials = 4;
/** Binary places of enclosures, and the sizes of inputs 2^(−k) that are tried with each. */
const attempts: readonly { readonly places: number; readonly shrinkings: readonly number[] }[] = [
  { places: 128, shrinkings: [1, 0, 2, 4, 8, 12, 16, 24, 32, 48] },
  { places: 512, shrinkings: [1, 4, 16, 32, 64, 96, 128, 192] },
  { places: 2048, shrinkings: [1, 128, 256, 384, 512, 768] },
  { places: 8192, shrinkings: [512, 1024, 2048] },
];

/**
 * Looks for an input at which the functions differ: of random integers, drawn from the hash of both weight sets, with exact values for polynomial networks (or their residues, where
 * they are too long), and enclosures for others; over F_p of random residues. A difference that is found is one.
 *
 * Not checked: over F_p, that the network is a polynomial one, of a degree below p.
 */
export async function findDifference(a: Weights, b: Weights, pace: Pace): Promise<SearchResult> {
  const graph = networkGraph(a.network);
  const draws = new Draws(a, b);
  if (a.prime !== undefined) return findModulo(graph, [a, b], a.prime, draws, pace);
  if (!isPolynomial(graph)) return findByEnclosures(graph, [a, b], draws, pace);
  return (await findOverQ(graph, [a, b], draws, pace)) ?? findByResidues(graph, [a, b], draws, pace);
}

type Pair = readonly [Weights, Weights];

/** By values over Q; null if those of the last, large input would take too much work. */
async function findOverQ(
  graph: NetworkGraph,
  pair: Pair,
  draws: Draws,
  pace: Pace,
): Promise<SearchResult | null> {
  const degree = degreeOf(graph);
  // D/S = D/2^sizeBits is the probability that a polynomial vanishes (Schwartz, Zippel).
  const sizeBits = Math.ceil(Math.log2(degree + 1)) + errorBits;
  const [products, weightBits] = [productCount(graph), longestEntry(...pair)];
  const isPossible = (bits: number): boolean => products * degree * (bits + weightBits) < mostWork;
  const all = [2, 4, 16, sizeBits].filter(isPossible);
  for (const [index, bits] of all.entries()) {
    const found = await compareExactly(graph, pair, draws.point(graph, bits, 0), pace, [index, all.length]);
    if (found) return { found };
  }
  return isPossible(sizeBits) ? { found: null, errorExponent: errorBits } : null;
}

/** By residues modulo random primes of 61 bits, at random inputs: often enough that polynomials that agree are equal. */
async function findByResidues(
  graph: NetworkGraph,
  pair: Pair,
  draws: Draws,
  pace: Pace,
): Promise<SearchResult> {
  const [first, second] = pair.map((weights) => coefficientSize(graph, byOffset(weights)));
  const bits = 1 + Math.max(first!.above + second!.below, second!.above + first!.below);
  const probability = probabilityOfZero({ degree: degreeOf(graph), bits });
  const isTest = probability < 0.5;
  const trials = isTest ? Math.ceil(errorBits / -Math.log2(probability)) : fewTrials;
  for (let trial = 0; trial < trials; trial++) {
    const { prime, residues } = draws.residues(pair);
    const point = draws.pointModulo(graph, prime);
    const found = await compareExactly(graph, residues, point, pace, [trial, trials]);
    if (found) return { found };
  }
  return isTest
    ? { found: null, errorExponent: errorBits }
    : { found: null, errorExponent: null, reason: 'too-much-work' };
}

/** Over F_p: a polynomial of degree D < p vanishes at a random point with a probability of at most D/p. */
async function findModulo(
  graph: NetworkGraph,
  pair: Pair,
  prime: bigint,
  draws: Draws,
  pace: Pace,
): Promise<SearchResult> {
  const trials = Math.ceil(errorBits / Math.log2(Number(prime) / degreeOf(graph)));
  for (let trial = 0; trial < trials; trial++) {
    const found = await compareExactly(graph, pair, draws.pointModulo(graph, prime), pace, [trial, trials]);
    if (found) return { found };
  }
  return { found: null, errorExponent: errorBits };
}

async function compareExactly(
  graph: NetworkGraph,
  pair: Pair,
  point: Omit<RationalPoint, 'matrices'>,
  pace: Pace,
  [done, total]: readonly [number, number],
): Promise<Difference | null> {
  const values: ExactMatrix[] = [];
  for (const weights of pair) {
    const steps = exactOutputSteps(graph, { ...point, matrices: byOffset(weights) });
    values.push(await paced(steps, pace, done, total));
  }
  const [x, y] = values;
  const at = differingEntry(x!, y!);
  if (at === null) return null;
  const { cols } = graph.output;
  const { prime } = pair[0];
  const value = (matrix: ExactMatrix): Value =>
    prime === undefined
      ? fraction(matrix.numerators[at]!, matrix.denominator)
      : { residue: matrix.numerators[at]!, prime };
  return { ...point, token: Math.floor(at / cols), coordinate: at % cols, values: [value(x!), value(y!)] };
}

function differingEntry(x: ExactMatrix, y: ExactMatrix): number | null {
  const at = x.numerators.findIndex((n, e) => n * y.denominator !== y.numerators[e]! * x.denominator);
  return at < 0 ? null : at;
}

async function findByEnclosures(
  graph: NetworkGraph,
  pair: Pair,
  draws: Draws,
  pace: Pace,
): Promise<SearchResult> {
  const total = attempts.reduce((sum, { shrinkings }) => sum + shrinkings.length, 0);
  let done = 0;
  for (const { places, shrinkings } of attempts)
    for (const shrinking of shrinkings) {
      const point = draws.point(graph, 4, shrinking);
      const found = await compareEnclosures(graph, pair, point, places, (steps) =>
        paced(steps, pace, done, total),
      );
      done++;
      if (found) return { found };
    }
  return { found: null, errorExponent: null, reason: 'no-theorem' };
}

async function compareEnclosures(
  graph: NetworkGraph,
  pair: Pair,
  point: Omit<RationalPoint, 'matrices'>,
  places: number,
  finish: <T>(steps: Generator<void, T, undefined>) => Promise<T>,
): Promise<Difference | null> {
  try {
    const [x, y] = [
      await finish(encloseOutputSteps(graph, { ...point, matrices: byOffset(pair[0]) }, places)),
      await finish(encloseOutputSteps(graph, { ...point, matrices: byOffset(pair[1]) }, places)),
    ];
    const at = x.findIndex((value, e) => isApart(value, y[e]!));
    if (at < 0) return null;
    const { cols } = graph.output;
    const unit = 1n << BigInt(places);
    const [first, second] = [x[at]!, y[at]!].map(({ lo, hi }) => ({
      above: fraction(lo, unit),
      below: fraction(hi, unit),
    }));
    return { ...point, token: Math.floor(at / cols), coordinate: at % cols, values: [first!, second!] };
  } catch (error) {
    if (error instanceof Unbounded) return null;
    throw error;
  }
}

/** Runs an evaluation with pauses. */
async function paced<T>(
  steps: Generator<void, T, undefined>,
  pace: Pace,
  done: number,
  total: number,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pace.pause('comparing', done, total);
  }
}

/** The bits of the longest numerator or denominator. */
export function longestEntry(...all: readonly Weights[]): number {
  let bits = 0;
  for (const { matrices } of all)
    for (const { numerators, denominator } of matrices)
      for (const n of [...numerators, denominator])
        bits = Math.max(bits, (n < 0n ? -n : n).toString(16).length * 4);
  return bits;
}

/** Random inputs that nobody chose: from SHA-256 of both weight sets. */
export class Draws {
  /** SHA-256 of the network, the field and both weight sets. */
  readonly digest: string;
  readonly #hash: CountedHash;
  #counter = 0;
  #primes = 0;

  constructor(a: Weights, b: Weights) {
    const text = [a, b].map(({ matrices }) => matrices.map(matrixKey).join(' ')).join('/');
    const field = a.prime === undefined ? '' : `${a.prime}/`;
    this.digest = sha256Hex(`${JSON.stringify(a.network)}/${field}${text}`);
    this.#hash = new CountedHash(`dimcert/1/difference/${this.digest}/`);
  }

  /** Inputs with entries from −2^(bits−1) to 2^(bits−1) − 1, times 2^(−shrinking). */
  point(graph: NetworkGraph, bits: number, shrinking: number): Omit<RationalPoint, 'matrices'> {
    const half = 1n << BigInt(bits - 1);
    return this.#inputs(graph, (rows, cols, count) => {
      const entries = Array.from({ length: count }, () => this.#integer(bits) - half);
      return exactMatrix(rows, cols, entries, 1n << BigInt(shrinking));
    });
  }

  /** Inputs with uniform residues. */
  pointModulo(graph: NetworkGraph, prime: bigint): Omit<RationalPoint, 'matrices'> {
    const bits = prime.toString(2).length;
    const residue = (): bigint => {
      for (;;) {
        const drawn = this.#integer(bits);
        if (drawn < prime) return drawn;
      }
    };
    return this.#inputs(graph, (rows, cols, count) =>
      exactMatrix(rows, cols, Array.from({ length: count }, residue), 1n, prime),
    );
  }

  /** A random prime of 61 bits that divides no denominator, and weights over Q modulo it. */
  residues(pair: Pair): { readonly prime: bigint; readonly residues: Pair } {
    for (;;) {
      const prime = drawPrime(`difference/${this.digest}/${this.#primes++}`);
      if (pair.some(({ matrices }) => matrices.some(({ denominator }) => denominator % prime === 0n)))
        continue;
      return { prime, residues: [weightsModulo(pair[0], prime), weightsModulo(pair[1], prime)] };
    }
  }

  #inputs(
    graph: NetworkGraph,
    draw: (rows: number, cols: number, count: number) => ExactMatrix,
  ): Omit<RationalPoint, 'matrices'> {
    const { inputDim, sequenceLength, context } = graph.network;
    const matrix = (rows: number, cols: number): ExactMatrix => draw(rows, cols, rows * cols);
    return {
      tokens: matrix(sequenceLength, inputDim),
      context: context ? matrix(context.sequenceLength, context.inputDim) : null,
    };
  }

  /** From 0 to 2^bits − 1. */
  #integer(bits: number): bigint {
    let value = 0n;
    for (let drawn = 0; drawn < bits; drawn += 256)
      for (const word of this.#hash.words(this.#counter++)) value = (value << 32n) | BigInt(word >>> 0);
    return BigInt.asUintN(bits, value);
  }
}
