import type { Layer, Network } from '../../src/network/format.ts';
import { network } from '../../src/network/index.ts';

type Spec = Parameters<typeof network>[0];
type Layers = Spec['layers'];
type Rest = { readonly context?: { inputDim: number; sequenceLength: number } };

const made = (
  inputDim: number,
  sequenceLength: number,
  layers: readonly object[],
  rest: Rest = {},
): Network => network({ inputDim, sequenceLength, layers: layers as Layers, ...rest });

/** An attention layer of head dimension 2, but for what is given. */
const attend = (normalization: 'none' | 'softmax', fields: object = {}) => ({
  kind: 'attention',
  normalization,
  headDim: 2,
  ...fields,
});
const lightning = (fields: object = {}): object => attend('none', fields);
const softmax = (fields: object = {}): object => attend('softmax', fields);
const linear = (outputDim: number, fields: object = {}): object => ({ kind: 'linear', outputDim, ...fields });
const residual = (...layers: readonly object[]): object => ({ kind: 'residual', layers });
const sum = (...branches: readonly (readonly object[])[]): object => ({ kind: 'sum', branches });
const apply = (name: string, fields: object = {}): object => ({
  kind: 'activation',
  function: name,
  ...fields,
});
const gated = (name: string, fields: object = {}): object => ({
  kind: 'gated',
  function: name,
  hiddenDim: 2,
  ...fields,
});
const scale = (factor: number | string): object => ({ kind: 'scale', factor });
const power = (exponent: number): object => ({ kind: 'power', exponent });
const rms = (fields: object = {}): object => ({ kind: 'rmsnorm', ...fields });
const layerNorm = (fields: object = {}): object => ({ kind: 'layernorm', ...fields });
const positions = (fields: object = {}): object => ({ kind: 'positions', ...fields });
const memory = { context: { inputDim: 3, sequenceLength: 2 } };
const functions = ['exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh'] as const;

/** Small networks with every kind of layer and every field: what a certificate can hold. */
export const everyKind: readonly (readonly [name: string, network: Network])[] = [
  ['heads', made(3, 2, [softmax({ numHeads: 2, valueDim: 1 })])],
  ['heads with full values', made(2, 2, [softmax({ numHeads: 2, headDim: 1 })])],
  ['lightning heads', made(3, 2, [lightning({ numHeads: 2, valueDim: 2, outputDim: 2 })])],
  ['grouped heads', made(3, 2, [softmax({ numHeads: 4, numKeyValueHeads: 2, headDim: 1, valueDim: 1 })])],
  ['one group', made(2, 3, [lightning({ numHeads: 2, numKeyValueHeads: 1, valueDim: 2, causal: true })])],
  ['a window', made(2, 4, [softmax({ window: 2 })])],
  ['a causal window', made(2, 4, [softmax({ window: 2, causal: true }), lightning({ window: 3 })])],
  ['a window of one token', made(2, 2, [softmax({ window: 1 }), lightning({ window: 1, headDim: 1 })])],
  ['a window around one-dimensional tokens', made(1, 4, [softmax({ window: 2, headDim: 1 })])],
  ['alibi', made(2, 3, [softmax({ numHeads: 2, valueDim: 1, alibi: true })])],
  ['alibi on one-dimensional tokens', made(1, 3, [softmax({ alibi: true, causal: true })])],
  ['rotary, base 10000', made(4, 3, [softmax({ headDim: 4, rotary: { base: 10000 } })])],
  ['rotary, base 4', made(2, 3, [lightning({ headDim: 4, rotary: { base: 4 } })])],
  [
    'rotary, base 500000',
    made(2, 3, [softmax({ headDim: 6, rotary: { base: 500000, dim: 4 }, causal: true })]),
  ],
  [
    'rotary, several bases of one class',
    made(2, 3, [
      lightning({ headDim: 6, rotary: { base: 8 } }),
      lightning({ headDim: 4, rotary: { base: 144 } }),
      softmax({ rotary: { base: 2147483647 } }),
    ]),
  ],
  ['rotary on one-dimensional tokens', made(1, 3, [softmax({ rotary: { base: 100 } })])],
  ['context', made(2, 2, [softmax({ context: true })], memory)],
  [
    'context, lightning and biases',
    made(2, 2, [lightning({ context: true, bias: true, valueDim: 1 })], memory),
  ],
  [
    'context of one token',
    made(2, 2, [softmax({ context: true })], { context: { inputDim: 2, sequenceLength: 1 } }),
  ],
  [
    'one-dimensional tokens and context',
    made(1, 2, [softmax({ context: true })], { context: { inputDim: 1, sequenceLength: 2 } }),
  ],
  [
    'a decoder',
    made(
      2,
      2,
      [residual(softmax({ causal: true })), residual(softmax({ context: true, headDim: 1 }))],
      memory,
    ),
  ],
  ['biases', made(2, 2, [softmax({ bias: true, numHeads: 2, valueDim: 1 })])],
  ['a bias of queries', made(2, 2, [lightning({ bias: { query: true } }), linear(2, { bias: true })])],
  ['biases of keys and outputs', made(1, 2, [softmax({ bias: { key: true, output: true } })])],
  ['linear', made(2, 1, [linear(3), linear(1, { bias: true })])],
  ['a tie', made(2, 2, [linear(2, { label: 'a' }), apply('tanh'), linear(2, { tiedTo: 'a' })])],
  ['tied attention', made(2, 2, [softmax({ label: 'a' }), softmax({ tiedTo: 'a' })])],
  [
    'tied attention of the same tokens',
    made(2, 2, [sum([softmax({ label: 'a' })], [softmax({ tiedTo: 'a' }), apply('exp')])]),
  ],
  [
    'tied norms',
    made(2, 1, [linear(2), rms({ label: 'n', epsilon: '1/3' }), linear(2), rms({ tiedTo: 'n' })]),
  ],
  [
    'embedding and unembedding',
    made(3, 2, [
      linear(2, { label: 'e', bias: true }),
      residual(softmax()),
      linear(3, { tiedTo: 'e', transposed: true, bias: true }),
    ]),
  ],
  [
    'a transposed tie before a function',
    made(2, 1, [
      linear(3, { label: 'e' }),
      apply('exp'),
      linear(2, { tiedTo: 'e', transposed: true }),
      apply('silu'),
    ]),
  ],
  ['positions', made(2, 2, [positions(), softmax(), positions()])],
  ['tied positions', made(2, 2, [positions({ label: 'p' }), lightning(), positions({ tiedTo: 'p' })])],
  ['a residual', made(2, 3, [residual(softmax()), residual(linear(3, { bias: true }), power(2), linear(2))])],
  ['a sum', made(2, 2, [sum([linear(3)], [lightning({ outputDim: 3 })], [linear(3), scale('-2/3')])])],
  ['a sum that cancels', made(2, 2, [sum([], [scale(-1)], [linear(2)])])],
  ['rmsnorm', made(3, 2, [linear(3), rms(), linear(2)])],
  ['rmsnorm of the input', made(2, 3, [rms({ epsilon: 1e-5 }), softmax()])],
  ['rmsnorm without weight', made(3, 2, [linear(2), rms({ weight: false, epsilon: '1/7' }), linear(2)])],
  ['rmsnorm with unit offset', made(2, 2, [rms({ unitOffset: true, epsilon: '1e-6' }), softmax()])],
  ['rmsnorm of one coordinate', made(1, 3, [linear(1), rms({ epsilon: 1 }), softmax({ headDim: 1 })])],
  ['layernorm', made(3, 2, [linear(3), layerNorm({ bias: true }), softmax()])],
  ['layernorm without weight', made(3, 2, [layerNorm({ weight: false, epsilon: '1/100' }), lightning()])],
  [
    'layernorm with a bias alone',
    made(3, 2, [layerNorm({ weight: false, bias: true, epsilon: 2 }), lightning()]),
  ],
  ['a norm behind softmax', made(2, 3, [softmax(), rms({ epsilon: '1/10' }), linear(2)])],
  [
    'a norm behind causal softmax',
    made(2, 3, [residual(softmax({ causal: true })), rms({ epsilon: '1/10' })]),
  ],
  ['a norm behind a mixture of values', made(2, 2, [lightning(), rms({ epsilon: '1/10' }), linear(1)])],
  [
    'a norm behind symmetric softmax',
    made(1, 2, [softmax({ headDim: 1, outputDim: 2 }), rms({ epsilon: '1/10' })]),
  ],
  ['a norm behind one token', made(2, 1, [lightning(), rms({ epsilon: '1/10' })])],
  ['a norm behind a function', made(2, 2, [linear(2), apply('silu'), rms({ epsilon: 1 }), linear(1)])],
  [
    'a norm behind softplus',
    made(2, 2, [linear(2), apply('softplus'), layerNorm({ epsilon: 1 }), linear(1)]),
  ],
  [
    'norms of multiples',
    made(2, 2, [
      linear(2),
      sum([rms({ epsilon: 1 })], [scale(-3), rms({ epsilon: 9 })], [scale('1/2'), layerNorm({ epsilon: 1 })]),
    ]),
  ],
  ['a norm of a scaled residual', made(2, 2, [sum([linear(2), scale(2)], []), rms({ epsilon: 1 })])],
  [
    'blocks with norms',
    made(2, 2, [
      residual(rms({ epsilon: 1e-5 }), softmax({ causal: true })),
      residual(rms({ epsilon: 1e-5 }), gated('silu')),
      rms({ epsilon: 1e-5 }),
      linear(3),
    ]),
  ],
  [
    'residuals in one another, with norms behind softmax',
    made(2, 2, [
      residual(
        softmax(),
        residual(rms({ epsilon: '1/3' }), linear(2), residual(layerNorm({ epsilon: 1 }), apply('tanh'))),
      ),
    ]),
  ],
  ...functions.map(
    (name) =>
      [`activation ${name}`, made(2, 2, [linear(2, { bias: true }), apply(name), linear(2)])] as const,
  ),
  ...[...functions, 'identity'].map(
    (name) => [`gated, ${name}`, made(2, 1, [gated(name, { outputDim: 1 })])] as const,
  ),
  ['gated with biases', made(2, 2, [gated('gelu-tanh', { bias: true, coefficient: 0.7978845608028654 })])],
  ['tied gates', made(2, 1, [gated('silu', { label: 'g' }), gated('exp', { tiedTo: 'g' })])],
  [
    'gelu-tanh with rotary',
    made(2, 2, [
      softmax({ rotary: { base: 10000 } }),
      residual(linear(2), apply('gelu-tanh', { coefficient: '4/5' }), linear(2)),
    ]),
  ],
  ['a power', made(2, 1, [linear(2), power(3), linear(2), power(2), linear(1)])],
  ['the first power', made(2, 2, [linear(2), power(1), apply('exp')])],
  ['scales', made(2, 2, [scale('3/2'), lightning(), scale(-2), softmax()])],
  [
    'functions of one argument',
    made(2, 1, [linear(2), sum([apply('tanh')], [apply('exp')], [apply('sigmoid')], [apply('softplus')])]),
  ],
  [
    'functions of multiples',
    made(2, 1, [
      linear(2),
      sum([scale('1/2'), apply('exp')], [scale('-2/3'), apply('silu')], [apply('tanh')]),
    ]),
  ],
  [
    'functions of sums',
    made(2, 1, [
      sum(
        [linear(2, { label: 'a' }), apply('exp')],
        [linear(2, { label: 'b' }), apply('silu')],
        [sum([linear(2, { tiedTo: 'a' })], [linear(2, { tiedTo: 'b' }), scale('1/3')]), apply('exp')],
      ),
    ]),
  ],
  ['a function of the input', made(2, 2, [apply('sigmoid'), linear(2)])],
  [
    'a function of a residual',
    made(2, 1, [residual(linear(2)), apply('exp'), residual(linear(2), apply('tanh')), apply('sigmoid')]),
  ],
  ['functions behind softmax', made(2, 2, [softmax(), apply('silu'), linear(2), apply('exp')])],
  ['softmax and a function of one tensor', made(2, 2, [linear(2), sum([softmax()], [apply('exp')])])],
  [
    'a norm and a function of one tensor',
    made(2, 2, [linear(2), sum([rms({ epsilon: 1 })], [apply('exp')])]),
  ],
  [
    'softmax behind parallel tokens',
    made(2, 3, [lightning({ headDim: 1 }), softmax(), rms({ epsilon: 1 }), softmax()]),
  ],
  [
    'tokens of one coordinate, side by side',
    made(1, 3, [residual(linear(1)), softmax(), residual(scale(2)), softmax({ headDim: 1 })]),
  ],
  ['a network of one token', made(2, 1, [softmax(), lightning({ numHeads: 2, valueDim: 1 }), apply('exp')])],
];

/** Layers within one another, to a depth. */
export function nested(depth: number): Network {
  let layers: Layer[] = made(2, 1, [linear(2)]).layers as Layer[];
  for (let i = 0; i < depth; i++) layers = [{ kind: 'residual', layers }];
  return made(2, 1, layers);
}
