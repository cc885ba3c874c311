import type { Readable } from 'node:stream';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { BoundContradiction, certify, type Certificate } from '../certificate/index.ts';
import type { LongOperation, Progress } from '../pace.ts';
import { verify } from '../verify/index.ts';
import { fileReason, InputError } from './errors.ts';
import type { OpenInput } from './read-input.ts';
import { rankTask, type RankFound, type RankRequest } from './rank-task.ts';

// The long operations run in a thread of their own, so that Ctrl-C ends the process at once whatever they are doing.
// The thread runs the same file as the process (see main.ts).

/** Data alone: an operation without its signal and its callback. */
type Request =
  | { readonly name: 'certify'; readonly input: Parameters<typeof certify> }
  | { readonly name: 'verify'; readonly input: Parameters<typeof verify> }
  | { readonly name: 'rank'; readonly input: RankRequest };

type Message = { readonly progress: Progress } | { readonly result: unknown } | { readonly failure: Failure };

/** A thrown error as data; its class is lost on the way, but for what the commands tell apart. */
interface Failure {
  readonly kind: 'TypeError' | 'RangeError' | 'BoundContradiction' | 'InputError' | 'Error';
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

/** `dimcert rank` in a thread of its own, which reads the matrix itself; a pipe is fed to it. */
export function rankInWorker(
  { input, ...request }: Omit<RankRequest, 'descriptor'> & { readonly input: OpenInput },
  options: LongOperation,
): Promise<RankFound> {
  const [descriptor, stdin] = 'stream' in input ? [null, input.stream] : [input.descriptor, undefined];
  return inWorker({ name: 'rank', input: { ...request, descriptor } }, options, stdin) as Promise<RankFound>;
}

async function inWorker(
  request: Request,
  { signal, onProgress }: LongOperation,
  stdin?: Readable,
): Promise<unknown> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL(import.meta.url), { workerData: request, stdin: stdin !== undefined });
  try {
    return await new Promise((resolve, reject) => {
      stdin
        ?.on('error', (error) =>
          reject(new InputError(`stdin: cannot be read: ${fileReason(error)}`, { cause: error })),
        )
        .pipe(worker.stdin!);
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
    stdin?.destroy();
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
        : name === 'verify'
          ? await verify(input[0], { ...input[1], onProgress })
          : await rankTask(input, onProgress);
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
  if (error instanceof InputError) return { kind: 'InputError', message, stack };
  if (error instanceof RangeError) return { kind: 'RangeError', message, stack };
  return { kind: error instanceof TypeError ? 'TypeError' : 'Error', message, stack };
}

function errorOf({ kind, message, stack, certificate }: Failure): Error {
  if (kind === 'BoundContradiction') return new BoundContradiction(certificate!);
  const error = new { TypeError, RangeError, InputError, Error }[kind](message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
