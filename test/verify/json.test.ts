import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rejection } from '../../src/verify/fault.ts';
import { canonical, maxNesting, rejectHiddenFaults } from '../../src/verify/json.ts';
import { canonicalText } from './reference.ts';

const faultOf = (text: string): string | null => {
  try {
    rejectHiddenFaults(text);
    return null;
  } catch (error) {
    if (error instanceof Rejection) return error.fault.path;
    throw error;
  }
};

describe('hidden faults', () => {
  test.each([
    ['{"a":1,"a":2}', 'certificate'],
    ['{"a":{"b":1,"c":[0,{"d":1,"d":1}]}}', 'certificate.a.c[1]'],
    ['{"a":1,"\\u0061":2}', 'certificate'],
    ['{"a":{},"b":{},"a":[]}', 'certificate'],
    ['[[1,2],[3,4.5]]', 'certificate[1][1]'],
    ['{"x":[1e2]}', 'certificate.x[0]'],
    ['{"x":-0}', 'certificate.x'],
    ['{"x":-0.0}', 'certificate.x'],
    ['{"x y":1E5}', 'certificate["x y"]'],
    ['-0', 'certificate'],
    [`${'['.repeat(maxNesting + 1)}${']'.repeat(maxNesting + 1)}`, `certificate${'[0]'.repeat(8)}…`],
  ])('%s', (text, path) => {
    JSON.parse(text);
    expect(faultOf(text)).toBe(path);
  });

  test.each([
    '{}',
    '[]',
    '0',
    '"a"',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '{"a":"a","b":"a","c":["a","a"]}',
    String.raw`{"a\"":1,"a\\":2,"a":3,"\"":4}`,
    '{"":0,"a":{"":0}}',
    '[{"a":1},{"a":1}]',
    ' { "a" : [ true , false , null , -12 , "1.5" , "{" , "}" , "," , "]" ] } ',
    String.raw`["\\","\"a\":1","\\\"",{"a":"\\","b":1}]`,
    `${'['.repeat(maxNesting)}${']'.repeat(maxNesting)}`,
  ])('none in %s', (text) => {
    JSON.parse(text);
    expect(faultOf(text)).toBe(null);
  });

  // Values without fractions whose objects come from objects in code have no key twice.
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.maxSafeInteger().map((n) => n || 0),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      tie('list'),
      tie('record'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    record: fc.dictionary(fc.string({ unit: 'binary', maxLength: 3 }), tie('value'), { maxKeys: 4 }),
  })).value;

  test('none in what JSON.stringify writes; one if any of its keys is repeated', () => {
    fc.assert(
      fc.property(values, fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(faultOf(text)).toBe(null);
        expect(faultOf(`{"k":1,"v":${text},"k":1}`)).toBe('certificate');
        expect(faultOf(`{"v":{"":${text},"":1}}`)).toBe('certificate.v');
        expect(faultOf(`[${text},0.5]`)).toBe('certificate[1]');
      }),
      { numRuns: 300 },
    );
  });

  test('the canonical form sorts keys by code units, and is what Web platforms write otherwise', () => {
    expect(canonical({ b: [1, { d: 1, c: 'é\n"' }], a: true, B: -5 })).toBe(
      String.raw`{"B":-5,"a":true,"b":[1,{"c":"é\n\"","d":1}]}`,
    );
    // Integer-like keys come first in JavaScript objects, whatever their order.
    expect(canonical({ a: 0, 10: 0, 9: 0 })).toBe('{"10":0,"9":0,"a":0}');
    const words = fc.dictionary(
      fc.stringMatching(/^[a-z]{0,4}$/),
      fc.oneof(fc.nat(), fc.string(), fc.array(fc.nat())),
    );
    fc.assert(fc.property(words, (value) => void expect(canonical(value)).toBe(canonicalText(value))));
  });
});
