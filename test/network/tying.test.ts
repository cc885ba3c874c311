import { describe, expect, it } from 'vitest';
import { parameterBlocks, parameterCount } from '../../src/network/parameters.ts';
import { parseNetwork } from '../../src/network/parse.ts';

const parse = (inputDim: number, ...layers: object[]) =>
  parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength: 3, layers });
const linear = (outputDim: number, fields: object = {}) => ({ kind: 'linear', outputDim, ...fields });
const attention = (fields: object = {}) => ({
  kind: 'attention',
  normalization: 'softmax',
  headDim: 2,
  valueDim: 2,
  numHeads: 4,
  ...fields,
});

describe('a tied layer', () => {
  it.each([
    ['linear', linear(4, { bias: true })],
    ['attention', attention({ bias: true, numKeyValueHeads: 2 })],
    ['gated', { kind: 'gated', function: 'silu', hiddenDim: 3, bias: true }],
    ['rmsnorm', { kind: 'rmsnorm' }],
    ['layernorm', { kind: 'layernorm', bias: true }],
    ['positions', { kind: 'positions' }],
  ])('%s has no parameters of its own', (_, layer) => {
    const once = parse(4, layer);
    const twice = parse(4, { ...layer, label: 'a' }, { ...layer, tiedTo: 'a' }, { ...layer, tiedTo: 'a' });
    expect(parameterCount(once)).toBeGreaterThan(0);
    expect(parameterBlocks(twice)).toEqual(parameterBlocks(once));
    expect(twice.layers.slice(1)).toEqual([
      { ...once.layers[0], tiedTo: 'a' },
      { ...once.layers[0], tiedTo: 'a' },
    ]);
  });

  it('may compute something else with the same matrices', () => {
    const network = parse(
      4,
      { ...attention({ label: 'a', causal: true }) },
      { ...attention({ tiedTo: 'a', normalization: 'none', window: 1 }) },
      { kind: 'gated', function: 'silu', hiddenDim: 3, label: 'b' },
      { kind: 'gated', function: 'exp', hiddenDim: 3, tiedTo: 'b' },
    );
    expect(new Set(parameterBlocks(network).map(({ layer }) => layer))).toEqual(new Set([0, 2]));
  });

  it('is transposed from width to width, with a bias of its own', () => {
    const network = parse(2, linear(5, { label: 'E', bias: true }), linear(2, { tiedTo: 'E', transposed: true, bias: true })); // prettier-ignore
    expect(parameterBlocks(network).map(({ path, name, rows, cols }) => [path, name, rows, cols])).toEqual([
      ['layers[0]', 'W', 5, 2],
      ['layers[0]', 'b', 5, 1],
      ['layers[1]', 'b', 2, 1],
    ]);
  });

  it('finds a label in any layer before it, inside others too', () => {
    for (const label of ['a', '', '__proto__', 'constructor', '0'])
      expect(
        parameterCount(
          parse(2, { kind: 'residual', layers: [linear(2, { label })] }, { kind: 'sum', branches: [[], [linear(2, { tiedTo: label })]] }), // prettier-ignore
        ),
      ).toBe(4);
  });
});

describe('a tied layer is refused', () => {
  const labelled = linear(2, { label: 'first' });
  it.each<[string, object[], string]>([
    [
      'where no layer has a label',
      [linear(2, { tiedTo: 'first' })],
      'network.layers[0].tiedTo: expected the label of a layer before, got "first"',
    ],
    [
      'where no layer has that label',
      [labelled, linear(2, { tiedTo: 'frist' })],
      'network.layers[1].tiedTo: expected the label of a layer before, got "frist"; did you mean "first"?',
    ],
    [
      'where the label comes later',
      [linear(2, { tiedTo: 'first' }), labelled],
      'network.layers[0].tiedTo: expected the label of a layer before, got "first"',
    ],
    [
      'beside a label of its own',
      [labelled, linear(2, { tiedTo: 'first', label: 'second' })],
      'network.layers[1].label: expected no label beside tiedTo, got "second"',
    ],
    [
      'to two layers of one label',
      [labelled, labelled],
      'network.layers[1].label: expected a label that no layer before has, got "first"',
    ],
    [
      'to a layer of another kind',
      [labelled, { kind: 'positions', tiedTo: 'first' }],
      'network.layers[1].tiedTo: expected the label of a layer of kind "positions", got "linear"',
    ],
    [
      'to a layer of another shape',
      [linear(3, { label: 'first' }), linear(2), linear(4, { tiedTo: 'first' })],
      'network.layers[2].tiedTo: expected a layer with W, 4 × 2, got "W, 3 × 2"',
    ],
    [
      'where tokens of another width enter',
      [linear(3, { label: 'first' }), linear(3, { tiedTo: 'first' })],
      'network.layers[1].tiedTo: expected a layer with W, 3 × 3, got "W, 3 × 2"',
    ],
    [
      'with a bias to a layer without',
      [labelled, linear(2, { tiedTo: 'first', bias: true })],
      'network.layers[1].tiedTo: expected a layer with b, 2 × 1, got "no other matrix"',
    ],
    [
      'without a bias to a layer with one',
      [linear(2, { label: 'first', bias: true }), linear(2, { tiedTo: 'first' })],
      'network.layers[1].tiedTo: expected a layer with no other matrix, got "b, 2 × 1"',
    ],
    [
      'with other groups, at the first matrix that differs',
      [attention({ label: 'a' }), attention({ tiedTo: 'a', numKeyValueHeads: 2 })],
      'network.layers[1].tiedTo: expected a layer with O of head 1, 2 × 2, got "K of head 1, 2 × 2"',
    ],
    [
      'transposed to a layer of the same shape',
      [linear(3, { label: 'first' }), linear(2), linear(3, { tiedTo: 'first', transposed: true })],
      'network.layers[2].tiedTo: expected a layer with W, 2 × 3, got "W, 3 × 2"',
    ],
    [
      'with γ to a norm without',
      [
        { kind: 'rmsnorm', weight: false, label: 'n' },
        { kind: 'rmsnorm', tiedTo: 'n' },
      ],
      'network.layers[1].tiedTo: expected a layer with gamma, 2 × 1, got "no other matrix"',
    ],
    [
      'where layers of the kind have no parameters',
      [labelled, { kind: 'scale', factor: 2, tiedTo: 'first' }],
      'network.layers[1]: expected known keys, got "tiedTo"; did you mean "kind"?',
    ],
  ])('%s', (_, layers, message) => {
    expect(() => parse(2, ...layers)).toThrow(new RangeError(message));
  });
});
