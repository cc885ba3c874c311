/** The best of `runs` times in milliseconds; `prepare` is not timed. */
export function bestTime<T>(runs: number, prepare: () => T, run: (prepared: T) => void): number {
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    const prepared = prepare();
    const start = performance.now();
    run(prepared);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** The median; of an even number of values the upper one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Numbers from a comma-separated argument. */
export function numbersOf(argument: string | undefined, preset: readonly number[]): readonly number[] {
  return argument ? argument.split(',').map(Number) : preset;
}
