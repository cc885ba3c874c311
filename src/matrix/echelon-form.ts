import { assertInteger, rangeFault } from '../assert.ts';
import { parsePrime } from '../field/any-prime.ts';
import type { Prime, Residue } from '../field/residue.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { assertMatrix, type Matrix } from './matrix.ts';
import { placeRows } from './place.ts';
import { sortedProfiles, type RankOptions, type RankProfiles } from './rank.ts';

/**
 * The rank of a matrix over F_p whose rows arrive in batches, in any number of them, as long as they bring something: rows of a Jacobian,
 * equations of a system.
 *
 * Only the independent rows are kept, at most cols² elements. A batch of 64 rows or more is eliminated at the speed of matrix products.
 *
 * @example
 * const form = new EchelonForm(3, 7);
 * form.append({ rows: 1, cols: 3, data: [1, 2, 3] }); // 1
 * form.append({ rows: 2, cols: 3, data: [2, 4, 6, 0, 0, 1] }); // 1: one of the two is new
 * form.rankProfiles(); // { rank: 2, rows: [0, 2], columns: [0, 2] }
 */
export class EchelonForm {
  readonly cols: number;
  readonly prime: Residue;
  readonly #echelon: Echelon<Residue>;
  #busy = false;

  /** For rows of `cols` entries. With `bound` elimination stops at that rank. Throws like `rank`. */
  constructor(cols: number, prime: Prime, { bound }: RankOptions = {}) {
    assertInteger('cols', cols, 0);
    if (bound !== undefined) assertInteger('bound', bound, 0);
    this.cols = cols;
    this.prime = parsePrime(prime);
    this.#echelon = new Echelon(Kernel.create(this.prime), cols, bound);
  }

  get rank(): number {
    return this.#echelon.rank;
  }

  /** Rows appended so far. */
  get rows(): number {
    return this.#echelon.rowsSeen;
  }

  /** Whether the rank has reached the bound, or the number of columns: further rows are counted, but not looked at. */
  get isFull(): boolean {
    return this.rank >= this.#echelon.bound;
  }

  /** The rank and both rank profiles of all rows appended so far; the indices of rows count from the first that was ever appended. */
  rankProfiles(): RankProfiles {
    return sortedProfiles(this.#echelon);
  }

  /**
   * Appends the rows of a matrix and returns by how much the rank has grown.
   *
   * Throws for another number of columns, and like `rank`; after a throw the form is what it was. O(rows · cols · rank).
   */
  append(matrix: Matrix): number {
    const before = this.rank;
    this.#open(matrix);
    while (!this.#echelon.step());
    return this.rank - before;
  }

  /** `append` in slices of some tens of milliseconds, with progress. An abort leaves the form unusable. */
  async appendAsync(matrix: Matrix, options: LongOperation = {}): Promise<number> {
    const pace = new Pace(options);
    const before = this.rank;
    this.#open(matrix);
    this.#busy = true;
    while (!this.#echelon.step()) await pace.pause('elimination', this.rank, this.#echelon.bound);
    this.#busy = false;
    return this.rank - before;
  }

  #open(matrix: Matrix): void {
    if (this.#busy) throw new Error('append: the rows before are not yet eliminated');
    assertMatrix(matrix);
    if (matrix.cols !== this.cols) throw rangeFault('matrix.cols', `${this.cols}`, matrix.cols);
    const { at, rowStride } = this.#echelon.openBatch(matrix.rows);
    try {
      placeRows(this.#echelon.kernel, matrix, 'matrix', at, rowStride);
    } catch (error) {
      this.#echelon.closeBatch(at);
      throw error;
    }
  }
}
