/** A sorted copy. */
export function ascending(indices: readonly number[]): number[] {
  return [...indices].sort((a, b) => a - b);
}

/** The indices below `count` that are not among `chosen`, ascending. */
export function others(chosen: readonly number[], count: number): number[] {
  const taken = new Set(chosen);
  return Array.from({ length: count }, (_, i) => i).filter((i) => !taken.has(i));
}
