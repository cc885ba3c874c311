import {
  attentionStack,
  parseNetworkText,
  type AttentionStackOptions,
  type Network,
} from '../network/index.ts';
import { InputError, inWordsOf } from './errors.ts';
import type { Interruptions } from './interruption.ts';
import { inputName, readInput } from './read-input.ts';

/** The flags that describe a stack of attention layers in place of a file. */
export interface StackFlags {
  readonly dims?: string;
  readonly headDims?: string;
  readonly valueDims?: string;
  readonly sequenceLength?: string;
  readonly normalization?: string;
  readonly causal?: boolean;
}

const flagOf: Readonly<Record<keyof StackFlags, string>> = {
  dims: '--dims',
  headDims: '--head-dims',
  valueDims: '--value-dims',
  sequenceLength: '--sequence-length',
  normalization: '--normalization',
  causal: '--causal',
};

/** The flags that describe a network and were given, as they are written. */
export function givenFlags(flags: StackFlags): readonly string[] {
  return (Object.keys(flagOf) as (keyof StackFlags)[])
    .filter((key) => flags[key] !== undefined)
    .map((key) => flagOf[key]);
}

/** The network of a command: from a file, from stdin (`-`), or from flags. Throws an `InputError` for anything else. */
export async function networkOf(
  source: string | undefined,
  flags: StackFlags,
  interruptions: Interruptions,
): Promise<Network> {
  const given = givenFlags(flags);
  if (source !== undefined) {
    if (given.length > 0)
      throw new InputError(`${given[0]!}: expected a NETWORK or flags that describe one, got both`);
    const text = await readInput(source, interruptions);
    return inWordsOf({ network: `${inputName(source)}: ` }, () => parseNetworkText(text));
  }
  if (given.length === 0)
    throw new InputError(
      'NETWORK: expected a file, - for stdin, or --dims and --head-dims and --sequence-length, got nothing',
    );
  const names = Object.fromEntries(
    Object.entries(flagOf).map(([key, flag]) => [`attentionStack.${key}`, flag]),
  );
  return inWordsOf({ ...names, attentionStack: 'network: ' }, () => attentionStack(stackOf(flags)));
}

function stackOf(flags: StackFlags): AttentionStackOptions {
  const { valueDims, normalization, causal } = flags;
  return {
    dims: integers('--dims', flags.dims),
    headDims: integers('--head-dims', flags.headDims),
    sequenceLength: integer('--sequence-length', flags.sequenceLength),
    ...(valueDims !== undefined && { valueDims: integers('--value-dims', valueDims) }),
    // Any word: `attentionStack` knows the right ones, and the nearest one.
    ...(normalization !== undefined && { normalization: normalization as 'none' | 'softmax' }),
    ...(causal && { causal }),
  };
}

function integers(flag: string, text: string | undefined): number[] {
  const expected = 'positive integers with commas between them';
  if (text === undefined) throw new InputError(`${flag}: expected ${expected}, got nothing`);
  return text.split(',').map((part) => positiveInteger(part.trim(), flag, expected, text));
}

function integer(flag: string, text: string | undefined): number {
  if (text === undefined) throw new InputError(`${flag}: expected a positive integer, got nothing`);
  return positiveInteger(text, flag, 'a positive integer');
}

/** The number that `part`, all of a flag's `text` or an entry of it, writes in digits. */
export function positiveInteger(part: string, flag: string, expected: string, text = part): number {
  const value = Number(part);
  if (!/^[0-9]+$/.test(part) || value < 1 || !Number.isSafeInteger(value))
    throw new InputError(`${flag}: expected ${expected}, got ${JSON.stringify(text)}`);
  return value;
}
