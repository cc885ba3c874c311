import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/network/json.ts';

describe('parseJson', () => {
  it('is JSON.parse for JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text, 'x')).toStrictEqual(JSON.parse(text));
      }),
      { seed: 1 },
    );
  });

  it.each([
    ['', 1, 1, 'a JSON value', 'the end of the text'],
    [' \n ', 2, 2, 'a JSON value', 'the end of the text'],
    ['{', 1, 2, 'a key in double quotes', 'the end of the text'],
    ['[', 1, 2, 'a JSON value', 'the end of the text'],
    ['[1,]', 1, 4, 'a JSON value', '"]"'],
    ['{"a":1,}', 1, 8, 'a key in double quotes', '"}"'],
    ["{'a':1}", 1, 2, 'a key in double quotes', '"\'"'],
    ['{"a" 1}', 1, 6, '":"', '"1"'],
    ['{"a":1 "b":2}', 1, 8, '"," or "}"', '"\\""'],
    ['[1 2]', 1, 4, '"," or "]"', '"2"'],
    ['[1}', 1, 3, '"," or "]"', '"}"'],
    ['{"a":\n  [1,\n   2x]}', 3, 4, 'a JSON value', '"2"'],
    ['[01]', 1, 2, 'a JSON value', '"0"'],
    ['[1.]', 1, 2, 'a JSON value', '"1"'],
    ['[-]', 1, 2, 'a JSON value', '"-"'],
    ['[NaN]', 1, 2, 'a JSON value', '"N"'],
    ['[undefined]', 1, 2, 'a JSON value', '"u"'],
    ['{} {}', 1, 4, 'the end of the text', '"{"'],
    ['"abc', 1, 5, 'the end of the string', 'the end of the text'],
    ['"a\nb"', 1, 3, 'the end of the string', 'U+000A'],
    ['"a\\x"', 1, 3, 'an escape sequence', '"\\\\"'],
    ['"\\u12g4"', 1, 2, 'an escape sequence', '"\\\\"'],
    ['\ufeff{}', 1, 1, 'a JSON value', 'U+FEFF'],
    ['[1] // end', 1, 5, 'the end of the text', '"/"'],
    ['\u{1f600}', 1, 1, 'a JSON value', 'U+1F600'],
  ])('finds the fault of %j', (text, line, column, expected, got) => {
    expect(() => parseJson(text, 'x')).toThrow(
      new RangeError(`x: malformed JSON at line ${line}, column ${column}: expected ${expected}, got ${got}`),
    );
  });

  it('finds a fault in every text that JSON.parse refuses', () => {
    const spoiled = fc
      .tuple(
        fc.jsonValue(),
        fc.nat(),
        fc.nat(2),
        fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '0', '-', 'e', '.', 't', '\u0001'),
      ) // prettier-ignore
      .map(([value, position, removed, inserted]) => {
        const text = JSON.stringify(value, null, 1);
        const at = position % (text.length + 1);
        return text.slice(0, at) + inserted + text.slice(at + removed);
      });
    let faults = 0;
    fc.assert(
      fc.property(spoiled, (text) => {
        try {
          JSON.parse(text);
        } catch {
          faults++;
          expect(() => parseJson(text, 'x')).toThrow(/^x: malformed JSON at line \d+, column \d+: expected /);
          return;
        }
        expect(parseJson(text, 'x')).toStrictEqual(JSON.parse(text));
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(faults).toBeGreaterThan(500);
  });

  it('needs no stack for depth', () => {
    expect(() => parseJson('['.repeat(200_000), 'x')).toThrow('line 1, column 200001: expected a JSON value');
  });

  it('refuses what is no text', () => {
    expect(() => parseJson(7 as unknown as string, 'x')).toThrow(
      new TypeError('x: expected a JSON text, got 7'),
    );
  });
});
