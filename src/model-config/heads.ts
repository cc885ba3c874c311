import { rangeFault } from '../assert.ts';
import type { Architecture } from './architecture.ts';
import type { ConfigReader } from './reader.ts';
import { refusal } from './reader.ts';

/** Models are at most some hundred layers deep; a bound on the work for hostile input. */
const maxLayers = 10_000;

/** The number of blocks. */
export function layersOf(reader: ConfigReader, key: string, absent: number): number {
  return reader.size(key, absent, 1, maxLayers);
}

interface HeadDefaults {
  readonly headsKey?: string;
  readonly heads: number;
  /** The key of the number of key-value heads; absent: as many as heads. */
  readonly groupsKey?: string;
  readonly groups?: number;
  /** Is `head_dim` read, and what is it if it is absent? `null`: hiddenSize/numHeads. */
  readonly headDim?: number | null;
}

/** Heads, key-value heads and head dimension; refuses those that do not divide what they must divide. */
export function headsOf(
  reader: ConfigReader,
  hidden: { readonly key: string; readonly size: number },
  { headsKey = 'num_attention_heads', heads, groupsKey, groups, headDim }: HeadDefaults,
): Pick<Architecture, 'numHeads' | 'numKeyValueHeads' | 'headDim'> {
  const numHeads = reader.size(headsKey, heads);
  const numKeyValueHeads = groupsKey === undefined ? numHeads : reader.size(groupsKey, groups ?? numHeads);
  if (numHeads % numKeyValueHeads !== 0) {
    throw rangeFault(
      reader.at(groupsKey!),
      `a divisor of ${reader.at(headsKey)} = ${numHeads}`,
      numKeyValueHeads,
    );
  }
  const given = headDim === undefined ? undefined : reader.optionalSize('head_dim');
  const own = given ?? headDim ?? undefined;
  if (own !== undefined) return { numHeads, numKeyValueHeads, headDim: own };
  if (hidden.size % numHeads !== 0) {
    throw rangeFault(reader.at(headsKey), `a divisor of ${reader.at(hidden.key)} = ${hidden.size}`, numHeads);
  }
  const computed = hidden.size / numHeads;
  if (headDim === undefined) {
    reader.neutral('head_dim', [computed], 'this model type reads no head_dim: it is hidden size / heads');
  }
  return { numHeads, numKeyValueHeads, headDim: computed };
}

/** One window for all layers. */
export function uniformWindows(numLayers: number, window: number | undefined): readonly (number | null)[] {
  return Array.from({ length: numLayers }, () => window ?? null);
}

/** The windows by `layer_types`, a list of "full_attention" and "sliding_attention"; `null` where the list is absent. */
export function windowsByLayerTypes(
  reader: ConfigReader,
  numLayers: number,
  window: number | undefined,
): readonly (number | null)[] | null {
  const types = reader.value('layer_types');
  if (types === undefined) return null;
  const expected = `a list of ${numLayers} layer types`;
  if (!Array.isArray(types) || types.length !== numLayers) {
    throw rangeFault(reader.at('layer_types'), expected, types);
  }
  return types.map((type: unknown, layer) => {
    const path = `${reader.at('layer_types')}[${layer}]`;
    if (type === 'full_attention') return null;
    if (type !== 'sliding_attention') throw rangeFault(path, '"full_attention" or "sliding_attention"', type);
    if (window === undefined)
      throw refusal(path, '"full_attention"', type, 'there is no sliding window in use');
    return window;
  });
}
