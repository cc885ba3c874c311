import { demand } from '../fault.ts';
import { integer, literal, object, statedPoint, text } from '../fields.ts';
import { isOddPrime } from '../primality.ts';

/** The statement of the bound, as it is written. */
export const probableStatement =
  'Monte Carlo: at a random point modulo a random prime one more input does not raise the rank of the Jacobian (docs/monte-carlo.md)';

/** Primes are drawn from 2⁶⁰ … 2⁶¹. */
export const leastPrime = 1n << 60n;

/** Digits of the exponent of an error probability. */
const exponentDigits = 15;

/** An upper bound that holds but for a probability of 2^`exponent`. Its prime and its seed are a record, which nothing rests on. */
export interface StatedProbableBound {
  readonly upper: number;
  readonly errorProbability: string;
  readonly exponent: number;
  readonly inputs: number;
}

/** Reads the bound, and demands that it is between those of the claim. */
export function statedProbableBound(
  path: string,
  value: unknown,
  claim: { readonly lower: number; readonly upper: number },
): StatedProbableBound {
  const [least, most] = [claim.lower, claim.upper];
  demand(least < most, path, 'no such field, as the lower bound is the upper bound', value);
  const required = ['method', 'statement', 'upper', 'errorProbability', 'prime', 'point', 'inputs'];
  const fields = object(path, value, required);
  literal(`${path}.method`, fields['method'], 'probabilistic');
  literal(`${path}.statement`, fields['statement'], probableStatement);
  const { prime } = statedPoint(path, fields['prime'], fields['point']);
  const isInRange = prime > leastPrime && prime < 2n * leastPrime;
  demand(isInRange && isOddPrime(prime), `${path}.prime`, 'a prime from 2^60 to 2^61', String(prime));
  const upper = integer(`${path}.upper`, fields['upper'], 0);
  const isBetween = upper >= least && upper < most;
  demand(isBetween, `${path}.upper`, `at least ${least} and below ${most}`, upper);
  // Each of them raises the rank: there are none if no output depends on parameters.
  const inputs = integer(`${path}.inputs`, fields['inputs'], 0);
  demand(inputs <= upper, `${path}.inputs`, `at most ${upper}`, inputs);
  const errorProbability = text(`${path}.errorProbability`, fields['errorProbability']);
  const form = new RegExp(`^2\\^-[1-9][0-9]{0,${exponentDigits - 1}}$`);
  const isPower = form.test(errorProbability);
  const expected = `2^-n, n of at most ${exponentDigits} digits`;
  demand(isPower, `${path}.errorProbability`, expected, errorProbability);
  return { upper, errorProbability, exponent: Number(errorProbability.slice(2)), inputs };
}
