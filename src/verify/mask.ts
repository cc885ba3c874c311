/** Which keys a query i sees: those from i − behind to i + ahead. Without a mask all of them, at every query. */
export interface Mask {
  readonly queries: number;
  readonly keys: number;
  readonly behind: number;
  readonly ahead: number;
}

export function maskOf(
  queries: number,
  keys: number,
  { context, causal, window }: { context: boolean; causal: boolean; window: number | null },
): Mask {
  if (context) return { queries, keys, behind: queries - 1, ahead: keys - 1 };
  const reach = Math.min(window ?? keys, keys) - 1;
  return { queries, keys, behind: reach, ahead: causal ? 0 : reach };
}

export const seesAll = ({ queries, keys, behind, ahead }: Mask): boolean =>
  behind >= queries - 1 && ahead >= keys - 1;

export const firstKey = ({ behind }: Mask, query: number): number => Math.max(0, query - behind);
export const endOfKeys = ({ keys, ahead }: Mask, query: number): number => Math.min(keys, query + ahead + 1);

/** Σ_{i < count} min(i, reach), reach < count. */
const reached = (count: number, reach: number): number => (reach * (reach - 1)) / 2 + reach * (count - reach);

/** The number of visible pairs. O(1) */
export function countPairs(mask: Mask): number {
  const { queries, keys, behind, ahead } = mask;
  return seesAll(mask) ? queries * keys : queries + reached(queries, behind) + reached(queries, ahead);
}

/** Whether two different tokens see one another, so that s_ij and s_ji may be one argument. */
export const isMutual = ({ behind, ahead }: Mask): boolean => behind > 0 && ahead > 0;

/** The number of exponent arguments of softmax: none for a query with a single key, one for (i, j) and (j, i) if scores are symmetric. O(1) */
export function countArguments(mask: Mask, symmetric: boolean): number {
  const { queries, keys, behind, ahead } = mask;
  if (keys === 1 || (behind === 0 && ahead === 0)) return 0;
  if (symmetric && isMutual(mask)) return queries + reached(queries, behind);
  const single = !seesAll(mask) && ahead === 0 ? 1 : 0;
  return countPairs(mask) - single;
}

/** In a table of arguments: the key is hidden, or the only one. */
export const noArgument = -1;

/** The numbers of the exponent arguments by query and key, in the order in which they are drawn. */
export function argumentTable(mask: Mask, symmetric: boolean): Int32Array {
  const { queries, keys } = mask;
  const table = new Int32Array(queries * keys).fill(noArgument);
  let next = 0;
  for (let i = 0; i < queries; i++) {
    const end = endOfKeys(mask, i);
    const first = firstKey(mask, i);
    if (end - first === 1) continue;
    for (let j = first; j < end; j++) {
      const met = symmetric && j < i ? table[j * keys + i]! : noArgument;
      table[i * keys + j] = met === noArgument ? next++ : met;
    }
  }
  return table;
}
