import type { Arithmetic } from '../arithmetic.ts';

/** Arithmetic modulo a prime below 2²⁶. */
export type Field = Arithmetic<number>;

/** Row by row. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly entries: Float64Array;
}

export function matrix(rows: number, cols: number, entry: (r: number, c: number) => number): Matrix {
  const entries = new Float64Array(rows * cols);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) entries[r * cols + c] = entry(r, c);
  return { rows, cols, entries };
}

export const at = ({ cols, entries }: Matrix, r: number, c: number): number => entries[r * cols + c]!;
export const identity = (n: number): Matrix => matrix(n, n, (r, c) => (r === c ? 1 : 0));
export const transpose = (a: Matrix): Matrix => matrix(a.cols, a.rows, (r, c) => at(a, c, r));
export const column = (a: Matrix, c: number): Matrix => matrix(a.rows, 1, (r) => at(a, r, c));

export const product = (a: Matrix, b: Matrix, f: Field): Matrix =>
  matrix(a.rows, b.cols, (r, c) => f.dot(a.entries, r * a.cols, 1, b.entries, c, b.cols, a.cols));

export const total = (a: Matrix, b: Matrix, f: Field): Matrix =>
  matrix(a.rows, a.cols, (r, c) => f.add(at(a, r, c), at(b, r, c)));

export const multiple = (a: Matrix, factor: number, f: Field): Matrix =>
  matrix(a.rows, a.cols, (r, c) => f.multiply(factor, at(a, r, c)));

/** Side by side. */
export function beside(rows: number, parts: readonly Matrix[]): Matrix {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const entries = new Float64Array(rows * cols);
  let first = 0;
  for (const part of parts) {
    for (let r = 0; r < rows; r++)
      entries.set(part.entries.subarray(r * part.cols, (r + 1) * part.cols), r * cols + first);
    first += part.cols;
  }
  return { rows, cols, entries };
}

/** One above the other. */
export function above(cols: number, parts: readonly Matrix[]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const entries = new Float64Array(rows * cols);
  let first = 0;
  for (const part of parts) {
    entries.set(part.entries, first);
    first += part.entries.length;
  }
  return { rows, cols, entries };
}

/** C = 1 − 𝟙𝟙ᵀ/d: what x − mean(x) multiplies by. */
export function centering(d: number, f: Field): Matrix {
  const share = f.inverse(f.fromDecimal(String(d)));
  return matrix(d, d, (r, c) => f.subtract(r === c ? 1 : 0, share));
}

/** The reduced rows of A that are not 0, with 1 at their pivots among the first `end` columns. */
function echelon({ rows: height, cols, entries }: Matrix, f: Field, end = cols) {
  const rows = Array.from({ length: height }, (_, r) => entries.slice(r * cols, (r + 1) * cols));
  const pivots: number[] = [];
  for (let c = 0; c < end && pivots.length < rows.length; c++) {
    const rank = pivots.length;
    const found = rows.findIndex((row, r) => r >= rank && row[c] !== 0);
    if (found < 0) continue;
    const row = rows[found]!;
    rows[found] = rows[rank]!;
    rows[rank] = row;
    const inverse = f.inverse(row[c]!);
    for (let k = c; k < cols; k++) row[k] = f.multiply(row[k]!, inverse);
    for (const other of rows) {
      if (other === row || other[c] === 0) continue;
      f.accumulate(other, row, f.subtract(0, other[c]!), c, cols);
      f.reduce(other, cols);
    }
    pivots.push(c);
  }
  return { rows, pivots };
}

/** The rank of A, and a basis of the n with A·n = 0, one a row: one for each column without a pivot. */
export function kernel(a: Matrix, f: Field): { readonly rank: number; readonly basis: Matrix } {
  const { cols } = a;
  const { rows, pivots } = echelon(a, f);
  const isPivot = new Set(pivots);
  const free = Array.from({ length: cols }, (_, c) => c).filter((c) => !isPivot.has(c));
  const basis = new Float64Array(free.length * cols);
  for (const [n, c] of free.entries()) {
    basis[n * cols + c] = 1;
    for (const [r, pivot] of pivots.entries()) basis[n * cols + pivot] = f.subtract(0, rows[r]![c]!);
  }
  return { rank: pivots.length, basis: { rows: free.length, cols, entries: basis } };
}

/** The first independent columns, side by side. */
export function columnBasis(a: Matrix, f: Field): Matrix {
  const { pivots } = echelon(a, f);
  return matrix(a.rows, pivots.length, (r, c) => at(a, r, pivots[c]!));
}

/** B with A·B = 1; null if the rows of A are dependent. */
export function rightInverse(a: Matrix, f: Field): Matrix | null {
  const { rows, pivots } = echelon(beside(a.rows, [a, identity(a.rows)]), f, a.cols);
  if (pivots.length < a.rows) return null;
  const inverse = matrix(a.cols, a.rows, () => 0);
  for (const [r, pivot] of pivots.entries()) inverse.entries.set(rows[r]!.subarray(a.cols), pivot * a.rows);
  return inverse;
}

/** B with B·A = 1; null if the columns of A are dependent. */
export function leftInverse(a: Matrix, f: Field): Matrix | null {
  const inverse = rightInverse(transpose(a), f);
  return inverse && transpose(inverse);
}

/** The rank of rows that come one by one. O(rank · columns) a row. */
export class RowSpace {
  readonly #f: Field;
  /** Kept rows with a 1 at their pivot and 0 before it. */
  readonly #rows = new Map<number, Float64Array>();

  constructor(f: Field) {
    this.#f = f;
  }

  get rank(): number {
    return this.#rows.size;
  }

  /** Takes over a row of residues, changing it. */
  add(row: Float64Array): void {
    const f = this.#f;
    let sums = 0;
    for (let c = 0; c < row.length; c++) {
      const entry = f.reduced(row[c]!);
      if (entry === 0) continue;
      const known = this.#rows.get(c);
      if (known === undefined) {
        f.reduce(row, row.length);
        const inverse = f.inverse(entry);
        // What is before c has been eliminated.
        row.fill(0, 0, c);
        for (let k = c; k < row.length; k++) row[k] = f.multiply(row[k]!, inverse);
        this.#rows.set(c, row);
        return;
      }
      if (sums++ === f.delay) {
        f.reduce(row, row.length);
        sums = 1;
      }
      f.accumulate(row, known, f.subtract(0, entry), c, row.length);
    }
  }
}
