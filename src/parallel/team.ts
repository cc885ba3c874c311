import type { FromThread, ToThread, Way } from './messages.ts';
import { startThread, type Thread } from './thread.ts';

/**
 * The threads beside the calling one, which is number 0: messages, and the first error or the abort, which ends all of them.
 */
export class Team {
  /** Called with each message, while the calling thread waits. What it throws is the error of the team. */
  onMessage: (thread: number, message: FromThread) => void = () => {};

  readonly #threads: Thread[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #channel = new MessageChannel();
  #failure: { readonly reason: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#fail(this.#signal!.reason);

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    void this.#endThreads();
    this.#wake();
  }

  /** Starts threads 1 … count, each with a first message that gets the ways to its peers. */
  start(count: number, first: (thread: number, peers: (MessagePort | null)[]) => ToThread): void {
    const peers = Array.from({ length: count + 1 }, () => Array<MessagePort | null>(count + 1).fill(null));
    for (let i = 1; i <= count; i++)
      for (let j = 1; j < i; j++) {
        const { port1, port2 } = new MessageChannel();
        peers[i]![j] = port1;
        peers[j]![i] = port2;
      }
    for (let thread = 1; thread <= count; thread++) {
      const onMessage = (message: FromThread): void => {
        try {
          this.onMessage(thread, message);
          this.#wake();
        } catch (error) {
          this.#fail(error);
        }
      };
      this.#threads.push(startThread({ onMessage, onError: (error) => this.#fail(error) }));
      const ways = peers[thread]!;
      this.post(
        thread,
        first(thread, ways),
        ways.filter((way) => way !== null),
      );
    }
  }

  post(thread: number, message: ToThread, transfer: Transferable[]): void {
    this.#threads[thread - 1]!.post(message, transfer);
  }

  /** Of each thread: the way from the calling one, for `sendPanel`. */
  get ways(): (Way | null)[] {
    return [null, ...this.#threads.map(({ post }) => ({ postMessage: post }))];
  }

  /** Throws if the team failed or was aborted. */
  check(): void {
    if (this.#failure) throw this.#failure.reason;
  }

  /** Waits for the next message. */
  async news(): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.check();
  }

  /** Lets the messages in that have arrived. */
  async turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      // A timer would wait for milliseconds. Node takes all messages of one channel before those of others, browsers have no immediates.
      if (typeof setImmediate === 'function') setImmediate(resolve);
      else {
        const { port1, port2 } = this.#channel;
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      }
    });
    this.check();
  }

  /** Ends all threads. */
  async end(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#channel.port1.close();
    await this.#endThreads();
  }

  async #endThreads(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}
