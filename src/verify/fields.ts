import { demand } from './fault.ts';
import { step } from './json.ts';

/*
 * Readers of single fields: each returns the value in its type, or rejects it with its path.
 */

/** Digits of a seed: 128 bits. */
export const maxSeedDigits = 39;
/** Digits of 2⁶⁴ − 1. */
export const maxPrimeDigits = 20;

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object that has all of `required`, maybe some of `optional`, and no other. */
export function object(
  path: string,
  value: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): Fields {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'an object', value);
  const known = [...required, ...optional];
  for (const [key, field] of Object.entries(value))
    demand(known.includes(key), path + step(key), `no field but ${known.join(', ')}`, field);
  for (const key of required) demand(Object.hasOwn(value, key), `${path}.${key}`, 'a value', undefined);
  return value as Fields;
}

export function integer(path: string, value: unknown, least: number): number {
  demand(
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least,
    path,
    `an integer ≥ ${least}`,
    value,
  );
  return value;
}

export function text(path: string, value: unknown): string {
  demand(typeof value === 'string', path, 'a string', value);
  return value;
}

export function literal(path: string, value: unknown, expected: string | number | boolean): void {
  demand(value === expected, path, JSON.stringify(expected), value);
}

const decimalForm = /^(0|[1-9][0-9]*)$/;

/** Demands a natural number as decimal digits, below 10^`digits`. */
export function demandDecimal(path: string, value: unknown, digits: number): asserts value is string {
  const isDecimal = typeof value === 'string' && value.length <= digits && decimalForm.test(value);
  if (!isDecimal) demand(false, path, `decimal digits without leading zeros, at most ${digits}`, value);
}

/** A natural number as decimal digits, below 10^`digits`. */
export function decimal(path: string, value: unknown, digits: number): bigint {
  demandDecimal(path, value, digits);
  return BigInt(value);
}

/** Digits of an integer in a rank over Q: reading one takes time that grows with the square of its length. */
const maxIntegerDigits = 2 ** 17;
const integerForm = /^(0|-?[1-9][0-9]*)$/;

/** An integer of any sign as decimal digits; null for what is none, or longer than 2¹⁷ digits. */
export function statedInteger(value: unknown): bigint | null {
  const isOne = typeof value === 'string' && value.length <= maxIntegerDigits + 1 && integerForm.test(value);
  return isOne && value.replace('-', '').length <= maxIntegerDigits ? BigInt(value) : null;
}

export function ascending(path: string, value: unknown): number[] {
  demand(Array.isArray(value), path, 'an array', value);
  for (let i = 0; i < value.length; i++) {
    integer(`${path}[${i}]`, value[i], 0);
    demand(i === 0 || value[i] > value[i - 1], `${path}[${i}]`, `an index above ${value[i - 1]}`, value[i]);
  }
  return value as number[];
}

/** A list with at least `least` entries. */
export function list(path: string, value: unknown, least: number): readonly unknown[] {
  const what = least === 0 ? 'an array' : `an array of at least ${least}`;
  demand(Array.isArray(value) && value.length >= least, path, what, value);
  return value as unknown[];
}

/** A switch whose default is left out: it is written only where it differs. */
export function flag(path: string, value: unknown, written: boolean): boolean {
  demand(value === undefined || value === written, path, `${written}, or no such field`, value);
  return value === undefined ? !written : written;
}

/** A size that may be left out, but is not written where it is the default. */
export function sizeOr(path: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const size = integer(path, value, 1);
  demand(size !== fallback, path, `another size than the default, ${fallback}, or no such field`, size);
  return size;
}

export interface StatedPoint {
  readonly prime: bigint;
  readonly seed: string;
}

/** The prime beside a point, and its seed. */
export function statedPoint(path: string, prime: unknown, value: unknown): StatedPoint {
  const fields = object(`${path}.point`, value, ['seed']);
  const seed = decimal(`${path}.point.seed`, fields['seed'], maxSeedDigits);
  return { prime: decimal(`${path}.prime`, prime, maxPrimeDigits), seed: String(seed) };
}
