import { print, type Console } from './console.ts';
import { oneLine } from './errors.ts';
import type { Interruptions } from './interruption.ts';

/** What every command works with. */
export interface Context {
  readonly console: Console;
  readonly interruptions: Interruptions;
}

/** Prints the one object of `--json`. */
export async function printJson({ console }: Context, value: object): Promise<void> {
  await print(console.stdout, JSON.stringify(value, null, 2) + '\n');
}

/** Seconds since a `performance.now()`, to the microsecond. */
export function secondsSince(start: number): number {
  return Math.round((performance.now() - start) * 1000) / 1e6;
}

/** One line of prose on stderr. */
export async function remark({ console }: Context, text: string): Promise<void> {
  await print(console.stderr, `dimcert: ${oneLine(text)}\n`);
}
