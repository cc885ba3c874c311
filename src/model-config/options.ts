import { assertInteger, rangeFault } from '../assert.ts';
import { readFields, rejectUnknownKeys } from '../network/record.ts';
import type { Architecture } from './architecture.ts';

export interface ModelOptions {
  /** t ≥ 2: the number of tokens; default 3. */
  readonly sequenceLength?: number;
  /** The most parameters of the scaled-down network; default 1000. */
  readonly budget?: number;
}

/** Networks of so many parameters are certified in some ten seconds. */
const defaultBudget = 1000;
const maxBudget = 10 ** 9;

/** The options with their defaults. Throws for unknown keys, wrong values, and more tokens than there are learned positions. */
export function resolveOptions(options: unknown, { positions }: Architecture): Required<ModelOptions> {
  const fields = readFields('options', options);
  rejectUnknownKeys('options', fields, ['sequenceLength', 'budget']);
  const sequenceLength = fields.get('sequenceLength') ?? 3;
  assertInteger('options.sequenceLength', sequenceLength, 2);
  if (positions !== undefined && sequenceLength > positions) {
    throw rangeFault(
      'options.sequenceLength',
      `at most ${positions}, the number of learned positions of the model`,
      sequenceLength,
    );
  }
  const budget = fields.get('budget') ?? defaultBudget;
  assertInteger('options.budget', budget, 1, maxBudget);
  return { sequenceLength, budget };
}
