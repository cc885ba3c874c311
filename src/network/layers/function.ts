import { rangeFault, shown, typeFault } from '../../assert.ts';
import { parseFraction } from '../../fraction.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { ActivationFunction } from '../format.ts';
import { unknownWordFault } from '../nearest.ts';
import { parseRational } from '../rational.ts';
import type { Fields } from '../record.ts';

export const activationFunctions = ['exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh'] as const;

/** Why a function is no part of the format. */
const refusals: ReadonlyMap<string, string> = new Map([
  [
    'gelu',
    'no ring homomorphism to a finite field is known that takes the error function; "gelu-tanh" is supported',
  ],
  ['relu', 'it is not analytic'],
]);

/** The `function` and the `coefficient` of a layer; `known` are the functions that it may have. */
export function parseFunction<F extends ActivationFunction | 'identity'>(
  path: string,
  fields: Fields,
  known: readonly F[],
): { readonly function: F; readonly coefficient?: string } {
  const word = fields.get('function');
  const title = `${path}.function`;
  if (typeof word !== 'string') throw typeFault(title, `one of ${known.map(shown).join(', ')}`, word);
  const refusal = refusals.get(word);
  if (refusal !== undefined) {
    const fault = rangeFault(title, `one of ${known.map(shown).join(', ')}`, word);
    fault.message += ` (${refusal})`;
    throw fault;
  }
  const found = known.find((name) => name === word);
  if (found === undefined) throw unknownWordFault(title, word, known);

  const value = fields.get('coefficient');
  if (value === undefined) return { function: found };
  if (found !== 'gelu-tanh') throw rangeFault(`${path}.coefficient`, 'none, except of "gelu-tanh"', value);
  const coefficient = parseRational(`${path}.coefficient`, value, 'a rational number ≠ 0');
  if (coefficient === '0') throw rangeFault(`${path}.coefficient`, 'a rational number ≠ 0', value);
  return { function: found, coefficient };
}

/** f(x), entry by entry. */
export function buildFunction(
  graph: GraphBuilder,
  {
    function: name,
    coefficient,
  }: { readonly function: ActivationFunction | 'identity'; readonly coefficient?: string },
  x: Tensor,
): Tensor {
  if (name === 'identity') return x;
  return graph.function(x, name, coefficient === undefined ? null : parseFraction(coefficient));
}
