import { assertInteger, rangeFault } from '../assert.ts';
import { showFraction } from '../fraction.ts';
import { gaugeBound, type GaugeFamilies } from '../gauge/gauge-bound.ts';
import { proveIndependence } from '../jacobian/independence.ts';
import { rank, type ResidueMatrix } from '../matrix/index.ts';
import type { Network } from '../network/format.ts';
import { networkGraph } from '../network/graph.ts';
import { parameterBlocks, parameterName, parseNetwork, type ParameterBlock } from '../network/index.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { assertAdmissiblePrime } from '../point/admissible-prime.ts';
import type { Scope } from './couplings.ts';
import { stacked } from './fields.ts';
import { testIdentities } from './identity-test.ts';
import { fieldOf, valuesOf, type RationalField } from './linear-field.ts';
import { linearSymmetries } from './linear-symmetries.ts';
import { normalFormSymmetries, type NormalFormSymmetries } from './normal-form-symmetries.ts';
import { formulaOnNormalForm, groupsOf, normalFormInWords, placeOf, type SymmetryGroup } from './report.ts';
import { basisSpanAt, heldThetaAt, sampleAt, samplesOf, searchPrime, type Fixed } from './sample.ts';

export interface SymmetriesOptions extends LongOperation {
  /** Draws all points and the prime of the test; default 0. */
  readonly seed?: number | undefined;
}

/** An entry of a matrix, counted from 0. */
export interface Entry {
  readonly matrix: string;
  readonly row: number;
  readonly column: number;
}

/** A vector field on a normal form, entry by entry: `to` moves by coefficient·`from`, or by the coefficient alone. */
export interface NormalFormField {
  readonly formula: string;
  readonly terms: readonly {
    readonly to: Entry;
    readonly from: Entry | null;
    readonly coefficient: string;
  }[];
}

/** The symmetries of a network: what `symmetries` found. */
export interface Symmetries {
  readonly parameters: number;
  /** `upper` is proved if `errorProbability` is 0; null: no bound of the probability is known. */
  readonly dimension: {
    readonly lower: number;
    readonly upper: number;
    readonly errorProbability: number | null;
  };
  /** The known families: their rank at a point, and what each adds to those before it. */
  readonly known: { readonly rank: number; readonly families: GaugeFamilies };
  /** All linear vector fields of an ansatz that change no value. */
  readonly linear: {
    readonly scope: Scope;
    readonly unknowns: number;
    readonly points: number;
    /** Of the Lie algebra; of those of its fields that are known. */
    readonly dimension: number;
    readonly known: number;
    /** What it adds to the rank of the known families. */
    readonly adds: number;
    readonly groups: readonly SymmetryGroup[];
  };
  /** Sought only where the linear fields do not explain all. */
  readonly normalForm: {
    readonly held: readonly (Entry & { readonly value: number })[];
    readonly description: string;
    readonly ansatz: NormalFormSymmetries['ansatz'];
    readonly points: number;
    readonly fields: readonly NormalFormField[];
  } | null;
  /** Fields that were found modulo `prime` and refuted at another one, or are without small rational coefficients: not listed. */
  readonly discarded: number;
  readonly prime: string;
  /** The primes of the tests. */
  readonly testPrimes: readonly string[];
  readonly seconds: number;
}

/**
 * The vector fields on the parameters of a network that change no value of it: docs/symmetries.md.
 *
 * All linear fields that couple matrices with a common dimension; if these leave a gap between the rank of the Jacobian and the bound, the constant
 * and affine ones on a normal form. Each is tested at a random point modulo a random prime of 61 bits.
 *
 * Throws as `parseNetwork`, a `RangeError` for networks that are too large or have dependent exponentials. O(unknowns³), at most 4000 of them.
 */
export async function symmetries(network: Network, options: SymmetriesOptions = {}): Promise<Symmetries> {
  const start = performance.now();
  const graph = networkGraph(parseNetwork(network));
  const { seed: first = 0 } = options;
  assertInteger('seed', first, 0);
  const seed = String(first);
  assertAdmissiblePrime(graph, searchPrime);
  const pace = new Pace(options);
  const blocks = parameterBlocks(graph.network);
  const { parameters } = graph;
  await proveIndependence(graph, seed, pace);

  const sampleOf = samplesOf((index) => sampleAt(graph, String(BigInt(seed) + BigInt(index)), pace));
  const sample = await sampleOf(0);
  const lower = Math.max(sample.jacobian.rows, (await sampleOf(1)).jacobian.rows);
  const known = gaugeBound(graph, seed);
  if (!known)
    throw rangeFault(
      'network',
      'a network whose known symmetries can be counted',
      `${parameters} parameters`,
    );

  const found = await linearSymmetries(graph, sampleOf, pace);
  const fields = found.symmetries.map(({ terms }) => fieldOf(terms));
  const linearTest = testIdentities(graph, fields, seed);
  const linear = found.symmetries.filter((_, index) => linearTest.passed[index]);
  const values = valuesOf(
    fields.filter((_, index) => linearTest.passed[index]),
    sample.theta,
  );
  const withLinear = rankOf([sample.known(), values], parameters);
  const adds = withLinear - known.rank;

  const gap = parameters - withLinear - lower;
  const onForm = gap > 0 ? await normalFormSymmetries(graph, seed, gap, pace) : null;
  const formTest = onForm && testIdentities(graph, onForm.fields, seed, onForm.fixed);
  const formFields = onForm?.fields.filter((_, index) => formTest!.passed[index]) ?? [];
  const withForm =
    onForm === null
      ? 0
      : rankOf(
          [
            basisSpanAt(graph, seed, onForm.fixed),
            valuesOf(formFields, heldThetaAt(graph, seed, onForm.fixed)),
          ],
          parameters,
        );

  const best = Math.max(withLinear, withForm);
  const test = best === known.rank ? null : best === withLinear ? linearTest : formTest;
  return {
    parameters,
    dimension: {
      lower,
      upper: parameters - best,
      errorProbability: test === null ? 0 : test.errorProbability,
    },
    known: { rank: known.rank, families: known.families },
    linear: {
      scope: found.scope,
      unknowns: found.couplings,
      points: found.samples,
      dimension: found.dimension,
      known: found.known,
      adds,
      groups: groupsOf(linear, blocks),
    },
    normalForm: onForm && {
      held: heldEntries(onForm.fixed, blocks),
      description: normalFormInWords(onForm.fixed, blocks),
      ansatz: onForm.ansatz,
      points: onForm.samples,
      fields: formFields.map((field) => normalFormField(field, blocks)),
    },
    discarded: found.dimension - linear.length + (onForm ? onForm.fields.length - formFields.length : 0),
    prime: String(searchPrime),
    testPrimes: [...new Set([linearTest.prime, ...(formTest ? [formTest.prime] : [])])],
    seconds: (performance.now() - start) / 1000,
  };
}

function rankOf(matrices: readonly ResidueMatrix[], cols: number): number {
  return rank(stacked(matrices, cols), searchPrime);
}

function heldEntries(fixed: Fixed, blocks: readonly ParameterBlock[]): (Entry & { value: number })[] {
  return [...fixed].map(([column, value]) => ({ ...entryOf(column, blocks)!, value }));
}

function normalFormField(field: RationalField, blocks: readonly ParameterBlock[]): NormalFormField {
  return {
    formula: formulaOnNormalForm(field, blocks),
    terms: field.map(([to, from, coefficient]) => ({
      to: entryOf(to, blocks)!,
      from: entryOf(from, blocks),
      coefficient: showFraction(coefficient),
    })),
  };
}

function entryOf(column: number, blocks: readonly ParameterBlock[]): Entry | null {
  const place = placeOf(column, blocks);
  return place ? { matrix: parameterName(place.block), row: place.row, column: place.column } : null;
}
