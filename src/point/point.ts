import type { PrimeField } from '../field/prime-field.ts';
import type { Network } from '../network/format.ts';
import { parameterCount } from '../network/parameters.ts';
import { exponentArguments, type LayerExponents } from './exponents.ts';
import { ResidueStream } from './residue-stream.ts';

/** One input at which no denominator vanishes. */
export interface SampledInput {
  /** Its number s in the stream, the skipped inputs counted. */
  readonly index: number;
  /** t × d_0, row-major: a row is a token. */
  readonly tokens: Uint32Array;
  /** For each layer: the softmax weights, t × t (query, key), row-major; null for a lightning layer. */
  readonly weights: readonly (Uint32Array | null)[];
}

/**
 * A ring homomorphism φ from the ring of parameters, inputs and exponentials to F_p, drawn from a seed.
 *
 * Exponentials with independent arguments are algebraically independent (Ax 1971), so each of them may go to a unit of its own.
 * That the arguments are independent is not assumed here: see `jacobian/independence.ts`.
 */
export class Point {
  readonly network: Network;
  readonly field: PrimeField;
  readonly seed: string;
  /** The parameters, in the order of the Jacobian's columns. */
  readonly theta: Uint32Array;
  readonly exponents: readonly LayerExponents[];

  /** `exponents`: which pairs share a unit; by default the arguments that are one function. */
  constructor(
    network: Network,
    field: PrimeField,
    seed: string,
    exponents: readonly LayerExponents[] = exponentArguments(network),
  ) {
    this.network = network;
    this.field = field;
    this.seed = seed;
    this.exponents = exponents;
    this.theta = new ResidueStream('theta', seed, field.prime).take(parameterCount(network));
  }

  /** The inputs 0, 1, 2, … without those at which a denominator vanishes, at most `limit` drawn. */
  *inputs(limit: number): Generator<SampledInput, void, undefined> {
    const inputs = new ResidueStream('input', this.seed, this.field.prime);
    const units = new ResidueStream('unit', this.seed, this.field.prime);
    const { inputDim, sequenceLength: t, layers } = this.network;
    for (let index = 0; index < limit; index++) {
      const tokens = inputs.take(t * inputDim);
      const drawn = new Map(
        this.exponents.map((exponents) => [exponents.layer, units.takeUnits(exponents.count)]),
      );
      const weights = layers.map((attention, layer) => {
        if (attention.normalization !== 'softmax') return null;
        const exponents = this.exponents.find((candidate) => candidate.layer === layer);
        return softmaxWeights(t, attention.causal === true, exponents, drawn.get(layer), this.field);
      });
      if (!weights.includes(undefined)) yield { index, tokens, weights: weights as (Uint32Array | null)[] };
    }
  }
}

/** w_{ij} = E_{ij} / Σ_k E_{ik}, t × t; undefined if a denominator is 0 mod p. */
function softmaxWeights(
  t: number,
  causal: boolean,
  exponents: LayerExponents | undefined,
  units: Uint32Array | undefined,
  field: PrimeField,
): Uint32Array | undefined {
  const weights = new Uint32Array(t * t);
  for (let query = 0; query < t; query++) {
    const keys = causal ? query + 1 : t;
    const row = query * t;
    if (keys === 1) {
      weights[row] = 1;
      continue;
    }
    let denominator = 0;
    for (let key = 0; key < keys; key++) {
      const unit = units![exponents!.argumentOf[row + key]!]!;
      weights[row + key] = unit;
      denominator = field.add(denominator, unit);
    }
    if (denominator === 0) return undefined;
    const inverse = field.inverse(denominator);
    for (let key = 0; key < keys; key++) weights[row + key] = field.multiply(weights[row + key]!, inverse);
  }
  return weights;
}
