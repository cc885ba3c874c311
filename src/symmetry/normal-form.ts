import type { NetworkGraph } from '../network/graph.ts';
import { parameterBlocks, type ParameterBlock } from '../network/index.ts';
import type { Moves } from './fields.ts';
import { rank, type ResidueMatrix } from '../matrix/index.ts';
import { basisSpanAt, searchPrime, type Fixed } from './sample.ts';

const seed = 'normal form';

/**
 * A normal form of the parameters under changes of basis: entries that almost every network can bring to 0 or 1 without changing its function.
 *
 * The entries are the first columns in which the fields of the changes of basis are independent. Their values are found matrix by matrix, as the first
 * (cyclically shifted) identity for which those fields still move all of them independently at a point with these values: then the
 * flows of the fields carry the points of the normal form to an open set. Entries for which there is none stay free.
 */
export function normalForm(graph: NetworkGraph): Fixed {
  const generic = basisSpanAt(graph, seed, new Map());
  const pivots = new Set(generic.pivots);
  const fixed = new Map<number, number>();
  for (const block of parameterBlocks(graph.network)) {
    const entries = entriesOf(block).filter(([column]) => pivots.has(column));
    if (entries.length === 0) continue;
    const shift = Array.from({ length: block.rows }, (_, index) => index).find((candidate) => {
      const attempt = new Map(fixed);
      for (const [column, i, j] of entries) attempt.set(column, Number(i === (j + candidate) % block.rows));
      return isTransversal(basisSpanAt(graph, seed, attempt), [...attempt.keys()]);
    });
    if (shift === undefined) continue;
    for (const [column, i, j] of entries) fixed.set(column, Number(i === (j + shift) % block.rows));
  }
  return fixed;
}

/** Constant vector fields on a normal form: one for each entry that is free. */
export function constantFields(graph: NetworkGraph, fixed: Fixed): Moves[] {
  return freeEntries(graph, fixed).map(({ column }) => [[column, graph.parameters]]);
}

/**
 * Constant fields, and those that add one free entry to another: of all entries if these are at most `most`, else of the entries of each layer, if these are
 * not too many.
 */
export function affineFields(graph: NetworkGraph, fixed: Fixed, most: number): Moves[] {
  const free = freeEntries(graph, fixed);
  const constants = constantFields(graph, fixed);
  for (const isNear of [() => true, (a: FreeEntry, b: FreeEntry) => a.path === b.path]) {
    const linear = free.flatMap((a) =>
      free.filter((b) => isNear(a, b)).map((b): Moves => [[a.column, b.column]]),
    );
    if (constants.length + linear.length <= most) return [...constants, ...linear];
  }
  return constants;
}

interface FreeEntry {
  readonly column: number;
  readonly path: string;
}

function freeEntries({ network }: NetworkGraph, fixed: Fixed): FreeEntry[] {
  return parameterBlocks(network).flatMap((block) =>
    entriesOf(block).flatMap(([column]) => (fixed.has(column) ? [] : [{ column, path: block.path }])),
  );
}

function entriesOf({
  offset,
  rows,
  cols,
}: ParameterBlock): (readonly [column: number, i: number, j: number])[] {
  return Array.from({ length: rows * cols }, (_, k) => [offset + k, Math.floor(k / cols), k % cols] as const);
}

function isTransversal(span: ResidueMatrix, columns: readonly number[]): boolean {
  const data = new Uint32Array(span.rows * columns.length);
  for (let i = 0; i < span.rows; i++)
    columns.forEach((column, k) => (data[i * columns.length + k] = span.data[i * span.cols + column]!));
  return rank({ rows: span.rows, cols: columns.length, data }, searchPrime) === columns.length;
}
