import type { Fraction } from '../fraction.ts';
import { RotaryFrequencies } from '../graph/rotary.ts';
import type { FunctionStep } from '../graph/steps.ts';
import { geluCubic, type Operation, type Rotation, type Tensor } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';

/**
 * A bound of the rational functions in a row of a tensor, over one denominator, in all that is drawn (parameters, inputs, units of exponentials, logarithms, slopes of circle
 * points): degrees of numerators and denominator, and the logarithms (base 2) of the sums of the absolute values of their integer coefficients.
 */
export interface Size {
  readonly degree: number;
  readonly bits: number;
  readonly denominatorDegree: number;
  readonly denominatorBits: number;
}

/** Values, and their derivatives in the direction of a field; null: the derivative is 0. */
interface Dual {
  readonly value: Size;
  readonly tangent: Size | null;
}

const variable = size(1, 0);

/**
 * A bound of the derivative of a network in the direction of a vector field whose entries are linear forms of the parameters, with integer coefficients
 * of absolute values that add up to at most 2^`fieldBits`, by the product rule. With 0: of the rows of the Jacobian, as linear forms Σ_k (∂f/∂θ_k) η_k in a variable η_k for each
 * parameter.
 *
 * Null for networks with norms, whose roots have another distribution at a random point.
 */
export function derivativeSize(graph: NetworkGraph, fieldBits: number): Size | null {
  const { tensors, output } = graph;
  const theta = { value: variable, tangent: size(1, fieldBits) };
  const frequencies = new RotaryFrequencies(tensors);
  const duals = new Map<Tensor, Dual>();
  const of = (tensor: Tensor): Dual => duals.get(tensor)!;
  for (const tensor of tensors) {
    const dual = dualOf(tensor, of, theta, graph, frequencies);
    if (dual === null) return null;
    duals.set(tensor, dual);
  }
  return of(output).tangent ?? size(0, 0);
}

function dualOf(
  tensor: Tensor,
  of: (tensor: Tensor) => Dual,
  theta: Dual,
  graph: NetworkGraph,
  frequencies: RotaryFrequencies,
): Dual | null {
  const { operation: op } = tensor;
  switch (op.kind) {
    case 'input':
      return { value: variable, tangent: null };
    case 'combination':
      return op.terms
        .map(({ factor, tensor: operand }) => product(rational(factor), of(operand)))
        .reduce(sum, constant(size(0, 0)));
    case 'linear':
      return repeated(product(theta, of(op.x)), op.x.cols);
    case 'bias':
    case 'positions':
      return sum(of(op.x), theta);
    case 'gain':
      return product(op.unitOffset ? sum(theta, constant(size(0, 0))) : theta, of(op.x));
    case 'center': {
      const { cols } = op.x;
      const weights = { ...size(0, Math.log2(2 * cols)), denominatorBits: Math.log2(cols) };
      return product(constant(weights), of(op.x));
    }
    case 'power': {
      const { value, tangent } = of(op.x);
      const r = op.exponent;
      // r·x^(r − 1)·ẋ
      const slope = productSize(size(0, Math.log2(r)), powerSize(value, r - 1));
      return { value: powerSize(value, r), tangent: tangent && productSize(slope, tangent) };
    }
    case 'product':
      return product(of(op.x), of(op.y));
    case 'function':
      return functionOf(tensor, op, of(op.x), graph);
    case 'rotate':
      return repeated(product(constant(turns(op.rotation, frequencies, tensor.rows)), of(op.x)), 2);
    case 'scores':
      return repeated(product(of(op.q), inOneRow(of(op.k), op.k.rows)), op.q.cols);
    case 'mask':
      return of(op.scores);
    case 'softmax': {
      // w_ij = E_ij / Σ_k E_ik, and its derivative Σ_k E_ij E_ik (u̇_ij − u̇_ik) / (Σ_k E_ik)².
      const keys = Math.log2(op.scores.cols);
      const { tangent } = of(op.scores);
      return {
        value: size(1, 0, 1, keys),
        tangent: tangent && productSize(size(2, 1 + keys, 2, 2 * keys), tangent),
      };
    }
    case 'mix':
      return repeated(product(of(op.w), inOneRow(of(op.v), op.v.rows)), op.v.rows);
    case 'normalize':
      return null;
  }
}

/** f(x) and f'(x)·ẋ, where the exponential inside is A/B with monomials A and B in the units: other ones for each column, brought over one denominator. */
function functionOf(
  tensor: Tensor,
  op: Extract<Operation, { readonly kind: 'function' }>,
  x: Dual,
  { steps }: NetworkGraph,
): Dual {
  const step = steps.find((s): s is FunctionStep => s.kind === 'function' && s.tensor === tensor)!;
  const exponents = step.powers.map(([, exponent]) => Number(exponent));
  const above = exponents.reduce((total, n) => total + Math.max(0, n), 0);
  const below = exponents.reduce((total, n) => total + Math.max(0, -n), 0);
  const most = Math.max(above, below);
  const inAllColumns = (one: Size): Size => overOneDenominator(one, tensor.cols);
  /** A/(A + B), and its derivative AB/(A + B)² by the argument. */
  const sigma = inAllColumns(size(above, 0, most, 1));
  const slope = inAllColumns(size(above + below, 0, 2 * most, 2));
  const along = (derivative: Size): Size | null => x.tangent && productSize(derivative, x.tangent);
  switch (op.function) {
    case 'exp': {
      const e = inAllColumns(size(above, 0, below, 0));
      return { value: e, tangent: along(e) };
    }
    case 'sigmoid':
      return { value: sigma, tangent: along(slope) };
    case 'tanh':
      return {
        value: inAllColumns(size(most, 1, most, 1)),
        tangent: along(productSize(size(0, 2), slope)),
      };
    case 'softplus':
      return { value: variable, tangent: along(sigma) };
    case 'silu':
      return {
        value: productSize(x.value, sigma),
        tangent: along(sumSize(sigma, productSize(x.value, slope))),
      };
    case 'gelu-tanh': {
      // x·σ(2c(x + κx³)), with the derivative 2c(1 + 3κx²) inside; √(2/π) is drawn.
      const square = productSize(x.value, x.value);
      const cubic = productSize(size(0, Math.log2(3)), productSize(sizeOf(geluCubic), square));
      const c = op.coefficient === null ? variable : sizeOf(op.coefficient);
      const inner = productSize(size(0, 1), productSize(c, sumSize(size(0, 0), cubic)));
      return {
        value: productSize(x.value, sigma),
        tangent: along(sumSize(sigma, productSize(x.value, productSize(slope, inner)))),
      };
    }
  }
}

/** Cosines and sines of all turns up to a position: ((1 + iτ)² / (1 + τ²))ⁿ in a slope τ for each class of frequencies. */
function turns(rotation: Rotation, frequencies: RotaryFrequencies, positions: number): Size {
  const largest = new Map<number, number>();
  for (const { circle, multiple } of frequencies.of(rotation))
    largest.set(circle, Math.max(largest.get(circle) ?? 0, Number(multiple) * (positions - 1)));
  const n = [...largest.values()].reduce((total, power) => total + power, 0);
  return size(2 * n, 2 * n, 2 * n, n);
}

function size(degree: number, bits: number, denominatorDegree = 0, denominatorBits = 0): Size {
  return { degree, bits, denominatorDegree, denominatorBits };
}

function sizeOf({ n, d }: Fraction): Size {
  return size(0, Math.log2(Math.abs(Number(n))), 0, Math.log2(Number(d)));
}

function constant(value: Size): Dual {
  return { value, tangent: null };
}

function rational(factor: Fraction): Dual {
  return constant(sizeOf(factor));
}

function productSize(a: Size, b: Size): Size {
  return {
    degree: a.degree + b.degree,
    bits: a.bits + b.bits,
    denominatorDegree: a.denominatorDegree + b.denominatorDegree,
    denominatorBits: a.denominatorBits + b.denominatorBits,
  };
}

function powerSize(a: Size, exponent: number): Size {
  return {
    degree: exponent * a.degree,
    bits: exponent * a.bits,
    denominatorDegree: exponent * a.denominatorDegree,
    denominatorBits: exponent * a.denominatorBits,
  };
}

function sumSize(a: Size, b: Size): Size {
  return {
    degree: Math.max(a.degree + b.denominatorDegree, b.degree + a.denominatorDegree),
    bits: Math.max(a.bits + b.denominatorBits, b.bits + a.denominatorBits) + 1,
    denominatorDegree: a.denominatorDegree + b.denominatorDegree,
    denominatorBits: a.denominatorBits + b.denominatorBits,
  };
}

function sumOfTangents(a: Size | null, b: Size | null): Size | null {
  return a && b ? sumSize(a, b) : (a ?? b);
}

function sum(a: Dual, b: Dual): Dual {
  return { value: sumSize(a.value, b.value), tangent: sumOfTangents(a.tangent, b.tangent) };
}

function product(a: Dual, b: Dual): Dual {
  return {
    value: productSize(a.value, b.value),
    tangent: sumOfTangents(
      a.tangent && productSize(a.tangent, b.value),
      b.tangent && productSize(a.value, b.tangent),
    ),
  };
}

/** A sum of `count` functions over one denominator. */
function repeated({ value, tangent }: Dual, count: number): Dual {
  const more = (one: Size): Size => ({ ...one, bits: one.bits + Math.log2(count) });
  return { value: more(value), tangent: tangent && more(tangent) };
}

/** The entries of all rows over one denominator. */
function inOneRow({ value, tangent }: Dual, rows: number): Dual {
  return {
    value: overOneDenominator(value, rows),
    tangent: tangent && overOneDenominator(tangent, rows),
  };
}

/** `count` functions of this size with denominators of their own. */
function overOneDenominator(one: Size, count: number): Size {
  return {
    degree: one.degree + (count - 1) * one.denominatorDegree,
    bits: one.bits + (count - 1) * one.denominatorBits,
    denominatorDegree: count * one.denominatorDegree,
    denominatorBits: count * one.denominatorBits,
  };
}
