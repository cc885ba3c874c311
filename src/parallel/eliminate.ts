import type { Residue } from '../field/residue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { compiledModule } from '../kernel/load.ts';
import { Pace, type LongOperation } from '../pace.ts';
import {
  dealPanels,
  ownColumnCount,
  ownPanels,
  panelCount,
  piecesOf,
  rowsPerPiece,
  type Deal,
  type Piece,
} from './deal.ts';
import { sendPanel, type Entries, type FromThread, type ShareSetup } from './messages.ts';
import { PivotRecord } from './pivot-record.ts';
import { Share } from './share.ts';
import { Team } from './team.ts';

/** Most columns of a panel (assembly/elimination/triangular.ts): what follows is passed over once for all of them. */
const widestPanel = 256;

/** A matrix that is copied out block by block. */
export interface BlockSource {
  readonly rows: number;
  readonly columns: number;
  /** The kind of typed array that its entries are copied to. */
  readonly Entries: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBuffer, byteOffset: number, length: number): Entries;
  };
  /** Copies the columns from … to − 1 of a row; throws if one is neither a number nor a bigint. */
  copy(row: number, from: number, to: number, entries: Entries, at: number): void;
  /** What to throw if a number turns out to be no safe integer. */
  fault(): Error;
}

export interface ThreadedElimination extends LongOperation {
  readonly threads: number;
  /** The rank at which elimination stops. */
  readonly bound?: number | undefined;
  /** A multiple of 16 up to 256; by default 256, and less where columns are long. */
  readonly panelColumns?: number;
}

/** The pivots, in the order found: the same as those of the sequential `Echelon`. */
export interface Pivots {
  readonly rows: number[];
  readonly columns: number[];
}

/** Products in one step of the calling thread, about: 20 milliseconds with the kernels of small, word and large primes. */
const productsPerStep = { 2: 2 ** 30, 4: 2 ** 27, 8: 2 ** 26 } as const;
/** How much the calling thread is ahead when another one has started and has its share of the matrix, in steps: some 20 milliseconds (measured). */
const startUpSteps = 1;
/** Pieces of the matrix that are on their way to a thread at a time: enough to keep it busy during a step of the calling thread. */
const piecesOnTheWay = 16;

/**
 * Eliminates a matrix over F_p in several threads, each with a Wasm instance and a share of the columns of its own (share.ts).
 *
 * The calling thread is one of them, in slices of some tens of milliseconds, and hands the matrix out to the others. No shared memory is needed. When
 * the promise settles, the other threads have ended. The matrix must not change before that. `kernel` is the calling thread's, with an empty heap.
 */
export async function eliminateInThreads(
  source: BlockSource,
  kernel: Kernel<Residue>,
  { threads, panelColumns, bound = Infinity, ...options }: ThreadedElimination,
): Promise<Pivots> {
  const pace = new Pace(options);
  const { rows, columns } = source;
  if (rows === 0 || columns === 0) return { rows: [], columns: [] };
  const width = panelColumns ?? panelColumnsFor(rows, kernel.elementBytes);
  const startUp = panelColumns === undefined ? startUpSteps * productsPerStep[kernel.elementBytes] : 0;
  const deal = dealPanels(rows, columns, width, threads, startUp);
  const pivots = new PivotRecord(Math.min(rows, bound));
  const team = new Team(options.signal);
  try {
    const { elementBytes, prime, exports, build } = kernel;
    const setup = (thread: number): ShareSetup => ({
      deal,
      thread,
      elementBytes,
      productsPerStep: thread === 0 ? productsPerStep[elementBytes] : Infinity,
    });
    const others = Array.from({ length: deal.threads - 1 }, (_, i) => i + 1);
    team.start(others.length, (thread, peers) => ({
      setup: setup(thread),
      module: compiledModule(build),
      prime,
      peers,
    }));
    const share = new Share(setup(0), exports, (panel) => {
      pivots.add(panel);
      sendPanel(panel, deal, team.ways);
    });

    const queues = others.map((thread) => piecesOf(deal, thread));
    let missing = queues.flat().length;
    const hand = (thread: number, room: ArrayBuffer): void => {
      const piece = queues[thread - 1]!.shift();
      if (piece) team.post(thread, { piece, entries: filled(source, deal, thread, piece, room) }, [room]);
    };
    team.onMessage = (thread: number, message: FromThread): void => {
      if ('failure' in message) throw errorOf(message.failure);
      if ('panel' in message) {
        pivots.add(message.panel);
        share.receive(message.panel);
        return;
      }
      if (!message.valid) throw source.fault();
      missing--;
      hand(thread, message.room);
    };

    const roomFor = (thread: number): ArrayBuffer => {
      const length = rowsPerPiece(deal, thread) * ownColumnCount(deal, thread);
      return new ArrayBuffer(length * source.Entries.BYTES_PER_ELEMENT);
    };
    for (let i = 0; i < piecesOnTheWay; i++) for (const thread of others) hand(thread, roomFor(thread));
    const room = roomFor(0);
    for (const piece of piecesOf(deal, 0)) {
      if (!share.place(piece, filled(source, deal, 0, piece, room))) throw source.fault();
      await team.turn();
    }
    if (!pivots.isComplete) share.begin();
    // Entries that cannot change the rank must be integers, too.
    const finished = (): boolean =>
      missing === 0 && (pivots.isComplete || pivots.panels === panelCount(deal));
    while (!finished()) {
      for (const _ of share.advance()) {
        await pace.pause('elimination', pivots.rank, Math.min(rows, columns));
        await team.turn();
      }
      if (!finished()) await team.news();
    }
    return pivots;
  } finally {
    await team.end();
  }
}

/** The width of a panel that is factored in two steps or so: the calling thread must not be lost for long. */
function panelColumnsFor(rows: number, elementBytes: 2 | 4 | 8): number {
  let width = widestPanel;
  while (width > 64 && rows * width ** 2 > 4 * productsPerStep[elementBytes]) width /= 2;
  return width;
}

/** The entries of a piece, in a room. */
function filled(
  source: BlockSource,
  deal: Deal,
  thread: number,
  { top, bottom }: Piece,
  room: ArrayBuffer,
): Entries {
  const panels = ownPanels(deal, thread);
  const entries = new source.Entries(room, 0, (bottom - top) * ownColumnCount(deal, thread));
  let at = 0;
  for (let row = top; row < bottom; row++)
    for (const { from, to } of panels) {
      source.copy(row, from, to, entries, at);
      at += to - from;
    }
  return entries;
}

function errorOf({
  name,
  message,
  stack,
}: {
  name: string;
  message: string;
  stack: string | undefined;
}): Error {
  const error = name === 'RangeError' ? new RangeError(message) : new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
