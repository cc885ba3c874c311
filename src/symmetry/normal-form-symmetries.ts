import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import {
  annihilated,
  combined,
  denseRows,
  derivatives,
  independentRows,
  moduloSpan,
  sparseRows,
  valuesAt,
  type Moves,
} from './fields.ts';
import { rationalEntries, type RationalField } from './linear-field.ts';
import { affineFields, constantFields, normalForm } from './normal-form.ts';
import { sampleAt, samplesOf, type Fixed } from './sample.ts';
import { sparseBasis } from './sparse-basis.ts';

/** Symmetries that show on a normal form of the parameters. */
export interface NormalFormSymmetries {
  readonly fixed: Fixed;
  readonly ansatz: 'constant' | 'affine';
  readonly samples: number;
  /** Independent of the known symmetries, and of each other, at a point: no basis of all fields, only what adds to the rank. */
  readonly fields: readonly RationalField[];
}

/** Unknowns of affine fields, at most: many points are needed for them, as each gives no more conditions than the dimension. */
const mostAffine = 1500;

/**
 * Vector fields on a normal form that change no value: constant ones, or affine ones where those do not reach `missing`. Linear
 * fields there are rational ones in all parameters.
 */
export async function normalFormSymmetries(
  graph: NetworkGraph,
  seed: string,
  missing: number,
  pace: Pace,
): Promise<NormalFormSymmetries> {
  const fixed = normalForm(graph);
  const sampleOf = samplesOf((index) => sampleAt(graph, String(BigInt(seed) + BigInt(index)), pace, fixed));
  const constants = constantFields(graph, fixed);
  const fromConstants = await solve('constant', constants);
  if (fromConstants.fields.length >= missing) return fromConstants;
  const affine = affineFields(graph, fixed, mostAffine);
  if (affine.length === constants.length) return fromConstants;
  const fromAffine = await solve('affine', affine);
  return fromAffine.fields.length > fromConstants.fields.length ? fromAffine : fromConstants;

  async function solve(
    kind: NormalFormSymmetries['ansatz'],
    moves: readonly Moves[],
  ): Promise<NormalFormSymmetries> {
    const count = moves.length;
    const { basis, samples } = await annihilated(
      count,
      sampleOf,
      (sample) => derivatives(valuesAt(moves, sample.theta), sample),
      pace,
    );
    const order = moves.map((_, index) => index);
    const orders = [order, [...order].reverse()];
    const candidates = sparseBasis(sparseRows(basis), [], count, orders, ({ length }) => length).flatMap(
      (vector) => {
        const entries = rationalEntries(vector);
        return entries ? [{ vector, entries }] : [];
      },
    );
    const sample = await sampleOf(0);
    const vectors = denseRows(
      candidates.map(({ vector }) => vector),
      count,
    );
    const values = combined(vectors, valuesAt(moves, sample.theta));
    const fields = independentRows(moduloSpan(values, sample.known())).map((row): RationalField =>
      candidates[row]!.entries.flatMap(([k, value]) =>
        moves[k]!.map(([to, from]) => [to, from, value] as const),
      ),
    );
    return { fixed, ansatz: kind, samples, fields };
  }
}
