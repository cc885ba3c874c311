import type { Residue } from '../field/residue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { InputDraws, Point } from '../point/point.ts';
import { backwardPlan, Cotangents, type BackwardPlan } from './cotangents.ts';
import { Evaluation } from './evaluation.ts';
import type { JacobianRows } from './operations/index.ts';

/** Cotangents go backward in chunks, so that the largest intermediate value has about this many elements (it stays in the cache). */
const chunkElements = 1 << 20;

/**
 * The Jacobian [∂ f_θ(X_s) / ∂θ] of a network at a point over F_p, input by input, by reverse-mode differentiation: all rows
 * of an input go backward together, as matrix products in the kernel.
 */
export class NetworkJacobian<R extends Residue = number> {
  /** The number of parameters that have columns: all, unless some are omitted. */
  readonly columns: number;
  /** t·d_out: the rows of one input, row i·d_out + o for token i and output coordinate o. */
  readonly rowsPerInput: number;
  readonly #kernel: Kernel<R>;
  readonly #evaluation: Evaluation<R>;
  readonly #plan: BackwardPlan;
  readonly #point: Point<R>;

  /** `omitted`: offsets of parameter matrices that get no columns; the others keep their order. */
  constructor(kernel: Kernel<R>, point: Point<R>, omitted: ReadonlySet<number> = new Set()) {
    const { output, parameters, tensors } = point.graph;
    this.#kernel = kernel;
    this.#point = point;
    this.#evaluation = new Evaluation(kernel, point);
    this.#plan = backwardPlan(tensors, omitted);
    this.columns = this.#plan.omitted.reduce((left, { rows, cols }) => left - rows * cols, parameters);
    this.rowsPerInput = output.rows * output.cols;
  }

  /** The parameter, by its place among all, of each of these ascending columns. */
  parametersOf(columns: readonly number[]): number[] {
    const omitted = this.#plan.omitted;
    let next = 0;
    let before = 0;
    return columns.map((column) => {
      for (; next < omitted.length && omitted[next]!.offset <= column + before; next++)
        before += omitted[next]!.rows * omitted[next]!.cols;
      return column + before;
    });
  }

  /** Computes the network at an input; false if the input must be skipped. The rows written next are of this input. */
  evaluate(input: InputDraws<R>): boolean {
    return this.#evaluation.evaluate(input);
  }

  /**
   * Writes the rows `outputs` of the input that was evaluated last (each i·d_out + o, for token i and output coordinate o) to `rows`, one after the other; a
   * row has `columns` elements, and must be 0 before.
   *
   * Scratch is taken from the top of the kernel's heap and given back.
   */
  write(outputs: readonly number[], rows: JacobianRows): void {
    const kernel = this.#kernel;
    const chunk = this.#cotangentsPerChunk();
    for (let first = 0; first < outputs.length; first += chunk) {
      const mark = kernel.mark();
      const part = outputs.slice(first, first + chunk);
      const at = rows.at + first * rows.rowStride * kernel.elementBytes;
      const target = { at, rowStride: rows.rowStride };
      const cotangents = new Cotangents<R>(kernel, this.#plan, target, part.length);
      this.#openOutputs(cotangents, part);
      this.#evaluation.pullBack(cotangents);
      kernel.release(mark);
    }
  }

  /** The unit cotangents: [token][cotangent][coordinate] is 1 where the cotangent's output is token·d_out + coordinate. */
  #openOutputs(cotangents: Cotangents<R>, outputs: readonly number[]): void {
    const { graph, field } = this.#point;
    const { output } = graph;
    if (!cotangents.isWanted(output)) return;
    const one = [field.reduce(1)];
    const { at } = cotangents.open(output);
    for (const [r, index] of outputs.entries()) {
      const token = Math.floor(index / output.cols);
      const place = (token * outputs.length + r) * output.cols + (index % output.cols);
      this.#kernel.write(at + place * this.#kernel.elementBytes, one);
    }
  }

  #cotangentsPerChunk(): number {
    const { tensors } = this.#point.graph;
    const widest = Math.max(
      ...tensors.map(({ rows, cols, operation: op }) =>
        op.kind === 'linear' ? Math.max(rows * cols, cols * op.x.cols) : rows * cols,
      ),
    );
    return Math.max(1, Math.min(this.rowsPerInput, Math.floor(chunkElements / widest)));
  }
}
