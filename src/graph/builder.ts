import { add, divide, fraction, isOne, multiply, one, showFraction, type Fraction } from '../fraction.ts';
import type { ActivationFunction } from '../network/format.ts';
import { combinationOf } from './combination.ts';
import type { Mask, Operation, ParameterRef, Rotation, Tensor, Term } from './tensor.ts';

/** The computation of a network at one input, in order. */
export interface Graph {
  readonly tensors: readonly Tensor[];
  readonly output: Tensor;
  readonly parameters: number;
  /** What norms were divided by: the first coefficients of their tokens. */
  readonly divisors: readonly bigint[];
}

/**
 * Records the operations of a network. What is computed by the same operation from the same tensors and parameters is one tensor
 * (docs/point.md, "Equal tensors"). Shapes are not checked: `parseNetwork` has done that.
 */
export class GraphBuilder {
  readonly #tensors: Tensor[] = [];
  readonly #known = new Map<string, Tensor>();
  readonly divisors: bigint[] = [];

  get tensors(): readonly Tensor[] {
    return this.#tensors;
  }

  input(source: 'tokens' | 'context', rows: number, cols: number): Tensor {
    return this.#tensor(source, rows, cols, { kind: 'input', source });
  }

  /** Σ factor·tensor; all of one shape. */
  combine(terms: readonly Term[], rows: number, cols: number): Tensor {
    const sum = new Map<Tensor, Fraction>();
    for (const term of terms)
      for (const { factor, tensor } of combinationOf(term.tensor)) {
        const scaled = multiply(term.factor, factor);
        const before = sum.get(tensor);
        sum.set(tensor, before ? add(before, scaled) : scaled);
      }
    const left = [...sum]
      .filter(([, factor]) => factor.n !== 0n)
      .sort(([a], [b]) => a.id - b.id)
      .map(([tensor, factor]) => ({ factor, tensor }));
    if (left.length === 1 && isOne(left[0]!.factor)) return left[0]!.tensor;
    const key = left.map(({ factor, tensor }) => `${showFraction(factor)}*${tensor.id}`).join('+');
    return this.#tensor(`combination ${rows} ${cols} ${key}`, rows, cols, {
      kind: 'combination',
      terms: left,
    });
  }

  sum(tensors: readonly Tensor[]): Tensor {
    const terms = tensors.map((tensor) => ({ factor: one, tensor }));
    return this.combine(terms, tensors[0]!.rows, tensors[0]!.cols);
  }

  scale(x: Tensor, factor: Fraction): Tensor {
    return this.combine([{ factor, tensor: x }], x.rows, x.cols);
  }

  linear(x: Tensor, weight: ParameterRef, transposed = false): Tensor {
    const cols = transposed ? weight.cols : weight.rows;
    const key = `linear ${x.id} ${weight.offset} ${transposed}`;
    return this.#tensor(key, x.rows, cols, { kind: 'linear', x, weight, transposed });
  }

  bias(x: Tensor, vector: ParameterRef | null): Tensor {
    if (!vector) return x;
    return this.#tensor(`bias ${x.id} ${vector.offset}`, x.rows, x.cols, { kind: 'bias', x, vector });
  }

  /** Of a single token they are a bias. */
  positions(x: Tensor, matrix: ParameterRef): Tensor {
    const { offset, rows, cols } = matrix;
    if (rows === 1) return this.bias(x, { offset, rows: cols, cols: 1 });
    const key = `positions ${x.id} ${matrix.offset}`;
    return this.#tensor(key, x.rows, x.cols, { kind: 'positions', x, matrix });
  }

  gain(x: Tensor, vector: ParameterRef, unitOffset: boolean): Tensor {
    const key = `gain ${x.id} ${vector.offset} ${unitOffset}`;
    return this.#tensor(key, x.rows, x.cols, { kind: 'gain', x, vector, unitOffset });
  }

  /** A factor goes through: what is centered has first coefficient 1. */
  center(x: Tensor): Tensor {
    const factor = combinationOf(x)[0]?.factor ?? one;
    const unit = this.scale(x, divide(one, factor));
    const centered = this.#tensor(`center ${unit.id}`, x.rows, x.cols, { kind: 'center', x: unit });
    return this.scale(centered, factor);
  }

  /** The roots of c·x with ε are |c| times those of x with ε/c². */
  normalize(x: Tensor, epsilon: Fraction): Tensor {
    const factor = combinationOf(x)[0]?.factor ?? one;
    const unit = isOne(factor) ? x : this.scale(x, divide(one, factor));
    const scaled = divide(epsilon, multiply(factor, factor));
    this.divisors.push(factor.n);
    const key = `normalize ${unit.id} ${showFraction(scaled)}`;
    const normalized = this.#tensor(key, x.rows, x.cols, { kind: 'normalize', x: unit, epsilon: scaled });
    return factor.n < 0n ? this.scale(normalized, fraction(-1n)) : normalized;
  }

  power(x: Tensor, exponent: number): Tensor {
    if (exponent === 1) return x;
    return this.#tensor(`power ${x.id} ${exponent}`, x.rows, x.cols, { kind: 'power', x, exponent });
  }

  product(x: Tensor, y: Tensor): Tensor {
    return this.#tensor(`product ${x.id} ${y.id}`, x.rows, x.cols, { kind: 'product', x, y });
  }

  function(x: Tensor, name: ActivationFunction, coefficient: Fraction | null = null): Tensor {
    const key = `${name} ${x.id} ${coefficient === null ? '' : showFraction(coefficient)}`;
    return this.#tensor(key, x.rows, x.cols, { kind: 'function', x, function: name, coefficient });
  }

  rotate(x: Tensor, rotation: Rotation): Tensor {
    const key = `rotate ${x.id} ${rotation.base} ${rotation.dim}`;
    return this.#tensor(key, x.rows, x.cols, { kind: 'rotate', x, rotation });
  }

  scores(q: Tensor, k: Tensor): Tensor {
    return this.#tensor(`scores ${q.id} ${k.id}`, q.rows, k.rows, { kind: 'scores', q, k });
  }

  mask(scores: Tensor, mask: Mask): Tensor {
    if (!mask.causal && mask.window >= scores.rows) return scores;
    const key = `mask ${scores.id} ${mask.causal} ${mask.window}`;
    return this.#tensor(key, scores.rows, scores.cols, { kind: 'mask', scores, mask });
  }

  softmax(scores: Tensor, mask: Mask, alibi: Fraction | null): Tensor {
    const slope = alibi === null ? '' : showFraction(alibi);
    const key = `softmax ${scores.id} ${mask.causal} ${mask.window} ${slope}`;
    return this.#tensor(key, scores.rows, scores.cols, { kind: 'softmax', scores, mask, alibi });
  }

  mix(w: Tensor, v: Tensor): Tensor {
    return this.#tensor(`mix ${w.id} ${v.id}`, w.rows, v.cols, { kind: 'mix', w, v });
  }

  #tensor(key: string, rows: number, cols: number, operation: Operation): Tensor {
    const known = this.#known.get(key);
    if (known) return known;
    const id = this.#tensors.length;
    const tensor: Tensor = { id, rows, cols, operation, parallel: coefficientsOf(id, cols, operation) };
    this.#tensors.push(tensor);
    this.#known.set(key, tensor);
    return tensor;
  }
}

/** Of a tensor with parallel tokens, the tensor that its coefficients are of: docs/point.md, "Symmetric scores". −1: not known to be parallel. */
function coefficientsOf(id: number, cols: number, op: Operation): number {
  const own = cols === 1 ? id : -1;
  if (op.kind === 'linear' || op.kind === 'gain') return op.x.parallel >= 0 ? op.x.parallel : own;
  if (op.kind === 'combination') {
    const first = op.terms[0]?.tensor.parallel ?? -1;
    return first >= 0 && op.terms.every(({ tensor }) => tensor.parallel === first) ? first : own;
  }
  if (op.kind === 'mix') {
    const { w, v } = op;
    if (w.operation.kind === 'scores' && w.operation.q.cols === 1) return w.operation.q.parallel;
    return v.parallel >= 0 ? id : own;
  }
  if (op.kind === 'normalize') return op.x.parallel >= 0 ? id : own;
  return own;
}
