import type { Network } from '../network/format.ts';
import { parseJson } from '../network/json.ts';
import type { Architecture } from './architecture.ts';
import { countParameters, type ParameterCounts } from './counts.ts';
import { networkOf } from './network.ts';
import { resolveOptions, type ModelOptions } from './options.ts';
import { partsOf, total, type Part } from './parts.ts';
import { architectureOf } from './read.ts';
import { reductionsOf, scaleDown, type Reduction } from './scale-down.ts';

/** An architecture as a network, and the bound of its dimension. */
export interface SizedModel {
  readonly architecture: Architecture;
  readonly network: Network;
  readonly parts: readonly Part[];
  readonly parameters: number;
  /** The dimension of the known symmetries. */
  readonly gauge: number;
  /** parameters − gauge: the dimension of the function space is at most this. */
  readonly upper: number;
}

/** A model as its config.json describes it. */
export interface Model extends SizedModel {
  readonly sequenceLength: number;
  /** Of the whole model, embedding and unembedding included. */
  readonly counts: ParameterCounts;
  /** The parameters of the model that the network has not, in words. */
  readonly leftOut: readonly string[];
  /** The same shape with smaller numbers, to be certified; of a small model: the model itself. */
  readonly scaledDown: SizedModel & {
    readonly reductions: readonly Reduction[];
    /** How many times as many parameters the network of the model has. */
    readonly factor: number;
  };
}

/**
 * A model from its config.json in the format of Hugging Face (parsed): its network from t embedded tokens to the hidden states after the last normalization,
 * the dimension of its known symmetries, and a scaled-down network of the same shape.
 *
 * Throws a `TypeError` for a value of the wrong type, and a `RangeError` for a wrong, contradictory or unsupported one: nothing is approximated.
 * Computes no rank. O(layers). Source: docs/model-configs.md.
 *
 * @example readModelConfig({ model_type: 'llama' }).counts.total // 6738415616
 */
export function readModelConfig(config: unknown, options: ModelOptions = {}): Model {
  const architecture = architectureOf(config);
  const { sequenceLength, budget } = resolveOptions(options, architecture);
  const real = sized(architecture, sequenceLength);
  const smaller = scaleDown(architecture, budget, sequenceLength);
  const small = smaller === architecture ? real : sized(smaller, sequenceLength);
  const counts = countParameters(architecture);
  return {
    ...real,
    sequenceLength,
    counts,
    leftOut: leftOut(architecture, counts, sequenceLength),
    scaledDown: {
      ...small,
      reductions: reductionsOf(architecture, smaller),
      factor: real.parameters / small.parameters,
    },
  };
}

/** The same from the text of the file; malformed JSON is a `RangeError` with line and column. */
export function readModelConfigText(text: string, options: ModelOptions = {}): Model {
  return readModelConfig(parseJson(text, 'config'), options);
}

function sized(architecture: Architecture, sequenceLength: number): SizedModel {
  const parts = partsOf(architecture, sequenceLength);
  return {
    architecture,
    network: networkOf(architecture, sequenceLength),
    parts,
    parameters: total(parts, 'parameters'),
    gauge: total(parts, 'gauge'),
    upper: total(parts, 'dimension'),
  };
}

function leftOut(
  { positions, hiddenSize, tied, headBias }: Architecture,
  { embedding, unembedding }: ParameterCounts,
  sequenceLength: number,
): readonly string[] {
  const unread = positions === undefined ? 0 : positions - sequenceLength;
  return [
    `the embedding: ${embedding} parameters`,
    tied
      ? `the unembedding, which is the embedding${headBias ? `, and its bias: ${unembedding} parameters` : ''}`
      : `the unembedding: ${unembedding} parameters`,
    ...(unread > 0 ? [`positions that no token has: ${unread * hiddenSize} parameters`] : []),
  ];
}
