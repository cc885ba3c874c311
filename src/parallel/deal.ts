/**
 * How the columns of a matrix are dealt to threads: in panels of `panelColumns` columns, to and fro, because a panel costs the more the
 * further right it is.
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
}

export function panelCount({ columns, panelColumns }: Deal): number {
  return Math.ceil(columns / panelColumns);
}

/** The columns of panel k: from … to − 1. */
export function columnsOfPanel({ columns, panelColumns }: Deal, k: number): { from: number; to: number } {
  return { from: k * panelColumns, to: Math.min((k + 1) * panelColumns, columns) };
}

export function ownerOf({ threads }: Deal, k: number): number {
  const place = k % (2 * threads);
  return place < threads ? place : 2 * threads - 1 - place;
}

/** The panels of a thread among the panels 0 … k − 1. */
function ownPanelsBefore({ threads }: Deal, thread: number, k: number): number {
  const place = k % (2 * threads);
  const rounds = Math.floor(k / (2 * threads));
  return 2 * rounds + Number(place > thread) + Number(place > 2 * threads - 1 - thread);
}

/** Whether a thread owns one of the panels from k on. */
export function ownsPanelFrom(deal: Deal, thread: number, k: number): boolean {
  return ownPanelsBefore(deal, thread, panelCount(deal)) > ownPanelsBefore(deal, thread, k);
}

/** The columns of a thread that lie left of panel k, each panel rounded up to 16. */
export function ownColumnsBefore(deal: Deal, thread: number, k: number): number {
  const count = panelCount(deal);
  const columns = ownPanelsBefore(deal, thread, Math.min(k, count)) * deal.panelColumns;
  if (k < count || ownerOf(deal, count - 1) !== thread) return columns;
  const { from, to } = columnsOfPanel(deal, count - 1);
  return columns - deal.panelColumns + Math.ceil((to - from) / 16) * 16;
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
  return Array.from({ length: panelCount(deal) }, (_, k) => k)
    .filter((k) => ownerOf(deal, k) === thread)
    .map((k) => columnsOfPanel(deal, k));
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
