import type { FactoredPanel } from './messages.ts';

/** The pivots of a shared elimination, in the order of the panels, in whatever order these become known. */
export class PivotRecord {
  /** Of the pivots: their rows and columns in the matrix. */
  readonly rows: number[] = [];
  readonly columns: number[] = [];
  readonly #goal: number;
  readonly #early = new Map<number, Pick<FactoredPanel, 'rows' | 'columns'>>();
  #panels = 0;

  /** Panels behind the one in which the rank reaches `goal` are not recorded. */
  constructor(goal: number) {
    this.#goal = goal;
  }

  /** Panels from the left on whose pivots are recorded. */
  get panels(): number {
    return this.#panels;
  }

  get rank(): number {
    return this.rows.length;
  }

  get isComplete(): boolean {
    return this.rank >= this.#goal;
  }

  add({ index, rows, columns }: Pick<FactoredPanel, 'index' | 'rows' | 'columns'>): void {
    this.#early.set(index, { rows, columns });
    for (let panel; !this.isComplete && (panel = this.#early.get(this.#panels)); this.#panels++) {
      this.#early.delete(this.#panels);
      for (const row of panel.rows) this.rows.push(row);
      for (const column of panel.columns) this.columns.push(column);
    }
  }
}
