import type { KernelExports } from '../kernel/load.ts';
import {
  columnsOfPanel,
  ownColumnCount,
  ownColumnsBefore,
  ownerOf,
  panelCount,
  piecesOf,
  type Deal,
  type Piece,
} from './deal.ts';
import type { Entries, FactoredPanel, ShareSetup } from './messages.ts';
import { RowOrder } from './row-order.ts';

/** Integers that the kernel reduces at a time (assembly/staging.ts). */
const stagingLength = 4096;

/** Columns of a step, at least: L is packed once for all of them. */
const leastColumns = 256;

/**
 * The share of one thread in the elimination of a matrix: its panels of columns, in the memory of a Wasm instance of its own.
 *
 * Right-looking by panels, with lookahead 1: a panel is factored by its owner, who sends it; everyone applies it to the columns right of it, but
 * the owner of the next panel brings that one up to date first, factors and sends it, so that the others need not wait.
 *
 *     matrix   rows × the panels of this thread side by side. Rows above the rank are not needed any more.
 *     panel    rows × panelColumns: the panel that is being factored, a copy, so that its row exchanges touch nothing else.
 *     lowers   2 × rows × panelColumns: L of the panel that is being applied, and L of the next one. Panel k uses lowers[k mod 2].
 */
export class Share {
  readonly #kernel: KernelExports;
  readonly #deal: Deal;
  readonly #thread: number;
  readonly #elementBytes: number;
  readonly #productsPerStep: number;
  readonly #send: (panel: FactoredPanel) => void;

  readonly #matrix: number;
  readonly #stride: number;
  readonly #panel: number;
  readonly #lowers: readonly [number, number];
  /** Elements from one row to the next of `panel` and of L. */
  readonly #panelStride: number;
  readonly #strip: number;
  readonly #origins: number;
  readonly #columns: number;
  readonly #values: number;
  readonly #inverses: number;
  readonly #partners: number;

  readonly #order: RowOrder;
  /** Pieces that are not placed yet. */
  #missing: number;
  /** Panels that are factored and not yet applied. */
  readonly #factored = new Map<number, FactoredPanel>();
  /** Panels that are applied to all columns of this thread, and their pivots. */
  #applied = 0;
  #rank = 0;
  /** The panel whose inverted blocks of L the kernel keeps. */
  #inversesOf = -1;

  /**
   * A share in a kernel that is configured for the prime, and whose heap is empty. `send` is called with each panel of this thread as soon as it is
   * factored; it may transfer `lower`.
   */
  constructor(
    { deal, thread, elementBytes, productsPerStep }: ShareSetup,
    kernel: KernelExports,
    send: (panel: FactoredPanel) => void,
  ) {
    this.#kernel = kernel;
    this.#deal = deal;
    this.#thread = thread;
    this.#elementBytes = elementBytes;
    this.#productsPerStep = productsPerStep;
    this.#send = send;

    const { rows, panelColumns } = deal;
    const padded = Math.max(16, ownColumnsBefore(deal, thread, panelCount(deal)));
    // Never a multiple of 1 KiB or 512 bytes: cache associativity.
    this.#stride = padded % 512 === 0 ? padded + 32 : padded;
    this.#panelStride = panelColumns + 16;
    const most = Math.min(rows, deal.columns);
    const sizes = {
      matrix: rows * this.#stride * this.#elementBytes,
      panel: rows * this.#panelStride * this.#elementBytes,
      strip: kernel.stripBytes(rows),
      rows: 4 * rows,
      columns: 4 * most,
      pivots: most * elementBytes,
      partners: 4 * panelColumns,
    };
    this.#reserve(
      sizes.matrix +
        3 * sizes.panel +
        sizes.strip +
        sizes.rows +
        sizes.columns +
        2 * sizes.pivots +
        sizes.partners,
    );
    const allocate = (bytes: number): number => kernel.allocate(bytes) >>> 0;
    this.#matrix = allocate(sizes.matrix);
    this.#panel = allocate(sizes.panel);
    this.#lowers = [allocate(sizes.panel), allocate(sizes.panel)];
    this.#strip = allocate(sizes.strip);
    this.#origins = allocate(sizes.rows);
    this.#columns = allocate(sizes.columns);
    this.#values = allocate(sizes.pivots);
    this.#inverses = allocate(sizes.pivots);
    this.#partners = allocate(sizes.partners);

    this.#order = new RowOrder(rows);
    this.#missing = piecesOf(deal, thread).length;
  }

  #reserve(bytes: number): void {
    // Each of the ten areas begins on a multiple of 64 bytes.
    const needed = bytes + 1024;
    if (needed < 2 ** 32 && this.#kernel.reserve(needed)) return;
    const mebibytes = Math.ceil(((this.#kernel.mark() >>> 0) + needed) / 2 ** 20);
    throw new RangeError(`memory: expected at most 4096 MiB in each thread, got ${mebibytes} MiB`);
  }

  /** Reduces the entries of a piece into the matrix; false, and nothing more, if one of them is no safe integer. */
  place({ top, bottom }: Piece, entries: Entries): boolean {
    const kernel = this.#kernel;
    const width = ownColumnCount(this.#deal, this.#thread);
    const unsigned = entries instanceof BigUint64Array;
    const Staging = unsigned
      ? BigUint64Array
      : entries instanceof BigInt64Array
        ? BigInt64Array
        : Float64Array;
    const staging = new Staging(kernel.memory.buffer, kernel.stagingAt(), stagingLength);
    for (let i = top, start = 0; i < bottom; i++, start += width)
      for (let left = 0; left < width; left += stagingLength) {
        const count = Math.min(stagingLength, width - left);
        const at = this.#matrix + this.#element(i * this.#stride + left);
        // Both are of numbers, or both of bigints.
        staging.set(entries.subarray(start + left, start + left + count) as never);
        if (Staging !== Float64Array) kernel.storeStagedIntegers(count, at, Number(unsigned));
        else if (kernel.storeStaged(count, at) >= 0) return false;
      }
    this.#missing--;
    return true;
  }

  /** Factors panel 0, for thread 0 when all is placed. */
  begin(): void {
    this.#factor(0);
  }

  /** Takes a panel that another thread has factored; in any order. */
  receive(panel: FactoredPanel): void {
    this.#factored.set(panel.index, panel);
  }

  /** Does all that can be done with what has been placed and received, in steps of about `productsPerStep` products. */
  *advance(): Generator<void, void, undefined> {
    if (this.#missing > 0) return;
    for (let panel; (panel = this.#factored.get(this.#applied)); this.#applied++) {
      yield* this.#apply(panel);
      this.#factored.delete(panel.index);
    }
  }

  /** Applies a panel to all columns of this thread that are right of it, and factors the next panel in between if it is here. */
  *#apply({ index, rows, inverses, lower }: FactoredPanel): Generator<void, void, undefined> {
    const deal = this.#deal;
    const rank = this.#rank;
    const found = rows.length;
    const end = ownColumnsBefore(deal, this.#thread, panelCount(deal));
    let left = ownColumnsBefore(deal, this.#thread, index + 1);
    if (left === end) return;
    this.#int32(this.#partners, found).set(this.#order.bring(rows, rank));
    if (ownerOf(deal, index) !== this.#thread) {
      this.#inversesFrom(rank, found).set(inverses);
      this.#lowerFrom(index, rank, lower.length).set(lower);
    }
    this.#rank += found;
    if (ownerOf(deal, index + 1) === this.#thread) {
      const right = ownColumnsBefore(deal, this.#thread, index + 2);
      this.#update(index, rank, found, left, right);
      this.#factor(index + 1);
      left = right;
      yield;
    }
    const blocks = Math.floor(this.#productsPerStep / (deal.rows * Math.max(1, found) * leastColumns));
    const step = leastColumns * Math.max(1, blocks);
    for (; left < end; left += step) {
      this.#update(index, rank, found, left, Math.min(left + step, end));
      yield;
    }
  }

  /** The effect of panel `index`, with `found` pivots from `rank` on, on the columns left … right − 1 of this thread. */
  #update(index: number, rank: number, found: number, left: number, right: number): void {
    if (found === 0) return;
    const kernel = this.#kernel;
    const at = this.#matrix + this.#element(left);
    const row = this.#stride * this.#elementBytes;
    kernel.exchangeRows(at, row, this.#element(right - left), rank, found, this.#partners);
    this.#open(this.#matrix, this.#stride, index);
    if (this.#inversesOf !== index) kernel.forgetInverses();
    this.#inversesOf = index;
    kernel.updateColumns(rank, found, left, right);
  }

  /** Factors a panel of this thread that is up to date, and sends it. */
  #factor(index: number): void {
    const kernel = this.#kernel;
    const deal = this.#deal;
    const rank = this.#rank;
    const left = ownColumnsBefore(deal, this.#thread, index);
    const width = ownColumnsBefore(deal, this.#thread, index + 1) - left;
    this.#copyPanel(left, width);
    this.#int32(this.#origins, deal.rows).set(this.#order.origins);
    this.#open(this.#panel, this.#panelStride, index);
    const found = kernel.factorPanel(0, width, rank);
    this.#inversesOf = index;
    const { from } = columnsOfPanel(deal, index);
    const panel: FactoredPanel = {
      index,
      rows: this.#int32(this.#origins + 4 * rank, found).slice(),
      columns: this.#int32(this.#columns + 4 * rank, found).map((column) => from + column),
      inverses: this.#inversesFrom(rank, found).slice(),
      lower: this.#lowerFrom(index, rank, found === 0 ? 0 : undefined).slice(),
    };
    this.#factored.set(index, panel);
    this.#send(panel);
  }

  /** Copies the columns of a panel, from the row `rank` on, to where it is factored. */
  #copyPanel(left: number, width: number): void {
    const bytes = new Uint8Array(this.#kernel.memory.buffer);
    const row = this.#stride * this.#elementBytes;
    const panelRow = this.#panelStride * this.#elementBytes;
    for (let i = this.#rank; i < this.#deal.rows; i++) {
      const from = this.#matrix + i * row + this.#element(left);
      bytes.copyWithin(this.#panel + i * panelRow, from, from + this.#element(width));
    }
  }

  /** Lets the kernel work on a matrix with L of panel `index`. */
  #open(matrix: number, stride: number, index: number): void {
    this.#kernel.openElimination(
      matrix,
      stride,
      this.#deal.rows,
      this.#lowers[index % 2]!,
      this.#panelStride,
      this.#strip,
      this.#origins,
      this.#columns,
      this.#values,
      this.#inverses,
    );
  }

  /** The rows of L of panel `index` from row `rank` on: `length` bytes, or all. */
  #lowerFrom(index: number, rank: number, length?: number): Uint8Array<ArrayBuffer> {
    const row = this.#panelStride * this.#elementBytes;
    const all = (this.#deal.rows - rank) * row;
    return new Uint8Array(
      this.#kernel.memory.buffer as ArrayBuffer,
      this.#lowers[index % 2]! + rank * row,
      length ?? all,
    );
  }

  #inversesFrom(rank: number, count: number): Uint8Array {
    const { buffer } = this.#kernel.memory;
    return new Uint8Array(buffer, this.#inverses + this.#element(rank), this.#element(count));
  }

  #int32(at: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#kernel.memory.buffer as ArrayBuffer, at, count);
  }

  #element(index: number): number {
    return index * this.#elementBytes;
  }
}
