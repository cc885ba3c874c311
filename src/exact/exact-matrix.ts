import { gcd, type Fraction } from '../fraction.ts';
import type { RationalMatrix } from '../rational/index.ts';
import { inverseModulo, residueOf, scalarsOf } from './scalars.ts';

/*
 * Arithmetic of dense matrices over Q or F_p, for matrices of some dozens of rows: integers with one denominator. The engines for large matrices are elsewhere
 * (`matrix`, `rational`).
 */

/**
 * A matrix over Q, or over F_p: residues 0 … p − 1 with the denominator 1. Matrices without a prime are taken modulo that of the matrix they meet, so that 0, 1 and
 * permutations need none; a result has a prime if an operand has.
 */
export interface ExactMatrix extends RationalMatrix {
  readonly prime?: bigint;
}

/** numerators / denominator, in lowest terms or as residues; a `RangeError` for a denominator that is 0 there. */
export function exactMatrix(
  rows: number,
  cols: number,
  numerators: bigint[],
  denominator = 1n,
  prime?: bigint,
): ExactMatrix {
  if (prime !== undefined) {
    const inverse = inverseModulo(denominator, prime);
    const residues = numerators.map((n) => residueOf(inverse === 1n ? n : n * inverse, 1n, prime));
    return { rows, cols, numerators: residues, denominator: 1n, prime };
  }
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

/** The matrix over F_p. */
export function inField(matrix: ExactMatrix, prime: bigint | undefined): ExactMatrix {
  if (matrix.prime === prime) return matrix;
  if (matrix.prime !== undefined)
    throw new RangeError(
      `matrix: expected entries ${prime === undefined ? 'over Q' : `modulo ${prime}`}, got residues modulo ${matrix.prime}`,
    );
  return exactMatrix(matrix.rows, matrix.cols, matrix.numerators, matrix.denominator, prime);
}

function commonPrime(a: ExactMatrix, b: ExactMatrix): bigint | undefined {
  if (a.prime !== undefined && b.prime !== undefined && a.prime !== b.prime)
    throw new RangeError(`matrix: expected residues modulo ${a.prime}, got residues modulo ${b.prime}`);
  return a.prime ?? b.prime;
}

/** Shape and entries changed, the field stays. */
function withEntries(
  { denominator, prime }: ExactMatrix,
  rows: number,
  cols: number,
  numerators: bigint[],
): ExactMatrix {
  return prime === undefined
    ? { rows, cols, numerators, denominator }
    : { rows, cols, numerators, denominator, prime };
}

/** Fractions over one denominator, or as residues. */
export function matrixOfFractions(
  rows: number,
  cols: number,
  entries: readonly Fraction[],
  prime?: bigint,
): ExactMatrix {
  if (prime !== undefined) {
    const residues = entries.map(({ n, d }) => residueOf(n, d, prime));
    return { rows, cols, numerators: residues, denominator: 1n, prime };
  }
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

export function zeroMatrix(rows: number, cols: number): ExactMatrix {
  return { rows, cols, numerators: Array<bigint>(rows * cols).fill(0n), denominator: 1n };
}

export function identityMatrix(order: number): ExactMatrix {
  const result = zeroMatrix(order, order);
  for (let i = 0; i < order; i++) result.numerators[i * (order + 1)] = 1n;
  return result;
}

export function entryOf(
  { cols, numerators, denominator, prime }: ExactMatrix,
  i: number,
  j: number,
): Fraction {
  return scalarsOf(prime).of(numerators[i * cols + j]!, denominator);
}

export function isZeroMatrix({ numerators }: ExactMatrix): boolean {
  return numerators.every((n) => n === 0n);
}

export function matricesEqual(a: ExactMatrix, b: ExactMatrix): boolean {
  return (
    a.rows === b.rows &&
    a.cols === b.cols &&
    a.denominator === b.denominator &&
    a.numerators.every((n, i) => n === b.numerators[i])
  );
}

/** The same bytes for equal matrices of one shape, others for others. */
export function matrixKey({ numerators, denominator }: ExactMatrix): string {
  return `${numerators.map((n) => n.toString(16)).join(' ')}/${denominator.toString(16)}`;
}

/** a + factor·b */
export function addMatrices(
  a: ExactMatrix,
  b: ExactMatrix,
  { n, d }: Fraction = { n: 1n, d: 1n },
): ExactMatrix {
  const scaled = b.denominator * d;
  const common = gcd(a.denominator, scaled);
  const [left, right] = [scaled / common, (a.denominator / common) * n];
  const numerators = a.numerators.map((x, i) => x * left + b.numerators[i]! * right);
  return exactMatrix(a.rows, a.cols, numerators, a.denominator * left, commonPrime(a, b));
}

export function subtractMatrices(a: ExactMatrix, b: ExactMatrix): ExactMatrix {
  return addMatrices(a, b, { n: -1n, d: 1n });
}

export function scaleMatrix(a: ExactMatrix, { n, d }: Fraction): ExactMatrix {
  return exactMatrix(
    a.rows,
    a.cols,
    a.numerators.map((x) => x * n),
    a.denominator * d,
    a.prime,
  );
}

export function transposeMatrix(matrix: ExactMatrix): ExactMatrix {
  const { rows, cols, numerators } = matrix;
  const turned = Array<bigint>(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) turned[j * rows + i] = numerators[i * cols + j]!;
  return withEntries(matrix, cols, rows, turned);
}

/** a·b; O(rows · inner · cols) products of integers. Not checked: that the shapes fit. */
export function multiplyMatrices(a: ExactMatrix, b: ExactMatrix): ExactMatrix {
  const { rows, cols: inner } = a;
  const { cols } = b;
  const numerators = Array<bigint>(rows * cols).fill(0n);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const x = a.numerators[i * inner + k]!;
      if (x === 0n) continue;
      for (let j = 0; j < cols; j++) numerators[i * cols + j]! += x * b.numerators[k * cols + j]!;
    }
  return exactMatrix(rows, cols, numerators, a.denominator * b.denominator, commonPrime(a, b));
}

/** The product of one or more matrices, from the left. */
export function productOf(first: ExactMatrix, ...rest: readonly ExactMatrix[]): ExactMatrix {
  return rest.reduce(multiplyMatrices, first);
}

export function selectColumns(
  { rows, cols, numerators, denominator, prime }: ExactMatrix,
  columns: readonly number[],
): ExactMatrix {
  const chosen: bigint[] = [];
  for (let i = 0; i < rows; i++) for (const j of columns) chosen.push(numerators[i * cols + j]!);
  return exactMatrix(rows, columns.length, chosen, denominator, prime);
}

export function selectRows(matrix: ExactMatrix, rows: readonly number[]): ExactMatrix {
  return transposeMatrix(selectColumns(transposeMatrix(matrix), rows));
}

/** [a b], of the same number of rows. */
export function besideMatrix(a: ExactMatrix, b: ExactMatrix): ExactMatrix {
  const common = gcd(a.denominator, b.denominator);
  const [left, right] = [b.denominator / common, a.denominator / common];
  const numerators: bigint[] = [];
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) numerators.push(a.numerators[i * a.cols + j]! * left);
    for (let j = 0; j < b.cols; j++) numerators.push(b.numerators[i * b.cols + j]! * right);
  }
  return exactMatrix(a.rows, a.cols + b.cols, numerators, a.denominator * left, commonPrime(a, b));
}

/** [a; b], of the same number of columns. */
export function aboveMatrix(a: ExactMatrix, b: ExactMatrix): ExactMatrix {
  return transposeMatrix(besideMatrix(transposeMatrix(a), transposeMatrix(b)));
}

/** The matrix with rows and columns of zeros behind it. */
export function padMatrix(matrix: ExactMatrix, rows: number, cols: number): ExactMatrix {
  const padded = zeroMatrix(rows, cols).numerators;
  for (let i = 0; i < matrix.rows; i++)
    for (let j = 0; j < matrix.cols; j++) padded[i * cols + j] = matrix.numerators[i * matrix.cols + j]!;
  return withEntries(matrix, rows, cols, padded);
}

/** The reduced row echelon form without its zero rows, and its pivot columns. */
export interface ExactEchelonForm {
  readonly form: ExactMatrix;
  readonly pivots: readonly number[];
}

/**
 * Gauss–Jordan, over Q without fractions (Bareiss, Math. Comp. 22, 1968): every entry on the way is a minor. O(rows · cols · rank) products of integers.
 */
export function reducedForm(matrix: ExactMatrix): ExactEchelonForm {
  const { rows, cols, prime } = matrix;
  const m = Array.from({ length: rows }, (_, i) => {
    const row = matrix.numerators.slice(i * cols, (i + 1) * cols);
    return prime === undefined ? primitive(row) : row;
  });
  const pivots: number[] = [];
  let before = 1n;
  for (let j = 0; j < cols && pivots.length < rows; j++) {
    const at = pivots.length;
    const found = m.findIndex((row, i) => i >= at && row[j] !== 0n);
    if (found < 0) continue;
    [m[at], m[found]] = [m[found]!, m[at]!];
    const pivotRow = m[at]!;
    if (prime !== undefined) {
      const inverse = inverseModulo(pivotRow[j]!, prime);
      for (const [k, x] of pivotRow.entries()) pivotRow[k] = (x * inverse) % prime;
    }
    const pivot = pivotRow[j]!;
    for (const [i, row] of m.entries()) {
      const factor = row[j]!;
      if (i === at || (prime !== undefined && factor === 0n)) continue;
      for (let k = 0; k < cols; k++) {
        const value = pivot * row[k]! - factor * pivotRow[k]!;
        row[k] = prime === undefined ? value / before : residueOf(value, 1n, prime);
      }
    }
    if (prime === undefined) before = pivot;
    pivots.push(j);
  }
  const entries = m.slice(0, pivots.length).flat();
  return { form: exactMatrix(pivots.length, cols, entries, before, prime), pivots };
}

function primitive(row: bigint[]): bigint[] {
  let common = 0n;
  for (const x of row) {
    common = gcd(common, x);
    if (common === 1n) return row;
  }
  return common === 0n ? row : row.map((x) => x / common);
}

export function exactRank(matrix: ExactMatrix): number {
  return reducedForm(matrix).pivots.length;
}

/** The inverse; null if there is none. */
export function inverseMatrix(matrix: ExactMatrix): ExactMatrix | null {
  const n = matrix.rows;
  const { form, pivots } = reducedForm(besideMatrix(matrix, identityMatrix(n)));
  if (pivots.length < n || (n > 0 && pivots[n - 1]! >= n)) return null;
  return selectColumns(
    form,
    Array.from({ length: n }, (_, j) => n + j),
  );
}

/** The factor with b = factor·a, for a ≠ 0; null if there is none, and where it would be 0. */
export function ratioOf(b: ExactMatrix, a: ExactMatrix): Fraction | null {
  const at = a.numerators.findIndex((x) => x !== 0n);
  if (at < 0 || b.numerators[at] === 0n) return null;
  const scalars = scalarsOf(commonPrime(a, b));
  const factor = scalars.of(b.numerators[at]! * a.denominator, b.denominator * a.numerators[at]!);
  return matricesEqual(scaleMatrix(a, factor), b) ? factor : null;
}

/** A solution x of a·x = b with zeros where it is free; null if there is none. */
export function solutionOf(a: ExactMatrix, b: ExactMatrix): ExactMatrix | null {
  const { form, pivots } = reducedForm(besideMatrix(a, b));
  if (pivots.length > 0 && pivots[pivots.length - 1]! >= a.cols) return null;
  const solution = zeroMatrix(a.cols, b.cols).numerators;
  for (const [k, pivot] of pivots.entries())
    for (let j = 0; j < b.cols; j++)
      solution[pivot * b.cols + j] = form.numerators[k * form.cols + a.cols + j]!;
  return exactMatrix(a.cols, b.cols, solution, form.denominator, form.prime);
}

/** Columns that are a basis of { x : a·x = 0 }. */
export function kernelMatrix(a: ExactMatrix): ExactMatrix {
  const { form, pivots } = reducedForm(a);
  const free = Array.from({ length: a.cols }, (_, j) => j).filter((j) => !pivots.includes(j));
  const basis = zeroMatrix(a.cols, free.length).numerators;
  for (const [k, j] of free.entries()) {
    basis[j * free.length + k] = form.denominator;
    for (const [i, pivot] of pivots.entries())
      basis[pivot * free.length + k] = -form.numerators[i * form.cols + j]!;
  }
  return exactMatrix(a.cols, free.length, basis, form.denominator, form.prime);
}

/** Is the rank at most 1? All minors of order 2 that have the first entry that is not 0 vanish. */
export function hasRankOne({ rows, cols, numerators, prime }: ExactMatrix): boolean {
  const at = numerators.findIndex((n) => n !== 0n);
  if (at < 0) return true;
  const [row, column] = [Math.floor(at / cols), at % cols];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const minor =
        numerators[i * cols + j]! * numerators[at]! -
        numerators[i * cols + column]! * numerators[row * cols + j]!;
      if (prime === undefined ? minor !== 0n : minor % prime !== 0n) return false;
    }
  return true;
}
