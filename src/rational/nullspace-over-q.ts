import { rangeFault } from '../assert.ts';
import { gcd } from '../fraction.ts';
import type { Matrix } from '../matrix/index.ts';
import type { LongOperation } from '../pace.ts';
import { others } from '../matrix/indices.ts';
import { minorModulo } from './core.ts';
import { Integers } from './integers.ts';
import { relations } from './relations.ts';
import type { Fractions } from './solve-core.ts';
import { finish, finishPaced, type Steps } from './steps.ts';
import { wordPrime } from './word-primes.ts';

/** A matrix of integers of any size, row-major: what the operations over Q return, a copy of its own. */
export interface IntegerMatrix extends Matrix {
  readonly data: bigint[];
}

/**
 * A basis over Q of the nullspace of a matrix A of integers of any size, proved.
 *
 * `'right'`: the columns of a cols × (cols − rank) matrix N with A·N = 0. `'left'`: the rows of a (rows − rank) × rows matrix N with N·A = 0.
 * The vectors are those of the reduced echelon form: each belongs to a column (row) that depends on those before it, has a 0 at every other
 * such column, and a 0 behind its own. Their entries have no common factor, and the first that is not 0 is positive. So N depends on A alone;
 * its vectors need not generate all integer vectors of the nullspace.
 *
 * That N annihilates A is checked over Z, and that there are no more vectors is proved by a minor. Throws for a bad shape, entry or side.
 * O(rank³ · (cols − rank)) word operations, about: the entries have O(rank) words.
 *
 * @example nullspaceOverQ({ rows: 1, cols: 2, data: [4, 6] }, 'right').data // [3n, -2n]
 */
export function nullspaceOverQ(matrix: Matrix, side: 'left' | 'right'): IntegerMatrix {
  return finish(nullspaceSteps(matrix, side));
}

/** `nullspaceOverQ` in slices, with progress and abort; rejects with the signal's reason. */
export async function nullspaceOverQAsync(
  matrix: Matrix,
  side: 'left' | 'right',
  options: LongOperation = {},
): Promise<IntegerMatrix> {
  return finishPaced(() => nullspaceSteps(matrix, side), options);
}

function* nullspaceSteps(matrix: Matrix, side: 'left' | 'right'): Steps<IntegerMatrix> {
  if (side !== 'left' && side !== 'right') throw rangeFault('side', '"left" or "right"', side);
  const given = Integers.of(matrix);
  const integers = side === 'left' ? given.transpose() : given;
  const { cols } = integers;
  for (let i = 0; ; i++) {
    const prime = wordPrime(i);
    const minor = yield* minorModulo(integers, prime);
    const free = others(minor.columns, cols);
    const found = yield* relations(integers, minor, free, prime);
    if (!found || !areFirstColumns(minor.columns, free, found)) continue;
    const vectors = free.map((column, k) => {
      const vector = Array<bigint>(cols).fill(0n);
      for (const [at, pivot] of minor.columns.entries())
        vector[pivot] = found.numerators.at(k * minor.rank + at);
      vector[column] = found.denominator;
      return primitive(vector);
    });
    if (side === 'left') return { rows: free.length, cols, data: vectors.flat() };
    const data: bigint[] = [];
    for (let row = 0; row < cols; row++) for (const vector of vectors) data.push(vector[row]!);
    return { rows: cols, cols: free.length, data };
  }
}

/**
 * Whether the pivot columns modulo a prime are those over Q: no free column needs a pivot column behind it. (The pivot columns are independent, so
 * there is one relation only; if it needs none behind it for any free column, only pivot columns are independent of those before.)
 */
function areFirstColumns(
  columns: readonly number[],
  free: readonly number[],
  { numerators }: Fractions,
): boolean {
  return free.every((column, k) =>
    columns.every((pivot, i) => pivot < column || numerators.at(k * columns.length + i) === 0n),
  );
}

/** A vector that is not 0 without the common factor of its entries, the first that is not 0 positive. */
function primitive(vector: readonly bigint[]): bigint[] {
  let common = 0n;
  for (const entry of vector) if (common !== 1n) common = gcd(common, entry);
  const divisor = vector.find((entry) => entry !== 0n)! < 0n ? -common : common;
  return divisor === 1n ? [...vector] : vector.map((entry) => entry / divisor);
}
