import { rangeFault, shown } from '../assert.ts';

/** Words longer than this are compared by their beginning only: a bound on the work for hostile input. */
const comparedLength = 60;
/** Of longer lists only the first words are compared, for the same reason: labels may be many. */
const comparedWords = 1000;

/** The letters and digits of a word, in lower case: `head_dim`, `HeadDim` and `headDim` are one word. */
function folded(word: string): string {
  return word
    .slice(0, comparedLength)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** Levenshtein distance to a known word, in which a left-out letter counts a quarter: abbreviations are near. O(|word|·|known|). */
function editDistance(word: string, known: string): number {
  let row = Array.from({ length: known.length + 1 }, (_, j) => j / 4);
  for (let i = 1; i <= word.length; i++) {
    const next = [i];
    for (let j = 1; j <= known.length; j++) {
      const replaced = row[j - 1] + (word[i - 1] === known[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 0.25, replaced));
    }
    row = next;
  }
  return row[known.length];
}

/** The known word at the smallest edit distance from `word` (upper and lower case, `_` and `-` do not count); the first of them. */
export function nearest(word: string, known: readonly string[]): string {
  let best = known[0];
  let bestDistance = Infinity;
  for (const candidate of known.slice(0, comparedWords)) {
    const distance = editDistance(folded(word), folded(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A `RangeError` that names an unknown key and the nearest known one. */
export function unknownKeyFault(path: string, key: string, known: readonly string[]): RangeError {
  return new RangeError(
    `${path}: expected known keys, got ${shown(key)}; did you mean ${shown(nearest(key, known))}?`,
  );
}

/** A `RangeError` that names an unknown word where one of a few is expected, and the nearest of these. */
export function unknownWordFault(path: string, word: string, known: readonly string[]): RangeError {
  const expected = `${known.length > 1 ? 'one of ' : ''}${known.map(shown).join(', ')}`;
  const fault = rangeFault(path, expected, word);
  fault.message += `; did you mean ${shown(nearest(word, known))}?`;
  return fault;
}
