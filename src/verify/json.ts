import { Rejection, demand } from './fault.ts';

/** No certificate nests deeper: certificate, network, layers, layer is four levels, and each of 64 layers within one another adds three at most. */
export const maxNesting = 200;

const digit = /[-0-9]/;
const integerToken = /^-?(0|[1-9][0-9]*)$/;
/** Everything that a number can consist of. */
const numberEnd = /[^-+.0-9eE]/g;

/** An open bracket: the keys of an object so far, or the index in an array. */
interface Open {
  readonly keys: Set<string> | null;
  key: string;
  index: number;
}

/**
 * Rejects what `JSON.parse` hides: a key that an object has twice (the last one counts), numbers that are written with a fraction
 * or an exponent, or as −0 (they lose digits, or are integers by accident), and deep nesting.
 *
 * The text must be JSON already: what is skipped here has been checked there. O(length).
 */
export function rejectHiddenFaults(text: string): void {
  const open: Open[] = [];
  let keyExpected = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    const top = open.at(-1);
    if (character === '"') {
      const end = closingQuote(text, at);
      if (keyExpected) {
        const { keys } = top!;
        top!.key = JSON.parse(text.slice(at, end + 1)) as string;
        demand(!keys!.has(top!.key), pathOf(open.slice(0, -1)), 'every key once', top!.key);
        keys!.add(top!.key);
        keyExpected = false;
      }
      at = end;
    } else if (character === '{' || character === '[') {
      demand(
        open.length < maxNesting,
        pathOf(open.slice(0, 8)) + '…',
        `at most ${maxNesting} levels`,
        'a deeper nesting',
      );
      keyExpected = character === '{';
      open.push({ keys: keyExpected ? new Set() : null, key: '', index: 0 });
    } else if (character === '}' || character === ']') {
      open.pop();
      keyExpected = false;
    } else if (character === ',') {
      keyExpected = top!.keys !== null;
      top!.index++;
    } else if (digit.test(character)) {
      numberEnd.lastIndex = at;
      const end = numberEnd.exec(text)?.index ?? text.length;
      const token = text.slice(at, end);
      if (!integerToken.test(token) || token === '-0')
        throw new Rejection(pathOf(open), 'an integer without fraction or exponent', token);
      at = end - 1;
    }
  }
}

/** The index of the quote that ends the string which begins at `start`. */
function closingQuote(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** `certificate.lowerBound.rows[3]`, from the open brackets. */
function pathOf(open: readonly Open[]): string {
  const steps = open.map(({ keys, key, index }) => (keys === null ? `[${index}]` : step(key)));
  return 'certificate' + steps.join('');
}

/** A key as a step of a path; in quotes, and short, if it is not one of the format's plain words. */
export function step(key: string): string {
  if (/^[A-Za-z]{1,40}$/.test(key)) return `.${key}`;
  return `[${JSON.stringify(key.length > 40 ? `${key.slice(0, 37)}…` : key)}]`;
}

/** The canonical form (RFC 8785) of parsed JSON whose numbers are integers and whose nesting is bounded. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
  const fields = value as Record<string, unknown>;
  const keys = Object.keys(fields).sort();
  return '{' + keys.map((key) => JSON.stringify(key) + ':' + canonical(fields[key])).join(',') + '}';
}
