import { isPrime } from '../../src/field/index.ts';
import type { Loose } from './json-type.ts';
import { sealed } from './produce.ts';
import { canonicalText, profiles, power } from './reference.ts';

/** What docs/certificate.md says of certificates of a rank, once more: schoolbook, in bigints. */

type Rows = readonly (readonly bigint[])[];

const mod = (x: bigint, p: bigint): bigint => ((x % p) + p) % p;

/** The rank, and the lexicographically first independent rows and columns, also of a matrix without rows or columns. */
export function rankOf(matrix: Rows, cols: number, p: bigint) {
  const { rank, rows } = profiles(matrix, p);
  const columns = profiles(
    Array.from({ length: cols }, (_, j) => rows.map((i) => matrix[i]![j]!)),
    p,
  ).rows;
  const { determinant } = profiles(
    rows.map((i) => columns.map((j) => matrix[i]![j]!)),
    p,
  );
  return { rank, rows, columns, determinant: rank === 0 ? 1n % p : determinant };
}

/** Coefficients of `row` in terms of independent `basis` rows, by elimination of [basisᵀ | rowᵀ]. */
function combination(basis: Rows, row: readonly bigint[], p: bigint): bigint[] {
  const r = basis.length;
  const equations = row.map((entry, j) => [...basis.map((line) => line[j]!), entry]);
  for (let k = 0; k < r; k++) {
    const pivot = equations.findIndex((equation, e) => e >= k && mod(equation[k]!, p) !== 0n);
    [equations[k], equations[pivot]] = [equations[pivot]!, equations[k]!];
    const inverse = power(mod(equations[k]![k]!, p), p - 2n, p);
    equations[k] = equations[k]!.map((entry) => mod(entry * inverse, p));
    for (const [e, equation] of equations.entries())
      if (e !== k)
        equations[e] = equation.map((entry, j) => mod(entry - equation[k]! * equations[k]![j]!, p));
  }
  return equations.slice(0, r).map((equation) => equation[r]!);
}

/** A matrix as a certificate lists it: sparsely if that takes at most half as many characters. */
export function listing(matrix: Rows, cols: number): Loose {
  const dense = matrix.map((row) => row.map(String));
  const sparse = matrix.flatMap((row, i) => {
    const columns = row.flatMap((entry, j) => (entry === 0n ? [] : [j]));
    return columns.length === 0 ? [] : [[i, columns, columns.map((j) => String(row[j]))]];
  });
  const shape = { rows: matrix.length, cols };
  return 2 * JSON.stringify(sparse).length <= JSON.stringify(dense).length
    ? { ...shape, sparse }
    : { ...shape, dense };
}

/** A tiny producer, for any prime. */
export async function produceRank(matrix: Rows, cols: number, p: bigint): Promise<Loose> {
  const { rank, rows, columns, determinant } = rankOf(matrix, cols, p);
  const byRows = matrix.length <= cols;
  const transposed = Array.from({ length: cols }, (_, j) => matrix.map((row) => row[j]!));
  const [lines, named] = byRows ? [matrix, rows] : [transposed, columns];
  const basis = named.map((i) => lines[i]!);
  const others = lines.filter((_, i) => !named.includes(i));
  return sealed({
    format: 'dimcert-certificate',
    version: 1,
    kind: 'rank',
    prime: String(p),
    matrix: listing(matrix, cols),
    claim: { lower: rank, upper: rank, exact: true },
    lowerBound: { method: 'minor', rows, columns, determinant: String(determinant) },
    upperBound:
      rank === lines.length
        ? { method: 'shape' }
        : {
            method: byRows ? 'row-combinations' : 'column-combinations',
            coefficients: listing(
              others.map((line) => combination(basis, line, p)),
              rank,
            ),
          },
  });
}

/** The entries of a listed matrix; null unless its form is that of docs/certificate.md. */
function entriesOf({ rows, cols, dense, sparse }: Loose, p: bigint): bigint[][] | null {
  const residue = (text: Loose): bigint => {
    if (typeof text !== 'string' || String(BigInt(text)) !== text || BigInt(text) >= p || BigInt(text) < 0n)
      throw new Error('no residue');
    return BigInt(text);
  };
  try {
    if (dense !== undefined) {
      if (dense.length !== rows || dense.some((row: Loose) => row.length !== cols)) return null;
      return dense.map((row: Loose) => row.map(residue));
    }
    const matrix = Array.from({ length: rows }, () => Array.from({ length: cols }, () => 0n));
    for (const [i, columns, values] of sparse)
      for (const [n, j] of columns.entries()) {
        if (!(i < rows && j < cols) || columns.length !== values.length) return null;
        matrix[i]![j] = residue(values[n]);
      }
    return matrix;
  } catch {
    return null;
  }
}

/** Whether all that a certificate says is true, whatever its producer and the verifier believe. */
export function isTrueRank({ prime, matrix, claim, lowerBound, upperBound }: Loose): boolean {
  const p = BigInt(prime);
  if (!isPrime(p)) return false;
  const entries = entriesOf(matrix, p);
  if (entries === null) return false;
  const { rank } = rankOf(entries, matrix.cols, p);
  const { rows, columns, determinant } = lowerBound as {
    rows: number[];
    columns: number[];
    determinant: string;
  };
  const minor = rows.map((i) => columns.map((j) => entries[i]![j]!));
  const named = rank === 0 ? 1n : profiles(minor, p).determinant;
  if (claim.lower !== rank || claim.upper !== rank || claim.exact !== true) return false;
  if (rows.length !== rank || columns.length !== rank || String(named) !== determinant) return false;
  if (upperBound.method === 'shape')
    return rank === Math.min(matrix.rows, matrix.cols) && upperBound.coefficients === undefined;
  const byRows = upperBound.method === 'row-combinations';
  const lines = byRows
    ? entries
    : Array.from({ length: matrix.cols }, (_, j) => entries.map((row) => row[j]!));
  const chosen = byRows ? rows : columns;
  const others = lines.filter((_, i) => !chosen.includes(i));
  const coefficients = entriesOf(upperBound.coefficients, p);
  if (coefficients?.length !== others.length) return false;
  return others.every((line, t) =>
    line.every(
      (entry, j) =>
        mod(
          chosen.reduce((sum, i, k) => sum + coefficients[t]![k]! * lines[i]![j]!, 0n),
          p,
        ) === entry,
    ),
  );
}

export { canonicalText };
