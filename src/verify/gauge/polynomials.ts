import { multisets, polynomialDegrees } from '../ambient.ts';
import type { Change, Parameters } from './fields.ts';
import { blockOf, operandsOf, type Step } from './graph.ts';
import { residue, residueOf } from './incoming.ts';
import { centering, kernel, matrix, multiple, product, total, type Matrix } from './matrix.ts';

/** docs/gauge.md, "Polynomial parts": beyond these sizes no part is a family. */
const mostParameters = 2 ** 12;
const mostEntries = 2 ** 22;
const sparePoints = 4;

/** A node as a polynomial map of another, whose parameters enter nothing else. */
interface Part {
  readonly from: number;
  readonly to: number;
  /** Ascending; `to` is the last. */
  readonly inner: readonly number[];
  readonly blocks: readonly number[];
  readonly parameters: number;
  readonly coefficients: number;
}

/** Changes of the parameters of polynomial parts that change none of their coefficients, where these are as independent as they can be. `draw` gives the entries of tokens. */
export function* polynomialChanges(at: Parameters, draw: () => number): Generator<Change> {
  const used: { readonly from: number; readonly inner: ReadonlySet<number> }[] = [];
  for (let to = at.graph.nodes.length - 1; to >= 0; to--) {
    const way = wayBack(at, to);
    for (const length of [...way.lengths].reverse()) {
      const from = way.nodes[length]!;
      // What leaves a larger map as it is comprises what leaves a map inside it, and this end has no larger maps left.
      if (used.some((larger) => larger.inner.has(to) && (larger.from === from || larger.inner.has(from))))
        break;
      const part = partOf(at, from, way.nodes.slice(0, length).reverse());
      const basis = part && kernelOf(at, part, draw);
      if (!basis) continue;
      used.push({ from, inner: new Set(part.inner) });
      yield* placed(at, part, basis);
      break;
    }
  }
}

/** The nodes that one is computed from, the latest first, as long as they serve nothing else; `lengths`: after how many of them the next one is all that they read. */
function wayBack(at: Parameters, to: number) {
  const { nodes, blocks, uses } = at.graph;
  const way: number[] = [];
  const met = new Set<number>();
  const lengths: number[] = [];
  const left = new Set([to]);
  let parameters = 0;
  for (let n = to; left.size > 0; n--) {
    at.spend(1);
    if (!left.delete(n)) continue;
    const { step, readers } = nodes[n]!;
    way.push(n);
    if (left.size === 0 && n !== to) lengths.push(way.length - 1);
    const block = blockOf(step);
    if (!isTokenwise(at, step) || (block !== null && uses[block]!.length > 1)) break;
    if (n !== to && !readers.every((reader) => met.has(reader))) break;
    if (block !== null) parameters += blocks[block]!.rows * blocks[block]!.cols;
    if (parameters > mostParameters) break;
    met.add(n);
    const operands = operandsOf(step);
    at.spend(operands.length + readers.length);
    for (const x of operands) left.add(x);
  }
  return { nodes: way, lengths };
}

/** Null where the coefficients are too many to leave anything to the parameters, or to look at. */
function partOf(at: Parameters, from: number, inner: readonly number[]): Part | null {
  const { nodes, blocks: all } = at.graph;
  const to = inner.at(-1)!;
  const blocks = inner.flatMap((n) => blockOf(nodes[n]!.step) ?? []);
  const parameters = blocks.reduce((sum, block) => sum + all[block]!.rows * all[block]!.cols, 0);
  const degrees: (ReadonlySet<number> | null)[] = [];
  degrees[from] = new Set([1]);
  at.spend(inner.length);
  for (const n of inner) degrees[n] = polynomialDegrees(nodes[n]!.step, degrees);
  const found = degrees[to];
  if (!found) return null;
  const monomials = [...found].reduce((sum, degree) => sum + multisets(nodes[from]!.width, degree), 0n);
  const coefficients = Number(monomials) * nodes[to]!.width;
  const isFamily = coefficients < parameters && coefficients * parameters <= mostEntries;
  return isFamily ? { from, to, inner, blocks, parameters, coefficients } : null;
}

function isTokenwise({ graph }: Parameters, step: Step): boolean {
  if (step.kind === 'shift') return graph.blocks[step.block]!.rows === 1;
  if (step.kind === 'combination') return step.terms.length > 0;
  return ['linear', 'gain', 'center', 'power', 'product'].includes(step.kind);
}

/** The value of a node, and its derivatives: a column a parameter. */
interface Dual {
  readonly value: Matrix;
  readonly derivative: Matrix;
}

/** A basis of what changes no coefficient; null if the coefficients are not all independent at these parameters. */
function kernelOf(at: Parameters, part: Part, draw: () => number): Matrix | null {
  const { nodes } = at.graph;
  const { from, to, inner, parameters, coefficients } = part;
  const { width } = nodes[to]!;
  const points = coefficients / width + sparePoints;
  const rows = points * width;
  const largest = inner.reduce((sum, n) => sum + nodes[n]!.width, nodes[from]!.width);
  at.spend(points * largest ** 2 * parameters + rows * coefficients * parameters);
  const entries = new Float64Array(rows * parameters);
  for (let n = 0; n < points; n++) {
    const duals: Dual[] = [];
    duals[from] = {
      value: matrix(nodes[from]!.width, 1, draw),
      derivative: matrix(nodes[from]!.width, parameters, () => 0),
    };
    let first = 0;
    for (const node of inner) {
      const { step } = nodes[node]!;
      duals[node] = dualOf(at, step, duals, first);
      const block = blockOf(step);
      if (block !== null) first += at.blocks[block]!.entries.length;
    }
    entries.set(duals[to]!.derivative.entries, n * width * parameters);
  }
  const { rank, basis } = kernel({ rows, cols: parameters, entries }, at.f);
  return rank === coefficients ? basis : null;
}

/** By the product rule; the node's own parameters begin at the column `first`. */
function dualOf(at: Parameters, step: Step, duals: readonly Dual[], first: number): Dual {
  const { f } = at;
  const scaled = (rows: ArrayLike<number>, a: Matrix): Matrix =>
    matrix(a.rows, a.cols, (r, c) => f.multiply(rows[r]!, a.entries[r * a.cols + c]!));
  switch (step.kind) {
    case 'linear': {
      const { value, derivative } = duals[step.x]!;
      const { cols } = at.blocks[step.block]!;
      const w = at.weight(step.block, step.transposed);
      const y = { value: product(w, value, f), derivative: product(w, derivative, f) };
      for (let r = 0; r < w.rows; r++)
        for (let c = 0; c < w.cols; c++) {
          const own = step.transposed ? c * cols + r : r * cols + c;
          y.derivative.entries[r * derivative.cols + first + own] = value.entries[c]!;
        }
      return y;
    }
    case 'shift': {
      const { value, derivative } = duals[step.x]!;
      const b = at.blocks[step.block]!.entries;
      const moved = matrix(derivative.rows, derivative.cols, (r, c) =>
        c === first + r ? 1 : derivative.entries[r * derivative.cols + c]!,
      );
      return {
        value: matrix(value.rows, 1, (r) => f.add(value.entries[r]!, b[r]!)),
        derivative: moved,
      };
    }
    case 'gain': {
      const { value, derivative } = duals[step.x]!;
      const gains = at.gains(step.block, step.unitOffset);
      const moved = scaled(gains, derivative);
      for (let r = 0; r < value.rows; r++) moved.entries[r * derivative.cols + first + r] = value.entries[r]!;
      return { value: scaled(gains, value), derivative: moved };
    }
    case 'combination': {
      const terms = step.terms.map(([x, fraction]) => {
        const factor = residueOf(fraction, at);
        const { value, derivative } = duals[x]!;
        return { value: multiple(value, factor, f), derivative: multiple(derivative, factor, f) };
      });
      return terms.reduce((a, b) => ({
        value: total(a.value, b.value, f),
        derivative: total(a.derivative, b.derivative, f),
      }));
    }
    case 'center': {
      const { value, derivative } = duals[step.x]!;
      const c = centering(value.rows, f);
      return { value: product(c, value, f), derivative: product(c, derivative, f) };
    }
    case 'product': {
      const [x, y] = [duals[step.x]!, duals[step.y]!];
      return {
        value: scaled(x.value.entries, y.value),
        derivative: total(scaled(x.value.entries, y.derivative), scaled(y.value.entries, x.derivative), f),
      };
    }
    case 'power': {
      const { value, derivative } = duals[step.x]!;
      const below = value.entries.map((entry) => power(entry, step.exponent - 1, at));
      const slopes = below.map((entry) => f.multiply(residue(BigInt(step.exponent), at), entry));
      return { value: scaled(below, value), derivative: scaled(slopes, derivative) };
    }
    default:
      throw new Error('no polynomial');
  }
}

function power(base: number, exponent: number, { f }: Parameters): number {
  let result = 1;
  let square = base;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = f.multiply(result, square);
    square = f.multiply(square, square);
  }
  return result;
}

/** The rows of a basis as changes of all parameters. */
function* placed(at: Parameters, { blocks }: Part, basis: Matrix): Generator<Change> {
  for (let n = 0; n < basis.rows; n++) {
    const change = at.none();
    let next = n * basis.cols;
    for (const block of blocks) {
      const { rows, cols } = at.blocks[block]!;
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < cols; c++) at.add(change, block, r, c, basis.entries[next++]!);
    }
    yield change;
  }
}
