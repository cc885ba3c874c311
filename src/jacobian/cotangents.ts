import type { Residue } from '../field/residue.ts';
import { operands, parameterOf, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { JacobianRows } from './operations/operation.ts';

/** What backward needs to know of a graph: whose cotangents are wanted, and which parameters are read more than once. */
export interface BackwardPlan {
  /** Tensors that depend on a parameter with columns: the others need no cotangent. */
  readonly wanted: readonly boolean[];
  /** By offset, of the parameters that several tensors read. */
  readonly shared: ReadonlySet<number>;
  /** By offset, the first column of each parameter that has columns. */
  readonly columnOf: ReadonlyMap<number, number>;
  /** Those without columns, by ascending offset. */
  readonly omitted: readonly ParameterRef[];
}

/** `omitted`: the offsets of parameters without columns. */
export function backwardPlan(tensors: readonly Tensor[], omitted: ReadonlySet<number>): BackwardPlan {
  const wanted: boolean[] = [];
  const read = new Map<number, ParameterRef>();
  const shared = new Set<number>();
  for (const tensor of tensors) {
    const parameter = parameterOf(tensor);
    const hasColumns = parameter !== null && !omitted.has(parameter.offset);
    wanted.push(hasColumns || operands(tensor).some(({ id }) => wanted[id]));
    if (!parameter) continue;
    if (read.has(parameter.offset)) shared.add(parameter.offset);
    read.set(parameter.offset, parameter);
  }
  const parameters = [...read.values()].sort((a, b) => a.offset - b.offset);
  const columnOf = new Map<number, number>();
  let left = 0;
  for (const { offset, rows, cols } of parameters)
    if (omitted.has(offset)) left += rows * cols;
    else columnOf.set(offset, offset - left);
  return { wanted, shared, columnOf, omitted: parameters.filter(({ offset }) => omitted.has(offset)) };
}

/** R cotangents on their way back through a network: of each tensor [token][cotangent][coordinate], on the kernel's heap. */
export class Cotangents<R extends Residue> {
  /** R. */
  readonly count: number;
  readonly #kernel: Kernel<R>;
  readonly #plan: BackwardPlan;
  readonly #rows: JacobianRows;
  readonly #places: (number | undefined)[] = [];

  constructor(kernel: Kernel<R>, plan: BackwardPlan, rows: JacobianRows, count: number) {
    this.#kernel = kernel;
    this.#plan = plan;
    this.#rows = rows;
    this.count = count;
  }

  isWanted(tensor: Tensor): boolean {
    return this.#plan.wanted[tensor.id]!;
  }

  /** Has a parameter matrix columns to write to? */
  hasColumns({ offset }: ParameterRef): boolean {
    return this.#plan.columnOf.has(offset);
  }

  /** The cotangent of a tensor, if anything has been added to it. */
  of(tensor: Tensor): number | undefined {
    return this.#places[tensor.id];
  }

  /** Where to add to the cotangent of a tensor: `mode` is `'set'` for the first addition, to zeros. */
  open(tensor: Tensor): { readonly at: number; readonly mode: 'set' | 'add' } {
    const known = this.#places[tensor.id];
    if (known !== undefined) return { at: known, mode: 'add' };
    const at = this.#kernel.allocate(tensor.rows * this.count * tensor.cols);
    this.#places[tensor.id] = at;
    return { at, mode: 'set' };
  }

  /** Adds cotangents at `from`, which nobody else will change. */
  give(tensor: Tensor, from: number): void {
    const known = this.#places[tensor.id];
    if (known === undefined) this.#places[tensor.id] = from;
    else this.#kernel.addElements(tensor.rows * this.count * tensor.cols, from, known);
  }

  /** Adds cotangents at `from`, which stay as they are. */
  add(tensor: Tensor, from: number): void {
    const size = tensor.rows * this.count * tensor.cols;
    const { at, mode } = this.open(tensor);
    if (mode === 'set') this.#kernel.copy(1, size, from, size, at, size);
    else this.#kernel.addElements(size, from, at);
  }

  /** Writes the derivatives by a parameter matrix that has columns: R blocks of its size at `block`, one after the other. */
  writeDerivative({ offset, rows, cols }: ParameterRef, block: number): void {
    const kernel = this.#kernel;
    const size = rows * cols;
    const first = this.#rows.at + this.#plan.columnOf.get(offset)! * kernel.elementBytes;
    if (!this.#plan.shared.has(offset)) {
      kernel.copy(this.count, size, block, size, first, this.#rows.rowStride);
      return;
    }
    for (let r = 0; r < this.count; r++)
      kernel.addElements(
        size,
        block + r * size * kernel.elementBytes,
        first + r * this.#rows.rowStride * kernel.elementBytes,
      );
  }
}
