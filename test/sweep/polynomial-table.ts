/** A network of linear maps with squares between them, and the dimension that was published for it. */
export interface PublishedDimension {
  /** From the input, 2, to the output, 1. */
  readonly widths: readonly number[];
  readonly dimension: number;
}

/** The networks of polynomial-networks-2-1.txt; throws a `RangeError` for a line that is none. */
export function readTable(text: string): PublishedDimension[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const found = /^(2(?:-[1-9][0-9]*)*-1) ([1-9][0-9]*)$/.exec(line);
    if (!found)
      throw new RangeError(`table: expected widths 2-…-1 and a dimension, got ${JSON.stringify(line)}`);
    return { widths: found[1]!.split('-').map(Number), dimension: Number(found[2]) };
  });
}
