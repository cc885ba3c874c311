import { rangeFault, typeFault } from '../assert.ts';
import type { Field } from './field.ts';
import { LargePrimeField } from './large-prime-field.ts';
import { isPrime } from './primality.ts';
import { maxWordPrime, PrimeField } from './prime-field.ts';
import type { Residue } from './residue.ts';

/** The largest prime of the linear algebra: 2⁶² − 57, the largest below 2⁶². */
export const maxPrime = 4611686018427387847n;

/**
 * A prime from 2 to `maxPrime`, given as a number, bigint or decimal string, as a number up to 2³¹ − 1 and as a bigint above; anything else is a
 * `TypeError` or `RangeError`. So is a number above 2³¹ − 1: a prime that is a number has residues that are numbers.
 */
export function parsePrime(value: unknown): Residue {
  const expected = `a prime up to ${maxPrime}`;
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string')
    throw typeFault('prime', expected, value);
  if (!/^[1-9][0-9]{0,18}$/.test(String(value))) throw rangeFault('prime', expected, value);
  const prime = BigInt(value);
  if (prime > maxPrime || !isPrime(prime)) throw rangeFault('prime', expected, value);
  if (prime <= maxWordPrime) return Number(prime);
  if (typeof value === 'number')
    throw rangeFault('prime', `a bigint or a string for a prime above ${maxWordPrime}`, value);
  return prime;
}

/** The field of a prime that `parsePrime` accepts. */
export function primeField(prime: unknown): Field<Residue> {
  const parsed = parsePrime(prime);
  return typeof parsed === 'number' ? new PrimeField(parsed) : new LargePrimeField(parsed);
}
