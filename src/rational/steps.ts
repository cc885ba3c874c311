import { Pace, type LongOperation, type Progress } from '../pace.ts';

/** A long computation, written once: it yields its progress between slices of work and returns its result. */
export type Steps<T> = Generator<Progress, T, undefined>;

/** Runs a computation to its end. */
export function finish<T>(steps: Generator<unknown, T, undefined>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs a computation with pauses between its slices; rejects with the signal's reason. */
export async function finishPaced<T>(steps: () => Steps<T>, options: LongOperation): Promise<T> {
  const pace = new Pace(options);
  const started = steps();
  for (;;) {
    const step = started.next();
    if (step.done) return step.value;
    await pace.pause(step.value.phase, step.value.done, step.value.total);
  }
}
