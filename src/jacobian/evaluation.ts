import type { Residue, ResidueArray } from '../field/residue.ts';
import type { RootStep, SoftmaxStep, Step } from '../graph/steps.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { InputDraws, Point } from '../point/point.ts';
import type { Cotangents } from './cotangents.ts';
import { operationAtPoint, type OperationAtPoint, type Setting } from './operations/index.ts';

/** Redraws at one input, at most: docs/point.md, "Redrawing". */
const mostRedraws = 64;

/** The values of all tensors of a network at a point, input by input, in the memory of a kernel. */
export class Evaluation<R extends Residue = number> implements Setting<R> {
  readonly kernel: Kernel<R>;
  readonly field: Point<R>['field'];
  readonly point: Point<R>;
  readonly theta: number;
  readonly #values: readonly number[];
  readonly #operations: readonly OperationAtPoint<R>[];
  /** Of each tensor: its steps, and the last of them that needs roots. */
  readonly #steps: readonly (readonly Step[])[];

  /** Takes room on the kernel's heap for good. */
  constructor(kernel: Kernel<R>, point: Point<R>) {
    const { tensors, steps } = point.graph;
    this.kernel = kernel;
    this.field = point.field;
    this.point = point;
    this.theta = kernel.allocate(Math.max(1, point.theta.length));
    kernel.write(this.theta, point.theta as unknown as ArrayLike<R>);
    this.#values = tensors.map(({ rows, cols }) => kernel.allocate(rows * cols));
    this.#operations = tensors.map((tensor) => operationAtPoint<R>(this, tensor));
    this.#steps = tensors.map((tensor) => steps.filter((step) => step.tensor === tensor));
  }

  valueAt(tensor: Tensor): number {
    return this.#values[tensor.id]!;
  }

  read(tensor: Tensor): ResidueArray<R> {
    return this.kernel.read(this.valueAt(tensor), tensor.rows * tensor.cols);
  }

  readonly allocate = (count: number): number => this.kernel.allocate(count);

  /**
   * Computes all values at an input; false if the input is skipped: a denominator is 0, or a radicand no square in spite of redrawing.
   *
   * `onStep` sees each step when it is reached for the first time, before it is computed.
   */
  evaluate(draws: InputDraws<R>, onStep?: (step: Step) => void): boolean {
    let reached = 0;
    let redraws = 0;
    for (let id = 0; id < this.#operations.length;) {
      if (id >= reached) {
        if (onStep) this.#steps[id]!.forEach(onStep);
        reached = id + 1;
      }
      const outcome = this.#operations[id]!.forward(draws);
      if (outcome === 'done') {
        id++;
        continue;
      }
      if (outcome === 'vanishing') return false;
      const { redrawn } = this.#steps[id]!.find((step): step is RootStep => step.kind === 'root')!;
      if (redrawn === null || redraws === mostRedraws) return false;
      redraws++;
      this.#redraw(draws, redrawn, outcome);
      id = redrawn.tensor.id;
    }
    return true;
  }

  /** The cotangents of the operands of every tensor that has one, from the output to the inputs. */
  pullBack(cotangents: Cotangents<R>): void {
    const { tensors } = this.point.graph;
    for (let id = tensors.length - 1; id >= 0; id--) {
      const g = cotangents.of(tensors[id]!);
      if (g !== undefined) this.#operations[id]!.pullBack(g, cotangents);
    }
  }

  /** Draws the tokens (or queries) `rows` of a tensor's draws again. */
  #redraw(
    draws: InputDraws<R>,
    { tensor, what }: NonNullable<RootStep['redrawn']>,
    rows: readonly number[],
  ): void {
    const { operation } = tensor;
    const step = this.#steps[tensor.id]!.find(({ kind }) =>
      what === 'exponential' ? kind === 'function' : kind === what,
    );
    const { again } = draws;
    for (const row of rows) {
      const first = row * tensor.cols;
      if (what === 'softmax') {
        const { argumentOf } = step as SoftmaxStep;
        const units = draws.units.get(step!)! as { [index: number]: Residue };
        for (let n = first; n < first + tensor.cols; n++)
          if (argumentOf[n]! >= 0) units[argumentOf[n]!] = again.nextUnit();
        continue;
      }
      const target = (
        what === 'exponential'
          ? draws.units.get(step!)!
          : what === 'logarithm'
            ? draws.logarithms.get(step!)!
            : draws[operation.kind === 'input' ? operation.source : 'tokens']!
      ) as { [index: number]: Residue };
      for (let n = first; n < first + tensor.cols; n++)
        target[n] = what === 'exponential' ? again.nextUnit() : again.next();
    }
  }
}
