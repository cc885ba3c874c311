import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { AttentionLayerSpec } from './attention.ts';
import { assertNormalization, optionalFlag, parseAttention } from './attention.ts';
import type { AttentionLayer, Network } from './format.ts';
import { parseNetwork } from './parse.ts';
import { readFields, rejectUnknownKeys } from './record.ts';

/** The sizes of an attention layer in code. */
export interface AttentionOptions {
  /** a: the number of rows of Q and of K. */
  readonly headDim: number;
  /** d': the dimension of the tokens that leave the layer; default: the width that comes in. */
  readonly outputDim?: number;
  /** v: the value map is O·V with O ∈ R^{d'×v}, V ∈ R^{v×d}; default: one full matrix V ∈ R^{d'×d}. */
  readonly valueDim?: number;
  /** Only the keys j ≤ i are visible to the query i; default false. */
  readonly causal?: boolean;
}

/** What `network` builds a network from. */
export interface NetworkOptions {
  /** d_0: the dimension of the tokens that enter. */
  readonly inputDim: number;
  /** t: the number of tokens. */
  readonly sequenceLength: number;
  readonly layers: readonly AttentionLayerSpec[];
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
  return parseAttention('lightningAttention', readFields('lightningAttention', options), 'none');
}

/** One softmax attention layer for `network`, frozen. Throws as `parseNetwork` does. */
export function softmaxAttention(options: AttentionOptions): AttentionLayerSpec {
  return parseAttention('softmaxAttention', readFields('softmaxAttention', options), 'softmax');
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
