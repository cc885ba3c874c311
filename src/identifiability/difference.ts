import { encloseOutputSteps } from '../evaluation/enclosure.ts';
import { isApart, Unbounded } from '../evaluation/interval.ts';
import { degreeOf, isPolynomial, outputOverQSteps, productCount } from '../evaluation/over-q.ts';
import type { RationalPoint } from '../evaluation/parameters.ts';
import { fraction, type Fraction } from '../fraction.ts';
import { networkGraph, type NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import type { RationalMatrix } from '../rational/index.ts';
import { entryOf, matrixKey, rationalMatrix } from '../rational/rational-matrix.ts';
import { CountedHash, sha256Hex } from '../sha256.ts';
import { byOffset } from '../weights/weights.ts';
import type { Weights } from '../weights/index.ts';

/** An input at which two weight sets have different outputs, and the first coordinate in which they differ. */
export interface Difference {
  /** t × d_0: tokens are rows. */
  readonly tokens: RationalMatrix;
  readonly context: RationalMatrix | null;
  readonly token: number;
  readonly coordinate: number;
  /** The values there of both: a rational number, or the ends of an interval that encloses it. */
  readonly values: readonly [Value, Value];
}

export type Value = Fraction | { readonly above: Fraction; readonly below: Fraction };

/** What a search for a difference ends with. */
export type SearchResult =
  | { readonly found: Difference }
  /** Polynomials of degree D that agree at a random point of a set of size S in each coordinate: they differ with probability at most D/S only. */
  | { readonly found: null; readonly errorExponent: number }
  /** Nothing is known: values that are not rational, or an exact comparison that would take too much work. */
  | { readonly found: null; readonly errorExponent: null; readonly reason: 'no-theorem' | 'too-much-work' };

/** Bits of an entry of the random input of an identity test, beyond those of the degree. */
const errorBits = 100;
/** Products of two bits, about, beyond which an exact evaluation is not tried: some seconds, by fast multiplication. */
const mostWork = 2 ** 34;
/** Binary places of enclosures, and the sizes of inputs 2^(−k) that are tried with each. */
const attempts: readonly { readonly places: number; readonly shrinkings: readonly number[] }[] = [
  { places: 128, shrinkings: [1, 0, 2, 4, 8, 12, 16, 24, 32, 48] },
  { places: 512, shrinkings: [1, 4, 16, 32, 64, 96, 128, 192] },
  { places: 2048, shrinkings: [1, 128, 256, 384, 512, 768] },
  { places: 8192, shrinkings: [512, 1024, 2048] },
];

/**
 * Looks for an input at which the functions differ: one of random integers, drawn from the hash of both weight sets, with exact values for polynomial
 * networks and enclosures for others. A difference that is found is one.
 */
export async function findDifference(a: Weights, b: Weights, pace: Pace): Promise<SearchResult> {
  const graph = networkGraph(a.network);
  const draw = new Draws(a, b);
  return isPolynomial(graph)
    ? findExactly(graph, [a, b], draw, pace)
    : findByEnclosures(graph, [a, b], draw, pace);
}

async function findExactly(
  graph: NetworkGraph,
  pair: readonly [Weights, Weights],
  draws: Draws,
  pace: Pace,
): Promise<SearchResult> {
  const degree = degreeOf(graph);
  const sizeBits = Math.ceil(Math.log2(degree + 1)) + errorBits;
  const [products, weightBits] = [productCount(graph), longestEntry(...pair)];
  const isPossible = (bits: number): boolean => products * degree * (bits + weightBits) < mostWork;
  const all = [2, 4, 16, sizeBits].filter(isPossible);
  for (const [index, bits] of all.entries()) {
    const point = draws.point(graph, bits, 0);
    const values: RationalMatrix[] = [];
    for (const weights of pair) {
      const steps = outputOverQSteps(graph, { ...point, matrices: byOffset(weights) });
      values.push(await paced(steps, pace, index, all.length));
    }
    const [x, y] = values;
    const at = differingEntry(x!, y!);
    if (at !== null) {
      const [token, coordinate] = [Math.floor(at / x!.cols), at % x!.cols];
      const values = [entryOf(x!, token, coordinate), entryOf(y!, token, coordinate)] as const;
      return { found: { ...point, token, coordinate, values } };
    }
  }
  // D/S = D/2^sizeBits.
  return isPossible(sizeBits)
    ? { found: null, errorExponent: errorBits }
    : { found: null, errorExponent: null, reason: 'too-much-work' };
}

function differingEntry(x: RationalMatrix, y: RationalMatrix): number | null {
  const at = x.numerators.findIndex((n, e) => n * y.denominator !== y.numerators[e]! * x.denominator);
  return at < 0 ? null : at;
}

async function findByEnclosures(
  graph: NetworkGraph,
  pair: readonly [Weights, Weights],
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
  pair: readonly [Weights, Weights],
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
  readonly #hash: CountedHash;
  #counter = 0;

  constructor(a: Weights, b: Weights) {
    const text = [a, b].map(({ matrices }) => matrices.map(matrixKey).join(' ')).join('/');
    this.#hash = new CountedHash(
      `dimcert/1/difference/${sha256Hex(`${JSON.stringify(a.network)}/${text}`)}/`,
    );
  }

  /** Inputs with entries from −2^(bits−1) to 2^(bits−1) − 1, times 2^(−shrinking). */
  point(graph: NetworkGraph, bits: number, shrinking: number): Omit<RationalPoint, 'matrices'> {
    const { inputDim, sequenceLength, context } = graph.network;
    const draw = (rows: number, cols: number): RationalMatrix => {
      const entries = Array.from({ length: rows * cols }, () => this.#integer(bits));
      return rationalMatrix(rows, cols, entries, 1n << BigInt(shrinking));
    };
    return {
      tokens: draw(sequenceLength, inputDim),
      context: context ? draw(context.sequenceLength, context.inputDim) : null,
    };
  }

  #integer(bits: number): bigint {
    let value = 0n;
    for (let drawn = 0; drawn < bits; drawn += 256)
      for (const word of this.#hash.words(this.#counter++)) value = (value << 32n) | BigInt(word >>> 0);
    return BigInt.asUintN(bits, value) - (1n << BigInt(bits - 1));
  }
}
