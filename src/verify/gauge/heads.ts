import { textOf } from '../fraction.ts';
import type { Mask } from '../mask.ts';
import type { Change, Parameters } from './fields.ts';
import { columnsOf, type Incoming } from './incoming.ts';
import { columnBasis, identity, kernel, leftInverse, transpose, type Matrix } from './matrix.ts';
import { coefficientChanges } from './coefficients.ts';
import { ownMap } from './pairs.ts';
import { boundOf, rowsOf, type Read } from './read.ts';
import { tradeChanges } from './trades.ts';

/** A head of lightning attention by its nodes: what it adds is `term`. */
interface Head {
  readonly term: number;
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly output: number | null;
  readonly mask: Mask;
}

/** Its maps, if they are own ones without bias and rotation. */
export interface PlainHead {
  readonly queries: number;
  readonly keys: number;
  readonly values: number;
  readonly output: number | null;
}

/** Coordinates of the space that tokens lie in: a basis, width × dim, and its left inverse. */
export interface Space {
  readonly dim: number;
  readonly basis: Matrix;
  readonly coordinates: Matrix;
}

/** Plain heads with one mask that are added up, and what matters of them. */
export interface Heads {
  readonly heads: readonly PlainHead[];
  /** Of the tokens of queries, and of keys and values. */
  readonly entering: Space;
  readonly source: Space;
  /** The functionals of the sum that are read. */
  readonly readers: Matrix;
  /** Keys and queries are the same token, or parallel ones. */
  readonly isOneToken: boolean;
}

/** Fields of lightning layers: docs/gauge.md, "Heads of lightning attention". */
export function* headChanges(
  at: Parameters,
  comes: readonly Incoming[],
  reads: readonly Read[],
): Generator<Change> {
  for (const layer of layersOf(at)) {
    yield* sharedChanges(at, layer);
    for (const heads of plainHeads(at, layer, comes, reads)) {
      yield* tradeChanges(at, heads);
      yield* coefficientChanges(at, heads);
    }
  }
}

function layersOf({ graph }: Parameters): Head[][] {
  const { nodes } = graph;
  const layers = new Map<string, Head[]>();
  for (const [node, { step, readers }] of nodes.entries()) {
    if (step.kind !== 'mix') continue;
    const { step: scores, readers: ofScores } = nodes[step.weights]!;
    if (scores.kind !== 'scores' || ofScores.length > 1) continue;
    const [reader] = readers;
    const reading = readers.length === 1 && node !== graph.output ? nodes[reader!]!.step : null;
    const isMapped = reading?.kind === 'linear' && !reading.transposed;
    const term = isMapped ? reader! : node;
    const output = isMapped ? reading.block : null;
    const head = { term, q: scores.q, k: scores.k, v: step.v, output, mask: scores.mask };
    const name = sumsOf(graph, term, scores.mask);
    layers.set(name, [...(layers.get(name) ?? []), head]);
  }
  return [...layers.values()];
}

/** Where a term is added, with which factor: terms with one name are added to the same, and nothing else reads them. */
function sumsOf({ nodes, output }: Parameters['graph'], term: number, mask: Mask): string {
  const sums: (string | number)[] = [];
  for (const reader of nodes[term]!.readers) {
    const { step } = nodes[reader]!;
    if (step.kind !== 'combination') return `alone ${term}`;
    sums.push(reader, textOf(step.terms.find(([x]) => x === term)![1]));
  }
  return term === output || sums.length === 0 ? `alone ${term}` : JSON.stringify([sums, mask]);
}

/** Heads with the same keys and values: GL(H) on the Q_h, and on the O_h. */
function* sharedChanges(at: Parameters, heads: readonly Head[]): Generator<Change> {
  const { f, graph, blocks } = at;
  const isOwn = (block: number | null): block is number => block !== null && graph.uses[block]!.length === 1;
  for (const a of heads)
    for (const b of heads) {
      if (a === b || a.k !== b.k || a.v !== b.v || !isOwn(a.output) || !isOwn(b.output)) continue;
      const twins = twinBlocks(at, a.q, b.q);
      if (!twins) continue;
      const change = at.none();
      for (const [target, source] of twins) addBlock(at, change, target, blocks[source]!, 1);
      addBlock(at, change, b.output, blocks[a.output]!, f.subtract(0, 1));
      yield change;
    }
}

/** Pairs of own blocks by which two tensors differ that are computed alike from one. */
function twinBlocks(at: Parameters, a: number, b: number): [number, number][] | null {
  const { nodes, uses } = at.graph;
  const [p, q] = [nodes[a]!, nodes[b]!];
  if (p.readers.length > 1 || q.readers.length > 1) return null;
  if (p.step.kind === 'rotation' && q.step.kind === 'rotation') return twinBlocks(at, p.step.x, q.step.x);
  if (p.step.kind === 'shift' && q.step.kind === 'shift') {
    const rest = twinBlocks(at, p.step.x, q.step.x);
    const own = uses[p.step.block]!.length === 1 && uses[q.step.block]!.length === 1;
    return rest && own ? [...rest, [p.step.block, q.step.block]] : null;
  }
  const [left, right] = [ownMap(at, p), ownMap(at, q)];
  return left && right && left.x === right.x ? [[left.block, right.block]] : null;
}

/** Adds a multiple of a matrix to the change of a block. */
export function addBlock(at: Parameters, change: Change, block: number, by: Matrix, factor: number): void {
  for (let r = 0; r < by.rows; r++)
    for (let c = 0; c < by.cols; c++)
      at.add(change, block, r, c, at.f.multiply(factor, by.entries[r * by.cols + c]!));
}

function* plainHeads(
  at: Parameters,
  layer: readonly Head[],
  comes: readonly Incoming[],
  reads: readonly Read[],
): Generator<Heads> {
  const { nodes, uses } = at.graph;
  const groups = new Map<string, { x: number; c: number; heads: PlainHead[] }>();
  for (const { q, k, v, output } of layer) {
    const [ofQ, ofK, ofV] = [q, k, v].map((n) => ownMap(at, nodes[n]!));
    if (!ofQ || !ofK || !ofV || ofK.x !== ofV.x || (output !== null && uses[output]!.length > 1)) continue;
    const name = `${ofQ.x} ${ofK.x}`;
    const group = groups.get(name) ?? { x: ofQ.x, c: ofK.x, heads: [] };
    group.heads.push({ queries: ofQ.block, keys: ofK.block, values: ofV.block, output });
    groups.set(name, group);
  }
  const { term, mask } = layer[0]!;
  for (const { x, c, heads } of groups.values()) {
    const entering = spaceOf(at, comes[x]!, nodes[x]!.width);
    yield {
      heads,
      entering,
      source: x === c ? entering : spaceOf(at, comes[c]!, nodes[c]!.width),
      readers: readersOf(at, reads[term]!, nodes[term]!.width),
      isOneToken: x === c && (nodes[x]!.parallel !== null || (mask.behind === 0 && mask.ahead === 0)),
    };
  }
}

/** The column space of P, if its rank is the generic one; otherwise all coordinates. */
function spaceOf({ f }: Parameters, comes: Incoming, width: number): Space {
  const basis = columnBasis(columnsOf(comes, width), f);
  const dim = basis.cols;
  if (dim < width && dim === comes.bound) return { dim, basis, coordinates: leftInverse(basis, f)! };
  return { dim: width, basis: identity(width), coordinates: identity(width) };
}

/** Independent functionals, if their rank is the generic one; otherwise all coordinates. */
function readersOf({ f }: Parameters, read: Read, width: number): Matrix {
  const rows = rowsOf(read, width);
  const { rank } = kernel(rows, f);
  return rank < width && rank === boundOf(read, width)
    ? transpose(columnBasis(transpose(rows), f))
    : identity(width);
}
