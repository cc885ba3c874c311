import { isOne, quotient, textOf } from '../fraction.ts';
import { onlySoftmaxReads, operandsOf, type Step, type StepOf } from './graph.ts';
import { columnsOf, constant, residueOf, type Incoming } from './incoming.ts';
import type { Change, Parameters } from './fields.ts';
import { above, centering, identity, kernel, matrix, multiple, product, total, transpose } from './matrix.ts';
import type { Matrix } from './matrix.ts';

/** What may add a constant to all tokens of a node. */
interface Origin {
  readonly node: number;
  /** The constant is so many times what `put` is given. */
  readonly level: number;
  put(change: Change, coordinate: number, value: number): void;
}

/** What arrives of an origin: a matrix by which its constant is multiplied. Equal ways have equal matrices. */
interface Arrival {
  readonly way: number;
  readonly matrix: Matrix;
}

/** By the number of the origin. */
type Arrivals = ReadonlyMap<number, Arrival>;

const nothing: Arrivals = new Map();

/** Fields that add constants which come to nothing: docs/gauge.md, "Shifts". */
export function* shiftChanges(at: Parameters, comes: readonly Incoming[]): Generator<Change> {
  const origins = [...originsOf(at, comes)];
  const travels = new Travels(at, origins);
  for (const { members, places } of systems(origins.length, travels.places())) {
    const unknowns = members.map((n) => at.graph.nodes[origins[n]!.node]!.width);
    const size = unknowns.reduce((sum, width) => sum + width, 0);
    const equations = above(
      size,
      places.map((place) => row(place, members, unknowns, size)),
    );
    at.spend(equations.rows * size * Math.min(equations.rows, size));
    const { rank, basis } = kernel(equations, at.f);
    if (rank !== equations.rows) continue;
    for (let s = 0; s < basis.rows; s++) {
      const change = at.none();
      let next = s * size;
      for (const [m, n] of members.entries())
        for (let c = 0; c < unknowns[m]!; c++) origins[n]!.put(change, c, basis.entries[next++]!);
      yield change;
    }
  }
}

function* originsOf(at: Parameters, comes: readonly Incoming[]): Generator<Origin> {
  const { blocks, uses, nodes } = at.graph;
  for (const [node, { step }] of nodes.entries()) {
    if (!('block' in step) || uses[step.block]!.length > 1) continue;
    const { block } = step;
    if (step.kind === 'shift')
      yield {
        node,
        level: 1,
        put(change, c, value) {
          for (let r = 0; r < blocks[block]!.rows; r++) at.add(change, block, r, c, value);
        },
      };
    if (step.kind === 'linear' && !step.transposed)
      for (const { z, level } of levelFunctionals(at, comes[step.x]!, nodes[step.x]!.width))
        yield {
          node,
          level,
          put(change, c, value) {
            for (let j = 0; j < z.length; j++) at.add(change, block, c, j, at.f.multiply(value, z[j]!));
          },
        };
  }
}

/** The z that take one value other than 0 at all tokens, if they are as many as at generic parameters. */
function* levelFunctionals(
  { f }: Parameters,
  comes: Incoming,
  width: number,
): Generator<{ readonly z: Float64Array; readonly level: number }> {
  const direction = comes.sources.get(constant);
  if (!direction) return;
  const { rank, basis } = kernel(transpose(columnsOf(comes, width, false)), f);
  if (rank !== comes.varying) return;
  for (let n = 0; n < basis.rows; n++) {
    const z = basis.entries.subarray(n * width, (n + 1) * width);
    const level = f.dot(z, 0, 1, direction.entries, 0, 1, width);
    if (level !== 0) yield { z, level };
  }
}

/** The ways of constants through the network, to the places where they must add up to 0. */
class Travels {
  readonly #at: Parameters;
  readonly #origins: readonly Origin[];
  /** By node. */
  readonly #arrivals: Arrivals[] = [];
  readonly #ways = new Map<string, number>();
  /** What arrives the same way at two places is one equation. */
  readonly #places = new Map<string, Arrivals>();

  constructor(at: Parameters, origins: readonly Origin[]) {
    this.#at = at;
    this.#origins = origins;
  }

  places(): Arrivals[] {
    const { nodes, output } = this.#at.graph;
    for (const [n, { step, width }] of nodes.entries()) {
      const arrivals = new Map(this.#passed(n, step));
      for (const [o, { node, level }] of this.#origins.entries())
        if (node === n)
          arrivals.set(o, { way: this.#way('start'), matrix: multiple(identity(width), level, this.#at.f) });
      this.#arrivals.push(arrivals);
    }
    this.#mustVanish(output);
    return [...this.#places.values()];
  }

  #way(text: string): number {
    const known = this.#ways.get(text) ?? this.#ways.size;
    this.#ways.set(text, known);
    return known;
  }

  #mustVanish(node: number): void {
    const { step } = this.#at.graph.nodes[node]!;
    // A multiple of a sum (2z in the exponential of tanh) vanishes where the sum does: its first factor becomes 1.
    const first = step.kind === 'combination' ? step.terms[0]?.[1] : undefined;
    const arrivals =
      step.kind === 'combination' && first
        ? this.#combined(step.terms.map(([x, factor]) => [x, quotient(factor, first)]))
        : this.#arrivals[node]!;
    if (arrivals.size === 0) return;
    const name = Array.from(arrivals, ([n, { way }]) => [n, way]).sort(([a], [b]) => a! - b!);
    this.#places.set(JSON.stringify(name), arrivals);
  }

  #through(x: number, step: string, by: Matrix): Arrivals {
    this.#at.spend(by.rows * by.cols * this.#arrivals[x]!.size * by.cols);
    return new Map(
      Array.from(this.#arrivals[x]!, ([n, arrival]) => [
        n,
        { way: this.#way(`${step} ${arrival.way}`), matrix: product(by, arrival.matrix, this.#at.f) },
      ]),
    );
  }

  #combined(terms: StepOf<'combination'>['terms']): Arrivals {
    const { f, graph } = this.#at;
    const sum = new Map<number, Arrival>();
    for (const [x, factor] of terms) {
      const by = multiple(identity(graph.nodes[x]!.width), residueOf(factor, this.#at), f);
      const arrivals = isOne(factor) ? this.#arrivals[x]! : this.#through(x, textOf(factor), by);
      for (const [o, arrival] of arrivals) {
        const known = sum.get(o);
        const both = known && {
          way: this.#way(`${known.way} + ${arrival.way}`),
          matrix: total(known.matrix, arrival.matrix, f),
        };
        sum.set(o, both ?? arrival);
      }
    }
    return sum;
  }

  #passed(n: number, step: Step): Arrivals {
    const { f, graph } = this.#at;
    switch (step.kind) {
      case 'combination':
        return this.#combined(step.terms);
      case 'shift':
        return this.#arrivals[step.x]!;
      case 'linear':
        return this.#through(
          step.x,
          `${step.transposed ? 'T' : 'W'}${step.block}`,
          this.#at.weight(step.block, step.transposed),
        );
      case 'gain': {
        const gains = this.#at.gains(step.block, step.unitOffset);
        const by = matrix(gains.length, gains.length, (r, c) => (r === c ? gains[r]! : 0));
        return this.#through(step.x, `G${step.block}${step.unitOffset ? '+' : ''}`, by);
      }
      case 'center': {
        // The rows of C·v add up to 0: without the last one.
        const { width } = graph.nodes[n]!;
        const c = centering(width, f);
        return this.#through(
          step.x,
          'C',
          matrix(width - 1, width, (r, k) => c.entries[r * width + k]!),
        );
      }
      case 'mix':
        if (graph.nodes[step.weights]!.step.kind === 'softmax') return this.#arrivals[step.v]!;
        this.#mustVanish(step.v);
        return nothing;
      case 'scores':
        this.#mustVanish(step.q);
        if (!onlySoftmaxReads(graph, n)) this.#mustVanish(step.k);
        return nothing;
      default:
        for (const x of operandsOf(step)) this.#mustVanish(x);
        return nothing;
    }
  }
}

/** Origins that meet at no place, not even through others, have equations of their own. */
function systems(
  count: number,
  places: readonly Arrivals[],
): { readonly members: readonly number[]; readonly places: readonly Arrivals[] }[] {
  const parent = Array.from({ length: count }, (_, n) => n);
  const root = (n: number): number => {
    while (parent[n] !== n) n = parent[n] = parent[parent[n]!]!;
    return n;
  };
  for (const place of places) {
    const [first] = place.keys();
    for (const n of place.keys()) parent[root(n)] = root(first!);
  }
  const found = new Map<number, { members: number[]; places: Arrivals[] }>();
  for (let n = 0; n < count; n++) {
    const known = found.get(root(n));
    if (known) known.members.push(n);
    else found.set(root(n), { members: [n], places: [] });
  }
  for (const place of places) {
    const [first] = place.keys();
    found.get(root(first!))!.places.push(place);
  }
  return [...found.values()];
}

/** The equations of a place. */
function row(place: Arrivals, members: readonly number[], widths: readonly number[], size: number): Matrix {
  const [some] = Array.from(place.values(), (arrival) => arrival.matrix);
  const height = some!.rows;
  const entries = new Float64Array(height * size);
  let first = 0;
  for (const [m, n] of members.entries()) {
    const arriving = place.get(n)?.matrix;
    if (arriving)
      for (let r = 0; r < arriving.rows; r++)
        entries.set(arriving.entries.subarray(r * arriving.cols, (r + 1) * arriving.cols), r * size + first);
    first += widths[m]!;
  }
  return { rows: height, cols: size, entries };
}
