import { Interruption } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

/** The time a computation has to notice that it was aborted, in milliseconds. */
const grace = 700;

/** Turns Ctrl-C and SIGTERM into an `AbortSignal`; a second Ctrl-C ends the process at once. */
export class Interruptions {
  readonly #controller = new AbortController();
  #listening = false;

  /**
   * Takes the signals over. Call it after a file was opened that may block (a named pipe without a writer): until then, the
   * system's default ends the process.
   */
  listen(): AbortSignal {
    if (!this.#listening) {
      this.#listening = true;
      process.on('SIGINT', this.#interrupt).on('SIGTERM', this.#interrupt);
    }
    return this.#controller.signal;
  }

  /** Gives the signals back to the system, unless one has come: the process ends by it, and a second one must not change how. */
  release(): void {
    if (this.#controller.signal.aborted) return;
    process.off('SIGINT', this.#interrupt).off('SIGTERM', this.#interrupt);
    this.#listening = false;
  }

  readonly #interrupt = (name: 'SIGINT' | 'SIGTERM'): void => {
    const exit = (): void => process.exit(name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    if (this.#controller.signal.aborted) exit();
    this.#controller.abort(new Interruption(name));
    setTimeout(exit, grace).unref();
  };
}
