import { rangeFault } from '../assert.ts';
import type { Matrix, RankProfiles } from '../matrix/index.ts';
import type { LongOperation } from '../pace.ts';
import { others } from '../matrix/indices.ts';
import { minorModulo } from './core.ts';
import { Integers } from './integers.ts';
import { relations } from './relations.ts';
import { firstFault, solveCore, type Fractions } from './solve-core.ts';
import { finish, finishPaced, type Steps } from './steps.ts';
import { wordPrime } from './word-primes.ts';

/** A matrix of fractions with one denominator: entry (i, j) is numerators[i · cols + j] / denominator. */
export interface RationalMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly numerators: bigint[];
  /** Positive, and without a factor that is common to all numerators. */
  readonly denominator: bigint;
}

/**
 * A solution X of A·X = B over Q, or null if there is none, proved either way; where there are several, one that is 0 outside of
 * a largest set of independent columns of A (the first one modulo the prime that was used).
 *
 * A is m × n, B is m × k, X is n × k; entries are integers of any size. A·numerators = denominator·B is checked over Z. That there is no
 * solution is proved by a vector y with y·A = 0 and y·B ≠ 0. Throws for shapes that do not fit, and for a bad entry.
 * O(rank³ + k · rank³) word operations, about (Dixon 1982).
 *
 * @example solveOverQ({ rows: 1, cols: 2, data: [0, 6] }, { rows: 1, cols: 1, data: [4] }) // numerators [0n, 2n], denominator 3n
 */
export function solveOverQ(a: Matrix, b: Matrix): RationalMatrix | null {
  return finish(solveSteps(a, b));
}

/** `solveOverQ` in slices, with progress and abort; rejects with the signal's reason. */
export async function solveOverQAsync(
  a: Matrix,
  b: Matrix,
  options: LongOperation = {},
): Promise<RationalMatrix | null> {
  return finishPaced(() => solveSteps(a, b), options);
}

function* solveSteps(a: Matrix, b: Matrix): Steps<RationalMatrix | null> {
  const left = Integers.of(a, 'a');
  const right = Integers.of(b, 'b').transpose();
  if (left.rows !== right.cols) throw rangeFault('b.rows', `the rows of a, ${left.rows}`, right.cols);
  for (let i = 0; ; i++) {
    const prime = wordPrime(i);
    const minor = yield* minorModulo(left, prime);
    const core = left.select(minor.rows, minor.columns);
    const found = yield* solveCore(core, right.select(null, minor.rows), prime);
    const rest = others(minor.rows, left.rows);
    const target = right.select(null, rest);
    const fault = yield* firstFault(left.select(rest, minor.columns), found, target);
    if (fault === null) return assembled(found, minor, left.cols);
    const row = rest[fault % rest.length]!;
    const column = Math.floor(fault / rest.length);
    if (yield* isInconsistent(left, right, minor, row, column, prime)) return null;
  }
}

/**
 * Whether a row of A is a combination of its pivot rows over Q; if not, the rank is larger than modulo the prime. If it is, y with y·A = 0 is the
 * proof that there is no solution, because y·b ≠ 0 for the column b of B for which the row does not hold.
 */
function* isInconsistent(
  left: Integers,
  right: Integers,
  { rank, rows, columns }: RankProfiles,
  row: number,
  column: number,
  prime: number,
): Steps<boolean> {
  const turned = { rank, rows: [...columns], columns: [...rows] };
  const found = yield* relations(left.transpose(), turned, [row], prime);
  if (!found) return false;
  const at = (index: number): bigint => right.at(column * right.cols + index);
  let product = found.denominator * at(row);
  for (const [k, pivotRow] of rows.entries()) product += found.numerators.at(k) * at(pivotRow);
  if (product === 0n) throw new Error('solveOverQ: the proof that there is no solution failed its check');
  return true;
}

/** Numerator vectors (k × rank), transposed and with zeros outside the pivot columns. */
function assembled(
  { numerators, denominator }: Fractions,
  { columns }: RankProfiles,
  rows: number,
): RationalMatrix {
  const cols = numerators.rows;
  const data = Array<bigint>(rows * cols).fill(0n);
  for (const [i, pivot] of columns.entries())
    for (let j = 0; j < cols; j++) data[pivot * cols + j] = numerators.at(j * columns.length + i);
  return { rows, cols, numerators: data, denominator };
}
