import type { FromThread, ToThread } from './messages.ts';
import { workerSource } from './worker.generated.ts';

/** A running thread: a worker of the browser, or of Node. */
export interface Thread {
  post(message: ToThread, transfer: Transferable[]): void;
  /** Ends the thread, whatever it is doing. */
  end(): Promise<void>;
}

export interface Listeners {
  readonly onMessage: (message: FromThread) => void;
  readonly onError: (error: Error) => void;
}

const expectedWorkers = 'threads: expected 1 or an environment that starts workers';

function startFault(reason: string, cause?: unknown): Error {
  return new Error(`${expectedWorkers}, got ${reason}`, { cause });
}

/** Starts a thread; throws, or calls `onError`, where none can be started. */
export function startThread(listeners: Listeners): Thread {
  try {
    if (typeof Worker === 'function') return startInBrowser(listeners);
    // Not imported: the library is the same file in browsers.
    const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
    if (threads)
      return startInNode(new threads.Worker(workerSource, { eval: true, execArgv: [] }), listeners);
  } catch (error) {
    throw startFault(error instanceof Error ? error.message : String(error), error);
  }
  throw startFault('one without Worker');
}

function startInNode(
  worker: import('node:worker_threads').Worker,
  { onMessage, onError }: Listeners,
): Thread {
  worker
    .on('message', onMessage)
    .on('messageerror', onError)
    .on('error', onError)
    .on('exit', () => onError(new Error('a thread ended without a result')));
  return {
    post: (message, transfer) =>
      worker.postMessage(message, transfer as import('node:worker_threads').TransferListItem[]),
    end: async () => void (await worker.terminate()),
  };
}

function startInBrowser({ onMessage, onError }: Listeners): Thread {
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(url);
  let started = false;
  worker.onmessage = ({ data }) => {
    started = true;
    onMessage(data as FromThread);
  };
  worker.onmessageerror = () => onError(new Error('a message of a thread could not be read'));
  worker.onerror = ({ message }) => {
    if (started) onError(new Error(message));
    else
      onError(
        startFault('a worker that did not start (a content security policy must allow worker-src blob:)'),
      );
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    end: async () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
