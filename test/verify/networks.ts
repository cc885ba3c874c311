import type { Layer, Network } from '../../src/network/format.ts';

type AttentionLayer = Extract<Layer, { kind: 'attention' }>;

/** A plain stack of single-head attention layers. */
export interface Stack extends Network {
  readonly layers: readonly AttentionLayer[];
}

type Options = { readonly causal?: true; readonly valueDim?: number };

export const lightning = (headDim: number, outputDim: number, options: Options = {}): AttentionLayer => ({
  kind: 'attention',
  normalization: 'none',
  headDim,
  outputDim,
  ...options,
});

export const softmax = (headDim: number, outputDim: number, options: Options = {}): AttentionLayer => ({
  ...lightning(headDim, outputDim, options),
  normalization: 'softmax',
});

export const stack = (inputDim: number, sequenceLength: number, ...layers: AttentionLayer[]): Stack => ({
  format: 'dimcert-network',
  version: 1,
  inputDim,
  sequenceLength,
  layers,
});

/** Networks of every kind of the format, with their dimension. */
export const samples: readonly (readonly [name: string, network: Stack, dimension: number])[] = [
  ['one lightning layer', stack(2, 2, lightning(1, 2)), 6],
  ['lightning, d = 2, d′ = 1: a resultant hypersurface', stack(2, 2, lightning(2, 1)), 5],
  ['two lightning layers', stack(3, 3, lightning(2, 3), lightning(2, 3)), 23],
  ['lightning, parallel tokens', stack(3, 3, lightning(1, 3), lightning(2, 3)), 18],
  ['lightning, a bottleneck', stack(3, 2, lightning(2, 2), lightning(2, 3)), 18],
  [
    'lightning, causal',
    stack(3, 2, lightning(1, 2, { causal: true }), lightning(2, 2, { causal: true })),
    13,
  ],
  ['lightning, t = 1', stack(5, 1, lightning(1, 4), lightning(1, 1)), 21],
  ['lightning, value dimension', stack(3, 2, lightning(2, 3, { valueDim: 1 })), 12],
  ['one softmax layer', stack(2, 2, softmax(1, 2)), 7],
  ['two softmax layers', stack(3, 3, softmax(2, 3), softmax(2, 3)), 25],
  ['softmax, causal', stack(2, 3, softmax(1, 2, { causal: true }), softmax(2, 2)), 11],
  ['softmax, t = 1', stack(2, 1, softmax(2, 3), softmax(1, 2)), 4],
  ['softmax, one-dimensional tokens', stack(1, 3, softmax(1, 2), softmax(1, 1)), 3],
  ['softmax behind parallel tokens', stack(2, 2, lightning(1, 2), softmax(2, 2), softmax(1, 2)), 12],
  [
    'softmax, value dimension',
    stack(3, 2, softmax(1, 3, { valueDim: 1 }), softmax(1, 2, { valueDim: 2 })),
    10,
  ],
  ['mixed', stack(2, 3, softmax(1, 3), lightning(2, 2, { causal: true })), 10],
];
