import type { Network } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';

const attention = (fields: object): object => ({
  kind: 'attention',
  normalization: 'softmax',
  headDim: 2,
  ...fields,
});
const lightning = (fields: object): object => attention({ normalization: 'none', ...fields });
const linear = (outputDim: number, fields: object = {}): object => ({ kind: 'linear', outputDim, ...fields });
const functions = [
  { function: 'exp' },
  { function: 'sigmoid' },
  { function: 'silu' },
  { function: 'tanh' },
  { function: 'softplus' },
  { function: 'gelu-tanh' },
  { function: 'gelu-tanh', coefficient: '4/5' },
];
const shown = (fields: object): string => Object.values(fields).join(' ');

/** Every kind of layers with every field, by name: layers on three tokens of dimension 3. */
const layersByName: Record<string, object[]> = {
  lightning: [lightning({})],
  'lightning, causal, window': [lightning({ causal: true, window: 2 })],
  softmax: [attention({})],
  'output dimension': [attention({ outputDim: 2 })],
  'value dimension': [lightning({ valueDim: 1, outputDim: 2 })],
  heads: [attention({ numHeads: 2 })],
  groups: [attention({ numHeads: 4, numKeyValueHeads: 2, valueDim: 2 })],
  causal: [attention({ causal: true })],
  window: [attention({ window: 2 })],
  'causal, window': [attention({ causal: true, window: 2 })],
  alibi: [attention({ alibi: true, numHeads: 2 })],
  rotary: [attention({ headDim: 4, rotary: { base: 10000 } })],
  'rotary, rational and irrational frequencies': [lightning({ headDim: 8, rotary: { base: 12 } })],
  'rotary, partial': [attention({ headDim: 3, rotary: { base: 500000, dim: 2 }, bias: true })],
  context: [attention({ context: true, numHeads: 2 })],
  'lightning, context': [lightning({ context: true, bias: true })],
  ...Object.fromEntries(
    ['query', 'key', 'value', 'output'].flatMap((bias) => [
      [`bias: ${bias}`, [attention({ valueDim: 2, bias: { [bias]: true } })]],
      [`lightning, bias: ${bias}`, [lightning({ numHeads: 2, bias: { [bias]: true } })]],
    ]),
  ),
  linear: [linear(2)],
  'linear, bias': [linear(2, { bias: true })],
  'power 1': [linear(2), { kind: 'power', exponent: 1 }],
  'power 5': [linear(2, { bias: true }), { kind: 'power', exponent: 5 }, linear(2)],
  ...Object.fromEntries(
    functions.flatMap((fields) => [
      [
        `activation ${shown(fields)}`,
        [linear(2, { bias: true }), { kind: 'activation', ...fields }, linear(2)],
      ],
      [`gated ${shown(fields)}`, [{ kind: 'gated', ...fields, hiddenDim: 2, outputDim: 2, bias: true }]],
    ]),
  ),
  'gated identity': [{ kind: 'gated', function: 'identity', hiddenDim: 2 }],
  rmsnorm: [{ kind: 'rmsnorm' }],
  'rmsnorm, unit offset, epsilon': [{ kind: 'rmsnorm', unitOffset: true, epsilon: '1/100000' }, linear(2)],
  'rmsnorm without weight': [linear(3), { kind: 'rmsnorm', weight: false }],
  layernorm: [linear(3), { kind: 'layernorm' }],
  'layernorm, bias, epsilon': [linear(3), { kind: 'layernorm', bias: true, epsilon: '1/100000' }],
  'layernorm without weight': [linear(3), { kind: 'layernorm', weight: false }],
  'layernorm, bias without weight': [linear(3), { kind: 'layernorm', weight: false, bias: true }],
  positions: [{ kind: 'positions' }, lightning({})],
  scale: [linear(3), { kind: 'scale', factor: '-3/7' }, { kind: 'rmsnorm' }],
  residual: [{ kind: 'residual', layers: [{ kind: 'rmsnorm' }, attention({})] }, { kind: 'layernorm' }],
  sum: [{ kind: 'sum', branches: [[lightning({})], [], [linear(3), { kind: 'scale', factor: '1/2' }]] }],
  ties: [
    attention({ label: 'a', bias: true }),
    linear(3, { label: 'l', bias: true }),
    { kind: 'gated', function: 'silu', hiddenDim: 2, label: 'g' },
    { kind: 'rmsnorm', label: 'n' },
    attention({ tiedTo: 'a', bias: true }),
    linear(3, { tiedTo: 'l', bias: true }),
    { kind: 'gated', function: 'silu', hiddenDim: 2, tiedTo: 'g' },
    { kind: 'rmsnorm', tiedTo: 'n' },
  ],
  'positions and layernorm, tied': [
    { kind: 'positions', label: 'p' },
    { kind: 'layernorm', bias: true, label: 'n' },
    { kind: 'positions', tiedTo: 'p' },
    { kind: 'layernorm', bias: true, tiedTo: 'n' },
  ],
  'transposed ties': [
    linear(2, { label: 'l' }),
    { kind: 'power', exponent: 2 },
    linear(3, { tiedTo: 'l', transposed: true, bias: true }),
  ],
  'one exponential for several functions': [
    linear(2),
    {
      kind: 'sum',
      branches: ['tanh', 'sigmoid', 'softplus', 'exp'].map((name, n) => [
        { kind: 'scale', factor: `${n + 1}/2` },
        { kind: 'activation', function: name },
        linear(2),
      ]),
    },
  ],
  'parallel tokens': [lightning({ headDim: 1 }), attention({}), attention({ numHeads: 2 })],
};

export const everyLayer: readonly { readonly name: string; readonly network: Network }[] = Object.entries(
  layersByName,
).map(([name, layers]) => {
  const context = JSON.stringify(layers).includes('"context":true');
  return {
    name,
    network: parseNetwork({
      format: 'dimcert-network',
      version: 1,
      inputDim: 3,
      sequenceLength: 3,
      ...(context && { context: { inputDim: 2, sequenceLength: 2 } }),
      layers,
    }),
  };
});
