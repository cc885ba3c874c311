import { shown, typeFault } from '../assert.ts';

/** A fault in a JSON text: where it is, and what was expected there. */
interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

const blank = /[ \t\n\r]*/y;
const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// oxlint-disable-next-line no-control-regex -- RFC 8259 forbids exactly these in strings
const plainCharacters = /[^"\\\u0000-\u001f]*/y;
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** Where a sticky pattern that matches at `offset` ends; −1 where it does not match. */
function end(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The end of the string that begins at `offset`, or its fault. */
function scanString(text: string, offset: number): number | JsonFault {
  let at = offset + 1;
  for (;;) {
    at = end(plainCharacters, text, at);
    if (text[at] === '"') return at + 1;
    if (text[at] !== '\\') return { offset: at, expected: 'the end of the string' };
    const next = end(escape, text, at);
    if (next < 0) return { offset: at, expected: 'an escape sequence' };
    at = next;
  }
}

/**
 * The first fault of a text by the grammar of RFC 8259; `null` if it has none.
 *
 * Iterative, so that depth costs no stack. O(length).
 */
function findFault(text: string): JsonFault | null {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let state: 'value' | 'first value' | 'key' | 'first key' | 'after value' = 'value';
  for (;;) {
    at = end(blank, text, at);
    const character = text[at];
    if (state === 'after value') {
      const container = open.at(-1);
      if (container === undefined) {
        return at === text.length ? null : { offset: at, expected: 'the end of the text' };
      }
      const close = container === '{' ? '}' : ']';
      if (character === close) open.pop();
      else if (character === ',') state = container === '{' ? 'key' : 'value';
      else return { offset: at, expected: `"," or "${close}"` };
      at++;
    } else if (
      (state === 'first value' && character === ']') ||
      (state === 'first key' && character === '}')
    ) {
      open.pop();
      at++;
      state = 'after value';
    } else if (state === 'key' || state === 'first key') {
      if (character !== '"') return { offset: at, expected: 'a key in double quotes' };
      const next = scanString(text, at);
      if (typeof next !== 'number') return next;
      at = end(blank, text, next);
      if (text[at] !== ':') return { offset: at, expected: '":"' };
      at++;
      state = 'value';
    } else if (character === '{' || character === '[') {
      open.push(character);
      at++;
      state = character === '{' ? 'first key' : 'first value';
    } else {
      const next = character === '"' ? scanString(text, at) : end(scalar, text, at);
      if (typeof next !== 'number') return next;
      if (next < 0) return { offset: at, expected: 'a JSON value' };
      at = next;
      state = 'after value';
    }
  }
}

/** A character for an error message; by its number where it may be invisible. */
function shownCharacter(codePoint: number | undefined): string {
  if (codePoint === undefined) return 'the end of the text';
  if (codePoint > 0x20 && codePoint < 0x7f) return shown(String.fromCodePoint(codePoint));
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The value of a JSON text; `JSON.parse` with an error message that is the same on every engine.
 *
 * Throws a `RangeError` that begins with `title` and says line and column (both from 1) where the text is malformed.
 */
export function parseJson(text: string, title: string): unknown {
  if (typeof text !== 'string') throw typeFault(title, 'a JSON text', text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const fault = findFault(text);
    if (fault === null) throw cause;
    const before = text.slice(0, fault.offset).split('\n');
    const got = shownCharacter(text.codePointAt(fault.offset));
    const where = `line ${before.length}, column ${before[before.length - 1].length + 1}`;
    throw new RangeError(`${title}: malformed JSON at ${where}: expected ${fault.expected}, got ${got}`, {
      cause,
    });
  }
}
