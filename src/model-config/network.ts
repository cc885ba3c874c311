import type { Layer, Network } from '../network/format.ts';
import { parseNetwork } from '../network/parse.ts';
import type { Architecture } from './architecture.ts';

function normalizationOf({ normalization }: Architecture): Layer {
  const { kind, epsilon, unitOffset } = normalization;
  return kind === 'layernorm'
    ? { kind, epsilon, bias: true }
    : { kind, epsilon, ...(unitOffset && { unitOffset }) };
}

function attentionOf(architecture: Architecture, window: number | null): Layer {
  const { hiddenSize, numHeads, numKeyValueHeads, headDim, rotary, alibi, attentionBias } = architecture;
  return {
    kind: 'attention',
    normalization: 'softmax',
    numHeads,
    numKeyValueHeads,
    headDim,
    valueDim: headDim,
    outputDim: hiddenSize,
    causal: true,
    ...(window !== null && { window }),
    ...(alibi && { alibi }),
    ...(rotary && { rotary }),
    bias: attentionBias,
  };
}

function feedForwardOf({ hiddenSize, intermediateSize, feedForward }: Architecture): readonly Layer[] {
  const { gated, bias: hasBias, ...activation } = feedForward;
  const bias = hasBias && ({ bias: true } as const);
  if (gated) {
    return [{ kind: 'gated', ...activation, hiddenDim: intermediateSize, outputDim: hiddenSize, ...bias }];
  }
  return [
    { kind: 'linear', outputDim: intermediateSize, ...bias },
    { kind: 'activation', ...activation },
    { kind: 'linear', outputDim: hiddenSize, ...bias },
  ];
}

function blockOf(architecture: Architecture, window: number | null): readonly Layer[] {
  const norm = normalizationOf(architecture);
  const attention = attentionOf(architecture, window);
  const feedForward = feedForwardOf(architecture);
  switch (architecture.block) {
    case 'sequential':
      return [
        { kind: 'residual', layers: [norm, attention] },
        { kind: 'residual', layers: [norm, ...feedForward] },
      ];
    case 'parallel':
      return [{ kind: 'sum', branches: [[], [norm, attention], [norm, ...feedForward]] }];
    case 'parallel-one-norm':
      return [{ kind: 'residual', layers: [norm, { kind: 'sum', branches: [[attention], feedForward] }] }];
  }
}

/** The network of an architecture, from t embedded tokens to the hidden states after the last normalization. O(layers). */
export function networkOf(architecture: Architecture, sequenceLength: number): Network {
  const norm = normalizationOf(architecture);
  return parseNetwork({
    format: 'dimcert-network',
    version: 1,
    inputDim: architecture.hiddenSize,
    sequenceLength,
    layers: [
      ...(architecture.positions === undefined ? [] : [{ kind: 'positions' }]),
      ...(architecture.embeddingNorm ? [norm] : []),
      ...architecture.windows.flatMap((window) => blockOf(architecture, window)),
      norm,
    ],
  });
}
