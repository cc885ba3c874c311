import type { Matrix } from '../matrix/index.ts';
import type { LongOperation } from '../pace.ts';
import { bitLength, squaredMinorBound } from './bounds.ts';
import { others } from '../matrix/indices.ts';
import { minorModulo } from './core.ts';
import { Integers } from './integers.ts';
import { relations } from './relations.ts';
import { finish, finishPaced, type Steps } from './steps.ts';
import { wordPrime } from './word-primes.ts';

/** By how much an entry of a relation outweighs one in an elimination (measured at orders 30 to 200, entries of 8 and 60 bits). */
const relationOverhead = 30;

/**
 * The rank over Q of a matrix of integers of any size, proved.
 *
 * From below by a minor that is not 0 modulo a prime. From above, unless the rank is full: where few relations are missing between the
 * columns, or the rows, they are solved for and checked over Z; else all larger minors are 0 modulo so many primes that by
 * Hadamard's bound they are 0. Throws for a bad shape or entry. Of full rank O(rows · cols · rank), like `rank`; else
 * O(rows · cols · rank² · log(rank · largest entry)) word operations, about, at most.
 *
 * @example rankOverQ({ rows: 2, cols: 2, data: [1, 2, 3, 6] }) // 1
 */
export function rankOverQ(matrix: Matrix): number {
  return finish(rankSteps(matrix));
}

/** `rankOverQ` in slices, with progress and abort; rejects with the signal's reason. */
export async function rankOverQAsync(matrix: Matrix, options: LongOperation = {}): Promise<number> {
  return finishPaced(() => rankSteps(matrix), options);
}

function* rankSteps(matrix: Matrix): Steps<number> {
  const given = Integers.of(matrix);
  const integers = given.rows < given.cols ? given.transpose() : given;
  const { rows, cols } = integers;
  for (let i = 0; ; i++) {
    const prime = wordPrime(i);
    const minor = yield* minorModulo(integers, prime);
    const free = others(minor.columns, cols);
    if (free.length === 0) return cols;
    if (relationOverhead * free.length * minor.rank > rows * cols) return yield* byLargerMinors(integers);
    if (yield* relations(integers, minor, free, prime)) return minor.rank;
  }
}

/** The largest rank modulo the first primes, as soon as their product is beyond every larger minor: each of these is divisible by all of them. */
function* byLargerMinors(integers: Integers): Steps<number> {
  const most = Math.min(integers.rows, integers.cols);
  let [rank, bound, product] = [-1, 0n, 1n];
  for (let i = 0; ; i++) {
    const minor = yield* minorModulo(integers, wordPrime(i));
    product *= BigInt(wordPrime(i));
    if (minor.rank > rank) {
      rank = minor.rank;
      bound = squaredMinorBound(integers, rank + 1);
    }
    if (rank === most || product * product > bound) return rank;
    const total = Math.ceil(bitLength(bound) / 2 / Math.log2(wordPrime(i)));
    yield { phase: 'ranks', done: Math.min(i + 1, total), total };
  }
}
