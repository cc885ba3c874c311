import type { Fraction } from '../fraction.ts';
import type { Graph } from '../graph/builder.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * A bound of the rational functions in a row of a tensor, over one denominator, in the parameters, the inputs and the units of the
 * exponentials: degrees of numerators and denominator, and the logarithms (base 2) of the sums of the absolute values of their integer coefficients.
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
 * of absolute values that add up to at most 2^`fieldBits`: a rational function by the product rule, softmax by its units.
 *
 * Null for networks with functions, norms or rotations, whose images at a random point have other distributions.
 */
export function derivativeSize({ tensors, output }: Graph, fieldBits: number): Size | null {
  const theta = { value: variable, tangent: size(1, fieldBits) };
  const duals = new Map<Tensor, Dual>();
  const of = (tensor: Tensor): Dual => duals.get(tensor)!;
  for (const tensor of tensors) {
    const dual = dualOf(tensor, of, theta);
    if (dual === null) return null;
    duals.set(tensor, dual);
  }
  return of(output).tangent ?? size(0, 0);
}

function dualOf({ operation: op }: Tensor, of: (tensor: Tensor) => Dual, theta: Dual): Dual | null {
  switch (op.kind) {
    case 'input':
      return { value: variable, tangent: null };
    case 'combination':
      return op.terms
        .map(({ factor, tensor }) => product(rational(factor), of(tensor)))
        .reduce(sum, { value: size(0, 0), tangent: null });
    case 'linear':
      return repeated(product(theta, of(op.x)), op.x.cols);
    case 'bias':
    case 'positions':
      return sum(of(op.x), theta);
    case 'gain':
      return product(op.unitOffset ? sum(theta, { value: size(0, 0), tangent: null }) : theta, of(op.x));
    case 'center': {
      const { cols } = op.x;
      const weights = { ...size(0, Math.log2(2 * cols)), denominatorBits: Math.log2(cols) };
      return product({ value: weights, tangent: null }, of(op.x));
    }
    case 'power': {
      const x = of(op.x);
      let result = x;
      for (let e = 1; e < op.exponent; e++) result = product(result, x);
      return result;
    }
    case 'product':
      return product(of(op.x), of(op.y));
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
    default:
      return null;
  }
}

function size(degree: number, bits: number, denominatorDegree = 0, denominatorBits = 0): Size {
  return { degree, bits, denominatorDegree, denominatorBits };
}

function rational({ n, d }: Fraction): Dual {
  return { value: size(0, Math.log2(Math.abs(Number(n))), 0, Math.log2(Number(d))), tangent: null };
}

function productSize(a: Size, b: Size): Size {
  return {
    degree: a.degree + b.degree,
    bits: a.bits + b.bits,
    denominatorDegree: a.denominatorDegree + b.denominatorDegree,
    denominatorBits: a.denominatorBits + b.denominatorBits,
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
  const common = (one: Size): Size => ({
    degree: one.degree + (rows - 1) * one.denominatorDegree,
    bits: one.bits + (rows - 1) * one.denominatorBits,
    denominatorDegree: rows * one.denominatorDegree,
    denominatorBits: rows * one.denominatorBits,
  });
  return { value: common(value), tangent: tangent && common(tangent) };
}
