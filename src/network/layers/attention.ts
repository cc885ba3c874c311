import { assertInteger, rangeFault, typeFault } from '../../assert.ts';
import { fraction } from '../../fraction.ts';
import type { Mask, Tensor } from '../../graph/tensor.ts';
import type { AttentionBias, AttentionLayer, Rotary } from '../format.ts';
import { unknownWordFault } from '../nearest.ts';
import {
  optionalFlag,
  optionalPositiveInteger,
  positiveInteger,
  readFields,
  rejectUnknownKeys,
  type Fields,
} from '../record.ts';
import type { LayerKind, ParameterShape } from './kind.ts';
import { parseTying, tyingKeys } from './tying.ts';

const normalizations = ['none', 'softmax'] as const;
const biasKeys = ['query', 'key', 'value', 'output'] as const;
/** Rotary bases are factored by trial division. */
const maxRotaryBase = 2 ** 31 - 1;
/** More heads, each with matrices of its own, than any network has. */
const maxHeads = 2 ** 16;
/** What only makes sense where keys and queries are tokens of one sequence. */
const positional = ['causal', 'window', 'alibi', 'rotary'] as const;

export const attention: LayerKind<AttentionLayer> = {
  kind: 'attention',
  keys: [
    'normalization',
    'numHeads',
    'numKeyValueHeads',
    'headDim',
    'valueDim',
    'outputDim',
    'causal',
    'window',
    'alibi',
    'rotary',
    'context',
    'bias',
    ...tyingKeys,
  ],
  parse(path, fields, width, scope) {
    const normalization = fields.get('normalization');
    assertNormalization(`${path}.normalization`, normalization);
    const headDim = positiveInteger(path, fields, 'headDim');
    const heads = parseHeads(path, fields);
    const valueDim = optionalPositiveInteger(path, fields, 'valueDim');
    if (heads.numKeyValueHeads !== undefined && valueDim === undefined)
      throw typeFault(`${path}.valueDim`, 'a positive integer, where heads share keys and values', undefined);
    const outputDim = optionalPositiveInteger(path, fields, 'outputDim') ?? width;
    const causal = optionalFlag(path, fields, 'causal');
    const window = optionalPositiveInteger(path, fields, 'window');
    const alibi = optionalFlag(path, fields, 'alibi');
    if (alibi && normalization !== 'softmax')
      throw rangeFault(`${path}.alibi`, 'false without softmax', alibi);
    const context = optionalFlag(path, fields, 'context');
    const rotary = parseRotary(path, fields, headDim);
    if (context) {
      if (!scope.context) throw rangeFault(`${path}.context`, 'false in a network without context', context);
      const given = { causal: causal || undefined, window, alibi: alibi || undefined, rotary };
      for (const key of positional)
        if (given[key] !== undefined)
          throw rangeFault(`${path}.${key}`, 'no such field beside context', fields.get(key));
    }
    return Object.freeze({
      kind: 'attention',
      ...parseTying(path, fields),
      normalization,
      ...heads,
      ...(causal && { causal }),
      ...(window !== undefined && { window }),
      ...(alibi && { alibi }),
      ...(rotary && { rotary }),
      ...(context && { context }),
      headDim,
      ...(valueDim !== undefined && { valueDim }),
      outputDim,
      ...parseBias(path, fields),
    });
  },
  outputDim: ({ outputDim }) => outputDim,
  parameters(layer, width, { context }) {
    if (layer.tiedTo !== undefined) return [];
    const { headDim, valueDim, outputDim, bias = {} } = layer;
    const source = layer.context ? context!.inputDim : width;
    const valueRows = valueDim ?? outputDim;
    const shapes: ParameterShape[] = [];
    const add = (name: ParameterShape['name'], head: number, rows: number, cols: number): void => {
      shapes.push({ name, head, rows, cols });
    };
    for (let head = 0; head < headCount(layer); head++) {
      add('Q', head, headDim, width);
      if (bias.query) add('bQ', head, headDim, 1);
      const group = groupOf(layer, head);
      if (head === 0 || groupOf(layer, head - 1) !== group) {
        add('K', group, headDim, source);
        if (bias.key) add('bK', group, headDim, 1);
        add('V', group, valueRows, source);
        if (bias.value) add('bV', group, valueRows, 1);
      }
      if (valueDim !== undefined) add('O', head, outputDim, valueDim);
    }
    if (bias.output) shapes.push({ name: 'bO', rows: outputDim, cols: 1 });
    return shapes;
  },
  build(layer, x, { graph, context, parameter }) {
    const { normalization, bias = {}, rotary, valueDim } = layer;
    const source = layer.context ? context! : x;
    const mask: Mask = { causal: layer.causal ?? false, window: layer.window ?? Infinity };
    const map = (z: Tensor, name: 'Q' | 'K' | 'V', head: number, hasBias: boolean): Tensor => {
      const y = graph.linear(z, parameter(name, head));
      return hasBias ? graph.bias(y, parameter(`b${name}`, head)) : y;
    };
    const turned = (z: Tensor): Tensor =>
      rotary ? graph.rotate(z, { base: rotary.base, dim: rotary.dim ?? layer.headDim }) : z;
    const heads = Array.from({ length: headCount(layer) }, (_, head) => {
      const group = groupOf(layer, head);
      const q = turned(map(x, 'Q', head, bias.query === true));
      const k = turned(map(source, 'K', group, bias.key === true));
      const v = map(source, 'V', group, bias.value === true);
      const scores = graph.scores(q, k);
      const slope = layer.alibi ? fraction(BigInt(-8 * (head + 1)), BigInt(headCount(layer))) : null;
      const weights =
        normalization === 'softmax' ? graph.softmax(scores, mask, slope) : graph.mask(scores, mask);
      const mixed = graph.mix(weights, v);
      return valueDim === undefined ? mixed : graph.linear(mixed, parameter('O', head));
    });
    const y = graph.sum(heads);
    return bias.output ? graph.bias(y, parameter('bO')) : y;
  },
};

/** H. */
export function headCount({ numHeads }: AttentionLayer): number {
  return numHeads ?? 1;
}

/** The group whose keys and values a head has: ⌊h·G/H⌋. */
export function groupOf(layer: AttentionLayer, head: number): number {
  return Math.floor((head * groupCount(layer)) / headCount(layer));
}

/** G: the number of groups of heads that share keys and values. */
export function groupCount(layer: AttentionLayer): number {
  return layer.numKeyValueHeads ?? headCount(layer);
}

/** The heads that have the keys and values of a group. */
export function headsOf(layer: AttentionLayer, group: number): number[] {
  const size = headCount(layer) / groupCount(layer);
  return Array.from({ length: size }, (_, k) => group * size + k);
}

/** Throws unless `value` is `"none"` or `"softmax"`. */
export function assertNormalization(
  path: string,
  value: unknown,
): asserts value is AttentionLayer['normalization'] {
  if (typeof value !== 'string') throw typeFault(path, '"none" or "softmax"', value);
  if (!(normalizations as readonly string[]).includes(value))
    throw unknownWordFault(path, value, normalizations);
}

/** Default values are left out: one head, as many groups as heads. */
function parseHeads(path: string, fields: Fields): Pick<AttentionLayer, 'numHeads' | 'numKeyValueHeads'> {
  const numHeads = optionalPositiveInteger(path, fields, 'numHeads', maxHeads) ?? 1;
  const groups = optionalPositiveInteger(path, fields, 'numKeyValueHeads') ?? numHeads;
  if (numHeads % groups !== 0)
    throw rangeFault(`${path}.numKeyValueHeads`, `a divisor of numHeads = ${numHeads}`, groups);
  return {
    ...(numHeads > 1 && { numHeads }),
    ...(groups < numHeads && { numKeyValueHeads: groups }),
  };
}

function parseRotary(path: string, fields: Fields, headDim: number): Rotary | undefined {
  const value = fields.get('rotary');
  if (value === undefined) return undefined;
  const title = `${path}.rotary`;
  const rotary = readFields(title, value);
  rejectUnknownKeys(title, rotary, ['base', 'dim']);
  const base = rotary.get('base');
  assertInteger(`${title}.base`, base, 2, maxRotaryBase);
  const dim = optionalPositiveInteger(title, rotary, 'dim') ?? headDim;
  if (dim % 2 !== 0 || dim > headDim)
    throw rangeFault(`${title}.dim`, `an even number up to headDim = ${headDim}`, dim);
  return Object.freeze({ base, ...(dim !== headDim && { dim }) });
}

function parseBias(path: string, fields: Fields): { readonly bias?: AttentionBias } {
  const value = fields.get('bias');
  const title = `${path}.bias`;
  if (value === undefined || value === false) return {};
  if (value !== true && (value === null || typeof value !== 'object' || Array.isArray(value)))
    throw typeFault(title, 'true, false or an object', value);
  const flags = value === true ? null : readFields(title, value);
  if (flags) rejectUnknownKeys(title, flags, biasKeys);
  const given = biasKeys.filter((key) => flags === null || optionalFlag(title, flags, key));
  if (given.length === 0) return {};
  return { bias: Object.freeze(Object.fromEntries(given.map((key) => [key, true]))) };
}
