import type { Residue } from '../field/residue.ts';
import { ownerOf, ownsPanelFrom, type Deal, type Piece } from './deal.ts';

export interface ShareSetup {
  readonly deal: Deal;
  readonly thread: number;
  readonly elementBytes: number;
  /** Products (multiply-adds) between two steps, about. */
  readonly productsPerStep: number;
}

/** Entries row by row: integers, or doubles that are checked where they are reduced. */
export type Entries =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** A panel that its owner has factored, and all that the others need to apply it to their columns. */
export interface FactoredPanel {
  readonly index: number;
  /** Of its pivots, in their order: original rows, columns of the matrix, and the inverses of their values, elements as they lie in the kernel's memory. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly inverses: Uint8Array;
  /** L as it lies in the kernel's memory, from the first pivot row to the last row. */
  readonly lower: Uint8Array<ArrayBuffer>;
}

/** What thread 0, which is the caller's, sends to the others. */
export type ToThread =
  | {
      readonly setup: ShareSetup;
      readonly module: WebAssembly.Module;
      readonly prime: Residue;
      /** Of each thread: the way there, or null (to itself, and to thread 0). */
      readonly peers: readonly (MessagePort | null)[];
    }
  | { readonly piece: Piece; readonly entries: Entries }
  | FromPeer;

/** What each thread sends to the others. */
export interface FromPeer {
  readonly panel: FactoredPanel;
}

/** A thrown error as data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** What thread 0 hears. */
export type FromThread =
  | FromPeer
  /** A piece was reduced into the matrix, or has an entry that is no safe integer; the room goes back to be filled again. */
  | { readonly room: ArrayBuffer; readonly valid: boolean }
  | { readonly failure: Failure };

/** A way to another thread. */
export interface Way {
  postMessage(message: FromPeer, transfer: ArrayBuffer[]): void;
}

/** Sends a factored panel to all threads but its owner that have columns right of it, and to thread 0. `lower` is given away. */
export function sendPanel(panel: FactoredPanel, deal: Deal, ways: readonly (Way | null)[]): void {
  const others = ways.filter(
    (way, thread): way is Way =>
      way !== null &&
      thread !== ownerOf(deal, panel.index) &&
      (thread === 0 || ownsPanelFrom(deal, thread, panel.index + 1)),
  );
  // The last one gets the panel itself, the others get copies.
  for (const [i, way] of others.entries())
    way.postMessage({ panel }, i === others.length - 1 ? [panel.lower.buffer] : []);
}
