/**
 * How the columns of a matrix are dealt to threads, in panels of `panelColumns` columns.
 *
 *     panels of the matrix    0 1 2 3 4 5 6 7 8        (the last may be narrower)
 *     thread 0                0         5 6            side by side in its memory
 *     thread 1                  1     4     7
 *     thread 2                    2 3         8
 */
export interface Deal {
  readonly rows: number;
  readonly columns: number;
  /** A multiple of 16, at most 256. */
  readonly panelColumns: number;
  readonly threads: number;
  /** The thread of each panel. */
  readonly owners: readonly number[];
}

/**
 * Deals the panels to as many threads as have one, at most `threads`: from the right, where they cost most, each to the thread with the least
 * work so far. Thread 0, which begins with panel 0 and is there already, has a head start of so many products (multiply-adds).
 */
export function dealPanels(
  rows: number,
  columns: number,
  panelColumns: number,
  threads: number,
  headStart = 0,
): Deal {
  const count = Math.ceil(columns / panelColumns);
  // Panel k is factored, and brought up to date by all panels before it; one that has no rows left still takes some time.
  const below = (k: number): number => Math.max(1, rows - k * panelColumns) * panelColumns ** 2;
  const costs: number[] = [];
  for (let k = 0, updates = 0; k < count; updates += below(k++)) costs.push(updates + below(k));
  for (let used = Math.max(1, Math.min(threads, count)); ; used--) {
    const work = Array.from({ length: used }, (_, thread) => (thread === 0 ? 0 : headStart));
    const owners = Array<number>(count);
    for (let k = count - 1; k >= 0; k--) {
      const owner = k === 0 ? 0 : work.indexOf(Math.min(...work));
      owners[k] = owner;
      work[owner]! += costs[k]!;
    }
    if (used === 1 || new Set(owners).size === used)
      return { rows, columns, panelColumns, threads: used, owners };
  }
}

export function panelCount({ owners }: Deal): number {
  return owners.length;
}

/** The columns of panel k: from … to − 1. */
export function columnsOfPanel({ columns, panelColumns }: Deal, k: number): { from: number; to: number } {
  return { from: k * panelColumns, to: Math.min((k + 1) * panelColumns, columns) };
}

/** The thread of panel k; undefined behind the last one. */
export function ownerOf({ owners }: Deal, k: number): number | undefined {
  return owners[k];
}

/** Whether a thread owns one of the panels from k on. */
export function ownsPanelFrom({ owners }: Deal, thread: number, k: number): boolean {
  return owners.includes(thread, k);
}

/** The columns of a thread that lie left of panel k, each panel rounded up to 16. */
export function ownColumnsBefore(deal: Deal, thread: number, k: number): number {
  let columns = 0;
  for (const [index, owner] of deal.owners.slice(0, k).entries()) {
    if (owner !== thread) continue;
    const { from, to } = columnsOfPanel(deal, index);
    columns += Math.ceil((to - from) / 16) * 16;
  }
  return columns;
}

/** A part of the matrix that is handed to its owner at once: rows top … bottom − 1 of all columns of a thread, side by side. */
export interface Piece {
  readonly top: number;
  readonly bottom: number;
}

/** Entries of a piece, about: a millisecond to place. */
const entriesPerPiece = 2 ** 19;

/** Columns of a thread, all in all. */
export function ownColumnCount(deal: Deal, thread: number): number {
  return ownPanels(deal, thread).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The columns of the panels of a thread. */
export function ownPanels(deal: Deal, thread: number): { from: number; to: number }[] {
  return [...deal.owners.keys()].filter((k) => deal.owners[k] === thread).map((k) => columnsOfPanel(deal, k));
}

/** Rows of each piece of a thread but the last. */
export function rowsPerPiece(deal: Deal, thread: number): number {
  return Math.min(deal.rows, Math.max(1, Math.floor(entriesPerPiece / ownColumnCount(deal, thread))));
}

/** The matrix, as far as it is a thread's, piece by piece. */
export function piecesOf(deal: Deal, thread: number): Piece[] {
  const step = rowsPerPiece(deal, thread);
  return Array.from({ length: Math.ceil(deal.rows / step) }, (_, i) => ({
    top: i * step,
    bottom: Math.min((i + 1) * step, deal.rows),
  }));
}
