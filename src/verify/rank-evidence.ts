import type { Pace } from '../pace.ts';
import type { Arithmetic, Vector } from './arithmetic.ts';
import { Breath } from './breath.ts';
import { Echelon } from './echelon.ts';
import { Rejection, demand } from './fault.ts';
import { clear, Listing, spread, type ResidueRow } from './listing.ts';
import { operationsPerComparison, operationsPerEntry, operationsPerRow } from './rank-limits.ts';
import type { StatedRank } from './rank-shape.ts';

/**
 * Checks the evidence of a rank: that every entry of the matrix is a residue, that the minor has the stated determinant, and that the other rows,
 * or columns, are the stated combinations, by multiplying them out.
 */
export async function checkRankEvidence<E extends number | bigint>(
  stated: StatedRank,
  f: Arithmetic<E>,
  pace: Pace,
): Promise<void> {
  const { prime, matrix, upperBound } = stated;
  const listing = new Listing(matrix, prime, f);
  await checkMinor(stated, listing, f, new Breath(pace, 'minor', stated.claim.lower));
  if (upperBound.method === 'shape') {
    const breath = new Breath(pace, 'matrix', matrix.rows);
    for (let i = 0; i < matrix.rows; i++) await readRow(listing, i, breath);
    return;
  }
  const breath = new Breath(pace, 'combinations', matrix.rows);
  const coefficients = new Listing(upperBound.coefficients, prime, f);
  if (upperBound.method === 'row-combinations') await checkRows(stated, listing, coefficients, f, breath);
  else await checkColumns(stated, listing, coefficients, f, breath);
}

async function readRow<E extends number | bigint>(
  listing: Listing<E>,
  i: number,
  breath: Breath,
): Promise<ResidueRow<E>> {
  const row = listing.row(i);
  if (breath.due(operationsPerRow + row.values.length * operationsPerEntry)) await breath.take();
  return row;
}

async function checkMinor<E extends number | bigint>(
  { matrix, lowerBound }: StatedRank,
  listing: Listing<E>,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<void> {
  const { rows, columns, determinant: statedDeterminant } = lowerBound;
  const path = 'certificate.lowerBound';
  const echelon = new Echelon(columns.length, f);
  const full = f.zeros(matrix.cols);
  for (const [n, i] of rows.entries()) {
    const listed = await readRow(listing, i, breath);
    spread(listed, full);
    const row = f.zeros(columns.length);
    for (let c = 0; c < columns.length; c++) row[c] = full[columns[c]!]!;
    clear(listed, full, f.zero);
    if (!(await echelon.add(row, breath)))
      throw new Rejection(
        `${path}.rows[${n}]`,
        'a row independent of those before it, for a minor that is not 0',
        i,
      );
    breath.done++;
  }
  const determinant = String(echelon.determinant());
  demand(
    determinant === String(statedDeterminant),
    `${path}.determinant`,
    JSON.stringify(determinant),
    String(statedDeterminant),
  );
}

/** Sums of multiples of rows, reduced only when they might overflow. */
class Sum<E extends number | bigint> {
  readonly #f: Arithmetic<E>;
  readonly #breath: Breath;
  readonly entries: Vector<E>;
  #terms = 0;

  constructor(length: number, f: Arithmetic<E>, breath: Breath) {
    this.#f = f;
    this.#breath = breath;
    this.entries = f.zeros(length);
  }

  async add(factor: E, { columns, values }: ResidueRow<E>): Promise<void> {
    const f = this.#f;
    if (factor === f.zero) return;
    if (this.#breath.due(values.length * f.cost.accumulate)) await this.#breath.take();
    if (this.#terms++ === f.delay) {
      f.reduce(this.entries, this.entries.length);
      this.#terms = 1;
    }
    if (columns === null) f.accumulate(this.entries, values, factor, 0, values.length);
    else f.scatter(this.entries, columns, values, factor);
  }

  /** The sum as residues. */
  async reduced(): Promise<Vector<E>> {
    if (this.#breath.due(this.entries.length * operationsPerComparison)) await this.#breath.take();
    this.#f.reduce(this.entries, this.entries.length);
    return this.entries;
  }

  clear(): void {
    this.entries.fill(this.#f.zero);
    this.#terms = 0;
  }
}

/** A_others = X·A_R: row t of X has the coefficients of the t-th row outside the minor. */
async function checkRows<E extends number | bigint>(
  { matrix, lowerBound }: StatedRank,
  listing: Listing<E>,
  coefficients: Listing<E>,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<void> {
  const basis: ResidueRow<E>[] = [];
  for (const i of lowerBound.rows) basis.push(await readRow(listing, i, breath));
  const sum = new Sum(matrix.cols, f, breath);
  const expected = f.zeros(matrix.cols);
  for (let i = 0, t = 0, next = 0; i < matrix.rows; i++, breath.done++) {
    if (lowerBound.rows[next] === i) {
      next++;
      continue;
    }
    const { columns, values } = await readRow(coefficients, t, breath);
    for (let n = 0; n < values.length; n++) await sum.add(values[n]!, basis[columns ? columns[n]! : n]!);
    spread(await readRow(listing, i, breath), expected);
    const got = await sum.reduced();
    for (let j = 0; j < matrix.cols; j++)
      if (got[j] !== expected[j])
        throw new Rejection(
          `certificate.upperBound.coefficients`,
          `a row ${t} that makes ${expected[j]} of entry (${i}, ${j}) of the matrix`,
          String(got[j]),
        );
    sum.clear();
    expected.fill(f.zero);
    t++;
  }
}

/** A_others = A_C·Yᵀ: row t of Y has the coefficients of the t-th column outside the minor. */
async function checkColumns<E extends number | bigint>(
  { matrix, lowerBound }: StatedRank,
  listing: Listing<E>,
  coefficients: Listing<E>,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<void> {
  const { columns } = lowerBound;
  const taken = new Set(columns);
  const others: number[] = [];
  for (let j = 0; j < matrix.cols; j++) if (!taken.has(j)) others.push(j);

  const basis = columns.map(() => ({ columns: null, values: f.zeros(others.length) }));
  for (let t = 0; t < others.length; t++) {
    const row = await readRow(coefficients, t, breath);
    for (let n = 0; n < row.values.length; n++)
      basis[row.columns ? row.columns[n]! : n]!.values[t] = row.values[n]!;
  }
  const full = f.zeros(matrix.cols);
  const sum = new Sum(others.length, f, breath);
  for (let i = 0; i < matrix.rows; i++, breath.done++) {
    spread(await readRow(listing, i, breath), full);
    for (const [n, column] of columns.entries()) await sum.add(full[column]!, basis[n]!);
    const got = await sum.reduced();
    for (let t = 0; t < others.length; t++)
      if (got[t] !== full[others[t]!])
        throw new Rejection(
          `certificate.upperBound.coefficients`,
          `a row ${t} that makes ${full[others[t]!]} of entry (${i}, ${others[t]}) of the matrix`,
          String(got[t]),
        );
    sum.clear();
    full.fill(f.zero);
  }
}
