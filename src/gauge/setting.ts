import { PrimeField } from '../field/prime-field.ts';
import { ResidueStream } from '../point/residue-stream.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { operands, parameterOf, type ParameterRef, type Tensor } from '../graph/tensor.ts';

/** A matrix of residues, row by row. */
export type Rows = readonly (readonly number[])[];

/** Something of each tensor. */
export type Spaces<Space> = ReadonlyMap<Tensor, Space>;

/** A network at a point of its parameter space modulo a prime, with what consumes each tensor. */
export class Setting {
  readonly graph: NetworkGraph;
  readonly field: PrimeField;
  readonly seed: string;
  readonly theta: ArrayLike<number>;
  /** The tensors that the output depends on, in the order of computation. */
  readonly tensors: readonly Tensor[];
  readonly #consumers = new Map<Tensor, Tensor[]>();
  readonly #uses = new Map<number, Tensor[]>();

  constructor(graph: NetworkGraph, prime: number, seed: string) {
    this.graph = graph;
    this.field = new PrimeField(prime);
    this.seed = seed;
    this.theta = new ResidueStream('theta', seed, prime).take(graph.parameters);
    const readBy = operandsThatMatter(graph);
    this.tensors = livingTensors(graph, readBy);
    for (const tensor of this.tensors) {
      for (const operand of new Set(readBy(tensor)))
        this.#consumers.set(operand, [...this.consumersOf(operand), tensor]);
      const parameter = parameterOf(tensor);
      if (parameter) this.#uses.set(parameter.offset, [...this.usesOf(parameter), tensor]);
    }
  }

  consumersOf(tensor: Tensor): readonly Tensor[] {
    return this.#consumers.get(tensor) ?? [];
  }

  /** The tensors that a parameter enters directly. */
  usesOf({ offset }: ParameterRef): readonly Tensor[] {
    return this.#uses.get(offset) ?? [];
  }

  /** Does the parameter enter in one place only? */
  isOwn(parameter: ParameterRef): boolean {
    return this.usesOf(parameter).length === 1;
  }

  /** Are the scores read only through a softmax, which does not see a shift of all scores of a query? */
  isSoftmaxOnly(scores: Tensor): boolean {
    return this.consumersOf(scores).every(({ operation }) => operation.kind === 'softmax');
  }

  value({ offset, cols }: ParameterRef, i: number, j = 0): number {
    return this.theta[offset + i * cols + j]!;
  }

  /** The parameter matrix as rows. */
  rows(parameter: ParameterRef): number[][] {
    return Array.from({ length: parameter.rows }, (_, i) =>
      Array.from({ length: parameter.cols }, (_, j) => this.value(parameter, i, j)),
    );
  }

  /** C = 1 − 𝟙𝟙ᵀ/n. */
  centering(n: number): number[][] {
    const mean = this.field.inverse(this.field.reduce(n));
    return Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => this.field.subtract(Number(i === j), mean)),
    );
  }

  /** What a `gain` multiplies the coordinates by. */
  gains(tensor: Tensor): number[] {
    const { operation: op } = tensor;
    if (op.kind !== 'gain') throw new Error('expected a gain');
    const offset = op.unitOffset ? 1 : 0;
    return Array.from({ length: op.vector.rows }, (_, i) => this.field.add(this.value(op.vector, i), offset));
  }
}

/** The operands on which a tensor depends: where every query sees a single key, the weights of a softmax are 1. */
function operandsThatMatter({ steps }: NetworkGraph): (tensor: Tensor) => readonly Tensor[] {
  const constant = new Set<Tensor>();
  for (const step of steps) if (step.kind === 'softmax' && step.count === 0) constant.add(step.tensor);
  return (tensor) => (constant.has(tensor) ? [] : operands(tensor));
}

/** What the output does not depend on, and sums that were taken into other sums, are left out. */
function livingTensors(
  { tensors, output }: NetworkGraph,
  readBy: (tensor: Tensor) => readonly Tensor[],
): Tensor[] {
  const living = new Set([output]);
  for (const tensor of [...tensors].reverse())
    if (living.has(tensor)) for (const operand of readBy(tensor)) living.add(operand);
  return tensors.filter((tensor) => living.has(tensor));
}
