import type { Architecture } from './architecture.ts';
import { countParameters } from './counts.ts';
import { gaugeDimension, modelSymmetries, type Symmetry } from './symmetries.ts';

/** A part of a network, what its parameters are, and in how many directions they move the function. */
export interface Part {
  readonly name: 'positions' | 'normalization of the embeddings' | 'layer' | 'last normalization';
  /** How often the network has it; the numbers are those of one. */
  readonly count: number;
  readonly parameters: number;
  readonly symmetries: readonly Symmetry[];
  /** The sum of the dimensions of the symmetries. */
  readonly gauge: number;
  /** parameters − gauge: what the part adds to the bound of the dimension. */
  readonly dimension: number;
}

/** The parts of the network of an architecture for t tokens. O(1). */
export function partsOf(architecture: Architecture, sequenceLength: number): readonly Part[] {
  const counts = countParameters(architecture);
  const symmetries = modelSymmetries(architecture, sequenceLength);
  const part = (
    name: Part['name'],
    count: number,
    parameters: number,
    of: readonly Symmetry[] = [],
  ): Part => {
    const gauge = gaugeDimension(of);
    return { name, count, parameters, symmetries: of, gauge, dimension: parameters - gauge };
  };
  // Tokens read only as many positions as there are tokens.
  const positions = architecture.positions === undefined ? 0 : sequenceLength * architecture.hiddenSize;
  const layer = counts.attention + counts.feedForward + counts.normalizations;
  return [
    part('positions', 1, positions, symmetries.positions),
    part('normalization of the embeddings', 1, counts.embeddingNorm, symmetries.embeddingNorm),
    part('layer', architecture.numLayers, layer, symmetries.layer),
    part('last normalization', 1, counts.finalNorm),
  ].filter(({ parameters }) => parameters > 0);
}

/** A sum over all parts. */
export function total(parts: readonly Part[], what: 'parameters' | 'gauge' | 'dimension'): number {
  return parts.reduce((sum, part) => sum + part.count * part[what], 0);
}

/** The parameters of the network of an architecture for t tokens. */
export function networkParameters(architecture: Architecture, sequenceLength: number): number {
  return total(partsOf(architecture, sequenceLength), 'parameters');
}
