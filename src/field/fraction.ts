import { rangeFault } from '../assert.ts';
import { showFraction, type Fraction } from '../fraction.ts';
import type { Field } from './field.ts';
import type { Residue } from './residue.ts';

/** The image of a rational number; a `RangeError` if the prime divides its denominator. */
export function residueOfFraction<R extends Residue>(field: Field<R>, value: Fraction): R {
  if (value.d % BigInt(field.prime) === 0n)
    throw rangeFault(
      'prime',
      `a prime that does not divide the denominator of ${showFraction(value)}`,
      field.prime,
    );
  const numerator = field.reduce(value.n);
  return value.d === 1n ? numerator : field.multiply(numerator, field.inverse(field.reduce(value.d)));
}
