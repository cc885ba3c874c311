/*
 * The program of a thread. scripts/embed-kernel.mjs embeds it, bundled, as a text (worker.generated.ts): nothing in it may need
 * another file.
 */
import { configureKernel } from '../kernel/configure.ts';
import type { KernelExports } from '../kernel/load.ts';
import { sendPanel, type FromThread, type ToThread } from './messages.ts';
import { Share } from './share.ts';

/** What `self` in a worker of a browser and `parentPort` in a worker of Node have in common. */
interface Port {
  onmessage: ((event: { readonly data: ToThread }) => void) | null;
  postMessage(message: FromThread, transfer: ArrayBuffer[]): void;
}

const home = (
  typeof self === 'undefined' ? process.getBuiltinModule('node:worker_threads').parentPort : self
) as Port;

let share: Share;

function serve(message: ToThread): void {
  if ('setup' in message) {
    const { setup, module, prime, peers } = message;
    const { deal } = setup;
    const kernel = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
    configureKernel(kernel, prime);
    for (const peer of peers) if (peer) peer.onmessage = receive;
    const ways = peers.map((peer, thread) => (thread === 0 ? home : peer));
    share = new Share(setup, kernel, (panel) => sendPanel(panel, deal, ways));
    return;
  }
  if ('piece' in message) {
    const room = message.entries.buffer;
    home.postMessage({ valid: share.place(message.piece, message.entries), room }, [room]);
  } else share.receive(message.panel);
  for (const _ of share.advance());
}

function receive({ data }: { readonly data: ToThread }): void {
  try {
    serve(data);
  } catch (thrown) {
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    home.postMessage({ failure: { name, message, stack } }, []);
  }
}

home.onmessage = receive;
