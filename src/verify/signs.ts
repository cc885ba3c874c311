/** Rows over F_2, kept in echelon form: the first coordinate of each is the highest bit of a number. */
export class SignMatrix {
  readonly columns: number;
  /** By the length of the row in bits. */
  readonly #rows = new Map<number, bigint>();

  constructor(columns: number) {
    this.columns = columns;
  }

  get rank(): number {
    return this.#rows.size;
  }

  get isComplete(): boolean {
    return this.rank === this.columns;
  }

  /** O(columns²/64) */
  add(row: readonly boolean[]): void {
    if (this.isComplete) return;
    let rest = BigInt(`0b${row.map(Number).join('')}`);
    for (let length = this.columns; length > 0; length--) {
      if (!((rest >> BigInt(length - 1)) & 1n)) continue;
      const other = this.#rows.get(length);
      if (other === undefined) {
        this.#rows.set(length, rest);
        return;
      }
      rest ^= other;
    }
  }
}
