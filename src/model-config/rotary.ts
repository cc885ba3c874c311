import { rangeFault } from '../assert.ts';
import type { Architecture } from './architecture.ts';
import { ConfigReader, refusal } from './reader.ts';

interface RotaryDefaults {
  /** The key of the base, outside `rope_parameters`. */
  readonly baseKey?: string;
  /** The key of the part of the head dimension that turns, outside `rope_parameters`; absent: all of it turns. */
  readonly fractionKey?: string;
  readonly fraction?: number;
}

const scaled = 'the angles of the network format are position·base^(−2m/dim), without scaling';

/** Refuses scaled frequencies; what is left of `rope_scaling` and of `rope_parameters` (since Transformers 5) has `rope_theta` at most. */
function plainRope(reader: ConfigReader, key: string): ConfigReader | undefined {
  const value = reader.value(key);
  if (value === undefined) return undefined;
  const rope = new ConfigReader(reader.at(key), value);
  const typeKey = rope.named('rope_type', 'type');
  const type = rope.word(typeKey, 'default');
  if (type === 'linear') {
    if (rope.value('factor') !== 1) throw refusal(rope.at('factor'), '1', rope.value('factor'), scaled);
  } else if (type !== 'default') {
    throw refusal(rope.at(typeKey), '"default", or "linear" with the factor 1', type, scaled);
  }
  const accepted = ['rope_type', 'type', 'rope_theta', 'partial_rotary_factor', 'factor'];
  for (const unknown of rope.keys().filter((name) => !accepted.includes(name))) {
    throw refusal(rope.path, `no other keys than ${accepted.join(', ')}`, unknown, scaled);
  }
  if (type === 'default') rope.neutral('factor', [1], scaled);
  return rope;
}

/** One number of several places that may say it; the first that does, and throws where another one contradicts it. */
function agreed(
  places: readonly (readonly [ConfigReader | undefined, string])[],
  absent: number,
  max?: number,
): { value: number; path: string } {
  let found: { value: number; path: string } | undefined;
  for (const [reader, key] of places) {
    if (reader?.value(key) === undefined) continue;
    const value = reader.positiveNumber(key, absent, max);
    found ??= { value, path: reader.at(key) };
    if (value !== found.value) throw rangeFault(reader.at(key), `${found.value}, as ${found.path}`, value);
  }
  const [reader, key] = places[places.length - 1];
  return found ?? { value: absent, path: reader!.at(key) };
}

/** Rotary positions of heads of dimension `headDim`. Source: src/transformers/modeling_rope_utils.py. */
export function rotaryOf(
  reader: ConfigReader,
  headDim: number,
  { baseKey = 'rope_theta', fractionKey, fraction = 1 }: RotaryDefaults = {},
): NonNullable<Architecture['rotary']> {
  const places = ['rope_parameters', 'rope_scaling'].map((key) => plainRope(reader, key));
  const base = agreed([...places.map((rope) => [rope, 'rope_theta'] as const), [reader, baseKey]], 10000);
  if (!Number.isInteger(base.value) || base.value < 2 || base.value > 2 ** 31 - 1) {
    throw refusal(
      base.path,
      'an integer from 2 to 2147483647',
      base.value,
      'the network format has no other bases',
    );
  }
  const part = agreed(
    [
      ...places.map((rope) => [rope, 'partial_rotary_factor'] as const),
      [reader, fractionKey ?? 'partial_rotary_factor'],
    ],
    fraction,
    1,
  );
  if (fractionKey === undefined && part.value !== 1) {
    throw refusal(part.path, '1', part.value, 'the attention of this model type turns whole heads');
  }
  // int(head_dim * factor), in doubles as Python computes it.
  const dim = Math.trunc(headDim * part.value);
  if (dim < 2 || dim % 2 !== 0) {
    throw refusal(
      part.path,
      `a part of the head dimension ${headDim} that is even and not 0`,
      part.value,
      'pairs of coordinates turn',
    );
  }
  return { base: base.value, dim };
}
