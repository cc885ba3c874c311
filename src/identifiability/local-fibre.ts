import { rangeFault } from '../assert.ts';
import { exactMatrix, type ExactMatrix } from '../exact/exact-matrix.ts';
import { maxWordPrime } from '../field/index.ts';
import { rankProfiles } from '../matrix/index.ts';
import { parameterCount } from '../network/parameters.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { dimension } from '../theory/index.ts';
import type { Weights } from '../weights/index.ts';
import { dataKernel, rankOfColumns } from './data-kernel.ts';
import { flattened } from './flattened.ts';
import { knownDirections } from './known-directions.ts';
import { normalForm } from './normal-form.ts';
import { rankBelow } from './rank-below.ts';
import { demandPolynomial } from './residue-weights.ts';
import { tangentData } from './tangent-data.ts';

/** The fibre of the parametrization θ ↦ f_θ at weights: what changes them and, to first order, not the function. */
export interface LocalFibre {
  readonly parameters: number;
  /** Of the differential of θ ↦ f_θ there. Both bounds are proved: by theory, or a minor that is not 0. */
  readonly rank: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  /** Where the bounds do not meet: the rank is `rank.lower`, but for a probability of at most 2^−errorExponent. Null where no probability is known. */
  readonly errorExponent: number | null;
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

/** Linear algebra over Q takes their cube. */
const mostParameters = 2000;

/**
 * The fibre through weights: its tangent space there, and which known symmetries span it.
 *
 * Of one attention layer the rank of the differential is known from theory. Elsewhere it is bounded from below at random inputs, modulo a prime for polynomial networks and by
 * enclosures for others, from above by the rank over Q of what the function depends on: the virtual matrices of stacks of single heads; for other networks by the
 * known symmetries. Proofs: docs/identifiability.md. O(parameters³), and for each input O(parameters · evaluation).
 *
 * @throws RangeError for more than 2000 parameters; for more than 300, or entries of more than 4096 bits, where enclosures are needed; over F_p, if the network is no polynomial one of a degree below p.
 */
export async function fibreAt(weights: Weights, options: LongOperation = {}): Promise<LocalFibre> {
  const pace = new Pace(options);
  const { network } = weights;
  const parameters = parameterCount(network);
  if (parameters > mostParameters)
    throw rangeFault('fibreAt', `at most ${mostParameters} parameters`, parameters);
  demandPolynomial(weights);
  const { kinds, total: symmetries, basis: spanned } = await knownSymmetries(weights, pace);
  const data = tangentData(weights);
  const kernel = data && (await dataKernel(weights, data, symmetries, pace, options));
  // Nowhere is the rank larger than at generic weights.
  const most = dimension(network).dimension.upper;
  const upper = Math.min(most, parameters - Math.max(symmetries, kernel?.dimension ?? 0));
  const { lower, errorExponent } = data?.isComplete
    ? { lower: parameters - kernel!.dimension, errorExponent: null }
    : await rankBelow(weights, upper, pace);
  if (lower > upper)
    throw new Error(
      `fibreAt: a rank of ${lower} was proved, and at most ${upper}: the program or a theorem is wrong`,
    );
  const exact = lower === upper;
  const basis = [kernel?.basis, spanned].find((columns) => columns?.cols === parameters - lower);
  return {
    parameters,
    rank: { lower, upper, exact },
    errorExponent: exact ? null : errorExponent,
    dimension: { lower: parameters - upper, upper: parameters - lower },
    generic: parameters - most,
    symmetries,
    kinds,
    basis: (exact && basis) || null,
    reasons: reasonsOf(weights),
  };
}

interface KnownSymmetries {
  readonly total: number;
  readonly kinds: Readonly<Record<string, number>>;
  /** Independent directions that span what all span. */
  readonly basis: ExactMatrix;
}

/** What the known directions span, kind by kind. */
async function knownSymmetries(weights: Weights, pace: Pace): Promise<KnownSymmetries> {
  const known = [...knownDirections(weights)].map(({ kind, direction }) => ({
    kind,
    column: flattened(direction),
  }));
  const rows = parameterCount(weights.network);
  const kinds: Record<string, number> = {};
  let total = 0;
  for (const [index, { kind }] of known.entries()) {
    if (known[index + 1]?.kind === kind) continue;
    const columns = known.slice(0, index + 1).map(({ column }) => column);
    const rank = rankOfColumns(columns, rows, weights.prime);
    kinds[kind] = (kinds[kind] ?? 0) + rank - total;
    total = rank;
    await pace.pause('symmetries', index + 1, known.length);
  }
  // Columns that are independent modulo a prime are.
  const data = known.flatMap(({ column }) => column);
  const { rows: independent } = rankProfiles(
    { rows: known.length, cols: rows, data },
    weights.prime ?? maxWordPrime,
  );
  const chosen = independent.map((index) => known[index]!.column);
  const numerators = Array.from({ length: rows }, (_, i) => chosen.map((column) => column[i]!)).flat();
  return { total, kinds, basis: exactMatrix(rows, chosen.length, numerators, 1n, weights.prime) };
}

function reasonsOf(weights: Weights): readonly string[] {
  try {
    return normalForm(weights).exceptions;
  } catch (error) {
    if (error instanceof RangeError) return [error.message.replace(/^normalForm: /, '')];
    throw error;
  }
}
