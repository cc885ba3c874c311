import { textOf } from '../vectors/corpus.ts';
import type { Loose } from '../verify/json-type.ts';

type Keys = readonly (string | number)[];

/** Every place of a value, as the keys that lead to it. */
function places(value: Loose, keys: Keys = []): Keys[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const own = keys.length > 0 ? [keys] : [];
  return inner.reduce<Keys[]>(
    (found, [key, below]) => found.concat(places(below, [...keys, Array.isArray(value) ? Number(key) : key])),
    own,
  );
}

const digits = '0123456789';

/** Changes one digit of a number in decimal digits; another text loses or gains a character. */
function changedText(text: string, next: (below: number) => number): string {
  const at = next(Math.max(1, text.length));
  if (/^-?[0-9]+$/.test(text)) {
    const from = text.startsWith('-') ? Math.max(1, at) : at;
    return text.slice(0, from) + digits[next(10)] + text.slice(from + 1);
  }
  return next(2) === 0 ? text.slice(0, at) + text.slice(at + 1) : `${text.slice(0, at)}x${text.slice(at)}`;
}

/** A certificate with one random change: a digit, a dropped or doubled field or entry, two entries in each other's place, an array in another order, a switch. */
export function mutant(original: Loose, next: (below: number) => number): { copy: Loose; change: string } {
  for (;;) {
    const copy: Loose = structuredClone(original);
    const all = places(copy).filter((keys) => keys[0] !== 'digest');
    const keys = all[next(all.length)]!;
    const last = keys.at(-1)!;
    const parent = keys.slice(0, -1).reduce((inner, key) => inner[key], copy);
    const value = parent[last];
    let change: string;
    const drop = (): void => {
      change = 'dropped';
      if (Array.isArray(parent)) parent.splice(last as number, 1);
      else delete parent[last];
    };
    change = 'changed';
    if (next(6) === 0) drop();
    else if (typeof value === 'number') parent[last] = Number(changedText(String(value), next));
    else if (typeof value === 'string') parent[last] = changedText(value, next);
    else if (typeof value === 'boolean') parent[last] = !value;
    else if (Array.isArray(value) && value.length > 1) {
      const [i, j] = [next(value.length), next(value.length)];
      const kind = next(4);
      change = ['swapped', 'reversed', 'doubled', 'turned'][kind]!;
      if (kind === 0) [value[i], value[j]] = [value[j], value[i]];
      else if (kind === 1) value.reverse();
      else if (kind === 2) value.splice(i, 0, structuredClone(value[i]));
      else value.push(value.shift());
    } else drop();
    if (textOf(copy) !== textOf(original)) return { copy, change: `${change} ${keys.join('.')}` };
  }
}
