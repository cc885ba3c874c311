import { assertInteger, rangeFault, shown, typeFault } from '../assert.ts';
import type { Layer, Network } from './format.ts';
import { parseJson } from './json.ts';
import { findKind, kindNames, kindOf, outputDim } from './layers/index.ts';
import type { Inputs, ParameterShape, Scope } from './layers/kind.ts';
import { nearest, unknownWordFault } from './nearest.ts';
import { parameterCount, walkLayers } from './parameters.ts';
import { readFields, rejectUnknownKeys } from './record.ts';

const networkKeys = ['format', 'version', 'inputDim', 'sequenceLength', 'context', 'layers'];
/** Layers inside layers, at most. */
const maxDepth = 64;
/** Layers and the matrices that each uses, together, at most: a bound on the work for hostile input, seven times what GPT-3 has. */
const maxParts = 2 ** 18;

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

/** Parses the layers of a network, and keeps the labels that later layers may be tied to. */
class LayerParser {
  readonly #inputs: Inputs;
  readonly #labels = new Map<string, { readonly layer: Layer; readonly shapes: readonly ParameterShape[] }>();
  #parts = 0;

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
  }

  layers(
    path: string,
    value: unknown,
    entering: number,
    depth = 0,
  ): { layers: readonly Layer[]; width: number } {
    if (!Array.isArray(value)) throw typeFault(path, 'an array', value);
    if (depth > maxDepth) throw rangeFault(path, `layers inside at most ${maxDepth} others`, depth);
    const scope: Scope = {
      ...this.#inputs,
      parseLayers: (inside, list, width) => this.layers(inside, list, width, depth + 1),
    };
    let width = entering;
    const layers = Array.from(value, (entry: unknown, index) => {
      const layer = this.#layer(`${path}[${index}]`, entry, width, scope);
      width = outputDim(layer, width);
      return layer;
    });
    return { layers: Object.freeze(layers), width };
  }

  /** A layer in the minimal form, frozen, for tokens of dimension `width`. */
  #layer(path: string, value: unknown, width: number, scope: Scope): Layer {
    const fields = readFields(path, value);
    const name = fields.get('kind');
    if (typeof name !== 'string') {
      if (name === undefined) rejectUnknownKeys(path, fields, ['kind', ...findKind('attention')!.keys]);
      throw typeFault(`${path}.kind`, `one of ${kindNames.map(shown).join(', ')}`, name);
    }
    const kind = findKind(name);
    if (!kind) throw unknownWordFault(`${path}.kind`, name, kindNames);
    rejectUnknownKeys(path, fields, ['kind', ...kind.keys]);
    const layer = kind.parse(path, fields, width, scope);
    const shapes = shapesIfUntied(layer, width, this.#inputs);
    this.#parts += 1 + shapes.length;
    if (this.#parts > maxParts)
      throw rangeFault(path, `at most ${maxParts} layers and matrices up to here`, this.#parts);
    this.#tie(path, layer, shapes);
    return layer;
  }

  /** Keeps the label of a layer, or checks that the layer that it is tied to has the matrices `needed`. */
  #tie(path: string, layer: Layer, needed: readonly ParameterShape[]): void {
    if (!('label' in layer || 'tiedTo' in layer)) return;
    if (layer.label !== undefined) {
      if (this.#labels.has(layer.label))
        throw rangeFault(`${path}.label`, 'a label that no layer before has', layer.label);
      this.#labels.set(layer.label, { layer, shapes: needed });
    }
    if (layer.tiedTo === undefined) return;
    const title = `${path}.tiedTo`;
    const found = this.#labels.get(layer.tiedTo);
    if (!found) {
      const fault = rangeFault(title, 'the label of a layer before', layer.tiedTo);
      if (this.#labels.size > 0)
        fault.message += `; did you mean ${shown(nearest(layer.tiedTo, [...this.#labels.keys()]))}?`;
      throw fault;
    }
    if (found.layer.kind !== layer.kind)
      throw rangeFault(title, `the label of a layer of kind ${shown(layer.kind)}`, found.layer.kind);
    const count =
      layer.kind === 'linear' && layer.transposed ? 1 : Math.max(needed.length, found.shapes.length);
    for (let i = 0; i < count; i++)
      if (!sameShape(needed[i], found.shapes[i]))
        throw rangeFault(title, `a layer with ${shownShape(needed[i])}`, shownShape(found.shapes[i]));
  }
}

/** The shapes that the matrices of a tied layer must have; of a transposed map, the weight of the other layer alone. */
function shapesIfUntied(layer: Layer, width: number, inputs: Inputs): readonly ParameterShape[] {
  if (layer.kind === 'linear' && layer.transposed) return [{ name: 'W', rows: width, cols: layer.outputDim }];
  const { tiedTo: _, ...own } = layer as Layer & { readonly tiedTo?: string };
  return kindOf(layer).parameters(own as Layer, width, inputs);
}

function sameShape(a: ParameterShape | undefined, b: ParameterShape | undefined): boolean {
  return a?.name === b?.name && a?.head === b?.head && a?.rows === b?.rows && a?.cols === b?.cols;
}

function shownShape(shape: ParameterShape | undefined): string {
  if (shape === undefined) return 'no other matrix';
  const { name, head, rows, cols } = shape;
  return `${name}${head === undefined ? '' : ` of head ${head}`}, ${rows} × ${cols}`;
}

/** Throws where π and the angles of rotary positions meet in one network. */
function rejectUnknownTranscendence(title: string, network: Network): void {
  let rotary = false;
  let constant: string | null = null;
  walkLayers(network, (layer, path) => {
    if (layer.kind === 'attention' && layer.rotary) rotary = true;
    if ((layer.kind === 'activation' || layer.kind === 'gated') && layer.function === 'gelu-tanh')
      if (layer.coefficient === undefined) constant ??= path;
  });
  if (!rotary || constant === null) return;
  const fault = rangeFault(
    `${title}.${String(constant)}.coefficient`,
    'a rational number in place of √(2/π), such as 0.7978845608028654, beside rotary positions',
    undefined,
  );
  fault.message += ' (whether π and their angles are algebraically independent is not known)';
  throw fault;
}

/** Throws unless a context is read if and only if there is one. */
function rejectUnreadContext(title: string, network: Network): void {
  let read = false;
  walkLayers(network, (layer) => {
    if (layer.kind === 'attention' && layer.context) read = true;
  });
  if (network.context && !read)
    throw rangeFault(`${title}.context`, 'no such field where no layer reads it', network.context);
}

function parseContext(title: string, value: unknown): NonNullable<Network['context']> {
  const fields = readFields(`${title}.context`, value);
  rejectUnknownKeys(`${title}.context`, fields, ['inputDim', 'sequenceLength']);
  const inputDim = fields.get('inputDim');
  assertInteger(`${title}.context.inputDim`, inputDim, 1);
  const sequenceLength = fields.get('sequenceLength');
  assertInteger(`${title}.context.sequenceLength`, sequenceLength, 1);
  return Object.freeze({ inputDim, sequenceLength });
}

/**
 * The network that a JSON value or an object in code describes, in the minimal form, deeply frozen.
 *
 * Fields with their default value are dropped and `outputDim` is filled in. Throws a `TypeError` for a value of the wrong
 * type and a `RangeError` for a wrong value, an unknown key, kind or word (with the nearest known one), layers in more than 64 others, more than 2¹⁸ layers and matrices, and for more than
 * 2⁵³ − 1 parameters; the message begins with the path, which begins with `title`. O(size of the value). The format: docs/networks.md.
 *
 * @example parseNetwork({ format: 'dimcert-network', version: 1, inputDim: 4, sequenceLength: 3,
 *   layers: [{ kind: 'attention', normalization: 'softmax', headDim: 2 }] })
 */
export function parseNetwork(value: unknown, title = 'network'): Network {
  const fields = readFields(title, value);
  // Another kind of document is told by its format, not by its first unknown key.
  if (fields.get('format') !== undefined) checkFormat(`${title}.format`, fields.get('format'));
  if (fields.get('version') !== undefined) checkVersion(`${title}.version`, fields.get('version'));
  if (fields.has('model_type'))
    throw rangeFault(
      `${title}.format`,
      '"dimcert-network" (for the config.json of a model: readModelConfig, --config)',
      fields.get('format'),
    );
  rejectUnknownKeys(title, fields, networkKeys);
  checkFormat(`${title}.format`, fields.get('format'));
  checkVersion(`${title}.version`, fields.get('version'));

  const inputDim = fields.get('inputDim');
  assertInteger(`${title}.inputDim`, inputDim, 1);
  const sequenceLength = fields.get('sequenceLength');
  assertInteger(`${title}.sequenceLength`, sequenceLength, 1);
  const given = fields.get('context');
  const context = given === undefined ? undefined : parseContext(title, given);
  const list = fields.get('layers');
  const parser = new LayerParser({ sequenceLength, ...(context && { context }) });
  const { layers } = parser.layers(`${title}.layers`, list, inputDim);
  if (layers.length === 0) throw rangeFault(`${title}.layers`, 'at least one layer', list);

  const network: Network = Object.freeze({
    format: 'dimcert-network',
    version: 1,
    inputDim,
    sequenceLength,
    ...(context && { context }),
    layers,
  });
  rejectUnreadContext(title, network);
  rejectUnknownTranscendence(title, network);
  const parameters = parameterCount(network);
  if (!Number.isSafeInteger(parameters))
    throw rangeFault(title, `at most ${Number.MAX_SAFE_INTEGER} parameters`, parameters);
  return network;
}

/**
 * The network that a JSON text describes (see `parseNetwork`).
 *
 * Malformed JSON is a `RangeError` that says line and column. Of a key that occurs twice, the last value counts.
 */
export function parseNetworkText(text: string, title = 'network'): Network {
  return parseNetwork(parseJson(text, title), title);
}
