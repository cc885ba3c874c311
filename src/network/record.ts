import { assertInteger, typeFault } from '../assert.ts';
import { unknownKeyFault } from './nearest.ts';

/** The own fields of a plain object, each read once; a field with the value `undefined` counts as absent. */
export type Fields = ReadonlyMap<string, unknown>;

/**
 * The own enumerable fields of a plain object: one with the prototype `Object.prototype` (of any realm) or `null`.
 *
 * Inherited fields are not read; `__proto__` as an own key is a key like others. Throws a `TypeError` for everything else.
 */
export function readFields(path: string, value: unknown): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw typeFault(path, 'an object', value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`${path}: expected a plain object, got an object of another class`);
  }
  return new Map(Object.entries(value));
}

/** Throws a `RangeError` for the first key that is not among the known ones. */
export function rejectUnknownKeys(path: string, fields: Fields, known: readonly string[]): void {
  for (const key of fields.keys()) {
    if (!known.includes(key)) throw unknownKeyFault(path, key, known);
  }
}

/** A boolean, `absent` where the field is absent. */
export function optionalFlag(path: string, fields: Fields, key: string, absent = false): boolean {
  const value = fields.get(key);
  if (value === undefined) return absent;
  if (typeof value !== 'boolean') throw typeFault(`${path}.${key}`, 'true or false', value);
  return value;
}

/** A positive safe integer, at most `max`. */
export function positiveInteger(path: string, fields: Fields, key: string, max?: number): number {
  const value = fields.get(key);
  assertInteger(`${path}.${key}`, value, 1, max);
  return value;
}

/** A positive safe integer, at most `max`, or `undefined` where the field is absent. */
export function optionalPositiveInteger(
  path: string,
  fields: Fields,
  key: string,
  max?: number,
): number | undefined {
  return fields.get(key) === undefined ? undefined : positiveInteger(path, fields, key, max);
}
