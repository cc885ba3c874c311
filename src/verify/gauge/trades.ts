import type { Change, Parameters } from './fields.ts';
import { addBlock, type Heads, type PlainHead, type Space } from './heads.ts';
import {
  above,
  kernel,
  leftInverse,
  matrix,
  multiple,
  product,
  rightInverse,
  total,
  transpose,
  type Field,
  type Matrix,
} from './matrix.ts';

/** L·R with both of full rank. */
class Factored {
  readonly value: Matrix;
  readonly #f: Field;
  readonly #left: Matrix;
  readonly #inverses: readonly [left: Matrix, right: Matrix];
  /** The y with y·L = 0, and the n with R·n = 0, one a row; null where all changes of the product come from its factors. */
  readonly #outside: readonly [rows: Matrix, columns: Matrix] | null;

  private constructor(f: Field, left: Matrix, right: Matrix, inverses: readonly [Matrix, Matrix]) {
    this.#f = f;
    this.#left = left;
    this.#inverses = inverses;
    this.value = product(left, right, f);
    const isFree = left.cols >= left.rows || left.cols >= right.cols;
    this.#outside = isFree ? null : [kernel(transpose(left), f).basis, kernel(right, f).basis];
  }

  static of(f: Field, left: Matrix, right: Matrix): Factored | null {
    const ofLeft = left.cols <= left.rows ? leftInverse(left, f) : rightInverse(left, f);
    const ofRight = right.rows <= right.cols ? rightInverse(right, f) : leftInverse(right, f);
    return ofLeft && ofRight && new Factored(f, left, right, [ofLeft, ofRight]);
  }

  /** What must be 0 for a change of the product to come from changes of its factors. */
  outside(change: Matrix | undefined): Float64Array {
    if (!this.#outside) return new Float64Array(0);
    const [rows, columns] = this.#outside;
    if (!change) return new Float64Array(rows.rows * columns.rows);
    return product(product(rows, change, this.#f), transpose(columns), this.#f).entries;
  }

  /** δL and δR. */
  changes(change: Matrix): { readonly left: Matrix; readonly right: Matrix } {
    const f = this.#f;
    const [ofLeft, ofRight] = this.#inverses;
    const right = product(ofLeft, change, f);
    const rest = total(change, multiple(product(this.#left, right, f), f.subtract(0, 1), f), f);
    return { left: product(rest, ofRight, f), right };
  }
}

interface FactoredHead {
  readonly head: PlainHead;
  /** A = KᵀQ on the spaces of the tokens. */
  readonly attention: Factored;
  /** V, or O·V. */
  readonly value: Matrix;
  readonly factoredValue: Factored | null;
}

/** Changes of the A_h and V_h that add up to nothing, by head. */
interface Trade {
  readonly attention: ReadonlyMap<number, Matrix>;
  readonly value: ReadonlyMap<number, Matrix>;
}

/** Fields that mix heads with queries, keys and values of their own: docs/gauge.md, "Mixing". */
export function* tradeChanges(at: Parameters, heads: Heads): Generator<Change> {
  if (heads.heads.length < 2) return;
  const found: FactoredHead[] = [];
  for (const head of heads.heads) {
    const factored = factoredHead(at, head, heads);
    if (!factored) return;
    found.push(factored);
  }
  const trades = [...mixtures(at, found), ...(heads.readers.rows === 1 ? swaps(at, found, heads) : [])];
  const conditions = trades.map(({ attention, value }) =>
    Float64Array.from(
      found.flatMap(({ attention: a, factoredValue }, h) => [
        ...a.outside(attention.get(h)),
        ...(factoredValue?.outside(value.get(h)) ?? []),
      ]),
    ),
  );
  const count = conditions[0]!.length;
  at.spend(trades.length * count * Math.min(trades.length, count));
  const byTrade = above(
    count,
    conditions.map((entries) => ({ rows: 1, cols: count, entries })),
  );
  const { rank, basis } = kernel(transpose(byTrade), at.f);
  if (rank !== count) return;
  for (let s = 0; s < basis.rows; s++) {
    const solution = basis.entries.subarray(s * basis.cols, (s + 1) * basis.cols);
    yield changeOf(at, summed(at, trades, solution), found, heads);
  }
}

function factoredHead(at: Parameters, head: PlainHead, { entering, source }: Heads): FactoredHead | null {
  const { f, blocks } = at;
  const on = (block: number, space: Space): Matrix => product(blocks[block]!, space.basis, f);
  const attention = Factored.of(f, transpose(on(head.keys, source)), on(head.queries, entering));
  const values = on(head.values, source);
  const factoredValue = head.output === null ? null : Factored.of(f, blocks[head.output]!, values);
  if (!attention || (head.output !== null && !factoredValue)) return null;
  return { head, attention, value: factoredValue?.value ?? values, factoredValue };
}

/** δA_h = A_k with δV_k = −V_h. */
function* mixtures({ f }: Parameters, heads: readonly FactoredHead[]): Generator<Trade> {
  for (const [h, a] of heads.entries())
    for (const [k, b] of heads.entries())
      if (h !== k)
        yield {
          attention: new Map([[h, b.attention.value]]),
          value: new Map([[k, multiple(a.value, f.subtract(0, 1), f)]]),
        };
}

/** δA_h = v_k·eᵀ with δA_k = −v_h·eᵀ for each coordinate e of queries. */
function* swaps(
  at: Parameters,
  heads: readonly FactoredHead[],
  { entering, readers }: Heads,
): Generator<Trade> {
  const { f } = at;
  const functionals = heads.map(({ value }) => product(readers, value, f).entries);
  const outer = (v: Float64Array, e: number, factor: number): Matrix =>
    matrix(v.length, entering.dim, (r, c) => (c === e ? f.multiply(factor, v[r]!) : 0));
  for (let h = 0; h < heads.length; h++)
    for (let k = 0; k < h; k++)
      for (let e = 0; e < entering.dim; e++)
        yield {
          attention: new Map([
            [h, outer(functionals[k]!, e, 1)],
            [k, outer(functionals[h]!, e, f.subtract(0, 1))],
          ]),
          value: new Map(),
        };
}

function summed({ f }: Parameters, trades: readonly Trade[], by: Float64Array): Trade {
  const sum = { attention: new Map<number, Matrix>(), value: new Map<number, Matrix>() };
  for (const [n, trade] of trades.entries())
    if (by[n] !== 0)
      for (const part of ['attention', 'value'] as const)
        for (const [h, change] of trade[part]) {
          const scaled = multiple(change, by[n]!, f);
          const known = sum[part].get(h);
          sum[part].set(h, known ? total(known, scaled, f) : scaled);
        }
  return sum;
}

function changeOf(
  at: Parameters,
  { attention, value }: Trade,
  heads: readonly FactoredHead[],
  { entering, source }: Heads,
): Change {
  const { f } = at;
  const change = at.none();
  const add = (block: number, by: Matrix, space: Space): void =>
    addBlock(at, change, block, product(by, space.coordinates, f), 1);
  for (const [h, { head, attention: scores, factoredValue }] of heads.entries()) {
    const ofScores = attention.get(h);
    if (ofScores) {
      const { left, right } = scores.changes(ofScores);
      add(head.keys, transpose(left), source);
      add(head.queries, right, entering);
    }
    const ofValue = value.get(h);
    if (!ofValue) continue;
    if (factoredValue) {
      const { left, right } = factoredValue.changes(ofValue);
      addBlock(at, change, head.output!, left, 1);
      add(head.values, right, source);
    } else add(head.values, ofValue, source);
  }
  return change;
}
