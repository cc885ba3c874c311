import { parsePrime } from '../field/any-prime.ts';
import type { Prime, Residue } from '../field/residue.ts';
import { Echelon } from '../kernel/echelon.ts';
import { assertInteger } from '../assert.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { eliminateInThreads, type ThreadedElimination } from '../parallel/index.ts';
import { blockSource } from './blocks.ts';
import { ascending } from './indices.ts';
import { assertMatrix, type Matrix } from './matrix.ts';
import { placeRows } from './place.ts';
import { returnKernel, takeKernel } from './pool.ts';

/** The rank and both rank profiles of a matrix over F_p. */
export interface RankProfiles {
  readonly rank: number;
  /** The lexicographically first independent rows, ascending. */
  readonly rows: number[];
  /** The lexicographically first independent columns, ascending. */
  readonly columns: number[];
}

/** What a rank may take for granted. */
export interface RankOptions {
  /** An upper bound that is known otherwise: elimination stops as soon as it is reached. If it is wrong, the result is a lower bound of the rank. */
  readonly bound?: number | undefined;
}

/** Loads a matrix as the only batch of an echelon form. */
function load(matrix: Matrix, prime: Prime, { bound }: RankOptions = {}): Echelon<Residue> {
  const p = parsePrime(prime);
  assertMatrix(matrix);
  const { rows, cols } = matrix;
  if (bound !== undefined) assertInteger('bound', bound, 0);
  const kernel = takeKernel(p);
  const echelon = new Echelon(kernel, cols, bound);
  const { at, rowStride } = echelon.openBatch(rows);
  placeRows(kernel, matrix, 'matrix', at, rowStride);
  return echelon;
}

function eliminated(matrix: Matrix, prime: Prime, options?: RankOptions): Echelon<Residue> {
  const echelon = load(matrix, prime, options);
  while (!echelon.step());
  returnKernel(echelon.kernel);
  return echelon;
}

/**
 * The rank of a matrix over F_p, for any prime below 2⁶².
 *
 * Throws for a bad shape, entry or prime, and a `RangeError` that says how much memory was needed if the matrix does not fit.
 * O(rows · cols · rank).
 *
 * @example rank({ rows: 2, cols: 2, data: [1, 2, 3, 6] }, 7) // 1
 */
export function rank(matrix: Matrix, prime: Prime, options?: RankOptions): number {
  return eliminated(matrix, prime, options).rank;
}

/** The options of an operation that can use several threads. */
export interface ThreadedOperation extends LongOperation {
  /** Threads that compute, the calling one among them, at least 1 (the default). */
  readonly threads?: number | undefined;
}

/**
 * `rank` in slices of some tens of milliseconds, with progress and abort, if need be in several threads. Throws like `rank`; rejects with the
 * signal's reason.
 *
 * With `threads` ≥ 2 each thread has a share of the columns, and a memory of its own; at least 256 columns, so that small matrices use fewer.
 * The call starts workers and ends them, which takes some 30 milliseconds: it pays from about 3000 × 3000 on, from 1500 × 1500 modulo primes
 * above 8191. Rejects with an `Error` where workers cannot be started. The matrix must not change before the promise settles.
 *
 * @example await rankAsync(matrix, 4093, { threads: 4, signal: AbortSignal.timeout(60_000) })
 */
export async function rankAsync(
  matrix: Matrix,
  prime: Prime,
  options: RankOptions & ThreadedOperation = {},
): Promise<number> {
  const { threads = 1 } = options;
  assertInteger('threads', threads, 1);
  if (threads > 1) return rankInThreads(matrix, prime, { ...options, threads });
  const pace = new Pace(options);
  const echelon = load(matrix, prime, options);
  while (!echelon.step()) await pace.pause('elimination', echelon.rank, Math.min(matrix.rows, matrix.cols));
  returnKernel(echelon.kernel);
  return echelon.rank;
}

async function rankInThreads(matrix: Matrix, prime: Prime, options: ThreadedElimination): Promise<number> {
  const p = parsePrime(prime);
  assertMatrix(matrix);
  if (options.bound !== undefined) assertInteger('bound', options.bound, 0);
  const kernel = takeKernel(p);
  const pivots = await eliminateInThreads(blockSource(matrix, p, 'matrix'), kernel, options);
  returnKernel(kernel);
  return pivots.rows.length;
}

/**
 * The rank and the rank profiles of a matrix over F_p: rows and columns of a minor that is not 0. Throws like `rank`.
 *
 * Source: Dumas, Pernet, Sultan, Fast computation of the rank profile matrix, JSC 83 (2017).
 */
export function rankProfiles(matrix: Matrix, prime: Prime): RankProfiles {
  return sortedProfiles(eliminated(matrix, prime));
}

/** The profiles of what has been eliminated. */
export function sortedProfiles({
  rank,
  pivotRows,
  pivotColumns,
}: Pick<Echelon, 'rank' | 'pivotRows' | 'pivotColumns'>): RankProfiles {
  return { rank, rows: ascending(pivotRows), columns: ascending(pivotColumns) };
}
