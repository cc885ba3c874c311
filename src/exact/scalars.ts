import { divide, fraction, multiply, one, type Fraction } from '../fraction.ts';

/** The field of exact numbers: Q, or F_p, whose residues are written r/1 with 0 ≤ r < p. */
export interface Scalars {
  /** n/d; a `RangeError` if d is 0 there. */
  of(n: bigint, d?: bigint): Fraction;
  multiply(a: Fraction, b: Fraction): Fraction;
  /** A `RangeError` for b = 0. */
  divide(a: Fraction, b: Fraction): Fraction;
  /** 1/a */
  inverse(a: Fraction): Fraction;
}

const rationals: Scalars = { of: fraction, multiply, divide, inverse: (a) => divide(one, a) };

/** F_p for a prime, Q without one. */
export function scalarsOf(prime: bigint | undefined): Scalars {
  if (prime === undefined) return rationals;
  const of = (n: bigint, d = 1n): Fraction => ({ n: residueOf(n, d, prime), d: 1n });
  return {
    of,
    multiply: (a, b) => of(a.n * b.n, a.d * b.d),
    divide: (a, b) => of(a.n * b.d, a.d * b.n),
    inverse: ({ n, d }) => of(d, n),
  };
}

/** n/d modulo p, from 0 to p − 1. Throws a `RangeError` if p divides d. */
export function residueOf(n: bigint, d: bigint, p: bigint): bigint {
  const above = modulo(n, p);
  return d === 1n ? above : (above * inverseModulo(d, p)) % p;
}

/** The inverse modulo a prime, by Euclid's algorithm; a `RangeError` if there is none. */
export function inverseModulo(a: bigint, p: bigint): bigint {
  let [r0, r1, s0, s1] = [p, modulo(a, p), 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  if (r0 !== 1n) throw new RangeError(`denominator: expected no multiple of ${p}, got ${a}`);
  return modulo(s0, p);
}

function modulo(n: bigint, p: bigint): bigint {
  const rest = n % p;
  return rest < 0n ? rest + p : rest;
}
