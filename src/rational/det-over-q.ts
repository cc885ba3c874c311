import { rangeFault } from '../assert.ts';
import type { Matrix } from '../matrix/index.ts';
import type { LongOperation } from '../pace.ts';
import { bitLength, squaredMinorBound } from './bounds.ts';
import { others } from '../matrix/indices.ts';
import { minorModulo } from './core.ts';
import { Integers } from './integers.ts';
import { balance, balancedResidue, inverseModulo, MixedRadix, multiplyBalanced } from './mixed-radix.ts';
import { relations } from './relations.ts';
import { solveCore } from './solve-core.ts';
import { finish, finishPaced, type Steps } from './steps.ts';
import { primesBeyond, wordPrime } from './word-primes.ts';

/** Bits of the bound up to which determinants modulo every prime that it takes are faster than a system of equations, and up to which order. */
const fewBits = 1024;
const smallOrder = 100;
/** Bits up to which that is so for small orders: what is found from residues takes memory with the square of their number. */
const manyBits = 16384;

/**
 * The determinant of a square matrix of integers of any size, proved; 1 for the empty matrix.
 *
 * From determinants modulo as many word primes as Hadamard's bound takes. Of large matrices a system of equations is solved
 * first: the denominator of its solution divides the determinant, and usually only few primes are left for the quotient (Pan 1988;
 * Abbott, Bronstein, Mulders, ISSAC 1999). Throws for a matrix that is not square, a bad shape or entry. O(n³ · log(n · largest entry)) word
 * operations, about; O(n⁴) if the solution is no help.
 *
 * @example detOverQ({ rows: 2, cols: 2, data: [1, 2, 3, 4] }) // -2n
 */
export function detOverQ(matrix: Matrix): bigint {
  return finish(detSteps(matrix));
}

/** `detOverQ` in slices, with progress and abort; rejects with the signal's reason. */
export async function detOverQAsync(matrix: Matrix, options: LongOperation = {}): Promise<bigint> {
  return finishPaced(() => detSteps(matrix), options);
}

function* detSteps(matrix: Matrix): Steps<bigint> {
  const integers = Integers.of(matrix);
  const { rows, cols } = integers;
  if (rows !== cols) throw rangeFault('matrix', 'a square matrix', `${rows} × ${cols}`);
  // |det| ≤ 2^bits.
  const bits = Math.ceil(bitLength(squaredMinorBound(integers, rows)) / 2);
  if (bits <= (rows <= smallOrder ? manyBits : fewBits))
    return yield* fromResidues(integers, 1n, 1n << BigInt(bits));
  for (let i = 0; ; i++) {
    const prime = wordPrime(i);
    const minor = yield* minorModulo(integers, prime);
    if (minor.rank === rows) {
      const { denominator } = yield* solveCore(integers, someVector(rows), prime);
      return yield* fromResidues(integers, denominator, (1n << BigInt(bits)) / denominator);
    }
    const [column] = others(minor.columns, cols);
    if (yield* relations(integers, minor, [column!], prime)) return 0n;
  }
}

/** The determinant, which is a multiple of `divisor`, their quotient at most `bound` in absolute value. */
function* fromResidues(integers: Integers, divisor: bigint, bound: bigint): Steps<bigint> {
  const primes = primesBeyond(2n * bound, (prime) => divisor % BigInt(prime) === 0n);
  const residues: number[] = [];
  for (const [i, prime] of primes.entries()) {
    const { rank, determinant } = yield* minorModulo(integers, prime);
    const residue = rank < integers.rows ? 0 : balance(determinant, prime);
    const quotient = multiplyBalanced(residue, inverseModulo(divisor, prime), prime);
    residues.push(balancedResidue(BigInt(quotient), prime));
    yield { phase: 'determinants', done: i + 1, total: primes.length };
  }
  const system = new MixedRadix(primes);
  system.toDigits(residues);
  return divisor * system.toInteger(residues);
}

/** A right-hand side without structure, the same every time: entries of 20 bits from a linear congruential generator. */
function someVector(length: number): Integers {
  const plane = new Float64Array(length);
  for (let [i, state] = [0, 1]; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    plane[i] = (state >>> 12) - 2 ** 19;
  }
  return new Integers(1, length, [plane]);
}
