import type { Architecture } from './architecture.ts';

/** Directions in which parameters move and the function does not. */
export interface Symmetry {
  readonly name: string;
  readonly dimension: number;
}

/** The known symmetries, by the part of the network whose parameters they move. */
export interface ModelSymmetries {
  /** t positions, all together. */
  readonly positions: readonly Symmetry[];
  readonly embeddingNorm: readonly Symmetry[];
  /** Of each block. */
  readonly layer: readonly Symmetry[];
}

/**
 * The dimensions of the known symmetries of a network of this architecture, by formulas: docs/model-configs.md, "Symmetries", derives them and shows
 * that they are independent. So they bound the dimension of the function space by theorem, at any size.
 *
 * Heads that are wider than the tokens have more symmetries than are counted here. O(1).
 */
export function modelSymmetries(architecture: Architecture, sequenceLength: number): ModelSymmetries {
  const centred = architecture.normalization.kind === 'layernorm';
  return {
    positions: named(['the mean', centred && architecture.positions !== undefined ? sequenceLength : 0]),
    embeddingNorm: named(['the mean', architecture.embeddingNorm && centred ? 1 : 0]),
    layer: [
      ...attentionSymmetries(architecture),
      ...feedForwardSymmetries(architecture),
      ...normSymmetries(architecture),
    ],
  };
}

function named(...symmetries: [name: string, dimension: number][]): readonly Symmetry[] {
  return symmetries
    .filter(([, dimension]) => dimension > 0)
    .map(([name, dimension]) => ({ name, dimension }));
}

function attentionSymmetries(architecture: Architecture): readonly Symmetry[] {
  const { numHeads, numKeyValueHeads: groups, headDim: a, hiddenSize: d, attentionBias: bias } = architecture;
  const { block, feedForward, normalization } = architecture;
  const centred = normalization.kind === 'layernorm';
  const width = centred ? d - 1 : d;
  const turning = architecture.rotary?.dim ?? 0;
  const fixed = a - turning;
  // The β of a LayerNorm gives keys and values a constant part, as a bias does.
  const constantKey = bias.key || centred;
  const constantValue = bias.value || centred;
  const laterBias = bias.output || (block !== 'sequential' && feedForward.bias);
  return named(
    ['queries and keys', groups * (turning + fixed * Math.min(fixed, width))],
    ['values and output', groups * a * Math.min(a, width)],
    ['constant in the keys', constantKey ? groups * fixed : 0],
    [
      'constant in the values',
      constantValue ? (laterBias ? groups * a : Math.max(0, groups * a - width)) : 0,
    ],
    ['the mean of the output', centred ? numHeads * a + (bias.output ? 1 : 0) : 0],
  );
}

function feedForwardSymmetries(architecture: Architecture): readonly Symmetry[] {
  const { hiddenSize: d, intermediateSize: m, block, attentionBias, feedForward } = architecture;
  const centred = architecture.normalization.kind === 'layernorm';
  const twoBiases = block !== 'sequential' && attentionBias.output && feedForward.bias;
  return named(
    ['up and down', feedForward.gated ? m : 0],
    ['the mean of the feed-forward part', centred ? m + (feedForward.bias ? 1 : 0) : 0],
    // Both take their mean along; it is counted once with each of them above.
    ['two biases of one sum', twoBiases ? (centred ? d - 1 : d) : 0],
  );
}

function normSymmetries(architecture: Architecture): readonly Symmetry[] {
  const { numHeads, numKeyValueHeads, headDim, hiddenSize: d, intermediateSize: m } = architecture;
  const { block, attentionBias: bias, feedForward, normalization } = architecture;
  const norms = block === 'parallel-one-norm' ? 1 : 2;
  if (normalization.kind === 'rmsnorm') return named(['weights of the normalizations', norms * d]);
  const keys = (bias.key ? 1 : 0) + (bias.value ? 1 : 0);
  const rows =
    ((bias.query ? numHeads : 0) + keys * numKeyValueHeads) * headDim +
    (feedForward.bias ? (feedForward.gated ? 2 : 1) * m : 0);
  return named(
    ['weights of the normalizations', norms * d],
    ['biases of the normalizations', norms * d],
    ['rows that read centred tokens', rows],
  );
}

/** The sum of their dimensions. */
export function gaugeDimension(symmetries: readonly Symmetry[]): number {
  return symmetries.reduce((sum, { dimension }) => sum + dimension, 0);
}
