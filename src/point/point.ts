import type { Field } from '../field/field.ts';
import { residueOfFraction } from '../field/fraction.ts';
import type { Residue, ResidueArray } from '../field/residue.ts';
import { unitPower } from '../field/square-root.ts';
import type { Fraction } from '../fraction.ts';
import { RotaryFrequencies } from '../graph/rotary.ts';
import type { Step } from '../graph/steps.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Rotation } from '../graph/tensor.ts';
import { ResidueStream } from './residue-stream.ts';

/** What is drawn for one input, before it is computed. */
export interface InputDraws<R extends Residue = number> {
  /** Its number s in the streams. */
  readonly index: number;
  /** t × d_0, row-major: a row is a token. */
  readonly tokens: ResidueArray<R>;
  readonly context: ResidueArray<R> | null;
  /** Of each step that draws units: a softmax in the order of its arguments, a function entry by entry. */
  readonly units: ReadonlyMap<Step, ResidueArray<R>>;
  /** Of each logarithm, entry by entry. */
  readonly logarithms: ReadonlyMap<Step, ResidueArray<R>>;
  /** What is drawn again where a radicand is no square. */
  readonly again: ResidueStream<R>;
}

/** A rotation of a pair of coordinates. */
export interface CirclePoint<R extends Residue> {
  readonly cos: R;
  readonly sin: R;
}

/**
 * A ring homomorphism φ from the ring of parameters, inputs, exponentials, roots and circle points to F_p, drawn from a seed: docs/point.md.
 *
 * That it is one, that the exponentials and the roots are independent, is not assumed here: see `jacobian/independence.ts`.
 */
export class Point<R extends Residue = number> {
  readonly graph: NetworkGraph;
  readonly field: Field<R>;
  readonly seed: string;
  /** The parameters, in the order of the Jacobian's columns. */
  readonly theta: ResidueArray<R>;
  readonly #frequencies: RotaryFrequencies;
  readonly #circles: readonly CirclePoint<R>[];
  readonly #constant: R | null;

  /** `theta`: parameters that are given, instead of drawn. */
  constructor(graph: NetworkGraph, field: Field<R>, seed: string, theta?: ResidueArray<R>) {
    this.graph = graph;
    this.field = field;
    this.seed = seed;
    this.theta = theta ?? new ResidueStream('theta', seed, field.prime).take(graph.parameters);
    this.#frequencies = new RotaryFrequencies(graph.tensors);
    this.#circles = drawCircles(field, seed, this.#frequencies.circles);
    this.#constant = graph.needsConstant ? new ResidueStream('constant', seed, field.prime).nextUnit() : null;
  }

  /** The residue of √(2/π), or of the rational coefficient in its place. */
  constant(coefficient: Fraction | null): R {
    return coefficient === null ? this.#constant! : residueOfFraction(this.field, coefficient);
  }

  /** For each pair of coordinates the turn at a position. */
  rotation(rotation: Rotation, position: number): CirclePoint<R>[] {
    return this.#frequencies
      .of(rotation)
      .map(({ circle, multiple }) =>
        circlePower(this.field, this.#circles[circle]!, multiple * BigInt(position)),
      );
  }

  /** The inputs 0, 1, 2, …, at most `limit`. */
  *inputs(limit: number): Generator<InputDraws<R>, void, undefined> {
    const { seed, field, graph } = this;
    const stream = (domain: 'input' | 'unit' | 'log'): ResidueStream<R> =>
      new ResidueStream(domain, seed, field.prime);
    const inputs = stream('input');
    const unitStream = stream('unit');
    const logStream = stream('log');
    for (let index = 0; index < limit; index++) {
      const tokens = inputs.take(graph.inputSize);
      const context = graph.contextSize > 0 ? inputs.take(graph.contextSize) : null;
      const units = new Map<Step, ResidueArray<R>>();
      const logarithms = new Map<Step, ResidueArray<R>>();
      for (const step of graph.steps) {
        const { rows, cols } = step.tensor;
        if (step.kind === 'softmax') units.set(step, unitStream.takeUnits(step.count));
        else if (step.kind === 'function' && step.basis >= 0)
          units.set(step, unitStream.takeUnits(rows * cols));
        else if (step.kind === 'logarithm') logarithms.set(step, logStream.take(rows * cols));
      }
      const again = new ResidueStream(`redraw-${index}`, seed, field.prime);
      yield { index, tokens, context, units, logarithms, again };
    }
  }
}

function drawCircles<R extends Residue>(field: Field<R>, seed: string, count: number): CirclePoint<R>[] {
  const stream = new ResidueStream('circle', seed, field.prime);
  const one = field.reduce(1);
  const circles: CirclePoint<R>[] = [];
  while (circles.length < count) {
    const tau = stream.nextUnit();
    const square = field.multiply(tau, tau);
    const denominator = field.add(one, square);
    if (Number(denominator) === 0) continue;
    const inverse = field.inverse(denominator);
    circles.push({
      cos: field.multiply(field.subtract(one, square), inverse),
      sin: field.multiply(field.add(tau, tau), inverse),
    });
  }
  return circles;
}

/** The point's `exponent`-th power in the group of the circle. O(log exponent) */
function circlePower<R extends Residue>(
  field: Field<R>,
  { cos, sin }: CirclePoint<R>,
  exponent: bigint,
): CirclePoint<R> {
  const times = (a: CirclePoint<R>, b: CirclePoint<R>): CirclePoint<R> => ({
    cos: field.subtract(field.multiply(a.cos, b.cos), field.multiply(a.sin, b.sin)),
    sin: field.add(field.multiply(a.cos, b.sin), field.multiply(a.sin, b.cos)),
  });
  let result: CirclePoint<R> = { cos: field.reduce(1), sin: field.reduce(0) };
  let square: CirclePoint<R> = { cos, sin };
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = times(result, square);
    square = times(square, square);
  }
  return result;
}

/** E_1^{n_1}·E_2^{n_2}·…, entry by entry. */
export function productOfPowers<R extends Residue>(
  field: Field<R>,
  factors: readonly { readonly units: ArrayLike<R>; readonly exponent: bigint }[],
  index: number,
): R {
  return factors.reduce(
    (product, { units, exponent }) =>
      field.multiply(product, exponent === 1n ? units[index]! : unitPower(field, units[index]!, exponent)),
    field.reduce(1),
  );
}
