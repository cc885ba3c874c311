import type { Pace } from '../pace.ts';

/** Elementary operations between two looks at the clock: some milliseconds. */
const operationsBetweenLooks = 2 ** 20;

/** The pauses of one phase of the work: cheap to ask for in a loop, as it counts operations and seldom looks at the clock. */
export class Breath {
  readonly #pace: Pace;
  readonly #phase: string;
  readonly #total: number;
  #operations = 0;
  /** What is done of the total, for the progress. */
  done = 0;

  constructor(pace: Pace, phase: string, total: number) {
    this.#pace = pace;
    this.#phase = phase;
    this.#total = total;
  }

  /** Counts operations; whether it is time to `take` a breath. */
  due(operations: number): boolean {
    this.#operations += operations;
    return this.#operations >= operationsBetweenLooks;
  }

  /** Lets progress, abort and the event loop have their turn, if a slice of time is over. Throws the signal's reason. */
  async take(): Promise<void> {
    this.#operations = 0;
    await this.#pace.pause(this.#phase, this.done, this.#total);
  }
}
