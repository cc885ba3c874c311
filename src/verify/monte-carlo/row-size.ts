import type { Compiled } from '../compile.ts';
import { fraction, isOne, times as timesFraction, type Fraction } from '../fraction.ts';
import type { Sparse } from '../lattice.ts';
import type { Id, Operation, Program } from '../program.ts';
import { rotaryAngles } from '../rotary.ts';
import type { Steps } from '../steps.ts';
import { geluCubic } from '../values.ts';
import {
  constant,
  derivativeSum,
  drawn,
  mapped,
  power,
  product,
  rational,
  scaled,
  sum,
  times,
  together,
  type DerivativeSize,
  type Size,
} from './size.ts';

/** Of the rows of a tensor, and of their derivative. */
interface TensorSize {
  readonly value: Size;
  readonly derivative: DerivativeSize;
}

/** The degree and log₂ of the coefficients of a row of the Jacobian. */
export interface RowSize {
  readonly degree: number;
  readonly bits: number;
}

/** The size of a row of the Jacobian of a network (docs/monte-carlo.md, "Sizes"); null where there is a norm. O(tensors and terms of sums) */
export function rowSize({ program, output }: Compiled, steps: Steps): RowSize | null {
  if (steps.roots.length > 0) return null;
  const sizes = new Sizes(program, steps);
  const [degree, bits] = sizes.of(output).derivative ?? constant;
  return { degree, bits };
}

class Sizes {
  readonly #program: Program;
  readonly #steps: Steps;
  readonly #sizes: TensorSize[] = [];
  readonly #turns: ReadonlyMap<string, number>;

  constructor(program: Program, steps: Steps) {
    this.#program = program;
    this.#steps = steps;
    this.#turns = largestTurns(program);
    for (const id of program.tensors.keys()) this.#sizes.push(this.#sizeOf(id));
  }

  of(id: Id): TensorSize {
    return this.#sizes[id]!;
  }

  #sizeOf(id: Id): TensorSize {
    const { operation, tokens, width, terms } = this.#program.tensor(id);
    switch (operation.kind) {
      case 'tokens':
        return { value: drawn, derivative: null };
      case 'combination':
        return this.#combination(terms);
      case 'linear': {
        const { x, bias } = operation;
        const d = this.#program.tensor(x).width;
        const { value, derivative } = this.of(x);
        const moved = derivativeSum(product(drawn, value), scaled(derivative, drawn));
        const y = {
          value: times(d, product(drawn, value)),
          derivative: mapped(moved, (size) => times(d, size)),
        };
        return bias === null ? y : shifted(y);
      }
      case 'shift':
        return shifted(this.of(operation.x));
      case 'rotation': {
        const n = this.#turns.get(`${operation.base} ${operation.dim}`)! * (tokens - 1);
        const turned = (size: Size): Size => times(2, product([2 * n, 2 * n, 2 * n, n], size));
        const { value, derivative } = this.of(operation.x);
        return { value: turned(value), derivative: mapped(derivative, turned) };
      }
      case 'scores': {
        const { q, k, mask } = operation;
        return this.#dot(this.of(q), this.of(k), mask.keys, this.#program.tensor(q).width);
      }
      case 'mix': {
        const { weights, v, mask } = operation;
        return this.#dot(this.of(weights), this.of(v), mask.keys, mask.keys);
      }
      case 'softmax': {
        const bits = Math.log2(operation.mask.keys);
        const { derivative } = this.of(operation.scores);
        return { value: [1, 0, 1, bits], derivative: scaled(derivative, [2, 1 + bits, 2, 2 * bits]) };
      }
      case 'power': {
        const { value, derivative } = this.of(operation.x);
        const r = operation.exponent;
        // r·x^(r − 1)·ẋ
        const slope = product(rational(fraction(BigInt(r))), power(r - 1, value));
        return { value: power(r, value), derivative: scaled(derivative, slope) };
      }
      case 'product':
        return this.#gate(operation, width) ?? multiplied(this.of(operation.x), this.of(operation.y));
      case 'exponential': {
        const { alpha, beta } = this.#degrees(id);
        const value = together(width, [alpha, 0, beta, 0]);
        return { value, derivative: scaled(this.of(operation.x).derivative, value) };
      }
      case 'logistic': {
        const { value, slope } = this.#logistic(operation.x, width);
        return { value, derivative: scaled(this.of(this.#argument(operation.x)).derivative, slope) };
      }
      case 'hyperbolic': {
        // tanh z with e^{2z}: z is half of the argument.
        const { alpha, beta } = this.#degrees(operation.x);
        const m = Math.max(alpha, beta);
        const slope = together(width, [alpha + beta, 2, 2 * m, 2]);
        const doubled = this.#program.tensor(this.#argument(operation.x)).terms;
        const { derivative } = this.#combination(doubled, fraction(1n, 2n));
        return { value: together(width, [m, 1, m, 1]), derivative: scaled(derivative, slope) };
      }
      case 'logarithm':
        return {
          value: drawn,
          derivative: scaled(this.of(operation.x).derivative, this.of(operation.slope).value),
        };
      case 'geluArgument': {
        const { value, derivative } = this.of(operation.x);
        const inner = product(value, sum(constant, product(cubic, value, value)));
        return {
          value: product(two, coefficientOf(operation), inner),
          derivative: scaled(derivative, geluSlope(operation, value)),
        };
      }
      case 'center':
      case 'roots':
      case 'normalized':
      case 'gain':
        throw new Error('a norm has no size');
    }
  }

  /** Σ c·factor·a; of one term with the coefficient 1 the term itself. */
  #combination(terms: Sparse, factor?: Fraction): TensorSize {
    const parts = Array.from(terms, ([atom, c]) => [atom, factor ? timesFraction(c, factor) : c] as const);
    if (parts.length === 1 && isOne(parts[0]![1])) return this.of(parts[0]![0]);
    let value = constant;
    let derivative: DerivativeSize = null;
    for (const [atom, c] of parts) {
      const part = this.of(atom);
      value = sum(value, product(rational(c), part.value));
      derivative = derivativeSum(derivative, scaled(part.derivative, rational(c)));
    }
    return { value, derivative };
  }

  /** Sums of `count` products of an entry of x and one of y, of which `rows` rows are taken together. */
  #dot(x: TensorSize, y: TensorSize, rows: number, count: number): TensorSize {
    const all = (size: Size): Size => together(rows, size);
    const { value, derivative } = multiplied(x, {
      value: all(y.value),
      derivative: mapped(y.derivative, all),
    });
    return { value: times(count, value), derivative: mapped(derivative, (size) => times(count, size)) };
  }

  /** x·σ(u) where u is x, or the argument of gelu-tanh at x: one function of x, whose derivative has ẋ once. */
  #gate({ x, y }: Extract<Operation, { kind: 'product' }>, width: number): TensorSize | null {
    const gate = this.#program.tensor(y).operation;
    if (gate.kind !== 'logistic') return null;
    const argument = this.#argument(gate.x);
    const { operation } = this.#program.tensor(argument);
    const isGelu = operation.kind === 'geluArgument' && operation.x === x;
    if (argument !== x && !isGelu) return null;
    const sigma = this.#logistic(gate.x, width);
    const { value, derivative } = this.of(x);
    const inner = isGelu ? product(sigma.slope, geluSlope(operation, value)) : sigma.slope;
    const slope = sum(sigma.value, product(value, inner));
    return { value: product(value, sigma.value), derivative: scaled(derivative, slope) };
  }

  /** E/(1 + E) in all columns, and its derivative by the argument of E. */
  #logistic(exponential: Id, width: number): { readonly value: Size; readonly slope: Size } {
    const { alpha, beta } = this.#degrees(exponential);
    const m = Math.max(alpha, beta);
    return {
      value: together(width, [alpha, 0, m, 1]),
      slope: together(width, [alpha + beta, 0, 2 * m, 2]),
    };
  }

  #argument(exponential: Id): Id {
    const { operation } = this.#program.tensor(exponential);
    if (operation.kind !== 'exponential') throw new Error('a logistic function of no exponential');
    return operation.x;
  }

  /** The degrees in the units of the numerator and of the denominator of an exponential. */
  #degrees(exponential: Id): { readonly alpha: number; readonly beta: number } {
    let [alpha, beta] = [0, 0];
    for (const { power: n } of this.#steps.exponentials.get(exponential)!.factors) {
      if (n > 0n) alpha += Number(n);
      else beta -= Number(n);
    }
    return { alpha, beta };
  }
}

const two = rational(fraction(2n));
const three = rational(fraction(3n));
const cubic = rational(geluCubic);

type GeluArgument = Extract<Operation, { kind: 'geluArgument' }>;

function coefficientOf({ coefficient }: GeluArgument): Size {
  if (coefficient === null) return drawn;
  const [n, d = '1'] = coefficient.split('/') as [string, string?];
  return n === '0' ? constant : rational(fraction(BigInt(n), BigInt(d)));
}

/** 2c(1 + 3·0.044715x²) */
const geluSlope = (operation: GeluArgument, x: Size): Size =>
  product(two, coefficientOf(operation), sum(constant, product(three, cubic, x, x)));

/** Of x + b, with parameters b. */
const shifted = ({ value, derivative }: TensorSize): TensorSize => ({
  value: sum(value, drawn),
  derivative: derivativeSum(derivative, drawn),
});

const multiplied = (x: TensorSize, y: TensorSize): TensorSize => ({
  value: product(x.value, y.value),
  derivative: derivativeSum(scaled(x.derivative, y.value), scaled(y.derivative, x.value)),
});

/** By base and dim of a rotary layer: the sum over its points of the circle of the largest multiple of each. */
function largestTurns({ rotaries }: Program): Map<string, number> {
  const { angles } = rotaryAngles(rotaries);
  return new Map(
    rotaries.map(({ base, dim }, n) => {
      const largest = new Map<number, number>();
      for (const { group, multiple } of angles[n]!) {
        const turn = Number(multiple.reduce((all, [q, exponent]) => all * q ** exponent, 1n));
        largest.set(group, Math.max(largest.get(group) ?? 0, turn));
      }
      return [`${base} ${dim}`, [...largest.values()].reduce((all, turn) => all + turn, 0)];
    }),
  );
}
