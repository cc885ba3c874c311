import { divide, fraction, gcd, type Fraction } from '../fraction.ts';
import type { RationalMatrix } from './solve-over-q.ts';

/*
 * Arithmetic of dense matrices over Q, for matrices of some dozens of rows: integers with one denominator. The engines for large integer matrices, by
 * residues, are the other files of this folder.
 */

/** numerators / denominator in lowest terms; a `RangeError` for a denominator 0. */
export function rationalMatrix(
  rows: number,
  cols: number,
  numerators: bigint[],
  denominator = 1n,
): RationalMatrix {
  if (denominator === 0n) throw new RangeError('denominator: expected an integer other than 0, got 0');
  let common = denominator;
  for (const n of numerators) {
    if (common === 1n || common === -1n) break;
    common = gcd(common, n % common);
  }
  if (common < 0n !== denominator < 0n) common = -common;
  if (common === 1n) return { rows, cols, numerators, denominator };
  return { rows, cols, numerators: numerators.map((n) => n / common), denominator: denominator / common };
}

export function matrixOfFractions(rows: number, cols: number, entries: readonly Fraction[]): RationalMatrix {
  let denominator = 1n;
  for (const { d } of entries)
    if (denominator % d !== 0n) denominator = (denominator / gcd(denominator, d)) * d;
  return {
    rows,
    cols,
    numerators: entries.map(({ n, d }) => n * (denominator / d)),
    denominator,
  };
}

export function zeroMatrix(rows: number, cols: number): RationalMatrix {
  return { rows, cols, numerators: Array<bigint>(rows * cols).fill(0n), denominator: 1n };
}

export function identityMatrix(order: number): RationalMatrix {
  const result = zeroMatrix(order, order);
  for (let i = 0; i < order; i++) result.numerators[i * (order + 1)] = 1n;
  return result;
}

export function entryOf({ cols, numerators, denominator }: RationalMatrix, i: number, j: number): Fraction {
  return fraction(numerators[i * cols + j]!, denominator);
}

export function isZeroMatrix({ numerators }: RationalMatrix): boolean {
  return numerators.every((n) => n === 0n);
}

export function matricesEqual(a: RationalMatrix, b: RationalMatrix): boolean {
  return (
    a.rows === b.rows &&
    a.cols === b.cols &&
    a.denominator === b.denominator &&
    a.numerators.every((n, i) => n === b.numerators[i])
  );
}

/** The same bytes for equal matrices of one shape, others for others. */
export function matrixKey({ numerators, denominator }: RationalMatrix): string {
  return `${numerators.map((n) => n.toString(16)).join(' ')}/${denominator.toString(16)}`;
}

/** a + factor·b */
export function addMatrices(
  a: RationalMatrix,
  b: RationalMatrix,
  { n, d }: Fraction = { n: 1n, d: 1n },
): RationalMatrix {
  const scaled = b.denominator * d;
  const common = gcd(a.denominator, scaled);
  const [left, right] = [scaled / common, (a.denominator / common) * n];
  const numerators = a.numerators.map((x, i) => x * left + b.numerators[i]! * right);
  return rationalMatrix(a.rows, a.cols, numerators, a.denominator * left);
}

export function subtractMatrices(a: RationalMatrix, b: RationalMatrix): RationalMatrix {
  return addMatrices(a, b, { n: -1n, d: 1n });
}

export function scaleMatrix(a: RationalMatrix, { n, d }: Fraction): RationalMatrix {
  return rationalMatrix(
    a.rows,
    a.cols,
    a.numerators.map((x) => x * n),
    a.denominator * d,
  );
}

export function transposeMatrix({ rows, cols, numerators, denominator }: RationalMatrix): RationalMatrix {
  const turned = Array<bigint>(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) turned[j * rows + i] = numerators[i * cols + j]!;
  return { rows: cols, cols: rows, numerators: turned, denominator };
}

/** a·b; O(rows · inner · cols) products of integers. Not checked: that the shapes fit. */
export function multiplyMatrices(a: RationalMatrix, b: RationalMatrix): RationalMatrix {
  const { rows, cols: inner } = a;
  const { cols } = b;
  const numerators = Array<bigint>(rows * cols).fill(0n);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const x = a.numerators[i * inner + k]!;
      if (x === 0n) continue;
      for (let j = 0; j < cols; j++) numerators[i * cols + j]! += x * b.numerators[k * cols + j]!;
    }
  return rationalMatrix(rows, cols, numerators, a.denominator * b.denominator);
}

/** The product of one or more matrices, from the left. */
export function productOf(first: RationalMatrix, ...rest: readonly RationalMatrix[]): RationalMatrix {
  return rest.reduce(multiplyMatrices, first);
}

export function selectColumns(
  { rows, cols, numerators, denominator }: RationalMatrix,
  columns: readonly number[],
): RationalMatrix {
  const chosen: bigint[] = [];
  for (let i = 0; i < rows; i++) for (const j of columns) chosen.push(numerators[i * cols + j]!);
  return rationalMatrix(rows, columns.length, chosen, denominator);
}

export function selectRows(matrix: RationalMatrix, rows: readonly number[]): RationalMatrix {
  return transposeMatrix(selectColumns(transposeMatrix(matrix), rows));
}

/** [a b], of the same number of rows. */
export function besideMatrix(a: RationalMatrix, b: RationalMatrix): RationalMatrix {
  const common = gcd(a.denominator, b.denominator);
  const [left, right] = [b.denominator / common, a.denominator / common];
  const numerators: bigint[] = [];
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) numerators.push(a.numerators[i * a.cols + j]! * left);
    for (let j = 0; j < b.cols; j++) numerators.push(b.numerators[i * b.cols + j]! * right);
  }
  return rationalMatrix(a.rows, a.cols + b.cols, numerators, a.denominator * left);
}

/** [a; b], of the same number of columns. */
export function aboveMatrix(a: RationalMatrix, b: RationalMatrix): RationalMatrix {
  return transposeMatrix(besideMatrix(transposeMatrix(a), transposeMatrix(b)));
}

/** The matrix with rows and columns of zeros behind it. */
export function padMatrix(matrix: RationalMatrix, rows: number, cols: number): RationalMatrix {
  const padded = zeroMatrix(rows, cols).numerators;
  for (let i = 0; i < matrix.rows; i++)
    for (let j = 0; j < matrix.cols; j++) padded[i * cols + j] = matrix.numerators[i * matrix.cols + j]!;
  return { rows, cols, numerators: padded, denominator: matrix.denominator };
}

/** The reduced row echelon form without its zero rows, and its pivot columns. */
export interface RationalEchelonForm {
  readonly form: RationalMatrix;
  readonly pivots: readonly number[];
}

/** Gauss–Jordan without fractions (Bareiss, Math. Comp. 22, 1968): every entry on the way is a minor. O(rows · cols · rank) products of integers. */
export function rationalRref(matrix: RationalMatrix): RationalEchelonForm {
  const { rows, cols } = matrix;
  const m = Array.from({ length: rows }, (_, i) =>
    primitive(matrix.numerators.slice(i * cols, (i + 1) * cols)),
  );
  const pivots: number[] = [];
  let before = 1n;
  for (let j = 0; j < cols && pivots.length < rows; j++) {
    const at = pivots.length;
    const found = m.findIndex((row, i) => i >= at && row[j] !== 0n);
    if (found < 0) continue;
    [m[at], m[found]] = [m[found]!, m[at]!];
    const pivotRow = m[at]!;
    const pivot = pivotRow[j]!;
    for (const [i, row] of m.entries()) {
      if (i === at) continue;
      const factor = row[j]!;
      for (let k = 0; k < cols; k++) row[k] = (pivot * row[k]! - factor * pivotRow[k]!) / before;
    }
    before = pivot;
    pivots.push(j);
  }
  return { form: rationalMatrix(pivots.length, cols, m.slice(0, pivots.length).flat(), before), pivots };
}

function primitive(row: bigint[]): bigint[] {
  let common = 0n;
  for (const x of row) {
    common = gcd(common, x);
    if (common === 1n) return row;
  }
  return common === 0n ? row : row.map((x) => x / common);
}

export function rationalRank(matrix: RationalMatrix): number {
  return rationalRref(matrix).pivots.length;
}

/** The inverse; null if there is none. */
export function rationalInverse(matrix: RationalMatrix): RationalMatrix | null {
  const n = matrix.rows;
  const { form, pivots } = rationalRref(besideMatrix(matrix, identityMatrix(n)));
  if (pivots.length < n || (n > 0 && pivots[n - 1]! >= n)) return null;
  return selectColumns(
    form,
    Array.from({ length: n }, (_, j) => n + j),
  );
}

/** The factor with b = factor·a, for a ≠ 0; null if there is none, and where it would be 0. */
export function ratioOf(b: RationalMatrix, a: RationalMatrix): Fraction | null {
  const at = a.numerators.findIndex((x) => x !== 0n);
  if (at < 0 || b.numerators[at] === 0n) return null;
  const factor = divide(
    fraction(b.numerators[at]!, b.denominator),
    fraction(a.numerators[at]!, a.denominator),
  );
  return matricesEqual(scaleMatrix(a, factor), b) ? factor : null;
}

/** A solution x of a·x = b with zeros where it is free; null if there is none. */
export function rationalSolution(a: RationalMatrix, b: RationalMatrix): RationalMatrix | null {
  const { form, pivots } = rationalRref(besideMatrix(a, b));
  if (pivots.length > 0 && pivots[pivots.length - 1]! >= a.cols) return null;
  const solution = zeroMatrix(a.cols, b.cols).numerators;
  for (const [k, pivot] of pivots.entries())
    for (let j = 0; j < b.cols; j++)
      solution[pivot * b.cols + j] = form.numerators[k * form.cols + a.cols + j]!;
  return rationalMatrix(a.cols, b.cols, solution, form.denominator);
}

/** Columns that are a basis of { x : a·x = 0 }. */
export function rationalKernel(a: RationalMatrix): RationalMatrix {
  const { form, pivots } = rationalRref(a);
  const free = Array.from({ length: a.cols }, (_, j) => j).filter((j) => !pivots.includes(j));
  const basis = zeroMatrix(a.cols, free.length).numerators;
  for (const [k, j] of free.entries()) {
    basis[j * free.length + k] = form.denominator;
    for (const [i, pivot] of pivots.entries())
      basis[pivot * free.length + k] = -form.numerators[i * form.cols + j]!;
  }
  return rationalMatrix(a.cols, free.length, basis, form.denominator);
}
