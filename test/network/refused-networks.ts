/* Networks whose fields are right one by one, and contradict each other. */

export const attention = { kind: 'attention', normalization: 'softmax', headDim: 4 };
export const linear = (outputDim: number) => ({ kind: 'linear', outputDim });
export const gelu = { kind: 'activation', function: 'gelu-tanh' };
export const rotary = { ...attention, rotary: { base: 10000 } };
export const context = { inputDim: 2, sequenceLength: 5 };
export const network = (layers: object[], fields: object = {}) => ({
  format: 'dimcert-network',
  version: 1,
  inputDim: 3,
  sequenceLength: 2,
  layers,
  ...fields,
});

/** What is said where fields contradict each other. */
export const refused: readonly [name: string, value: object, error: Error][] = [
  [
    'a residual of unequal widths',
    network([{ kind: 'residual', layers: [linear(5), linear(4)] }]),
    new RangeError('network.layers[0].layers: expected layers from width 3 to width 3, got 4'),
  ],
  [
    'a residual of unequal widths, inside another',
    network([{ kind: 'residual', layers: [{ kind: 'residual', layers: [linear(2)] }, linear(3)] }]),
    new RangeError('network.layers[0].layers[0].layers: expected layers from width 3 to width 3, got 2'),
  ],
  [
    'branches of unequal widths',
    network([{ kind: 'sum', branches: [[linear(2)], [linear(4), linear(2)], []] }]),
    new RangeError('network.layers[0].branches[2]: expected layers to width 2, as of branches[0], got 3'),
  ],
  [
    'heads that groups do not divide',
    network([{ ...attention, numHeads: 6, numKeyValueHeads: 4, valueDim: 2 }]),
    new RangeError('network.layers[0].numKeyValueHeads: expected a divisor of numHeads = 6, got 4'),
  ],
  [
    'more groups than heads',
    network([{ ...attention, numHeads: 2, numKeyValueHeads: 4, valueDim: 2 }]),
    new RangeError('network.layers[0].numKeyValueHeads: expected a divisor of numHeads = 2, got 4'),
  ],
  [
    'groups without a value dimension',
    network([{ ...attention, numHeads: 4, numKeyValueHeads: 2 }]),
    new TypeError(
      'network.layers[0].valueDim: expected a positive integer, where heads share keys and values, got undefined',
    ),
  ],
  [
    'ALiBi without softmax',
    network([{ ...attention, normalization: 'none', alibi: true }]),
    new RangeError('network.layers[0].alibi: expected false without softmax, got true'),
  ],
  [
    'an odd rotary dimension',
    network([{ ...attention, rotary: { base: 10000, dim: 3 } }]),
    new RangeError('network.layers[0].rotary.dim: expected an even number up to headDim = 4, got 3'),
  ],
  [
    'rotary positions in an odd head dimension',
    network([{ ...rotary, headDim: 5 }]),
    new RangeError('network.layers[0].rotary.dim: expected an even number up to headDim = 5, got 5'),
  ],
  [
    'more rotary dimensions than there are',
    network([{ ...attention, rotary: { base: 10000, dim: 6 } }]),
    new RangeError('network.layers[0].rotary.dim: expected an even number up to headDim = 4, got 6'),
  ],
  [
    'a window of 0',
    network([{ ...attention, window: 0 }]),
    new RangeError('network.layers[0].window: expected a positive integer, got 0'),
  ],
  [
    'a context that a layer reads and nobody gives',
    network([{ ...attention, context: true }]),
    new RangeError('network.layers[0].context: expected false in a network without context, got true'),
  ],
  [
    'a context that no layer reads',
    network([attention], { context }),
    new RangeError('network.context: expected no such field where no layer reads it, got an object'),
  ],
  [
    'a context without tokens',
    network([{ ...attention, context: true }], { context: { ...context, sequenceLength: 0 } }),
    new RangeError('network.context.sequenceLength: expected a positive integer, got 0'),
  ],
  [
    'a context without a width',
    network([{ ...attention, context: true }], { context: { sequenceLength: 2 } }),
    new TypeError('network.context.inputDim: expected a positive integer, got undefined'),
  ],
  [
    'a context with another key',
    network([{ ...attention, context: true }], { context: { ...context, tokens: 5 } }),
    new RangeError('network.context: expected known keys, got "tokens"; did you mean "inputDim"?'),
  ],
  ...Object.entries({ causal: true, window: 2, alibi: true, rotary: { base: 2 } }).map(
    ([key, value]): [string, object, Error] => [
      `${key} beside context`,
      network([{ ...attention, context: true, [key]: value }], { context }),
      new RangeError(
        `network.layers[0].${key}: expected no such field beside context, got ${typeof value === 'object' ? 'an object' : value}`,
      ),
    ],
  ),
  [
    'an activation that nobody knows',
    network([{ kind: 'activation', function: 'swish' }]),
    new RangeError(
      'network.layers[0].function: expected one of "exp", "sigmoid", "silu", "tanh", "softplus", "gelu-tanh", got "swish"; did you mean "silu"?',
    ),
  ],
  [
    'gelu with the error function',
    network([{ kind: 'activation', function: 'gelu' }]),
    new RangeError(
      'network.layers[0].function: expected one of "exp", "sigmoid", "silu", "tanh", "softplus", "gelu-tanh", got "gelu" (no ring homomorphism to a finite field is known that takes the error function; "gelu-tanh" is supported)',
    ),
  ],
  [
    'relu in a gated layer',
    network([{ kind: 'gated', function: 'relu', hiddenDim: 2 }]),
    new RangeError(
      'network.layers[0].function: expected one of "exp", "sigmoid", "silu", "tanh", "softplus", "gelu-tanh", "identity", got "relu" (it is not analytic)',
    ),
  ],
  [
    'a coefficient of another function',
    network([{ kind: 'activation', function: 'silu', coefficient: 2 }]),
    new RangeError('network.layers[0].coefficient: expected none, except of "gelu-tanh", got 2'),
  ],
  ...[gelu, { kind: 'gated', function: 'gelu-tanh', hiddenDim: 2 }].flatMap(
    (layer): [string, object, Error][] => {
      const message = (path: string) =>
        new RangeError(
          `network.${path}.coefficient: expected a rational number in place of √(2/π), such as 0.7978845608028654, beside rotary positions, got undefined (whether π and their angles are algebraically independent is not known)`,
        );
      return [
        [`rotary positions, then ${layer.kind} with √(2/π)`, network([rotary, layer]), message('layers[1]')],
        [
          `${layer.kind} with √(2/π) deep inside, then rotary positions`,
          network([{ kind: 'residual', layers: [layer] }, rotary]),
          message('layers[0].layers[0]'),
        ],
      ];
    },
  ),
  [
    'a layernorm of tokens of dimension 1',
    network([linear(1), { kind: 'layernorm' }]),
    new RangeError('network.layers[1]: expected tokens of dimension at least 2 for "layernorm", got 1'),
  ],
  [
    'an offset of a weight that is not there',
    network([{ kind: 'rmsnorm', weight: false, unitOffset: true }]),
    new RangeError('network.layers[0].unitOffset: expected false without weight, got true'),
  ],
  [
    'a transposed map that is not tied',
    network([{ ...linear(3), transposed: true }]),
    new RangeError('network.layers[0].transposed: expected false without tiedTo, got true'),
  ],
];
