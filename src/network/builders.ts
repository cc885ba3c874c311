import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { AttentionBias, AttentionLayer, Layer, Network, Rotary, Tying } from './format.ts';
import { assertNormalization, attention } from './layers/attention.ts';
import { parseNetwork } from './parse.ts';
import { optionalFlag, readFields, rejectUnknownKeys } from './record.ts';

/** An attention layer in code: as in the format, without `kind` and `normalization`; fields may be absent that have a default value. */
export interface AttentionOptions extends Tying {
  /** a: the number of rows of each Q_h and K_h. */
  readonly headDim: number;
  /** d': the dimension of the tokens that leave the layer; default: the width that comes in. */
  readonly outputDim?: number;
  /** v: the value map is O·V with O ∈ R^{d'×v}, V ∈ R^{v×d}; default: one full matrix V ∈ R^{d'×d}. */
  readonly valueDim?: number;
  /** H; default 1. */
  readonly numHeads?: number;
  /** G, a divisor of H; default H. */
  readonly numKeyValueHeads?: number;
  /** Only the keys j ≤ i are visible to the query i; default false. */
  readonly causal?: boolean;
  /** Only the keys with |i − j| < window are visible. */
  readonly window?: number;
  /** Softmax only; default false. */
  readonly alibi?: boolean;
  readonly rotary?: Rotary;
  /** Keys and values are read from the second input; default false. */
  readonly context?: boolean;
  readonly bias?: boolean | { readonly [K in keyof AttentionBias]?: boolean };
}

/** A layer in code: as `lightningAttention` and `softmaxAttention` return it, or any layer of the format, where fields with a default value may be absent. */
export type LayerSpec = AttentionLayerSpec | Layer | { readonly kind: Exclude<Layer['kind'], 'attention'> };

/** An attention layer whose `outputDim` may be absent: then it is the width that comes in. */
export type AttentionLayerSpec = Omit<AttentionLayer, 'outputDim'> & { readonly outputDim?: number };

/** What `network` builds a network from. */
export interface NetworkOptions {
  /** d_0: the dimension of the tokens that enter. */
  readonly inputDim: number;
  /** t: the number of tokens. */
  readonly sequenceLength: number;
  /** A second input, which attention layers with `context` read. */
  readonly context?: Network['context'];
  readonly layers: readonly LayerSpec[];
}

/** What `attentionStack` builds a network from. */
export interface AttentionStackOptions {
  /** The widths d_0, …, d_l. */
  readonly dims: readonly number[];
  /** The head dimensions a_1, …, a_l. */
  readonly headDims: readonly number[];
  /** t: the number of tokens. */
  readonly sequenceLength: number;
  /** In all layers; default "none". */
  readonly normalization?: AttentionLayer['normalization'];
  /** In all layers; default false. */
  readonly causal?: boolean;
  /** The value dimensions v_1, …, v_l; `null` for a full value matrix; default: all full. */
  readonly valueDims?: readonly (number | null)[];
}

/**
 * A network from its sizes and layers, in the minimal form, deeply frozen; a `Network` is built again as it is.
 *
 * Throws as `parseNetwork` does; the path begins with `network`.
 *
 * @example network({ inputDim: 4, sequenceLength: 3, layers: [lightningAttention({ headDim: 2 })] })
 */
export function network(options: NetworkOptions): Network {
  const fields = readFields('network', options);
  return parseNetwork({ format: 'dimcert-network', version: 1, ...Object.fromEntries(fields) });
}

/** One lightning (unnormalized) attention layer for `network`, frozen. Throws as `parseNetwork` does. */
export function lightningAttention(options: AttentionOptions): AttentionLayerSpec {
  return attentionSpec('lightningAttention', options, 'none');
}

/** One softmax attention layer for `network`, frozen. Throws as `parseNetwork` does. */
export function softmaxAttention(options: AttentionOptions): AttentionLayerSpec {
  return attentionSpec('softmaxAttention', options, 'softmax');
}

/** Checked here, so that a mistake is found where it is made, and once more in its network. */
function attentionSpec(
  path: string,
  options: AttentionOptions,
  normalization: AttentionLayer['normalization'],
): AttentionLayerSpec {
  const given = readFields(path, options);
  rejectUnknownKeys(
    path,
    given,
    attention.keys.filter((key) => key !== 'normalization'),
  );
  const fields = new Map<string, unknown>([...given, ['normalization', normalization]]);
  // Whether there is a context, and what comes in, is for the network to know.
  const layer = attention.parse(path, fields, 1, {
    sequenceLength: 1,
    context: { inputDim: 1, sequenceLength: 1 },
    parseLayers: () => ({ layers: [], width: 1 }),
  });
  if (given.get('outputDim') !== undefined) return layer;
  const { outputDim: _, ...spec } = layer;
  return Object.freeze(spec);
}

const stackKeys = ['dims', 'headDims', 'sequenceLength', 'normalization', 'causal', 'valueDims'];

/** The entries of an array of dimensions, each a positive integer or, if `open`, `null`. */
function readDimensions(path: string, value: unknown, open = false): (number | null)[] {
  if (!Array.isArray(value)) throw typeFault(path, 'an array', value);
  return Array.from(value, (entry: unknown, index) => {
    if (open && entry === null) return null;
    assertInteger(`${path}[${index}]`, entry, 1);
    return entry;
  });
}

/**
 * A stack of single-head attention layers of one sort, from its lists of sizes, deeply frozen.
 *
 * `headDims` and `valueDims` have one entry a layer, `dims` one more. Throws a `RangeError` where the lengths do not fit,
 * else as `parseNetwork` does; `title` begins the message. O(layers).
 *
 * @example attentionStack({ dims: [4, 4, 4], headDims: [2, 2], sequenceLength: 3, normalization: 'softmax' })
 */
export function attentionStack(options: AttentionStackOptions, title = 'attentionStack'): Network {
  const fields = readFields(title, options);
  rejectUnknownKeys(title, fields, stackKeys);
  const { dims: widths, headDims: heads, sequenceLength, ...optional } = Object.fromEntries(fields);
  const dims = readDimensions(`${title}.dims`, widths);
  const count = dims.length - 1;
  if (count < 1) throw rangeFault(`${title}.dims`, 'at least two widths', widths);
  const headDims = readDimensions(`${title}.headDims`, heads);
  if (headDims.length !== count) {
    throw rangeFault(`${title}.headDims`, `one entry a layer, that is ${count}`, heads);
  }
  const { normalization = 'none', valueDims: values = headDims.map(() => null) } = optional;
  const valueDims = readDimensions(`${title}.valueDims`, values, true);
  if (valueDims.length !== count) {
    throw rangeFault(`${title}.valueDims`, `one entry a layer, that is ${count}`, values);
  }
  assertNormalization(`${title}.normalization`, normalization);
  const causal = optionalFlag(title, fields, 'causal');
  const layers = headDims.map((headDim, index) => ({
    kind: 'attention',
    normalization,
    causal,
    headDim,
    valueDim: valueDims[index] ?? undefined,
    outputDim: dims[index + 1],
  }));
  const document = { format: 'dimcert-network', version: 1, inputDim: dims[0], sequenceLength, layers };
  return parseNetwork(document, title);
}
