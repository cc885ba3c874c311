import { gcd } from '../fraction.ts';
import { bitLength, squaredCramerBounds } from './bounds.ts';
import { inverseModuloPrime } from './core.ts';
import { Integers } from './integers.ts';
import { Lifting } from './lifting.ts';
import { productOverZ } from './product.ts';
import { Radix } from './radix.ts';
import { reconstruct } from './reconstruct.ts';
import type { Steps } from './steps.ts';

/** Vectors of fractions with one denominator > 0, in lowest terms overall. */
export interface Fractions {
  /** k × n: row i is the numerator vector of solution i. */
  readonly numerators: Integers;
  readonly denominator: bigint;
}

/** Bits by which a modulus must exceed what a reconstruction needs: by chance, a wrong one is found in one case of 2³², and then fails its check. */
const spareBits = 32;

/**
 * The solutions of A·x = b over Q for every row b of `rhs` (k × n), for a square A that is not singular modulo the word prime p.
 *
 * Digits are lifted until fractions come out that pass the check A·numerators = denominator·b over Z, at the latest where
 * Cramer's rule says that they must. O(n³ + digits · k · n²).
 */
export function* solveCore(matrix: Integers, rhs: Integers, prime: number): Steps<Fractions> {
  if (matrix.rows === 0 || rhs.rows === 0)
    return { numerators: new Integers(rhs.rows, matrix.rows, [new Float64Array(0)]), denominator: 1n };
  const bounds = squaredCramerBounds(matrix, rhs);
  const numeratorBits = Math.ceil(bitLength(bounds.numerator) / 2);
  const denominatorBits = Math.ceil(bitLength(bounds.denominator) / 2);
  const most = Math.ceil((numeratorBits + denominatorBits + spareBits + 3) / Math.log2(prime)) + 1;
  const lifting = new Lifting(matrix, rhs, prime, yield* inverseModuloPrime(matrix, prime));
  const digits: Int32Array[] = [];
  for (let attempt = Math.min(most, 4); ; attempt = Math.min(most, Math.ceil(1.5 * attempt))) {
    while (digits.length < attempt) {
      digits.push(lifting.next());
      yield { phase: 'lifting', done: digits.length, total: most };
    }
    // With all digits, where Cramer's rule says that they suffice, nothing is left to chance.
    for (const frugal of attempt === most ? [true, false] : [true]) {
      const found = yield* fractionsOf(
        digits,
        rhs,
        prime,
        lifting.stride,
        numeratorBits,
        denominatorBits,
        frugal,
      );
      if (found && (yield* firstFault(matrix, found, rhs)) === null) {
        lifting.close();
        return found;
      }
    }
    if (attempt === most) throw new Error('solveCore: the solution failed its check A·X = B');
  }
}

/** The index of the first entry in which numerators·Aᵀ (k × m) differs from denominator·`rhs`, or null: A·x = b over Z for all. */
export function* firstFault(
  matrix: Integers,
  { numerators, denominator }: Fractions,
  rhs: Integers,
): Steps<number | null> {
  const product = yield* productOverZ(matrix, numerators);
  const fault = product.findIndex((entry, i) => entry !== denominator * rhs.at(i));
  return fault < 0 ? null : fault;
}

/**
 * Fractions with these p-adic digits, of at most so many bits, or fewer if the digits do not suffice; null if there are none.
 *
 * `frugal`: once a denominator is known, a numerator is read from fewer digits, which another fraction could have, too.
 */
function* fractionsOf(
  digits: readonly Int32Array[],
  { rows, cols }: Integers,
  prime: number,
  stride: number,
  numeratorBits: number,
  denominatorBits: number,
  frugal: boolean,
): Steps<Fractions | null> {
  const p = BigInt(prime);
  const modulus = p ** BigInt(digits.length);
  const room = bitLength(modulus) - spareBits - 2;
  if (room < 2) return null;
  // Either gets half, or more where the other one needs less.
  const forDenominator = Math.min(denominatorBits, Math.max(room >> 1, room - numeratorBits));
  const forNumerator = Math.min(numeratorBits, room - forDenominator);
  const largest = 1n << BigInt(forNumerator);
  const largestDenominator = 1n << BigInt(forDenominator);
  const few = Math.ceil((forNumerator + spareBits) / Math.log2(prime)) + 1;
  const enough = frugal ? Math.min(digits.length, few) : digits.length;
  const shortModulus = p ** BigInt(enough);

  const radix = new Radix(p);
  const numerators: bigint[] = [];
  const denominators: bigint[] = [];
  let denominator = 1n;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < cols; column++) {
      const index = row * stride + column;
      const expansion = digits.map((digit) => BigInt(digit[index]!));
      let numerator = balanced(radix.evaluate(expansion.slice(0, enough)) * denominator, shortModulus);
      if (magnitude(numerator) > largest) {
        const x = radix.evaluate(expansion) * denominator;
        const fraction = reconstruct(x, modulus, largest, largestDenominator / denominator);
        if (!fraction) return null;
        ({ numerator } = fraction);
        denominator *= fraction.denominator;
      }
      numerators.push(numerator);
      denominators.push(denominator);
      if (numerators.length % 64 === 0)
        yield { phase: 'reconstruction', done: numerators.length, total: rows * cols };
    }
  for (let i = 0; i < numerators.length; i++)
    if (denominators[i] !== denominator) numerators[i] = numerators[i]! * (denominator / denominators[i]!);
  return inLowestTerms(rows, cols, numerators, denominator);
}

function inLowestTerms(rows: number, cols: number, numerators: bigint[], denominator: bigint): Fractions {
  let common = denominator;
  for (let i = 0; i < numerators.length && common > 1n; i++) common = gcd(common, numerators[i]!);
  const data = common === 1n ? numerators : numerators.map((numerator) => numerator / common);
  return { numerators: Integers.of({ rows, cols, data }), denominator: denominator / common };
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}

/** The representative of x modulo an odd M in (−M/2, M/2). */
function balanced(x: bigint, modulus: bigint): bigint {
  const residue = x % modulus;
  if (2n * residue > modulus) return residue - modulus;
  return 2n * residue < -modulus ? residue + modulus : residue;
}
