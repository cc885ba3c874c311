import { demand } from './fault.ts';

/** A rational number n/d in lowest terms, d > 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const one: Fraction = { n: 1n, d: 1n };
export const zero: Fraction = { n: 0n, d: 1n };

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [magnitude(a), magnitude(b)];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** n/d in lowest terms; d is not 0. */
export function fraction(n: bigint, d = 1n): Fraction {
  if (d === 1n) return { n, d };
  const divisor = greatestCommonDivisor(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / divisor, d: d / divisor };
}

export const sum = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
export const quotient = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);
export const negative = ({ n, d }: Fraction): Fraction => ({ n: -n, d });
export const absolute = ({ n, d }: Fraction): Fraction => ({ n: magnitude(n), d });
export const isZero = ({ n }: Fraction): boolean => n === 0n;
export const isOne = ({ n, d }: Fraction): boolean => n === 1n && d === 1n;
export const textOf = ({ n, d }: Fraction): string => (d === 1n ? String(n) : `${n}/${d}`);

/** The greatest integer that is not above. */
export function floor({ n, d }: Fraction): bigint {
  const towardsZero = n / d;
  return n % d < 0n ? towardsZero - 1n : towardsZero;
}

/** Characters of a fraction in a certificate: the smallest double, 5·10⁻³²⁴, has 326. */
const maxFractionCharacters = 700;

/** A fraction as it is written: in lowest terms, without a denominator 1. */
export function statedFraction(path: string, value: unknown): Fraction {
  const form = /^-?(0|[1-9][0-9]*)(\/[1-9][0-9]*)?$/;
  const expected = `a fraction in lowest terms, of at most ${maxFractionCharacters} characters`;
  demand(
    typeof value === 'string' && value.length <= maxFractionCharacters && form.test(value),
    path,
    expected,
    value,
  );
  const [n, d = '1'] = value.split('/') as [string, string?];
  const read = fraction(BigInt(n), BigInt(d));
  demand(textOf(read) === value, path, expected, value);
  return read;
}
