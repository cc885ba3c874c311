import type { Fraction } from '../fraction.ts';
import { geluCubic, isVisible, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { RationalMatrix } from '../rational/index.ts';
import { Duals, type Dual } from './duals.ts';
import { Enclosures, type Arithmetic, type Interval } from './interval.ts';
import { ancestors } from './exact.ts';
import { parameterAt, type RationalPoint } from './parameters.ts';

/**
 * Enclosures of the real values of a network at a point over Q, with `bits` binary places: tokens × width, row-major. Throws `Unbounded` where a value is
 * too large, or a denominator may be 0. Tensor by tensor.
 */
export function encloseOutputSteps(
  graph: NetworkGraph,
  point: RationalPoint,
  bits: number,
): Generator<void, readonly Interval[], undefined> {
  const arithmetic = new Enclosures(bits);
  const exact = ({ numerators, denominator }: RationalMatrix): Interval[] =>
    numerators.map((n) => arithmetic.of(n, denominator));
  return outputSteps(graph, point, arithmetic, (ref) => exact(parameterAt(point, ref)));
}

/** Enclosures of the derivatives of the output in a direction: a matrix of each offset, of the shape of the parameters; 0 where there is none. */
export function encloseDerivativeSteps(
  graph: NetworkGraph,
  point: RationalPoint,
  direction: ReadonlyMap<number, RationalMatrix>,
  bits: number,
): Generator<void, readonly Dual[], undefined> {
  const arithmetic = new Duals(bits);
  return outputSteps(graph, point, arithmetic, (ref) => {
    const { numerators, denominator } = parameterAt(point, ref);
    const moving = direction.get(ref.offset);
    return numerators.map((n, e) =>
      moving
        ? arithmetic.moving(n, denominator, moving.numerators[e]!, moving.denominator)
        : arithmetic.of(n, denominator),
    );
  });
}

function* outputSteps<E>(
  { tensors, output }: NetworkGraph,
  point: RationalPoint,
  arithmetic: Arithmetic<E>,
  parameter: (ref: ParameterRef) => E[],
): Generator<void, readonly E[], undefined> {
  const needed = ancestors(output);
  const evaluation = new Evaluation(arithmetic, point, parameter);
  for (const tensor of tensors) {
    if (needed.has(tensor)) evaluation.add(tensor);
    yield;
  }
  return evaluation.at(output);
}

class Evaluation<E> {
  readonly #arithmetic: Arithmetic<E>;
  readonly #point: RationalPoint;
  readonly #parameter: (ref: ParameterRef) => E[];
  readonly #values = new Map<Tensor, readonly E[]>();

  constructor(arithmetic: Arithmetic<E>, point: RationalPoint, parameter: (ref: ParameterRef) => E[]) {
    this.#arithmetic = arithmetic;
    this.#point = point;
    this.#parameter = parameter;
  }

  at(tensor: Tensor): readonly E[] {
    return this.#values.get(tensor)!;
  }

  add(tensor: Tensor): void {
    this.#values.set(tensor, this.#valueOf(tensor));
  }

  #exact({ numerators, denominator }: RationalMatrix): readonly E[] {
    return numerators.map((n) => this.#arithmetic.of(n, denominator));
  }

  #valueOf({ operation: op, rows, cols }: Tensor): readonly E[] {
    const { add, subtract, multiply, of } = bound(this.#arithmetic);
    const arithmetic = this.#arithmetic;
    const column = (e: number): number => e % cols;
    switch (op.kind) {
      case 'input':
        return this.#exact(op.source === 'tokens' ? this.#point.tokens : this.#point.context!);
      case 'combination': {
        const sum = Array<E>(rows * cols).fill(arithmetic.zero);
        for (const { factor, tensor } of op.terms) {
          const scale = of(factor.n, factor.d);
          this.at(tensor).forEach((x, e) => (sum[e] = add(sum[e]!, multiply(x, scale))));
        }
        return sum;
      }
      case 'linear': {
        const entries = this.#parameter(op.weight);
        const { cols: width } = op.weight;
        const lines = op.transposed ? columnsOf(entries, width) : rowsOf(entries, width);
        return this.#product(rowsOf(this.at(op.x), op.x.cols), lines);
      }
      case 'bias': {
        const vector = this.#parameter(op.vector);
        return this.at(op.x).map((x, e) => add(x, vector[column(e)]!));
      }
      case 'positions': {
        const matrix = this.#parameter(op.matrix);
        return this.at(op.x).map((x, e) => add(x, matrix[e]!));
      }
      case 'gain': {
        const vector = this.#parameter(op.vector);
        const gains = op.unitOffset ? vector.map((x) => add(x, arithmetic.one)) : vector;
        return this.at(op.x).map((x, e) => multiply(x, gains[column(e)]!));
      }
      case 'center':
        return rowsOf(this.at(op.x), cols).flatMap((row) => {
          const mean = multiply(row.reduce(add), of(1n, BigInt(cols)));
          return row.map((x) => subtract(x, mean));
        });
      case 'normalize':
        return rowsOf(this.at(op.x), cols).flatMap((row) => {
          const squares = row.map((x) => arithmetic.square(x)).reduce(add);
          const mean = multiply(squares, of(1n, BigInt(cols)));
          const root = arithmetic.sqrt(add(mean, of(op.epsilon.n, op.epsilon.d)));
          return row.map((x) => arithmetic.divide(x, root));
        });
      case 'power':
        return this.at(op.x).map((x) => arithmetic.power(x, op.exponent));
      case 'product': {
        const y = this.at(op.y);
        return this.at(op.x).map((x, e) => multiply(x, y[e]!));
      }
      case 'function':
        return this.at(op.x).map((x) => this.#function(op.function, op.coefficient, x));
      case 'rotate': {
        const { base, dim } = op.rotation;
        return rowsOf(this.at(op.x), cols).flatMap((row, position) =>
          this.#rotated(row, position, base, dim),
        );
      }
      case 'scores':
        return this.#product(rowsOf(this.at(op.q), op.q.cols), rowsOf(this.at(op.k), op.k.cols));
      case 'mask':
        return this.at(op.scores).map((x, e) =>
          isVisible(op.mask, Math.floor(e / cols), column(e)) ? x : arithmetic.zero,
        );
      case 'softmax': {
        const slope = op.alibi && arithmetic.exp(multiply(of(op.alibi.n, op.alibi.d), this.#logOfTwo()));
        return rowsOf(this.at(op.scores), cols).flatMap((row, query) => {
          const shifted = slope
            ? row.map((x, key) => subtract(x, multiply(slope, of(BigInt(Math.abs(query - key))))))
            : row;
          return this.#softmax(shifted, (key) => isVisible(op.mask, query, key));
        });
      }
      case 'mix':
        return this.#product(rowsOf(this.at(op.w), op.w.cols), columnsOf(this.at(op.v), op.v.cols));
    }
  }

  #logOfTwo(): E {
    return this.#arithmetic.log(this.#arithmetic.of(2n));
  }

  /** All products of a row and a line. */
  #product(rows: readonly (readonly E[])[], lines: readonly (readonly E[])[]): readonly E[] {
    return rows.flatMap((row) => lines.map((line) => this.#arithmetic.dot(row, line)));
  }

  /** e^(s_j − s_m) over their sum, where s_m is about the largest score. */
  #softmax(scores: readonly E[], isVisibleKey: (key: number) => boolean): readonly E[] {
    const arithmetic = this.#arithmetic;
    const visible = scores.filter((_, key) => isVisibleKey(key));
    const largest = visible.reduce((a, b) => (arithmetic.valueOf(b).lo > arithmetic.valueOf(a).lo ? b : a));
    const exponentials = scores.map((x, key) =>
      isVisibleKey(key)
        ? x === largest
          ? arithmetic.one
          : arithmetic.exp(arithmetic.subtract(x, largest))
        : arithmetic.zero,
    );
    const sum = exponentials.reduce((a, b) => arithmetic.add(a, b));
    return exponentials.map((x) => arithmetic.divide(x, sum));
  }

  #function(name: string, coefficient: Fraction | null, x: E): E {
    const { add, subtract, multiply, of } = bound(this.#arithmetic);
    const arithmetic = this.#arithmetic;
    const tanh = (y: E): E => {
      const twice = add(y, y);
      const sigmoid = arithmetic.sigmoid(twice);
      return subtract(add(sigmoid, sigmoid), arithmetic.one);
    };
    switch (name) {
      case 'exp':
        return arithmetic.exp(x);
      case 'sigmoid':
        return arithmetic.sigmoid(x);
      case 'silu':
        return multiply(x, arithmetic.sigmoid(x));
      case 'tanh':
        return tanh(x);
      case 'softplus':
        return arithmetic.softplus(x);
      case 'gelu-tanh': {
        const factor = coefficient
          ? of(coefficient.n, coefficient.d)
          : arithmetic.sqrt(arithmetic.divide(of(2n), arithmetic.pi()));
        const cube = multiply(of(geluCubic.n, geluCubic.d), arithmetic.power(x, 3));
        const inner = multiply(factor, add(x, cube));
        return multiply(multiply(x, of(1n, 2n)), add(arithmetic.one, tanh(inner)));
      }
      default:
        throw new RangeError(`${name}: expected a known function`);
    }
  }

  /** The pairs (2m, 2m + 1), m < dim/2, turned by position·base^(−2m/dim). */
  #rotated(row: readonly E[], position: number, base: number, dim: number): readonly E[] {
    const { add, subtract, multiply, of } = bound(this.#arithmetic);
    const arithmetic = this.#arithmetic;
    const logarithm = arithmetic.log(of(BigInt(base)));
    const turned = [...row];
    for (let m = 0; m < dim / 2; m++) {
      const frequency = arithmetic.exp(multiply(logarithm, of(BigInt(-2 * m), BigInt(dim))));
      const { cos, sin } = arithmetic.turn(multiply(of(BigInt(position)), frequency));
      const [x, y] = [row[2 * m]!, row[2 * m + 1]!];
      turned[2 * m] = subtract(multiply(x, cos), multiply(y, sin));
      turned[2 * m + 1] = add(multiply(x, sin), multiply(y, cos));
    }
    return turned;
  }
}

/** The operations as functions. */
function bound<E>(arithmetic: Arithmetic<E>) {
  return {
    add: (a: E, b: E): E => arithmetic.add(a, b),
    subtract: (a: E, b: E): E => arithmetic.subtract(a, b),
    multiply: (a: E, b: E): E => arithmetic.multiply(a, b),
    of: (n: bigint, d?: bigint): E => arithmetic.of(n, d),
  };
}

function rowsOf<E>(entries: readonly E[], cols: number): readonly E[][] {
  return Array.from({ length: entries.length / cols }, (_, i) => entries.slice(i * cols, (i + 1) * cols));
}

function columnsOf<E>(entries: readonly E[], cols: number): readonly E[][] {
  const rows = entries.length / cols;
  return Array.from({ length: cols }, (_, j) =>
    Array.from({ length: rows }, (_, i) => entries[i * cols + j]!),
  );
}
