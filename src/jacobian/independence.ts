import { PrimeField } from '../field/prime-field.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { Network } from '../network/format.ts';
import type { Pace } from '../pace.ts';
import { exponentArguments, type LayerExponents } from '../point/exponents.ts';
import { Point, type SampledInput } from '../point/point.ts';
import { attentionForward, attentionScores, type PlacedAttention } from './attention.ts';
import { placeLayers } from './network-jacobian.ts';

/**
 * The prime at which independence is checked: the largest below 2²⁶, where a product of residues is an exact double, so that a
 * verifier in any language is quick. Independence is a statement over Q: one prime serves every other.
 */
export const independencePrime = 67108859;

/** At this many inputs beyond the number of columns a matrix of generic full column rank has it, but for a chance of about p⁻⁸. */
const spareInputs = 8;

/** Seeds that are tried before the arguments are called dependent. */
const seedsTried = 3;

/** Evidence that no rational combination of the exponent arguments depends on the parameters alone. */
export interface Independence {
  readonly prime: string;
  readonly point: { readonly seed: string };
  /** The number of inputs that give the matrix (1, arguments) full column rank. */
  readonly inputs: number;
}

/**
 * Shows that the exponent arguments of a network are linearly independent over Q modulo functions of the parameters, so that the
 * exponentials of any number of inputs are algebraically independent (Ax 1971); null if the network has no exponentials.
 *
 * For each softmax layer, the matrix with a row (1, its arguments) for each of sufficiently many inputs at one θ mod p has full column
 * rank. That is enough, layer by layer: docs/lower-bound.md. Throws a `RangeError` if it cannot be shown: then no lower bound may rest
 * on independent units. O(n) evaluations and O(n³) for the elimination, where n is the largest number of arguments of a layer.
 */
export async function proveIndependence(
  network: Network,
  seed: string,
  pace: Pace,
  exponents: readonly LayerExponents[] = exponentArguments(network),
): Promise<Independence | null> {
  if (exponents.length === 0) return null;
  const field = new PrimeField(independencePrime);
  for (let retry = 0; retry < seedsTried; retry++) {
    const point = new Point(network, field, String(BigInt(seed) + BigInt(retry)), exponents);
    const inputs = await inputsToFullRank(point, pace);
    if (inputs !== null) return { prime: String(independencePrime), point: { seed: point.seed }, inputs };
  }
  throw new RangeError(
    `network: expected exponent arguments that are independent over Q, got a relation between them at ${seedsTried} random points`,
  );
}

/** The number of inputs at which the matrix (1, arguments) of every layer has full column rank, or null. */
async function inputsToFullRank(point: Point, pace: Pace): Promise<number | null> {
  const kernel = Kernel.create(independencePrime);
  const theta = kernel.allocate(point.theta.length);
  kernel.write(theta, point.theta);
  const places = placeLayers(point.network);
  const mostColumns = 1 + Math.max(...point.exponents.map(({ count }) => count));
  const samples = point.inputs(4 * (mostColumns + spareInputs));
  /** For each input, for each softmax layer: (1, arguments). */
  const rows: Uint32Array[][] = [];
  for (const wanted of [mostColumns, mostColumns + spareInputs]) {
    while (rows.length < wanted) {
      const { value: input } = samples.next();
      if (!input) return null;
      rows.push(argumentRows(kernel, theta, places, point, input));
      await pace.pause('independence', rows.length, mostColumns);
    }
    let independent = true;
    for (let i = 0; independent && i < point.exponents.length; i++)
      independent = await hasFullColumnRank(
        rows.map((layers) => layers[i]!),
        kernel,
        pace,
      );
    if (independent) return wanted;
  }
  return null;
}

async function hasFullColumnRank(rows: readonly Uint32Array[], kernel: Kernel, pace: Pace): Promise<boolean> {
  const mark = kernel.mark();
  const columns = rows[0]!.length;
  const echelon = new Echelon(kernel, columns);
  const { at, rowStride } = echelon.openBatch(rows.length);
  for (const [i, row] of rows.entries()) kernel.write(at + i * rowStride * kernel.elementBytes, row);
  while (!echelon.step()) await pace.pause('independence', 0, columns);
  kernel.release(mark);
  return echelon.rank === columns;
}

/** (1, exponent arguments) of each softmax layer at one input. */
function argumentRows(
  kernel: Kernel,
  theta: number,
  places: readonly PlacedAttention[],
  point: Point,
  input: SampledInput,
): Uint32Array[] {
  const mark = kernel.mark();
  let x = kernel.allocate(input.tokens.length);
  kernel.write(x, input.tokens);
  let layer = 0;
  const rows = point.exponents.map((exponents) => {
    for (; layer < exponents.layer; layer++)
      x = attentionForward(kernel, theta, places[layer]!, x, input.weights[layer]!).y;
    const place = places[layer]!;
    const scores = kernel.read(attentionScores(kernel, theta, place, x).s, place.tokens ** 2);
    const row = new Uint32Array(1 + exponents.count);
    row[0] = 1;
    for (const [pair, argument] of exponents.argumentOf.entries())
      if (argument >= 0) row[1 + argument] = scores[pair]!;
    return row;
  });
  kernel.release(mark);
  return rows;
}
