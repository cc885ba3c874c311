import type { Fraction } from '../fraction.ts';
import { onlySoftmaxReads, type GaugeGraph, type GaugeNode } from './graph.ts';
import type { Parameters } from './fields.ts';
import {
  beside,
  centering,
  identity,
  matrix,
  multiple,
  product,
  total,
  transpose,
  type Matrix,
} from './matrix.ts';

/** The columns of P by source; docs/gauge.md, "What comes in". */
export interface Incoming {
  readonly sources: ReadonlyMap<string, Matrix>;
  /** The rank at any parameters is at most this; without the constant at most `varying`. */
  readonly bound: number;
  readonly varying: number;
}

/** The source of the constant. */
export const constant = '1';

/** What comes in at each node. */
export function incoming(at: Parameters): Incoming[] {
  const found: Incoming[] = [];
  for (const [n, node] of at.graph.nodes.entries()) {
    const next = limited(incomingAt(n, node, found, at), node.width);
    // More columns than the width, and nothing narrows them: their sources, which double with every residual, do not matter.
    const isFull = next.varying === node.width && next.cols > node.width;
    found.push(isFull ? source(`node ${n}`, node.width) : next);
  }
  return found;
}

/** P side by side, without the constant if so. */
export const columnsOf = ({ sources }: Incoming, width: number, withConstant = true): Matrix =>
  beside(
    width,
    Array.from(sources).flatMap(([name, part]) => (withConstant || name !== constant ? [part] : [])),
  );

function columnsIn({ sources }: Incoming): number {
  let cols = 0;
  for (const part of sources.values()) cols += part.cols;
  return cols;
}

function limited({ sources, bound, varying }: Incoming, width: number): Incoming & { readonly cols: number } {
  const cols = columnsIn({ sources, bound, varying });
  const own = Math.min(varying, width, cols - (sources.get(constant)?.cols ?? 0));
  return {
    sources,
    cols,
    varying: own,
    bound: Math.min(bound, width, cols, own + Number(sources.has(constant))),
  };
}

const source = (name: string, width: number): Incoming => ({
  sources: new Map([[name, identity(width)]]),
  bound: width,
  varying: width,
});

const mapped = (x: Incoming, by: (part: Matrix) => Matrix): Incoming => ({
  ...x,
  sources: new Map(Array.from(x.sources, ([name, part]) => [name, by(part)])),
});

/** Every source, the constant too if it does not stay, becomes another. */
function renamed(x: Incoming, prefix: string, constantStays: boolean): Incoming {
  const rename = (name: string): string => (constantStays && name === constant ? name : `${prefix}(${name})`);
  return {
    sources: new Map(Array.from(x.sources, ([name, part]) => [rename(name), part])),
    bound: x.bound,
    varying: constantStays ? x.varying : x.bound,
  };
}

function incomingAt(
  n: number,
  { step, width }: GaugeNode,
  found: readonly Incoming[],
  at: Parameters,
): Incoming {
  const { f, graph } = at;
  switch (step.kind) {
    case 'combination': {
      const sources = new Map<string, Matrix>();
      let [bound, varying] = [0, 0];
      for (const [x, fraction] of step.terms) {
        const factor = residueOf(fraction, at);
        for (const [name, part] of found[x]!.sources) {
          const known = sources.get(name);
          const scaled = multiple(part, factor, f);
          sources.set(name, known ? total(known, scaled, f) : scaled);
        }
        bound += found[x]!.bound;
        varying += found[x]!.varying;
      }
      return { sources, bound, varying };
    }
    case 'linear': {
      const w = at.weight(step.block, step.transposed);
      at.spend(w.rows * w.cols * columnsIn(found[step.x]!));
      return mapped(found[step.x]!, (part) => product(w, part, f));
    }
    case 'shift': {
      const x = found[step.x]!;
      const added = transpose(at.blocks[step.block]!);
      const name = added.cols === 1 ? constant : `positions ${added.cols}`;
      const known = x.sources.get(name);
      const sources = new Map(x.sources).set(name, known ? total(known, added, f) : added);
      return {
        sources,
        bound: x.bound + added.cols,
        varying: x.varying + (added.cols === 1 ? 0 : added.cols),
      };
    }
    case 'gain': {
      const gains = at.gains(step.block, step.unitOffset);
      return mapped(found[step.x]!, (part) =>
        matrix(part.rows, part.cols, (r, c) => f.multiply(gains[r]!, part.entries[r * part.cols + c]!)),
      );
    }
    case 'center': {
      const c = centering(width, f);
      at.spend(width * width * columnsIn(found[step.x]!));
      const x = mapped(found[step.x]!, (part) => product(c, part, f));
      return { ...x, bound: Math.min(x.bound, width - 1), varying: Math.min(x.varying, width - 1) };
    }
    case 'normalized':
      return renamed(found[step.x]!, `${n}`, false);
    case 'mix':
      return mixed(step.weights, found[step.v]!, found, at);
    default:
      return graph.nodes[n]!.step.kind === 'scores' || step.kind === 'softmax'
        ? { sources: new Map(), bound: 0, varying: 0 }
        : source(`node ${n}`, width);
  }
}

function mixed(weights: number, v: Incoming, found: readonly Incoming[], at: Parameters): Incoming {
  const { step } = at.graph.nodes[weights]!;
  if (step.kind !== 'scores') return renamed(v, `${weights}`, true);
  const [q, k] = [single(found[step.q]!), single(found[step.k]!)];
  if (!q || !k) return renamed(v, `${weights}`, false);
  // s_ij is this number times a product of two functions that have the names of their sources.
  const factor = at.f.dot(q.part.entries, 0, 1, k.part.entries, 0, 1, q.part.rows);
  const prefix = JSON.stringify([q.name, k.name, step.mask]);
  return renamed(
    mapped(v, (part) => multiple(part, factor, at.f)),
    prefix,
    false,
  );
}

/** The one source with one column, if that is all. */
function single({ sources }: Incoming): { readonly name: string; readonly part: Matrix } | null {
  const [first, ...others] = sources;
  return first && others.length === 0 && first[1].cols === 1 ? { name: first[0], part: first[1] } : null;
}

/** The residue of an integer. */
export function residue(n: bigint, { f }: Parameters): number {
  const prime = BigInt(f.subtract(0, 1)) + 1n;
  return Number(((n % prime) + prime) % prime);
}

/** Of a fraction whose denominator the prime does not divide. */
export function residueOf({ n, d }: Fraction, at: Parameters): number {
  return at.f.multiply(residue(n, at), at.f.inverse(residue(d, at)));
}

/** What scores read queries or keys by: the columns of the other side, without the constant of keys if only softmax reads. */
export function readByScores(graph: GaugeGraph, scores: number, side: 'q' | 'k', found: readonly Incoming[]) {
  const { step } = graph.nodes[scores]!;
  if (step.kind !== 'scores') throw new TypeError('not a node of scores');
  const other = found[side === 'q' ? step.k : step.q]!;
  const { width } = graph.nodes[step.q]!;
  const withConstant = side === 'k' || !onlySoftmaxReads(graph, scores);
  return {
    rows: transpose(columnsOf(other, width, withConstant)),
    bound: withConstant ? other.bound : other.varying,
  };
}
