import { families, type Family } from '../gauge/tangent.ts';
import type { ResidueMatrix } from '../matrix/index.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { parameterBlocks } from '../network/index.ts';
import type { Pace } from '../pace.ts';
import { ansatz, couplingCount, movesOf, type Coupling, type Scope } from './couplings.ts';
import {
  annihilated,
  combined,
  denseRows,
  derivatives,
  independentRows,
  moduloSpan,
  sparseRows,
  valuesAt,
  type SparseVector,
} from './fields.ts';
import { rationalEntries, type Term } from './linear-field.ts';
import type { Sample } from './sample.ts';
import { sparseBasis } from './sparse-basis.ts';

/** Unknowns of one system, at most: some ten seconds. */
export const mostUnknowns = 4000;

/** A linear vector field that changes no value of the network. */
export interface LinearSymmetry {
  readonly terms: readonly Term[];
  /** Is it tangent, at every point, to what the known symmetries span? */
  readonly isKnown: boolean;
  /** Does it add to the rank, at a point, of the known symmetries and those before it? */
  readonly adds: boolean;
  /** The first family that explains it alone; null if it takes several, or is not known. */
  readonly family: Family | null;
}

/** All linear vector fields of an ansatz that change no value: a Lie algebra. */
export interface LinearSymmetries {
  readonly scope: Scope;
  readonly couplings: number;
  readonly samples: number;
  /** A basis: first of those that are known, then of the others. Fields without small rational coefficients are left out. */
  readonly symmetries: readonly LinearSymmetry[];
  /** The dimension of the Lie algebra, and of those of its fields that are known. */
  readonly dimension: number;
  readonly known: number;
}

/** All linear symmetries that couple matrices with a common dimension: of the whole network if these are at most `mostUnknowns`, else of a layer, else of a matrix. */
export async function linearSymmetries(
  graph: NetworkGraph,
  sampleOf: (index: number) => Promise<Sample>,
  pace: Pace,
): Promise<LinearSymmetries> {
  const blocks = parameterBlocks(graph.network);
  const scope = (['all', 'layer', 'matrix'] as const).find(
    (candidate) => couplingCount(blocks, candidate) <= mostUnknowns,
  );
  if (scope === undefined)
    throw new RangeError(
      `network: expected at most ${mostUnknowns} unknowns, got ${couplingCount(blocks, 'matrix')}: choose smaller widths of the same shape`,
    );
  const { couplings, relations } = ansatz(blocks, scope);
  const moves = couplings.map(movesOf);
  const count = couplings.length;
  const { basis, samples } = await annihilated(
    count,
    sampleOf,
    (sample) => derivatives(valuesAt(moves, sample.theta), sample),
    pace,
    relations.map((relation) => relation.at(-1)![0]),
  );
  const known = await annihilated(
    basis.rows,
    sampleOf,
    (sample) => moduloSpan(combined(basis, valuesAt(moves, sample.theta)), sample.known()),
    pace,
  );
  const orders = ordersOf(couplings);
  const sparse = (space: ResidueMatrix, first?: readonly SparseVector[]): SparseVector[] =>
    sparseBasis(sparseRows(space), relations, count, orders, (vector) => vector.length, first);
  const ofKnown = sparse(combined(known.basis, basis));
  const all = sparse(basis, ofKnown);
  const sample = await sampleOf(0);
  const values = combined(denseRows(all, count), valuesAt(moves, sample.theta));
  const explaining = explain(values, sample);
  const adding = new Set(independentRows(moduloSpan(values, sample.known())));
  const symmetries = all.flatMap((vector, index): LinearSymmetry[] => {
    const entries = rationalEntries(vector);
    if (!entries) return [];
    const terms = entries.map(([k, coefficient]) => ({ coupling: couplings[k]!, coefficient }));
    const isKnown = index < ofKnown.length;
    return [{ terms, isKnown, adds: adding.has(index), family: isKnown ? explaining[index]! : null }];
  });
  return {
    scope,
    couplings: count - relations.length,
    samples,
    symmetries,
    dimension: basis.rows,
    known: ofKnown.length,
  };
}

/** The first family whose fields span each row. */
function explain(values: ResidueMatrix, sample: Sample): (Family | null)[] {
  const found: (Family | null)[] = Array.from({ length: values.rows }, () => null);
  for (const family of Object.keys(families) as Family[]) {
    const { data, cols } = moduloSpan(values, sample.knownOf(family));
    found.forEach((before, i) => {
      if (before === null && data.subarray(i * cols, (i + 1) * cols).every((entry) => entry === 0))
        found[i] = family;
    });
  }
  return found;
}

/** As they come, with factors from the right first, and both backwards. */
function ordersOf(couplings: readonly Coupling[]): number[][] {
  const forward = couplings.map((_, index) => index);
  const isLeft = (index: number): number => Number(couplings[index]!.side === 'left');
  const right = [...forward].sort((a, b) => isLeft(a) - isLeft(b));
  return [forward, right].flatMap((order) => [order, [...order].reverse()]);
}
