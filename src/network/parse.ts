import { assertInteger, rangeFault, shown, typeFault } from '../assert.ts';
import { attentionKeys, parseAttention } from './attention.ts';
import { unsupportedFault, unsupportedKinds } from './features.ts';
import type { AttentionLayer, Layer, Network } from './format.ts';
import { parseJson } from './json.ts';
import { unknownWordFault } from './nearest.ts';
import { parameterCount } from './parameters.ts';
import { readFields, rejectUnknownKeys } from './record.ts';

const networkKeys = ['format', 'version', 'inputDim', 'sequenceLength', 'layers'];

/** Throws unless `value` is the string `"dimcert-network"`. */
function checkFormat(path: string, value: unknown): void {
  if (typeof value !== 'string') throw typeFault(path, '"dimcert-network"', value);
  if (value !== 'dimcert-network') throw rangeFault(path, '"dimcert-network"', value);
}

/** Throws unless `value` is the number 1. */
function checkVersion(path: string, value: unknown): void {
  if (typeof value !== 'number') throw typeFault(path, '1', value);
  if (value !== 1) throw rangeFault(path, '1', value);
}

/** A layer in the minimal form, frozen, for tokens of dimension `width`. */
function parseLayer(path: string, value: unknown, width: number): Layer {
  const fields = readFields(path, value);
  const kind = fields.get('kind');
  if (kind === undefined) rejectUnknownKeys(path, fields, ['kind', 'normalization', ...attentionKeys]);
  if (typeof kind !== 'string') throw typeFault(`${path}.kind`, '"attention"', kind);
  if (unsupportedKinds.includes(kind)) {
    throw unsupportedFault(`${path}.kind`, '"attention"', kind, `the layer kind ${shown(kind)}`);
  }
  if (kind !== 'attention') throw unknownWordFault(`${path}.kind`, kind, ['attention', ...unsupportedKinds]);
  const spec = parseAttention(path, fields);
  const layer: AttentionLayer = { ...spec, outputDim: spec.outputDim ?? width };
  return Object.freeze(layer);
}

/**
 * The network that a JSON value or an object in code describes, in the minimal form, deeply frozen.
 *
 * Fields with their default value are dropped and `outputDim` is filled in. Throws a `TypeError` for a value of the wrong
 * type and a `RangeError` for a wrong value, an unknown key, kind or word (with the nearest known one), a part of the
 * format that this version does not support, and for more than 2⁵³ − 1 parameters; the message begins with the path, which
 * begins with `title`. O(size of the value). The format: docs/networks.md.
 *
 * @example parseNetwork({ format: 'dimcert-network', version: 1, inputDim: 4, sequenceLength: 3,
 *   layers: [{ kind: 'attention', normalization: 'softmax', headDim: 2 }] })
 */
export function parseNetwork(value: unknown, title = 'network'): Network {
  const fields = readFields(title, value);
  // Another kind of document is told by its format, not by its first unknown key.
  if (fields.get('format') !== undefined) checkFormat(`${title}.format`, fields.get('format'));
  if (fields.get('version') !== undefined) checkVersion(`${title}.version`, fields.get('version'));
  rejectUnknownKeys(title, fields, networkKeys);
  checkFormat(`${title}.format`, fields.get('format'));
  checkVersion(`${title}.version`, fields.get('version'));

  const inputDim = fields.get('inputDim');
  assertInteger(`${title}.inputDim`, inputDim, 1);
  const sequenceLength = fields.get('sequenceLength');
  assertInteger(`${title}.sequenceLength`, sequenceLength, 1);
  const list = fields.get('layers');
  if (!Array.isArray(list)) throw typeFault(`${title}.layers`, 'an array', list);
  if (list.length === 0) throw rangeFault(`${title}.layers`, 'at least one layer', list);

  const layers: Layer[] = [];
  let width = inputDim;
  for (let index = 0; index < list.length; index++) {
    const layer = parseLayer(`${title}.layers[${index}]`, list[index], width);
    layers.push(layer);
    width = layer.outputDim;
  }
  const parameters = parameterCount({ inputDim, layers });
  if (!Number.isSafeInteger(parameters)) {
    throw rangeFault(title, `at most ${Number.MAX_SAFE_INTEGER} parameters`, parameters);
  }
  return Object.freeze({
    format: 'dimcert-network',
    version: 1,
    inputDim,
    sequenceLength,
    layers: Object.freeze(layers),
  });
}

/**
 * The network that a JSON text describes (see `parseNetwork`).
 *
 * Malformed JSON is a `RangeError` that says line and column. Of a key that occurs twice, the last value counts.
 */
export function parseNetworkText(text: string, title = 'network'): Network {
  return parseNetwork(parseJson(text, title), title);
}
