import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { evidencePrime } from '../point/admissible-prime.ts';
import { basisFields } from './bases.ts';
import { incomingSpaces } from './incoming.ts';
import { lightningFields } from './lightning.ts';
import { kernelFields } from './kernels.ts';
import { outgoingSpaces } from './outgoing.ts';
import { scalingFields } from './scalings.ts';
import { polynomialFields } from './polynomials.ts';
import { quadricFields } from './quadrics.ts';
import { Setting } from './setting.ts';
import { shiftFields } from './shifts.ts';
import { components, sparse, type Component, type SparseField } from './sparse-fields.ts';
import { symmetricFields } from './symmetric.ts';
import type { Family, GaugeField, Tangent } from './tangent.ts';

/** Ranks by family. */
export type GaugeFamilies = Readonly<Partial<Record<Family, number>>>;

/** The known symmetries of a network at a point of its parameter space. */
export interface GaugeBound {
  readonly prime: string;
  readonly seed: string;
  /** The rank of all fields at the point: dimension ≤ parameters − rank. */
  readonly rank: number;
  /** What each family adds to the rank of those before it. */
  readonly families: GaugeFamilies;
}

/** With more entries of bases, parameters, entries of fields, or multiplications (about a minute), symmetries are not counted. */
const mostBasisEntries = 2 ** 24;
const mostParameters = 2 ** 24;
const mostFieldEntries = 2 ** 25;
const mostProducts = 2 ** 38;
const rowsPerBatch = 512;

/** How many of the columns that the fields move are through. */
export interface GaugeProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * The rank of the known vector fields that change no value of the network, at the point that `seed` draws: docs/gauge.md. `null` if there are too many to count.
 *
 * It is at most their generic rank, so the dimension of the function space is at most the number of parameters less this. O(fields² · columns) for each set of fields that
 * shares columns with no other.
 */
export function gaugeBound(graph: NetworkGraph, seed = '0'): GaugeBound | null {
  const count = countGauge(graph, seed);
  for (;;) {
    const { done, value } = count.next();
    if (done) return value;
  }
}

/** `gaugeBound` in slices of some tens of milliseconds. */
export function* countGauge(
  graph: NetworkGraph,
  seed: string,
): Generator<GaugeProgress, GaugeBound | null, undefined> {
  const basisEntries = graph.tensors.reduce((sum, { cols }) => sum + cols * cols, 0);
  if (basisEntries > mostBasisEntries || graph.parameters > mostParameters) return null;
  const prime = evidencePrime(graph);
  const fields: SparseField[] = [];
  let entries = 0;
  for (const field of gaugeFields(new Setting(graph, prime, seed))) {
    if (field.tangent.size === 0) continue;
    entries += field.tangent.size;
    if (entries > mostFieldEntries) return null;
    fields.push(sparse(field));
    yield { done: 0, total: graph.parameters };
  }
  const parts = components(fields, graph.parameters);
  if (parts.reduce((sum, part) => sum + productsOf(part), 0) > mostProducts) return null;
  const kernel = Kernel.create(prime);
  const families: Partial<Record<Family, number>> = {};
  let done = 0;
  for (const component of parts) {
    for (const family of eliminate(component, kernel)) {
      if (family === null) yield { done, total: graph.parameters };
      else families[family] = (families[family] ?? 0) + 1;
    }
    done += component.columns.length;
  }
  const rank = Object.values(families).reduce((sum, count) => sum + count, 0);
  return { prime: String(prime), seed, rank, families };
}

/** Multiplications of an elimination, at most. */
function productsOf({ fields, columns }: Component): number {
  return fields.length * Math.min(fields.length, columns.length) * columns.length;
}

/** The family of each field that is independent of those before it; `null` between slices of the work. */
function* eliminate(
  { fields, columns }: Component,
  kernel: Kernel,
): Generator<Family | null, void, undefined> {
  if (fields.length === 1) return yield fields[0]!.family;
  const mark = kernel.mark();
  const echelon = new Echelon(kernel, columns.length);
  const place = new Map(Array.from(columns, (column, index) => [column, index]));
  for (let first = 0; first < fields.length && echelon.rank < columns.length; first += rowsPerBatch) {
    const batch = fields.slice(first, first + rowsPerBatch);
    const before = echelon.rank;
    const { at, rowStride } = echelon.openBatch(batch.length);
    batch.forEach((field, i) => {
      const row = new Uint32Array(columns.length);
      field.columns.forEach((column, k) => (row[place.get(column)!] = field.values[k]!));
      kernel.write(at + i * rowStride * kernel.elementBytes, row);
    });
    while (!echelon.step()) yield null;
    for (const row of echelon.pivotRows.slice(before)) yield fields[row]!.family;
  }
  kernel.release(mark);
}

/** All known fields at the point. */
export function* gaugeFields(setting: Setting): Generator<GaugeField, void, undefined> {
  function* of(family: Family, tangents: Iterable<Tangent>): Generator<GaugeField, void, undefined> {
    for (const tangent of tangents) yield { family, tangent };
  }
  const incoming = incomingSpaces(setting);
  const outgoing = outgoingSpaces(setting, incoming);
  yield* of('basis', basisFields(setting));
  yield* of('basis', scalingFields(setting));
  yield* of('kernel', kernelFields(setting, incoming, outgoing));
  yield* of('shift', shiftFields(setting, incoming));
  yield* of('symmetric', symmetricFields(setting));
  yield* of('quadric', quadricFields(setting, outgoing));
  yield* of('lightning', lightningFields(setting, incoming, outgoing));
  yield* of('polynomial', polynomialFields(setting));
}
