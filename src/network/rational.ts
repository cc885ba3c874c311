import { rangeFault, typeFault } from '../assert.ts';
import { gcd } from '../fraction.ts';

/** Numerators and denominators have at most this many digits, and so do the numbers that they are read from. */
export const maxDigits = 40;

const bound = 10n ** BigInt(maxDigits);
const decimal = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/;
const fraction = /^(-?\d{1,40})\/(\d{1,40})$/;

/** Numerator and denominator of a text, as they are written; `null` for other texts and for a denominator 0. */
function readTerms(text: string): [bigint, bigint] | null {
  const quotient = fraction.exec(text);
  if (quotient !== null) {
    const denominator = BigInt(quotient[2]);
    return denominator === 0n ? null : [BigInt(quotient[1]), denominator];
  }
  const parts = decimal.exec(text);
  if (parts === null) return null;
  const [, sign, whole, places = '', exponent = '0'] = parts;
  const digits = BigInt(whole + places) * (sign === '-' ? -1n : 1n);
  const shift = Number(exponent) - places.length;
  return shift < 0 ? [digits, 10n ** BigInt(-shift)] : [digits * 10n ** BigInt(shift), 1n];
}

/** `numerator` and `denominator` > 0 of a rational number in the minimal form. */
export function rationalTerms(rational: string): readonly [numerator: bigint, denominator: bigint] {
  const [numerator, denominator = '1'] = rational.split('/');
  return [BigInt(numerator), BigInt(denominator)];
}

/**
 * A rational number in the minimal form: `"p"` or `"p/q"` in lowest terms with q > 1, of at most 40 digits each.
 *
 * It is read exactly, from an integer, a fraction or a decimal in a string, or from a number of magnitude below 2⁵³, which is
 * the shortest decimal that denotes it.
 */
export function parseRational(path: string, value: unknown, expected = 'a rational number'): string {
  const accepted = `${expected} of at most ${maxDigits} digits, such as 0.5, "1/2" or "1e-5"`;
  if (typeof value !== 'number' && typeof value !== 'string') throw typeFault(path, accepted, value);
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    throw rangeFault(path, accepted, value);
  }
  const terms = readTerms(String(value));
  if (terms === null) throw rangeFault(path, accepted, value);
  const common = gcd(...terms);
  const [numerator, denominator] = terms.map((term) => term / common);
  if (numerator >= bound || -numerator >= bound || denominator >= bound)
    throw rangeFault(path, accepted, value);
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}
