import { fraction } from '../fraction.ts';
import { isVisible, operands, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';
import {
  addMatrices,
  exactMatrix,
  multiplyMatrices,
  transposeMatrix,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import { finish } from '../rational/steps.ts';
import { parameterAt, type RationalPoint } from './parameters.ts';

/** Is the output a polynomial in the input, so that it has rational values at rational points? */
export function isPolynomial({ output }: NetworkGraph): boolean {
  const known = new Map<Tensor, boolean>();
  const check = (tensor: Tensor): boolean => {
    let answer = known.get(tensor);
    if (answer === undefined) {
      const { kind } = tensor.operation;
      const isOwn = kind !== 'normalize' && kind !== 'function' && kind !== 'softmax' && kind !== 'rotate';
      answer = isOwn && operands(tensor).every(check);
      known.set(tensor, answer);
    }
    return answer;
  };
  return check(output);
}

/** A bound on the degree of the output as a polynomial in the input; Infinity if it is none. */
export function degreeOf({ tensors, output }: NetworkGraph): number {
  const degrees: number[] = [];
  const at = ({ id }: Tensor): number => degrees[id]!;
  for (const tensor of tensors) degrees.push(degreeOfTensor(tensor, at));
  return at(output);
}

function degreeOfTensor({ operation: op }: Tensor, at: (tensor: Tensor) => number): number {
  switch (op.kind) {
    case 'input':
      return 1;
    case 'combination':
      return Math.max(0, ...op.terms.map(({ tensor }) => at(tensor)));
    case 'power':
      return op.exponent * at(op.x);
    case 'product':
      return at(op.x) + at(op.y);
    case 'scores':
      return at(op.q) + at(op.k);
    case 'mask':
      return at(op.scores);
    case 'mix':
      return at(op.w) + at(op.v);
    case 'normalize':
    case 'function':
    case 'softmax':
    case 'rotate':
      return Infinity;
    default:
      return at(op.x);
  }
}

/** Of polynomials over Q: logarithms (base 2) of their common denominator, and of the sum of the absolute values of the coefficients of one numerator, at most. */
export interface CoefficientSize {
  readonly above: number;
  readonly below: number;
}

/**
 * Of the output of a polynomial network as polynomials in the input, at these weights; with `moving`, in the input and a variable that is added to each parameter, which are at least
 * as large as the derivatives by the parameters. Not checked: that it is a polynomial network.
 */
export function coefficientSize(
  { tensors, output }: NetworkGraph,
  matrices: ReadonlyMap<number, ExactMatrix>,
  moving = false,
): CoefficientSize {
  const sizes: CoefficientSize[] = [];
  const at = ({ id }: Tensor): CoefficientSize => sizes[id]!;
  const parameter = ({ offset }: ParameterRef): CoefficientSize => {
    const size = sizeOf(matrices.get(offset)!);
    return moving ? sumSize(size, { above: 0, below: 0 }) : size;
  };
  for (const tensor of tensors) sizes.push(sizeOfTensor(tensor, at, parameter));
  return at(output);
}

function sizeOfTensor(
  { operation: op, cols }: Tensor,
  at: (tensor: Tensor) => CoefficientSize,
  parameter: (ref: ParameterRef) => CoefficientSize,
): CoefficientSize {
  switch (op.kind) {
    case 'input':
      return { above: 0, below: 0 };
    case 'combination':
      return op.terms
        .map(({ factor, tensor }) =>
          productSize({ above: bitsOf(factor.n), below: bitsOf(factor.d) }, at(tensor)),
        )
        .reduce(sumSize, { above: 0, below: 0 });
    case 'linear':
      return productSize(parameter(op.weight), at(op.x), op.x.cols);
    case 'bias':
      return sumSize(at(op.x), parameter(op.vector));
    case 'positions':
      return sumSize(at(op.x), parameter(op.matrix));
    case 'gain': {
      const vector = parameter(op.vector);
      return productSize(op.unitOffset ? sumSize(vector, { above: 0, below: 0 }) : vector, at(op.x));
    }
    case 'center':
      return productSize({ above: bitsOf(BigInt(2 * cols)), below: bitsOf(BigInt(cols)) }, at(op.x));
    case 'power': {
      const { above, below } = at(op.x);
      return { above: op.exponent * above, below: op.exponent * below };
    }
    case 'product':
      return productSize(at(op.x), at(op.y));
    case 'scores':
      return productSize(at(op.q), at(op.k), op.q.cols);
    case 'mask':
      return at(op.scores);
    case 'mix':
      return productSize(at(op.w), at(op.v), op.w.cols);
    default:
      throw new RangeError(`${op.kind}: expected a polynomial, got another function`);
  }
}

/** Of the sum of `terms` products. */
function productSize(a: CoefficientSize, b: CoefficientSize, terms = 1): CoefficientSize {
  return { above: a.above + b.above + Math.log2(terms), below: a.below + b.below };
}

function sumSize(a: CoefficientSize, b: CoefficientSize): CoefficientSize {
  return { above: 1 + Math.max(a.above + b.below, b.above + a.below), below: a.below + b.below };
}

function sizeOf({ numerators, denominator }: ExactMatrix): CoefficientSize {
  return { above: numerators.reduce((most, n) => Math.max(most, bitsOf(n)), 0), below: bitsOf(denominator) };
}

/** An upper bound of log₂|n|, and 0 for 0. */
function bitsOf(n: bigint): number {
  const size = n < 0n ? -n : n;
  return size <= 1n ? 0 : size.toString(2).length;
}

/** The values of a polynomial network at a point over Q, or over F_p: exact, tokens × width. Not checked: that it is one (`isPolynomial`), and the shapes. */
export function exactOutput(graph: NetworkGraph, point: RationalPoint): ExactMatrix {
  return finish(exactOutputSteps(graph, point));
}

/** The same, tensor by tensor. */
export function* exactOutputSteps(
  { tensors, output }: NetworkGraph,
  point: RationalPoint,
): Generator<void, ExactMatrix, undefined> {
  const values: (ExactMatrix | undefined)[] = [];
  const needed = ancestors(output);
  for (const tensor of tensors) {
    values.push(needed.has(tensor) ? valueOf(tensor, point, ({ id }) => values[id]!) : undefined);
    yield;
  }
  return values[output.id]!;
}

/** Products of two numbers in an evaluation, about. */
export function productCount({ tensors }: NetworkGraph): number {
  return tensors.reduce((sum, { operation: op, rows, cols }) => {
    if (op.kind === 'linear') return sum + rows * cols * op.x.cols;
    if (op.kind === 'scores') return sum + rows * cols * op.q.cols;
    return sum + rows * cols * (op.kind === 'mix' ? op.w.cols : 1);
  }, 0);
}

/** A tensor, and all that it is computed from. */
export function ancestors(tensor: Tensor): ReadonlySet<Tensor> {
  const found = new Set([tensor]);
  for (const each of found) for (const operand of operands(each)) found.add(operand);
  return found;
}

function valueOf(tensor: Tensor, point: RationalPoint, at: (tensor: Tensor) => ExactMatrix): ExactMatrix {
  const { operation: op, rows, cols } = tensor;
  switch (op.kind) {
    case 'input':
      return op.source === 'tokens' ? point.tokens : point.context!;
    case 'combination':
      return op.terms.reduce(
        (sum, { factor, tensor: x }) => addMatrices(sum, at(x), factor),
        zeroMatrix(rows, cols),
      );
    case 'linear': {
      const weight = parameterAt(point, op.weight);
      return multiplyMatrices(at(op.x), op.transposed ? weight : transposeMatrix(weight));
    }
    case 'bias':
      return addMatrices(at(op.x), repeated(parameterAt(point, op.vector), rows));
    case 'positions':
      return addMatrices(at(op.x), parameterAt(point, op.matrix));
    case 'gain': {
      const x = at(op.x);
      const scaled = entrywise(x, repeated(parameterAt(point, op.vector), rows));
      return op.unitOffset ? addMatrices(scaled, x) : scaled;
    }
    case 'center': {
      const x = at(op.x);
      const ones = exactMatrix(cols, cols, Array<bigint>(cols * cols).fill(1n));
      return addMatrices(x, multiplyMatrices(x, ones), fraction(-1n, BigInt(cols)));
    }
    case 'power': {
      const { numerators, denominator, prime } = at(op.x);
      const exponent = BigInt(op.exponent);
      return exactMatrix(
        rows,
        cols,
        numerators.map((x) => x ** exponent),
        denominator ** exponent,
        prime,
      );
    }
    case 'product':
      return entrywise(at(op.x), at(op.y));
    case 'scores':
      return multiplyMatrices(at(op.q), transposeMatrix(at(op.k)));
    case 'mask': {
      const { numerators, denominator, prime } = at(op.scores);
      const kept = numerators.map((x, e) => (isVisible(op.mask, Math.floor(e / cols), e % cols) ? x : 0n));
      return exactMatrix(rows, cols, kept, denominator, prime);
    }
    case 'mix':
      return multiplyMatrices(at(op.w), at(op.v));
    default:
      throw new RangeError(`${op.kind}: expected a polynomial, got another function`);
  }
}

/** The vector as each of `rows` rows. */
function repeated(vector: ExactMatrix, rows: number): ExactMatrix {
  const numerators = Array.from({ length: rows }, () => vector.numerators).flat();
  return exactMatrix(rows, vector.rows, numerators, vector.denominator, vector.prime);
}

function entrywise(a: ExactMatrix, b: ExactMatrix): ExactMatrix {
  const numerators = a.numerators.map((x, i) => x * b.numerators[i]!);
  return exactMatrix(a.rows, a.cols, numerators, a.denominator * b.denominator, a.prime ?? b.prime);
}
