/**
 * How the columns of a matrix are dealt to threads: in panels of `panelColumns` columns, panel k to thread k mod `threads`.
 *
 *     panels of the matrix    0 1 2 3 4 5 6            (the last may be narrower)
 *     thread 0                0   2   4   6            side by side in its memory
 *     thread 1                  1   3   5
 */
export interface Deal {
  readonly rows: number;
  readonly columns: number;
  /** A multiple of 16, at most 256. */
  readonly panelColumns: number;
  readonly threads: number;
}

export function panelCount({ columns, panelColumns }: Deal): number {
  return Math.ceil(columns / panelColumns);
}

/** The columns of panel k: from … to − 1. */
export function columnsOfPanel({ columns, panelColumns }: Deal, k: number): { from: number; to: number } {
  return { from: k * panelColumns, to: Math.min((k + 1) * panelColumns, columns) };
}

export function ownerOf({ threads }: Deal, k: number): number {
  return k % threads;
}

/** The first panel from k on that a thread owns; not below `panelCount` if there is none. */
export function ownPanelFrom({ threads }: Deal, thread: number, k: number): number {
  return k + ((((thread - k) % threads) + threads) % threads);
}

/** The columns of a thread that lie left of panel k, each panel rounded up to 16. */
export function ownColumnsBefore(deal: Deal, thread: number, k: number): number {
  const count = Math.ceil((Math.min(k, panelCount(deal)) - thread) / deal.threads);
  const last = thread + (count - 1) * deal.threads;
  if (count <= 0) return 0;
  const { from, to } = columnsOfPanel(deal, last);
  return (count - 1) * deal.panelColumns + Math.ceil((to - from) / 16) * 16;
}

/** A part of the matrix that is handed to its owner at once: rows top … bottom − 1 of all columns of a thread, side by side. */
export interface Piece {
  readonly top: number;
  readonly bottom: number;
}

/** Entries of a piece, about: a millisecond to copy. */
const entriesPerPiece = 2 ** 20;

/** Columns of a thread, all in all. */
export function ownColumnCount(deal: Deal, thread: number): number {
  return ownPanels(deal, thread).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The columns of the panels of a thread. */
export function ownPanels(deal: Deal, thread: number): { from: number; to: number }[] {
  const panels = [];
  for (let k = thread; k < panelCount(deal); k += deal.threads) panels.push(columnsOfPanel(deal, k));
  return panels;
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
