import type { Change, Parameters } from './fields.ts';
import type { Heads, Space } from './heads.ts';
import { column, kernel, product, transpose, type Matrix } from './matrix.ts';

/**
 * All changes that keep the coefficients of a lightning layer, where its heads fill the space of these: docs/gauge.md, "Full layers". The coefficient of a functional, a value
 * and a key (which enter symmetrically) and a query; all three enter symmetrically where they are one token.
 */
export function* coefficientChanges(at: Parameters, heads: Heads): Generator<Change> {
  const { graph, f } = at;
  const blocks = heads.heads.flatMap(({ queries, keys, values, output }) =>
    output === null ? [queries, keys, values] : [queries, keys, values, output],
  );
  const unknowns = blocks.reduce(
    (sum, block) => sum + graph.blocks[block]!.rows * graph.blocks[block]!.cols,
    0,
  );
  const { source, entering, readers, isOneToken } = heads;
  const size = readers.rows * countMonomials(source.dim, entering.dim, isOneToken);
  if (size >= unknowns) return;
  at.spend(unknowns * (size * size + readers.rows * source.dim ** 2 * entering.dim));
  const derivatives = derivativesOf(at, heads, size);
  const { rank, basis } = kernel(transpose({ rows: unknowns, cols: size, entries: derivatives }), f);
  if (rank !== size) return;
  for (let s = 0; s < basis.rows; s++) {
    const change = at.none();
    let next = s * unknowns;
    for (const block of blocks) {
      const { rows, cols } = graph.blocks[block]!;
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < cols; c++) at.add(change, block, r, c, basis.entries[next++]!);
    }
    yield change;
  }
}

function countMonomials(source: number, entering: number, isOneToken: boolean): number {
  return isOneToken ? (source * (source + 1) * (source + 2)) / 6 : ((source * (source + 1)) / 2) * entering;
}

/** The number of the monomial of value b, key c and query e. */
function monomial(b: number, c: number, e: number, entering: number, isOneToken: boolean): number {
  if (!isOneToken) {
    const [low, high] = b < c ? [b, c] : [c, b];
    return ((high * (high + 1)) / 2 + low) * entering + e;
  }
  const [x, y, z] = Float64Array.of(b, c, e).sort();
  return (z! * (z! + 1) * (z! + 2)) / 6 + (y! * (y! + 1)) / 2 + x!;
}

/** A row of coefficients for each entry of Q, K, V and O of each head. */
function derivativesOf(
  at: Parameters,
  { heads, entering, source, readers, isOneToken }: Heads,
  size: number,
): Float64Array {
  const { f, blocks } = at;
  const perReader = size / readers.rows;
  const rows: Float64Array[] = [];
  const on = (block: number, space: Space): Matrix => product(blocks[block]!, space.basis, f);
  /** Of (readers × value) ⊗ (key × query). */
  const add = (value: Matrix, attention: Matrix): void => {
    const row = new Float64Array(size);
    for (let o = 0; o < value.rows; o++)
      for (let b = 0; b < value.cols; b++) {
        const v = value.entries[o * value.cols + b]!;
        if (v === 0) continue;
        for (let c = 0; c < attention.rows; c++)
          for (let e = 0; e < attention.cols; e++) {
            const n = o * perReader + monomial(b, c, e, entering.dim, isOneToken);
            row[n] = f.add(row[n]!, f.multiply(v, attention.entries[c * attention.cols + e]!));
          }
      }
    rows.push(row);
  };
  const outer = (a: Matrix, b: Matrix): Matrix => product(a, transpose(b), f);
  const rowOf = (a: Matrix, r: number): Matrix => column(transpose(a), r);
  for (const { queries, keys, values, output } of heads) {
    const [q, k, v] = [on(queries, entering), on(keys, source), on(values, source)];
    const read = output === null ? readers : product(readers, blocks[output]!, f);
    const value = product(read, v, f);
    const attention = product(transpose(k), q, f);
    const each = (block: number, visit: (r: number, c: number) => void): void => {
      const { rows: height, cols } = blocks[block]!;
      for (let r = 0; r < height; r++) for (let c = 0; c < cols; c++) visit(r, c);
    };
    each(queries, (r, c) => add(value, outer(rowOf(k, r), rowOf(entering.basis, c))));
    each(keys, (r, c) => add(value, outer(rowOf(source.basis, c), rowOf(q, r))));
    each(values, (r, c) => add(outer(column(read, r), rowOf(source.basis, c)), attention));
    if (output !== null) each(output, (r, c) => add(outer(column(readers, r), rowOf(v, c)), attention));
  }
  const all = new Float64Array(rows.length * size);
  for (const [n, row] of rows.entries()) all.set(row, n * size);
  return all;
}
