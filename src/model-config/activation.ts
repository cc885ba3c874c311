import type { FeedForward } from './architecture.ts';
import type { ConfigReader } from './reader.ts';
import { refusal } from './reader.ts';

type Activation = Pick<FeedForward, 'function' | 'coefficient'>;

/** √(2/π) as a double: what Transformers and PyTorch compute with. */
const geluCoefficient = '0.7978845608028654';

const geluTanh: Activation = { function: 'gelu-tanh' };

/** By the names of `ACT2FN` in src/transformers/activations.py. */
const known: Readonly<Record<string, Activation>> = {
  silu: { function: 'silu' },
  swish: { function: 'silu' },
  sigmoid: { function: 'sigmoid' },
  tanh: { function: 'tanh' },
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  gelu_accurate: geluTanh,
  // FastGELUActivation writes √(2/π) with ten digits.
  gelu_fast: { function: 'gelu-tanh', coefficient: '0.7978845608' },
};

const erf = 'it uses the error function, which has no ring homomorphism to F_p (docs/networks.md)';
const kinked = 'it is not analytic (docs/networks.md)';
const absent = 'it is not read here';

const reasons: Readonly<Record<string, string>> = {
  gelu: erf,
  gelu_python: erf,
  gelu_10: erf,
  relu: kinked,
  relu2: kinked,
  relu6: kinked,
  leaky_relu: kinked,
  prelu: kinked,
};

/**
 * The activation function of a model, by its name in Transformers.
 *
 * With rotary positions, gelu-tanh gets the rational coefficient that is computed with in place of √(2/π): the network format
 * requires it.
 */
export function activationOf(reader: ConfigReader, key: string, name: string, rotary: boolean): Activation {
  const activation = Object.hasOwn(known, name) ? known[name] : undefined;
  if (activation === undefined) {
    const why = Object.hasOwn(reasons, name) ? reasons[name] : absent;
    throw refusal(reader.at(key), `one of ${Object.keys(known).join(', ')}`, name, why);
  }
  return activation === geluTanh && rotary ? { ...activation, coefficient: geluCoefficient } : activation;
}
