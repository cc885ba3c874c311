import type { Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { endOfKeys, firstKey } from './mask.ts';
import type { Input, Point } from './point.ts';
import type { Id, Program } from './program.ts';
import type { Steps } from './steps.ts';
import type { ResidueStream } from './stream.ts';
import { Coefficients, compute, type Values } from './values.ts';

/** How often something may be drawn again at one input. */
export const maxRedraws = 64;

/** Told of every tensor when it is reached for the first time at an input. */
export type Observer = (id: Id) => Promise<void>;

/** Evaluates a network at a point, input by input (docs/point.md, "Values" and "Redrawing"). */
export class Evaluation<E extends number | bigint> {
  readonly values: Values<E>;

  constructor(program: Program, steps: Steps, point: Point<E>) {
    const { f } = point.field;
    const of = program.tensors.map(({ tokens, width }) => f.zeros(tokens * width));
    const coefficients = new Coefficients(point.field);
    this.values = { program, steps, point, of, coefficients, radicands: f.zeros(0) };
  }

  /** Computes all tensors at an input; false if the input is skipped. */
  async at(input: Input<E>, breath: Breath, observe: Observer | null = null): Promise<boolean> {
    const { program, point } = this.values;
    const stream = point.redraws(input);
    let redraws = 0;
    let reached = -1;
    for (let id = 0; id < program.tensors.length; id++) {
      const isDefined = await compute(id, this.values, input, breath);
      if (id > reached) {
        reached = id;
        await observe?.(id);
      }
      if (!isDefined) return false;
      const failed = this.#failed(id);
      if (failed.length === 0) continue;
      const source = this.#sourceOf(id);
      if (source === null || !source.local || redraws++ === maxRedraws) return false;
      for (const token of failed) this.#redraw(source.step, token, input.draws.get(source.step)!, stream);
      // Computed anew from the tensor on whose step it depends.
      id = source.step - 1;
    }
    return true;
  }

  /** The tokens at which a norm has no root. */
  #failed(id: Id): number[] {
    if (this.values.program.tensor(id).operation.kind !== 'roots') return [];
    const { f } = this.values.point.field;
    return Array.from({ length: this.values.of[id]!.length }, (_, i) => i).filter(
      (i) => this.values.of[id]![i] === f.zero,
    );
  }

  #sourceOf(roots: Id) {
    return this.values.steps.sources[roots]!;
  }

  #redraw(step: Id, token: number, drawn: Vector<E>, stream: ResidueStream<E>): void {
    const { operation, width } = this.values.program.tensor(step);
    const isUnit = operation.kind === 'softmax' || operation.kind === 'exponential';
    const again = (n: number): void => void (drawn[n] = stream.next(!isUnit));
    if (operation.kind !== 'softmax') {
      for (let n = token * width; n < (token + 1) * width; n++) again(n);
      return;
    }
    const { mask } = operation;
    const table = this.values.coefficients.table(operation);
    const first = firstKey(mask, token);
    const end = endOfKeys(mask, token);
    if (end - first > 1) for (let j = first; j < end; j++) again(table[token * width + j]!);
  }
}
