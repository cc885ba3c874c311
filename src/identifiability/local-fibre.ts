import { rangeFault } from '../assert.ts';
import { encloseDerivativeSteps } from '../evaluation/enclosure.ts';
import { Unbounded, type Interval } from '../evaluation/interval.ts';
import { provedRankSteps } from '../evaluation/rank.ts';
import type { RationalPoint } from '../evaluation/parameters.ts';
import { fraction, lcm, multiply, one, type Fraction } from '../fraction.ts';
import { networkGraph, type NetworkGraph } from '../network/graph.ts';
import { parameterBlocks, parameterCount } from '../network/parameters.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { nullspaceOverQAsync, rankOverQ } from '../rational/index.ts';
import {
  addMatrices,
  exactMatrix,
  scaleMatrix,
  subtractMatrices,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import { finish } from '../rational/steps.ts';
import { isSingleHeadStack, type SingleHeadStack } from '../theory/single-head-stack.ts';
import { dimension } from '../theory/index.ts';
import { byOffset } from '../weights/weights.ts';
import type { Weights } from '../weights/index.ts';
import { Draws, longestEntry } from './difference.ts';
import { headForms, visibleKeys } from './head-forms.ts';
import { flattened } from './flattened.ts';
import { hasCoefficients, lightningCoefficients } from './lightning-coefficients.ts';
import { knownDirections } from './known-directions.ts';
import { normalForm } from './normal-form.ts';
import { Parameters } from './parameters.ts';
import { scoreForms, symmetrized, virtualMatrices } from './virtual.ts';

/** The fibre of the parametrization θ ↦ f_θ at weights: what changes them and, to first order, not the function. */
export interface LocalFibre {
  readonly parameters: number;
  /** Of the differential of θ ↦ f_θ there. The lower bound is a minor that is not 0, the upper one theory; both are proved. */
  readonly rank: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  /** Of the tangent space, the kernel of the differential: parameters less rank. */
  readonly dimension: { readonly lower: number; readonly upper: number };
  /** The dimension of a generic fibre is at least this: parameters less the upper bound of the dimension of the function space. */
  readonly generic: number;
  /** Dimensions of the tangent space that the known symmetries span, in all, and by kinds in their order, each what it adds. */
  readonly symmetries: number;
  readonly kinds: Readonly<Record<string, number>>;
  /** Columns that are a basis of the tangent space, exact; null where the rank is not, or no theory gives them. */
  readonly basis: ExactMatrix | null;
  /** What is special about the weights, in words. */
  readonly reasons: readonly string[];
}

/** Eliminations in long intervals take their cube, and more. */
const mostParameters = 300;
/** Bits of numerators and denominators. */
const mostBits = 2 ** 12;
/** Sizes of inputs, 2^(−k), one after the other. */
const shrinkings = [2, 4, 1, 8];

/**
 * The fibre through weights: its tangent space there, and which known symmetries span it.
 *
 * The rank of the Jacobian at these weights is bounded from below by enclosures of derivatives at random inputs, from above by the rank over Q of what the
 * function depends on: the virtual matrices of stacks of single heads, the forms of the heads of one attention layer; for other networks by the known
 * symmetries. Proofs: docs/identifiability.md. O(parameters · evaluation) for each input, and elimination in long intervals: for networks of up to
 * some hundred parameters.
 *
 * @throws RangeError for too many parameters.
 */
export async function fibreAt(weights: Weights, options: LongOperation = {}): Promise<LocalFibre> {
  const pace = new Pace(options);
  const { network } = weights;
  const parameters = parameterCount(network);
  if (parameters > mostParameters)
    throw rangeFault('fibreAt', `at most ${mostParameters} parameters`, parameters);
  const bits = longestEntry(weights);
  if (bits > mostBits) throw rangeFault('fibreAt', `entries of at most ${mostBits} bits`, bits);
  const known = [...knownDirections(weights)].map(({ kind, direction }) => ({
    kind,
    column: flattened(direction),
  }));
  const kinds: Record<string, number> = {};
  let symmetries = 0;
  for (const [index, { kind }] of known.entries()) {
    if (known[index + 1]?.kind === kind) continue;
    const rank = rankOfColumns(
      known.slice(0, index + 1).map(({ column }) => column),
      parameters,
    );
    kinds[kind] = (kinds[kind] ?? 0) + rank - symmetries;
    symmetries = rank;
  }
  const kernel = await dataKernel(weights, pace, options);
  const upper = parameters - Math.max(symmetries, kernel?.cols ?? 0);
  const lower = await rankBelow(weights, upper, pace);
  if (lower > upper)
    throw new Error(
      `fibreAt: a rank of ${lower} was proved, and at most ${upper}: the program or a theorem is wrong`,
    );
  const generic = parameters - dimension(network).dimension.upper;
  const exact = lower === upper;
  return {
    parameters,
    rank: { lower, upper, exact },
    dimension: { lower: parameters - upper, upper: parameters - lower },
    generic,
    symmetries,
    kinds,
    basis: exact && kernel && kernel.cols === parameters - lower ? kernel : null,
    reasons: reasonsOf(weights),
  };
}

function reasonsOf(weights: Weights): readonly string[] {
  try {
    return normalForm(weights).exceptions;
  } catch (error) {
    if (error instanceof RangeError) return [error.message.replace(/^normalForm: /, '')];
    throw error;
  }
}

function rankOfColumns(columns: readonly (readonly bigint[])[], rows: number): number {
  return rankOverQ({ rows: columns.length, cols: rows, data: columns.flat() });
}

/** A basis of directions in which what the function depends on moves along scales only; null where that is not known. */
async function dataKernel(weights: Weights, pace: Pace, options: LongOperation): Promise<ExactMatrix | null> {
  const { network } = weights;
  const [layer] = network.layers;
  if (isSingleHeadStack(network) && network.layers.length > 1)
    return stackKernel(network, weights, pace, options);
  if (network.layers.length !== 1 || layer?.kind !== 'attention' || layer.rotary) return null;
  const width = Math.max(network.inputDim, network.context?.inputDim ?? 0);
  if (layer.normalization === 'none')
    return hasCoefficients(layer, width)
      ? kernelOf(
          weights,
          (at) => [lightningCoefficients(new Parameters(at), 'layers[0]', layer)],
          [],
          pace,
          options,
        )
      : null;
  const isAlone = visibleKeys(layer, network) === 1;
  const sum = (matrices: readonly ExactMatrix[]): ExactMatrix => matrices.reduce((a, b) => addMatrices(a, b));
  const data = (at: Weights): ExactMatrix[] => {
    const parameters = new Parameters(at);
    const heads = headForms(parameters, 'layers[0]', layer);
    const output = layer.bias?.output ? [parameters.get('layers[0]', 'bO')] : [];
    const constant = sum([...output, ...heads.map(({ valueBias }) => valueBias)]);
    const values = heads.map((head) => head.values);
    return isAlone
      ? [constant, sum(values)]
      : [constant, ...values, ...heads.flatMap(({ scores }) => scores)];
  };
  return kernelOf(weights, data, [], pace, options);
}

/**
 * Of a stack: of the derivative of (what matters of M_1, …, M_l, L), up to the scales of Theorem 3. What matters of M_i is fixed by the matrices before it at
 * these weights: in a direction that does not move them, to first order, nothing else is seen.
 */
async function stackKernel(
  stack: SingleHeadStack,
  weights: Weights,
  pace: Pace,
  options: LongOperation,
): Promise<ExactMatrix> {
  const at = virtualMatrices(stack, new Parameters(weights));
  const kept = (forms: readonly ExactMatrix[]): ExactMatrix[] =>
    forms.flatMap((form, index) =>
      at.scores[index] === null ? [] : [at.areParallel[index] ? symmetrized(form) : form],
    );
  const data = (moved: Weights): ExactMatrix[] => {
    const { forms, maps } = scoreForms(stack, new Parameters(moved));
    return [...kept(forms), maps[maps.length - 1]!];
  };
  const { forms } = scoreForms(stack, new Parameters(weights));
  // M_i moves along itself; σ_j = 3σ_{j−1} behind lightning, −2σ_{j−1} M_j for softmax, −σ_l L.
  const scales = stack.layers.flatMap((layer, chosen) => {
    if (layer.normalization !== 'none') return [];
    let sigma = fraction(0n);
    const moved = forms.map((form, index) => {
      if (index < chosen) return zeroMatrix(form.rows, form.cols);
      if (index === chosen) {
        sigma = one;
        return form;
      }
      const before: Fraction = sigma;
      const isLightning = stack.layers[index]!.normalization === 'none';
      if (isLightning) sigma = multiply(sigma, fraction(3n));
      return scaleMatrix(form, isLightning ? fraction(0n) : multiply(before, fraction(-2n)));
    });
    return [[...kept(moved), scaleMatrix(at.map, multiply(sigma, fraction(-1n)))]];
  });
  return kernelOf(weights, data, scales, pace, options);
}

/**
 * The directions that move the data along `scales` only: the kernel of [derivative | scales], without the scales' part. The data are polynomials of degree at most 2 in every
 * parameter, so that half of a central difference is a derivative.
 */
async function kernelOf(
  weights: Weights,
  data: (weights: Weights) => ExactMatrix[],
  scales: readonly (readonly ExactMatrix[])[],
  pace: Pace,
  options: LongOperation,
): Promise<ExactMatrix> {
  const columns: bigint[][] = [];
  const parameters = parameterCount(weights.network);
  for (const [k, { rows, cols }] of parameterBlocks(weights.network).entries())
    for (let e = 0; e < rows * cols; e++) {
      const [above, below] = [1n, -1n].map((step) => data(withMoved(weights, k, e, step)));
      columns.push(inOneDenominator(above!.map((matrix, part) => subtractMatrices(matrix, below![part]!))));
      await pace.pause('differential', columns.length, parameters);
    }
  // Every column may be scaled; the kernel is scaled back.
  const multiples = columns.map((column) => column.pop()!);
  // Independent ones: then no vector of the kernel is 0 among the parameters.
  const moving: bigint[][] = [];
  for (const scale of scales) {
    const column = inOneDenominator(scale).slice(0, -1);
    if (rankOfColumns([...moving, column], column.length) > moving.length) moving.push(column);
  }
  columns.push(...moving);
  const height = columns[0]!.length;
  const matrix = Array.from({ length: height }, (_, i) => columns.map((column) => column[i]!)).flat();
  const { cols, data: kernel } = await nullspaceOverQAsync(
    { rows: height, cols: columns.length, data: matrix },
    'right',
    options,
  );
  const numerators = multiples.flatMap((multiple, i) =>
    Array.from({ length: cols }, (_, j) => kernel[i * cols + j]! * multiple),
  );
  return { rows: parameters, cols, numerators, denominator: 1n };
}

function withMoved({ network, matrices }: Weights, k: number, e: number, step: bigint): Weights {
  const moved = matrices.map((matrix, index) => {
    if (index !== k) return matrix;
    const numerators = [...matrix.numerators];
    numerators[e] = numerators[e]! + step * matrix.denominator;
    return exactMatrix(matrix.rows, matrix.cols, numerators, matrix.denominator);
  });
  return { network, matrices: moved };
}

/** All entries of matrices as integers, and behind them the denominator that all have then. */
function inOneDenominator(matrices: readonly ExactMatrix[]): bigint[] {
  const common = matrices.reduce((product, { denominator }) => lcm(product, denominator), 1n);
  const entries = matrices.flatMap(({ numerators, denominator }) =>
    numerators.map((n) => n * (common / denominator)),
  );
  return [...entries, common];
}

/** A lower bound of the rank of the Jacobian: at more and more inputs, until it meets the upper one, or does not grow. */
async function rankBelow(weights: Weights, upper: number, pace: Pace): Promise<number> {
  if (upper === 0) return 0;
  const graph = networkGraph(weights.network);
  const draws = new Draws(weights, weights);
  const bits = 192 + 12 * upper;
  let best = 0;
  for (const shrinking of shrinkings) {
    const rows: Interval[][] = [];
    let before = -1;
    for (let stale = 0; stale < 2;) {
      const point = { ...draws.point(graph, 5, shrinking), matrices: byOffset(weights) };
      const added = await derivatives(graph, point, bits, pace);
      if (!added) break;
      rows.push(...added);
      const steps = provedRankSteps(rows, bits);
      let step = steps.next();
      for (let pivots = 0; !step.done; step = steps.next()) await pace.pause('rank', ++pivots, upper);
      const rank = step.value;
      if (rank >= upper) return rank;
      best = Math.max(best, rank);
      stale = rank > before ? 0 : stale + 1;
      before = rank;
    }
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
