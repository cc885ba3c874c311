import { readModelConfigText, type Model } from '../model-config/index.ts';
import { InputError, inWordsOf } from './errors.ts';
import type { Interruptions } from './interruption.ts';
import { givenFlags, positiveInteger, type StackFlags } from './network-input.ts';
import { inputName, readInput } from './read-input.ts';

/** The flags that describe a model in place of a network. */
export interface ModelFlags extends StackFlags {
  readonly config?: string;
  readonly budget?: string;
}

/** The model of `--config`, or `undefined` where a network is asked for. Throws an `InputError` for both at once, and for anything that is no model. */
export async function modelOf(
  source: string | undefined,
  flags: ModelFlags,
  interruptions: Interruptions,
): Promise<Model | undefined> {
  const { config, budget, sequenceLength } = flags;
  if (config === undefined) {
    if (budget !== undefined)
      throw new InputError('--budget: expected --config, whose model it scales down, got a network');
    return undefined;
  }
  if (source !== undefined)
    throw new InputError('--config: expected the config.json of a model or a NETWORK, got both');
  const [other] = givenFlags(flags).filter((flag) => flag !== '--sequence-length');
  if (other !== undefined)
    throw new InputError(`${other}: expected --config or flags that describe a network, got both`);
  const expected = 'a positive integer';
  const options = {
    ...(sequenceLength !== undefined && {
      sequenceLength: positiveInteger(sequenceLength, '--sequence-length', expected),
    }),
    ...(budget !== undefined && { budget: positiveInteger(budget, '--budget', expected) }),
  };
  const text = await readInput(config, interruptions);
  const name = inputName(config);
  const names = {
    config: `${name}: `,
    'options.budget': '--budget',
    'options.sequenceLength': '--sequence-length',
    memory: `${name}: memory`,
  };
  return inWordsOf(names, () => readModelConfigText(text, options));
}
