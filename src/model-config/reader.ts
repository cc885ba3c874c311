import { assertInteger, rangeFault, shown, typeFault } from '../assert.ts';
import { parseRational } from '../network/rational.ts';
import { readFields, type Fields } from '../network/record.ts';

/** Sizes above this are no model's, and their products would not be safe integers. */
export const maxSize = 2 ** 31 - 1;

/** A `RangeError` that also says why. */
export function refusal(path: string, expected: string, got: unknown, why: string): RangeError {
  return new RangeError(`${path}: expected ${expected}, got ${shown(got)}: ${why}`);
}

/**
 * The fields of a config.json, by the names and with the defaults of Transformers; `null` counts as absent, as its `None` does.
 *
 * Every method throws a `TypeError` for a value of the wrong type and a `RangeError` for a wrong value; messages begin with the JSON path.
 */
export class ConfigReader {
  readonly path: string;
  readonly #fields: Fields;

  constructor(path: string, config: unknown) {
    this.path = path;
    this.#fields = readFields(path, config);
  }

  /** The path of a field, for messages. */
  at(key: string): string {
    return `${this.path}.${key}`;
  }

  /** Is the field there, even if it is `null`? */
  has(key: string): boolean {
    return this.#fields.has(key) && this.#fields.get(key) !== undefined;
  }

  /** The value as it is; `undefined` where it is absent or `null`. */
  value(key: string): unknown {
    return this.#fields.get(key) ?? undefined;
  }

  keys(): readonly string[] {
    return [...this.#fields.keys()];
  }

  /** The name that is used, of several names for one field; throws where two of them contradict each other. */
  named(...names: [string, ...string[]]): string {
    const given = names.filter((name) => this.value(name) !== undefined);
    const [first = names[0], ...others] = given;
    for (const other of others) {
      if (this.value(other) !== this.value(first)) {
        throw rangeFault(
          this.at(other),
          `${shown(this.value(first))}, as ${this.at(first)}`,
          this.value(other),
        );
      }
    }
    return first;
  }

  /** An integer from `min` to 2³¹ − 1. */
  size(key: string, absent: number, min = 1, max = maxSize): number {
    const value = this.value(key) ?? absent;
    assertInteger(this.at(key), value, min, max);
    return value;
  }

  optionalSize(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.size(key, 1);
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.value(key) ?? absent;
    if (typeof value !== 'boolean') throw typeFault(this.at(key), 'true or false', value);
    return value;
  }

  word(key: string, absent: string): string {
    const value = this.value(key) ?? absent;
    if (typeof value !== 'string') throw typeFault(this.at(key), 'a string', value);
    return value;
  }

  /** A number > 0 and ≤ max. */
  positiveNumber(key: string, absent: number, max = Number.MAX_VALUE): number {
    const value = this.value(key) ?? absent;
    const expected = max === Number.MAX_VALUE ? 'a positive number' : `a number above 0, at most ${max}`;
    if (typeof value !== 'number') throw typeFault(this.at(key), expected, value);
    if (!(value > 0 && value <= max)) throw rangeFault(this.at(key), expected, value);
    return value;
  }

  /** The ε of a normalization, read exactly as the decimal that it is written as. */
  epsilon(key: string, absent: number): string {
    const value = this.value(key) ?? absent;
    const expected = 'a number ≥ 0';
    if (typeof value !== 'number') throw typeFault(this.at(key), expected, value);
    if (!(value >= 0)) throw rangeFault(this.at(key), expected, value);
    return parseRational(this.at(key), value, expected);
  }

  /** Refuses a field unless it is absent, `null` or one of `neutral`: values with which it changes nothing. */
  neutral(key: string, neutral: readonly unknown[], why: string): void {
    const value = this.value(key);
    if (value === undefined || neutral.includes(value)) return;
    const expected = neutral.length === 0 ? 'null' : neutral.map(shown).join(' or ');
    throw refusal(this.at(key), expected, value, why);
  }
}
