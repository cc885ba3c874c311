import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/certificate/canonical-json.ts';

const integerJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
})).value;

test('canonical JSON reads back as the same value and does not depend on the order of the keys', () => {
  fc.assert(
    fc.property(integerJson, (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  );
}

test('keys are sorted by UTF-16 code units, without white space', () => {
  expect(canonicalJson({ b: [1, { d: null, c: true }], a: 'x', B: 0, aa: '"' })).toBe(
    '{"B":0,"a":"x","aa":"\\"","b":[1,{"c":true,"d":null}]}',
  );
  expect(canonicalJson({ '\u{1f600}': 1, '\ufb33': 2 })).toBe('{"\u{1f600}":1,"\ufb33":2}');
});

test('a number that is no safe integer is refused', () => {
  for (const value of [0.5, Number.NaN, Infinity, 2 ** 53, [1, { a: -1.5 }]])
    expect(() => canonicalJson(value)).toThrow(TypeError);
});
