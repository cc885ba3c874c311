/** A table that is written row by row: aligned on a terminal, tab-separated elsewhere. */
export class Table {
  readonly #widths: number[];

  /** `columns`: each title with the width of its column on a terminal; a negative one is aligned on the right. */
  constructor(columns: readonly (readonly [title: string, width: number])[]) {
    this.#widths = columns.map(([, width]) => width);
    this.row(columns.map(([title]) => title));
  }

  row(cells: readonly (string | number | bigint)[]): void {
    const texts = cells.map(String);
    if (!process.stdout.isTTY) console.log(texts.join('\t'));
    else
      console.log(
        texts
          .map((text, i) => {
            const width = this.#widths[i]!;
            return width < 0 ? text.padStart(-width) : text.padEnd(width);
          })
          .join('  ')
          .trimEnd(),
      );
  }
}
