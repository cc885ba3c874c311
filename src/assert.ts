/** A short rendering of any value for an error message: never throws, never long. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
  if (typeof value === 'bigint') return shownDigits(`${value}n`);
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  return 'an object';
}

function shownDigits(digits: string): string {
  return digits.length > 80 ? `${digits.slice(0, 76)}… (${digits.length - 1} digits)` : digits;
}

/** A `TypeError` in the house's form: `title: expected X, got Y`. */
export function typeFault(title: string, expected: string, got: unknown): TypeError {
  return new TypeError(`${title}: expected ${expected}, got ${shown(got)}`);
}

/** A `RangeError` in the house's form: `title: expected X, got Y`. */
export function rangeFault(title: string, expected: string, got: unknown): RangeError {
  return new RangeError(`${title}: expected ${expected}, got ${shown(got)}`);
}

/** What a computation may take. */
export const mostBytes = 2 ** 32;

/** Of a computation that needs so many bytes. */
export function memoryFault(bytes: number): RangeError {
  const needed = Math.ceil(bytes / 2 ** 20);
  return new RangeError(`memory: expected at most ${mostBytes / 2 ** 20} MiB in all, got ${needed} MiB`);
}

/** Throws unless `value` is a safe integer in [min, max]: `TypeError` for another type, `RangeError` for another value. */
export function assertInteger(
  title: string,
  value: unknown,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  const expected =
    max !== Number.MAX_SAFE_INTEGER
      ? `an integer from ${min} to ${max}`
      : min === 1
        ? 'a positive integer'
        : `an integer ≥ ${min}`;
  if (typeof value !== 'number') throw typeFault(title, expected, value);
  if (!Number.isSafeInteger(value) || value < min || value > max) throw rangeFault(title, expected, value);
}
