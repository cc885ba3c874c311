import { assertInteger } from '../assert.ts';
import type { Residue } from '../field/residue.ts';
import type { Kernel } from './kernel.ts';

/** Most columns that are factored together (assembly/elimination/triangular.ts): what follows is passed over once for all of them. */
const widestPanel = 256;
/**
 * Products (multiply-adds) in one step, about: some tens of milliseconds with the kernels of small and word primes, 0.2 s with that of large ones, of
 * which every step packs its multipliers anew.
 */
const productsPerStep = { 2: 2 ** 31, 4: 2 ** 29, 8: 2 ** 29 } as const;
/** Rows whose multipliers are packed together (assembly/product/product.ts). */
const rowBand = { 2: 2000, 4: 1000, 8: 500 } as const;

/** Pivot rows of a finished batch, at most as many as a panel has columns: `rank` rows, each scaled to pivot 1, zero left of its pivot, in the order of their columns. */
export interface EchelonBlock {
  readonly at: number;
  readonly rank: number;
  readonly columns: Int32Array;
}

/**
 * A row echelon form over F_p of a matrix whose rows arrive in batches, with both rank profiles.
 *
 * A batch is first reduced by the pivot rows of the batches before it, then eliminated by panels of columns; almost all work is matrix products.
 * The pivots are the rank profile matrix: sorted pivot rows are the lexicographically first independent rows, sorted pivot columns the
 * lexicographically first independent columns, whatever the batches (Dumas, Pernet, Sultan, JSC 83, 2017). O(rows · rank · columns).
 */
export class Echelon<R extends Residue = number> {
  readonly kernel: Kernel<R>;
  readonly columns: number;
  /** The rank at which elimination stops, at most the columns: the last pivot rows are not brought up to date, later rows are not looked at. */
  readonly bound: number;
  /** Elements from one row to the next: the columns, rounded up, and never a multiple of 1 KiB (cache associativity). */
  readonly rowStride: number;
  /** Of each pivot, in the order found: the index of its row among all rows ever appended. */
  readonly pivotRows: number[] = [];
  readonly pivotColumns: number[] = [];
  /** Its value, 0 < v < p, before scaling: the product of all, with the sign of the permutation, is the determinant of the minor. */
  readonly pivotValues: R[] = [];
  #rowsSeen = 0;
  readonly #blocks: EchelonBlock[] = [];
  /** The work that is left on the open batch. */
  #work: Generator<void, void, undefined> | null = null;

  constructor(kernel: Kernel<R>, columns: number, bound: number = columns) {
    assertInteger('columns', columns, 0);
    this.bound = Math.min(bound, columns);
    this.kernel = kernel;
    this.columns = columns;
    const padded = Math.max(16, Math.ceil(columns / 16) * 16);
    this.rowStride = padded % 512 === 0 ? padded + 32 : padded;
  }

  get rank(): number {
    return this.pivotRows.length;
  }

  /** The pivot rows, in the kernel's memory: of a batch, one block after the other without a gap. */
  get blocks(): readonly EchelonBlock[] {
    return this.#blocks;
  }

  /** Rows of all finished batches. */
  get rowsSeen(): number {
    return this.#rowsSeen;
  }

  /**
   * Room for `rows` rows, zeroed, on top of the kernel's heap, for the caller to fill; a `RangeError` if they and the workspace of their
   * elimination do not fit.
   *
   * Scratch that the caller allocates above it must be released before the first `step`. The elements right of the columns stay 0.
   */
  openBatch(rows: number): { at: number; rowStride: number } {
    assertInteger('rows', rows, 0);
    if (this.#work) throw new Error('openBatch: the batch before is not finished');
    this.kernel.reserve(this.#bytesNeeded(rows));
    const at = this.kernel.allocate(rows * this.rowStride);
    this.#work = this.#eliminate(at, rows);
    return { at, rowStride: this.rowStride };
  }

  /** Takes back a batch of which no step has been done. */
  closeBatch(at: number): void {
    this.#work = null;
    this.kernel.release(at);
  }

  /** Does a slice of the work, some tens of milliseconds; true when the batch is finished. */
  step(): boolean {
    if (!this.#work) throw new Error('step: no batch is open');
    if (!this.#work.next().done) return false;
    this.#work = null;
    return true;
  }

  *#eliminate(at: number, rows: number): Generator<void, void, undefined> {
    let rank = 0;
    if (this.rank < this.bound) {
      for (const block of this.#blocks) yield* this.#reduceBy(block, at, rows);
      rank = yield* this.#factor(at, rows);
    }
    this.#rowsSeen += rows;
    // The pivot rows stay; everything above them is free.
    this.kernel.release(Math.ceil(this.#row(at, rank) / 64) * 64);
  }

  /** B := B − B_P·T⁻¹·U, where U are the pivot rows of a block, P its pivot columns and T = U_P, unit upper triangular. */
  *#reduceBy(block: EchelonBlock, at: number, rows: number): Generator<void, void, undefined> {
    const { kernel, rowStride } = this;
    const { rank } = block;
    const mark = kernel.mark();
    const columns = kernel.allocateBytes(4 * rank);
    new Int32Array(kernel.exports.memory.buffer, columns, rank).set(block.columns);
    const stride = rank + 16;
    const triangle = kernel.allocate(rank * stride);
    const multipliers = kernel.allocate(rows * stride);
    kernel.exports.gatherColumns(rank, rank, columns, block.at, rowStride, triangle, stride);
    kernel.exports.gatherColumns(rows, rank, columns, at, rowStride, multipliers, stride);
    yield;
    for (const [top, bottom] of this.#slices(0, rows, (rank * rank) / 2, 64)) {
      const slice = multipliers + top * stride * kernel.elementBytes;
      kernel.exports.solveUpperFromRight(bottom - top, rank, slice, stride, triangle, stride);
      yield;
    }
    const first = block.columns[0]! & -16;
    for (const [left, right] of this.#slices(first, this.#paddedColumns, rows * rank, 512)) {
      const shift = left * kernel.elementBytes;
      kernel.multiply(
        'subtract',
        rows,
        right - left,
        rank,
        multipliers,
        stride,
        1,
        block.at + shift,
        rowStride,
        1,
        at + shift,
        rowStride,
      );
      yield;
    }
    kernel.release(mark);
  }

  /** Eliminates the batch in place and records its pivots; returns their number. */
  *#factor(at: number, rows: number): Generator<void, number, undefined> {
    const { kernel } = this;
    const { exports } = kernel;
    const most = Math.min(rows, this.columns);
    const panelColumns = this.#panelColumns(rows);
    const lowerStride = lowerStrideOf(panelColumns);
    const lower = kernel.allocate(rows * lowerStride);
    const strip = kernel.allocateBytes(exports.stripBytes(rows));
    const origins = kernel.allocateBytes(4 * rows);
    const columns = kernel.allocateBytes(4 * most);
    const values = kernel.allocate(most);
    const inverses = kernel.allocate(most);
    const int32 = (from: number, count: number): Int32Array =>
      new Int32Array(exports.memory.buffer, from, count);
    int32(origins, rows).forEach((_, i, array) => (array[i] = this.#rowsSeen + i));
    exports.openElimination(
      at,
      this.rowStride,
      rows,
      lower,
      lowerStride,
      strip,
      origins,
      columns,
      values,
      inverses,
    );

    let rank = 0;
    for (let c = 0; c < this.#paddedColumns && rank < rows; c += panelColumns) {
      const end = Math.min(c + panelColumns, this.#paddedColumns);
      const found = exports.factorPanel(c, end - c, rank);
      yield;
      if (found === 0) continue;
      if (this.rank + rank + found >= this.bound) {
        rank += found;
        break;
      }
      yield* this.#update(at, rows, { at: lower, stride: lowerStride }, rank, found, end);
      rank += found;
    }

    const foundRows = int32(origins, rank);
    const foundColumns = int32(columns, rank).slice();
    const foundValues: ArrayLike<unknown> = kernel.read(values, rank);
    for (let i = 0; i < rank; i++) {
      this.pivotRows.push(foundRows[i]!);
      this.pivotColumns.push(foundColumns[i]!);
      this.pivotValues.push(foundValues[i] as R);
    }
    exports.clearLeft(at, this.rowStride, rank, columns);
    for (let start = 0; start < rank; start += widestPanel)
      this.#blocks.push({
        at: this.#row(at, start),
        rank: Math.min(widestPanel, rank - start),
        columns: foundColumns.subarray(start, start + widestPanel),
      });
    return rank;
  }

  /** The effect of a panel's pivots on the columns from `first` on: the multipliers of a band of rows are packed once, for as many columns as a step takes. */
  *#update(
    at: number,
    rows: number,
    lower: { readonly at: number; readonly stride: number },
    rank: number,
    found: number,
    first: number,
  ): Generator<void, void, undefined> {
    const { kernel, rowStride } = this;
    const { elementBytes } = kernel;
    const band = rowBand[elementBytes];
    const end = this.#paddedColumns;
    for (const [left, right] of this.#slices(first, end, found ** 2 / 2, 512)) {
      kernel.exports.solveLower(rank, found, left, right);
      yield;
    }
    for (const [left, right] of this.#slices(first, end, Math.min(band, rows) * found, 512))
      for (const [top, bottom] of this.#slices(rank + found, rows, (right - left) * found, band)) {
        const multipliers = lower.at + top * lower.stride * elementBytes;
        const pivots = this.#row(at, rank) + left * elementBytes;
        const target = this.#row(at, top) + left * elementBytes;
        const [m, n] = [bottom - top, right - left];
        kernel.multiply(
          'subtract',
          m,
          n,
          found,
          multipliers,
          lower.stride,
          1,
          pivots,
          rowStride,
          1,
          target,
          rowStride,
        );
        yield;
      }
  }

  /** A batch and the workspace of its elimination. */
  #bytesNeeded(rows: number): number {
    const { elementBytes } = this.kernel;
    const reduction = (block: EchelonBlock): number =>
      4 * block.rank + (block.rank + rows) * (block.rank + 16) * elementBytes;
    const lowerStride = lowerStrideOf(this.#panelColumns(rows));
    const factorization = rows * lowerStride * elementBytes + this.kernel.exports.stripBytes(rows) + 4 * rows;
    return (
      rows * this.rowStride * elementBytes +
      (4 + 2 * elementBytes) * Math.min(rows, this.columns) +
      Math.max(factorization, ...this.#blocks.map(reduction)) +
      1024
    );
  }

  get #productsPerStep(): number {
    return productsPerStep[this.kernel.elementBytes];
  }

  /** Columns that are factored in one step. */
  #panelColumns(rows: number): number {
    let width = widestPanel;
    while (width > 64 && rows * width ** 2 > this.#productsPerStep) width /= 2;
    return width;
  }

  /** Cuts from … to into pieces of a multiple of `least`, each about one step at `productsEach` for one index. */
  *#slices(from: number, to: number, productsEach: number, least: number): Generator<[number, number]> {
    const length = least * Math.max(1, Math.floor(this.#productsPerStep / Math.max(1, productsEach) / least));
    for (let start = from; start < to; start += length) yield [start, Math.min(start + length, to)];
  }

  get #paddedColumns(): number {
    return Math.ceil(this.columns / 16) * 16;
  }

  #row(at: number, index: number): number {
    return at + index * this.rowStride * this.kernel.elementBytes;
  }
}

/** Elements from one row of L to the next: not a multiple of 512 bytes (cache associativity). */
function lowerStrideOf(panelColumns: number): number {
  return panelColumns + 16;
}
