import type { Network } from './format.ts';

/**
 * For each layer: are the tokens that enter it parallel, for every input and every parameter?
 *
 * They are if there is one token only, behind a space of dimension 1 (an input, output or value dimension), and behind an
 * unmasked lightning layer with head dimension 1; and they stay parallel in all later layers. Behind such a layer the
 * scores are symmetric: ⟨Q x_i, K x_j⟩ = ⟨Q x_j, K x_i⟩. O(layers). Source: docs/certificate.md, "Exponent arguments".
 */
export function parallelBefore(network: Network): boolean[] {
  let parallel = network.sequenceLength === 1 || network.inputDim === 1;
  return network.layers.map((layer) => {
    const before = parallel;
    const rankOneScores = layer.normalization === 'none' && !layer.causal && layer.headDim === 1;
    parallel ||= rankOneScores || layer.outputDim === 1 || layer.valueDim === 1;
    return before;
  });
}
