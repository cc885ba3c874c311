/** What a long operation reports: `done` of `total` units of work in a named phase. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** The options that every long operation takes. */
export interface LongOperation {
  /** Aborts the operation: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called between slices of work, at most about ten times a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const sliceMilliseconds = 100;

/** Lets a long computation breathe: progress, abort and the event loop have their turn between its slices. */
export class Pace {
  readonly #options: LongOperation;
  #sliceEnd = performance.now() + sliceMilliseconds;

  constructor(options: LongOperation) {
    this.#options = options;
    options.signal?.throwIfAborted();
  }

  /** Call it often: it does nothing until the slice is over, then reports, yields and throws if aborted. */
  async pause(phase: string, done: number, total: number): Promise<void> {
    if (performance.now() < this.#sliceEnd) return;
    this.#options.onProgress?.({ phase, done, total });
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#options.signal?.throwIfAborted();
    this.#sliceEnd = performance.now() + sliceMilliseconds;
  }

  /** Runs a search that yields how far it is, and returns what it finds. */
  async drive<Found>(
    phase: string,
    search: Generator<Omit<Progress, 'phase'>, Found, undefined>,
  ): Promise<Found> {
    for (;;) {
      const { done, value } = search.next();
      if (done) return value;
      await this.pause(phase, value.done, value.total);
    }
  }
}
