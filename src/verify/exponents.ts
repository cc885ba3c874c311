import type { StatedLayer, StatedNetwork } from './shape.ts';

/** How many keys the query i sees: they are the first ones. */
export function visibleKeys(layer: StatedLayer, query: number, tokens: number): number {
  return layer.causal ? query + 1 : tokens;
}

/** For each layer, whether the tokens that enter it are parallel in the sense of docs/certificate.md, "Exponent arguments". */
export function parallelTokens({ inputDim, layers }: StatedNetwork): boolean[] {
  let parallel = inputDim === 1;
  return layers.map(({ softmax, causal, headDim, valueDim, outputDim }) => {
    const entering = parallel;
    const spaceOfDimension1 = outputDim === 1 || valueDim === 1;
    const lightningOfRank1 = !softmax && !causal && headDim === 1;
    parallel ||= spaceOfDimension1 || lightningOfRank1;
    return entering;
  });
}

/** The number of exponent arguments of each layer, by arithmetic alone. O(layers) */
export function countArguments(network: StatedNetwork): number[] {
  const t = network.tokens;
  const parallel = parallelTokens(network);
  return network.layers.map(({ softmax, causal }, layer) => {
    if (!softmax || t === 1) return 0;
    const pairs = (t * (t + 1)) / 2;
    return causal ? pairs - 1 : parallel[layer] ? pairs : t * t;
  });
}

/** A layer without a number for the argument of this query and key: the key is hidden, or the only one. */
export const noArgument = -1;

/**
 * For each layer the table, t × t by query and key, of the numbers of its exponent arguments; null where it has none.
 *
 * Numbered by query and key; unmasked parallel tokens share (i, j) and (j, i).
 */
export function argumentTables(network: StatedNetwork): (Int32Array | null)[] {
  const t = network.tokens;
  const parallel = parallelTokens(network);
  return network.layers.map((layer, index) => {
    if (!layer.softmax || t === 1) return null;
    const table = new Int32Array(t * t).fill(noArgument);
    let next = 0;
    for (let i = 0; i < t; i++) {
      const keys = visibleKeys(layer, i, t);
      if (keys === 1) continue;
      for (let j = 0; j < keys; j++) {
        const met = parallel[index] && !layer.causal && j < i;
        table[i * t + j] = met ? table[j * t + i]! : next++;
      }
    }
    return table;
  });
}
