import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { basisFields } from './bases.ts';
import { incomingSpaces } from './incoming.ts';
import { lightningFields } from './lightning.ts';
import { kernelFields } from './kernels.ts';
import { outgoingSpaces } from './outgoing.ts';
import { scalingFields } from './scalings.ts';
import { quadricFields } from './quadrics.ts';
import { Setting } from './setting.ts';
import { shiftFields } from './shifts.ts';
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

const prime = 67108859;

/**
 * The rank of the known vector fields that change no value of the network, at the point that `seed` draws: docs/gauge.md.
 *
 * It is at most their generic rank, so the dimension of the function space is at most the number of parameters less this. O(fields² · parameters).
 */
export function gaugeBound(graph: NetworkGraph, seed = '0'): GaugeBound {
  const setting = new Setting(graph, prime, seed);
  const kernel = Kernel.create(prime);
  const echelon = new Echelon(kernel, graph.parameters);
  const families: Partial<Record<Family, number>> = {};
  let batch: Tangent[] = [];
  let last: Family | undefined;
  const flush = (): void => {
    if (batch.length === 0) return;
    const before = echelon.rank;
    const { at, rowStride } = echelon.openBatch(batch.length);
    batch.forEach((tangent, i) => {
      const row = new Uint32Array(graph.parameters);
      for (const [column, value] of tangent) row[column] = value;
      kernel.write(at + i * rowStride * kernel.elementBytes, row);
    });
    while (!echelon.step());
    if (echelon.rank > before) families[last!] = (families[last!] ?? 0) + echelon.rank - before;
    batch = [];
  };
  for (const { family, tangent } of gaugeFields(setting)) {
    if (family !== last || batch.length === 512) flush();
    last = family;
    if (tangent.size > 0) batch.push(tangent);
  }
  flush();
  return { prime: String(prime), seed, rank: echelon.rank, families };
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
}
