import { parseNetworkText, type Network } from '../network/index.ts';
import { readWeights, weightsModulo, type Weights } from '../weights/index.ts';
import type { Context } from './context.ts';
import { InputError, inWordsOf } from './errors.ts';
import { inputName, readBytes, readInput } from './read-input.ts';

/** The network of a file, or of stdin for `-`. */
export async function networkFile(source: string, context: Context): Promise<Network> {
  const text = await readInput(source, context.interruptions);
  return inWordsOf({ network: `${inputName(source)}: ` }, () => parseNetworkText(text));
}

/** Weights of a file, or of stdin for `-`, of the network that it has or else of this one, modulo a prime if there is one. */
export async function weightsFile(
  source: string,
  network: Network | undefined,
  prime: string | undefined,
  context: Context,
): Promise<Weights> {
  const name = inputName(source);
  const bytes = await readBytes(source, context.interruptions);
  if (bytes.length === 0) throw new InputError(`${name}: expected weights, got nothing (it is empty)`);
  const names = {
    weights: `${name}: `,
    safetensors: `${name}: `,
    '.npy': `${name}: .npy`,
    '.npy entry ': `${name}: .npy entry `,
  };
  const weights = await inWordsOf(names, () => readWeights(bytes, network));
  if (prime === undefined) return weights;
  return inWordsOf({ prime: '--prime', layers: `${name}: layers` }, () => weightsModulo(weights, prime));
}
