import type { Arithmetic } from '../arithmetic.ts';
import { Breath } from '../breath.ts';
import type { Compiled } from '../compile.ts';
import { demand } from '../fault.ts';
import { ResidueStream } from '../stream.ts';
import type { Pace } from '../../pace.ts';
import { Bases } from './bases.ts';
import { Parameters, type Change } from './fields.ts';
import { gaugeGraph } from './graph.ts';
import { headChanges } from './heads.ts';
import { incoming } from './incoming.ts';
import { kernelChanges } from './kernels.ts';
import { RowSpace } from './matrix.ts';
import { parallelChanges, squareChanges } from './pairs.ts';
import { polynomialChanges } from './polynomials.ts';
import { readings } from './read.ts';
import { Scalings } from './scalings.ts';
import { shiftChanges } from './shifts.ts';

/** Entries of matrices ξ, of parameters, and of all fields, that are looked at. */
const mostEntries = 2 ** 24;

/**
 * The rank of the span of the known symmetries at the point that a seed draws, modulo a prime below 2²⁶: docs/gauge.md.
 *
 * A `Rejection` where that would take more than so many `operations`. O(fields² · columns) for each set of fields that shares columns with no other.
 */
export async function gaugeRank(
  compiled: Compiled,
  prime: bigint,
  seed: string,
  f: Arithmetic<number>,
  operations: number,
  pace: Pace,
): Promise<number> {
  const { program } = compiled;
  const basisEntries = program.tensors.reduce((sum, { width }) => sum + width * width, 0);
  demandFew(Math.max(program.parameters, basisEntries));
  const breath = new Breath(pace, 'symmetries', program.parameters);
  const theta = new ResidueStream('theta', seed, prime, f);
  const at = new Parameters(gaugeGraph(compiled), f, () => theta.next(), operations);
  const fields: Sparse[] = [];
  let entries = 0;
  const tokens = new ResidueStream('input', seed, prime, f);
  for (const change of changes(at, () => tokens.next())) {
    const field = sparse(change);
    if (breath.due(change.length)) await breath.take();
    if (field.columns.length === 0) continue;
    demandFew((entries += field.columns.length));
    fields.push(field);
  }
  let rank = 0;
  for (const part of apart(fields, program.parameters)) {
    const space = new RowSpace(f);
    const place = new Map(Array.from(part.columns, (column, n) => [column, n]));
    for (const { columns, values } of part.fields) {
      const row = new Float64Array(place.size);
      for (const [n, column] of columns.entries()) row[place.get(column)!] = values[n]!;
      at.spend((space.rank + 1) * row.length);
      if (breath.due((space.rank + 1) * row.length)) await breath.take();
      space.add(row);
    }
    rank += space.rank;
  }
  return rank;
}

function demandFew(entries: number): void {
  demand(
    entries <= mostEntries,
    'certificate.upperBound',
    `symmetries of at most ${mostEntries} entries`,
    entries,
  );
}

function* changes(at: Parameters, draw: () => number): Generator<Change> {
  const comes = incoming(at);
  const reads = readings(at, comes);
  yield* unusedChanges(at);
  yield* new Scalings(at).changes();
  yield* kernelChanges(at, comes, reads);
  yield* new Bases(at).changes();
  yield* shiftChanges(at, comes);
  yield* parallelChanges(at);
  yield* squareChanges(at, reads);
  yield* headChanges(at, comes, reads);
  yield* polynomialChanges(at, draw);
}

/** What enters nothing that the output depends on. */
function* unusedChanges(at: Parameters): Generator<Change> {
  for (const [block, { rows, cols }] of at.graph.blocks.entries()) {
    if (at.graph.uses[block]!.length > 0) continue;
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++) {
        const change = at.none();
        at.add(change, block, r, c, 1);
        yield change;
      }
  }
}

/** The entries of a change that are not 0. */
interface Sparse {
  readonly columns: Uint32Array;
  readonly values: Float64Array;
}

function sparse(change: Change): Sparse {
  const columns: number[] = [];
  for (let c = 0; c < change.length; c++) if (change[c] !== 0) columns.push(c);
  return { columns: Uint32Array.from(columns), values: Float64Array.from(columns, (c) => change[c]!) };
}

/** Fields that share no columns with those of another set: the rank is the sum of theirs. */
function apart(
  fields: readonly Sparse[],
  count: number,
): { readonly fields: readonly Sparse[]; readonly columns: ReadonlySet<number> }[] {
  const parent = Uint32Array.from({ length: count }, (_, c) => c);
  const root = (c: number): number => {
    while (parent[c] !== c) c = parent[c] = parent[parent[c]!]!;
    return c;
  };
  for (const { columns } of fields) for (const c of columns) parent[root(c)] = root(columns[0]!);
  const found = new Map<number, { fields: Sparse[]; columns: Set<number> }>();
  for (const field of fields) {
    const first = root(field.columns[0]!);
    const part = found.get(first) ?? { fields: [], columns: new Set() };
    found.set(first, part);
    part.fields.push(field);
    for (const c of field.columns) part.columns.add(c);
  }
  return [...found.values()];
}
