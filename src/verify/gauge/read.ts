import { operandsOf, type GaugeGraph } from './graph.ts';
import { readByScores, type Incoming } from './incoming.ts';
import type { Parameters } from './fields.ts';
import { above, centering, identity, matrix, product, type Matrix } from './matrix.ts';

/** Functionals by which the output depends on a tensor, all of them gone one way. */
interface Block {
  readonly rows: Matrix;
  readonly bound: number;
}

/** The blocks of R by the way they go; docs/gauge.md, "What is read". */
export type Read = ReadonlyMap<string, Block>;

/** All of a tensor is read: one matrix, wherever it comes from. */
const everything = 'all';

export function readings(at: Parameters, found: readonly Incoming[]): Read[] {
  const { graph } = at;
  const reads = graph.nodes.map(() => new Map<string, Block>());
  readAll(reads, graph, graph.output);
  for (let n = graph.nodes.length - 1; n >= 0; n--) {
    const { width } = graph.nodes[n]!;
    const read = reads[n]!;
    // All of it is read: by which ways, of which there are more with every residual, does not matter.
    if (boundOf(read, width) === width) {
      read.clear();
      readAll(reads, graph, n);
    }
    passOn(n, at, found, reads);
  }
  return reads;
}

export const rowsOf = (read: Read, width: number): Matrix =>
  above(
    width,
    Array.from(read.values(), ({ rows }) => rows),
  );

export const boundOf = (read: Read, width: number): number =>
  Math.min(
    width,
    Array.from(read.values()).reduce((sum, { bound }) => sum + bound, 0),
  );

function readAll(reads: readonly Map<string, Block>[], { nodes }: GaugeGraph, n: number): void {
  const { width } = nodes[n]!;
  reads[n]!.set(everything, { rows: identity(width), bound: width });
}

function passOn(
  n: number,
  at: Parameters,
  found: readonly Incoming[],
  reads: readonly Map<string, Block>[],
): void {
  const { f, graph } = at;
  const { step, width } = graph.nodes[n]!;
  const read = reads[n]!;
  const through = (x: number, name: string, bound: number, by: (rows: Matrix) => Matrix): void => {
    for (const [way, block] of read)
      if (!reads[x]!.has(name + way)) {
        if (name !== '') at.spend(block.rows.rows * width * graph.nodes[x]!.width);
        reads[x]!.set(name + way, { rows: by(block.rows), bound: Math.min(block.bound, bound) });
      }
  };
  switch (step.kind) {
    case 'tokens':
    case 'softmax':
      return;
    case 'linear': {
      const w = at.weight(step.block, step.transposed);
      const name = `${step.transposed ? 'T' : 'W'}${step.block} `;
      through(step.x, name, w.cols, (rows) => product(rows, w, f));
      return;
    }
    case 'gain': {
      const gains = at.gains(step.block, step.unitOffset);
      through(step.x, `G${step.block}${step.unitOffset ? '+' : ''} `, width, (rows) =>
        matrix(rows.rows, rows.cols, (r, c) => f.multiply(rows.entries[r * rows.cols + c]!, gains[c]!)),
      );
      return;
    }
    case 'center': {
      const c = centering(width, f);
      through(step.x, 'C ', width - 1, (rows) => product(rows, c, f));
      return;
    }
    case 'shift':
      through(step.x, '', width, (rows) => rows);
      return;
    case 'mix':
      through(step.v, '', width, (rows) => rows);
      return;
    case 'combination':
      // A factor does not change what the rows span.
      for (const [x] of step.terms) through(x, '', width, (rows) => rows);
      return;
    case 'scores':
      for (const side of ['q', 'k'] as const) {
        const rows = readByScores(graph, n, side, found);
        reads[step[side]]!.set(`${side}${n} `, rows);
      }
      return;
    default:
      for (const x of operandsOf(step)) readAll(reads, graph, x);
  }
}
