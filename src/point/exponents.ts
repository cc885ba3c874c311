import type { Network } from '../network/format.ts';
import { parallelBefore } from '../network/tokens.ts';

/** The exponent arguments of one softmax layer. */
export interface LayerExponents {
  /** Index of the layer. */
  readonly layer: number;
  /** Number of different arguments in this layer: as many units are drawn. */
  readonly count: number;
  /** t × t, row-major: the argument of (query i, key j), or −1 where the pair has none (masked, or the only key). */
  readonly argumentOf: Int32Array;
}

/**
 * The exponent arguments s_{ij} of every softmax layer, in the order of the certificate: layer, query, key.
 *
 * A query with a single visible key has weight 1 and no argument. Where the tokens that enter are parallel, s_{ij} and s_{ji} are
 * one function and one argument. Layers without an argument are left out. O(l·t²).
 */
export function exponentArguments(network: Network): LayerExponents[] {
  const t = network.sequenceLength;
  const parallel = parallelBefore(network);
  return network.layers.flatMap((attention, layer) => {
    if (attention.normalization !== 'softmax' || t === 1) return [];
    const argumentOf = new Int32Array(t * t).fill(-1);
    let count = 0;
    for (let query = 0; query < t; query++) {
      const keys = attention.causal ? query + 1 : t;
      if (keys === 1) continue;
      for (let key = 0; key < keys; key++) {
        const mirrored = parallel[layer] && key < query ? argumentOf[key * t + query]! : -1;
        argumentOf[query * t + key] = mirrored >= 0 ? mirrored : count++;
      }
    }
    return [{ layer, count, argumentOf }];
  });
}

/** Number of exponent arguments of one input, over all layers. */
export function exponentCount(exponents: readonly LayerExponents[]): number {
  return exponents.reduce((sum, layer) => sum + layer.count, 0);
}
