import { parentPort, Worker, workerData } from 'node:worker_threads';
import { BoundContradiction, certify, type Certificate } from '../certificate/index.ts';
import type { LongOperation, Progress } from '../pace.ts';
import { verify } from '../verify/index.ts';

// The long operations run in a thread of their own, so that Ctrl-C ends the process at once whatever they are doing.
// The thread runs the same file as the process (see main.ts).

/** Data alone: an operation without its signal and its callback. */
type Request =
  | { readonly name: 'certify'; readonly input: Parameters<typeof certify> }
  | { readonly name: 'verify'; readonly input: Parameters<typeof verify> };

type Message = { readonly progress: Progress } | { readonly result: unknown } | { readonly failure: Failure };

/** A thrown error as data; its class is lost on the way, but for what the commands tell apart. */
interface Failure {
  readonly kind: 'TypeError' | 'RangeError' | 'BoundContradiction' | 'Error';
  readonly message: string;
  readonly stack: string | undefined;
  readonly certificate?: Certificate;
}

/** `certify` in a thread of its own. */
export const certifyInWorker: typeof certify = (network, { signal, onProgress, ...options } = {}) =>
  inWorker({ name: 'certify', input: [network, options] }, { signal, onProgress }) as ReturnType<
    typeof certify
  >;

/** `verify` in a thread of its own. */
export const verifyInWorker: typeof verify = (certificate, { signal, onProgress, ...options } = {}) =>
  inWorker({ name: 'verify', input: [certificate, options] }, { signal, onProgress }) as ReturnType<
    typeof verify
  >;

async function inWorker(request: Request, { signal, onProgress }: LongOperation): Promise<unknown> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL(import.meta.url), { workerData: request });
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      worker.on('message', (message: Message) => {
        if ('progress' in message) onProgress?.(message.progress);
        else if ('result' in message) resolve(message.result);
        else reject(errorOf(message.failure));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread of the computation ended without a result')));
    });
  } finally {
    // Not awaited: a thread in the middle of a large allocation may need a while.
    void worker.terminate();
  }
}

/** What the thread does: one operation, its progress, and its end. */
export async function serveRequest(): Promise<void> {
  const { name, input } = workerData as Request;
  const send = (message: Message): void => parentPort!.postMessage(message);
  const onProgress = (progress: Progress): void => send({ progress });
  try {
    const result =
      name === 'certify'
        ? await certify(input[0], { ...input[1], onProgress })
        : await verify(input[0], { ...input[1], onProgress });
    send({ result });
  } catch (error) {
    send({ failure: failureOf(error) });
  }
}

function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message, stack } = error;
  if (error instanceof BoundContradiction)
    return { kind: 'BoundContradiction', message, stack, certificate: error.certificate };
  if (error instanceof RangeError) return { kind: 'RangeError', message, stack };
  return { kind: error instanceof TypeError ? 'TypeError' : 'Error', message, stack };
}

function errorOf({ kind, message, stack, certificate }: Failure): Error {
  if (kind === 'BoundContradiction') return new BoundContradiction(certificate!);
  const error = new { TypeError, RangeError, Error }[kind](message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
