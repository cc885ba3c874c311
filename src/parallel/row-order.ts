/**
 * Which row of a matrix is where, while pivot rows are brought to the top by exchanges.
 *
 * The exchanges follow from the pivot rows alone, so every thread finds them by itself.
 */
export class RowOrder {
  /** Of each place: the original index of the row there. */
  readonly origins: Int32Array;
  readonly #places: Int32Array;

  constructor(rows: number) {
    this.origins = Int32Array.from({ length: rows }, (_, i) => i);
    this.#places = this.origins.slice();
  }

  /** Brings rows, named by their original indices, to the places first, first + 1, …; returns the place that each was exchanged with. */
  bring(rows: Int32Array, first: number): Int32Array {
    const { origins } = this;
    const places = this.#places;
    return rows.map((origin, i) => {
      const from = places[origin]!;
      const to = first + i;
      const displaced = origins[to]!;
      origins[from] = displaced;
      places[displaced] = from;
      origins[to] = origin;
      places[origin] = to;
      return from;
    });
  }
}
