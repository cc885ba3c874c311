/** The JSON values of a certificate: no floating-point number occurs. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Canonical JSON by RFC 8785: keys sorted by UTF-16 code units, no white space.
 *
 * Throws a `TypeError` for a number that is no safe integer: certificates have none. `undefined` fields are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  if (
    typeof value === 'number'
      ? !Number.isSafeInteger(value)
      : !['string', 'boolean'].includes(typeof value) && value !== null
  )
    throw new TypeError(
      `canonical JSON: expected a string, boolean, null or safe integer, got ${String(value)}`,
    );
  return JSON.stringify(value);
}
