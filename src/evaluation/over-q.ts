import { fraction } from '../fraction.ts';
import { isVisible, operands, type Tensor } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { RationalMatrix } from '../rational/index.ts';
import {
  addMatrices,
  multiplyMatrices,
  rationalMatrix,
  transposeMatrix,
  zeroMatrix,
} from '../rational/rational-matrix.ts';
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

/** The values of a polynomial network at a point over Q: exact, tokens × width. Not checked: that it is one (`isPolynomial`), and the shapes. */
export function outputOverQ(graph: NetworkGraph, point: RationalPoint): RationalMatrix {
  return finish(outputOverQSteps(graph, point));
}

/** The same, tensor by tensor. */
export function* outputOverQSteps(
  { tensors, output }: NetworkGraph,
  point: RationalPoint,
): Generator<void, RationalMatrix, undefined> {
  const values: (RationalMatrix | undefined)[] = [];
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

function valueOf(
  tensor: Tensor,
  point: RationalPoint,
  at: (tensor: Tensor) => RationalMatrix,
): RationalMatrix {
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
      const ones = rationalMatrix(cols, cols, Array<bigint>(cols * cols).fill(1n));
      return addMatrices(x, multiplyMatrices(x, ones), fraction(-1n, BigInt(cols)));
    }
    case 'power': {
      const { numerators, denominator } = at(op.x);
      const exponent = BigInt(op.exponent);
      return rationalMatrix(
        rows,
        cols,
        numerators.map((x) => x ** exponent),
        denominator ** exponent,
      );
    }
    case 'product':
      return entrywise(at(op.x), at(op.y));
    case 'scores':
      return multiplyMatrices(at(op.q), transposeMatrix(at(op.k)));
    case 'mask': {
      const { numerators, denominator } = at(op.scores);
      const kept = numerators.map((x, e) => (isVisible(op.mask, Math.floor(e / cols), e % cols) ? x : 0n));
      return rationalMatrix(rows, cols, kept, denominator);
    }
    case 'mix':
      return multiplyMatrices(at(op.w), at(op.v));
    default:
      throw new RangeError(`${op.kind}: expected a polynomial, got another function`);
  }
}

/** The vector as each of `rows` rows. */
function repeated(vector: RationalMatrix, rows: number): RationalMatrix {
  const numerators = Array.from({ length: rows }, () => vector.numerators).flat();
  return { rows, cols: vector.rows, numerators, denominator: vector.denominator };
}

function entrywise(a: RationalMatrix, b: RationalMatrix): RationalMatrix {
  const numerators = a.numerators.map((x, i) => x * b.numerators[i]!);
  return rationalMatrix(a.rows, a.cols, numerators, a.denominator * b.denominator);
}
