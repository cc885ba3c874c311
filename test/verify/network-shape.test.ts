import { describe, expect, test } from 'vitest';
import { Rejection } from '../../src/verify/fault.ts';
import { statedNetwork } from '../../src/verify/network-shape.ts';
import { everyKind } from './every-kind.ts';
import type { Loose } from './json-type.ts';

const of = (layers: Loose, rest: Loose = {}): Loose => ({
  format: 'dimcert-network',
  version: 1,
  inputDim: 4,
  sequenceLength: 2,
  layers,
  ...rest,
});
const attention = { kind: 'attention', normalization: 'softmax', headDim: 2, outputDim: 4 };
const linear = { kind: 'linear', outputDim: 4 };
const gated = { kind: 'gated', function: 'silu', hiddenDim: 2, outputDim: 4 };
const gelu = { kind: 'activation', function: 'gelu-tanh' };
const context = { context: { inputDim: 3, sequenceLength: 2 } };

function faultOf(network: Loose): string | null {
  try {
    statedNetwork('network', network);
    return null;
  } catch (error) {
    if (error instanceof Rejection) return error.fault.path;
    throw error;
  }
}

test.each(everyKind)('the minimal form is read: %s', (_, network) => {
  expect(faultOf(JSON.parse(JSON.stringify(network)))).toBe(null);
});

describe('one layer that is not in the minimal form, or none', () => {
  test.each<[string, Loose]>([
    // Attention.
    ['numHeads', { ...attention, numHeads: 1 }],
    ['numHeads', { ...attention, numHeads: 1.5 }],
    ['numKeyValueHeads', { ...attention, numHeads: 2, numKeyValueHeads: 2, valueDim: 1 }],
    ['numKeyValueHeads', { ...attention, numHeads: 4, numKeyValueHeads: 3, valueDim: 1 }],
    ['numKeyValueHeads', { ...attention, numKeyValueHeads: 2, valueDim: 1 }],
    ['valueDim', { ...attention, numHeads: 4, numKeyValueHeads: 2 }],
    ['valueDim', { ...attention, valueDim: 0 }],
    ['outputDim', { ...attention, outputDim: undefined }],
    ['causal', { ...attention, causal: false }],
    ['window', { ...attention, window: 0 }],
    ['alibi', { ...attention, normalization: 'none', alibi: true }],
    ['alibi', { ...attention, alibi: 1 }],
    ['rotary.base', { ...attention, rotary: { base: 1 } }],
    ['rotary.base', { ...attention, rotary: { base: 2 ** 31 } }],
    ['rotary.base', { ...attention, rotary: {} }],
    ['rotary.dim', { ...attention, rotary: { base: 4, dim: 2 } }],
    ['rotary.dim', { ...attention, rotary: { base: 4, dim: 4 } }],
    ['rotary.dim', { ...attention, rotary: { base: 4, dim: 1 } }],
    ['rotary.dim', { ...attention, headDim: 3, rotary: { base: 4 } }],
    ['rotary.scale', { ...attention, rotary: { base: 4, scale: 2 } }],
    ['context', { ...attention, context: true }],
    ['bias', { ...attention, bias: {} }],
    ['bias', { ...attention, bias: true }],
    ['bias.key', { ...attention, bias: { query: true, key: false } }],
    ['bias.x', { ...attention, bias: { x: true } }],
    ['normalization', { ...attention, normalization: 'sigmoid' }],
    ['heads', { ...attention, heads: 2 }],
    // Token by token.
    ['outputDim', { kind: 'linear' }],
    ['bias', { ...linear, bias: false }],
    ['transposed', { ...linear, transposed: true }],
    ['exponent', { kind: 'power', exponent: 0 }],
    ['exponent', { kind: 'power', exponent: '2' }],
    ['function', { kind: 'activation', function: 'relu' }],
    ['function', { kind: 'activation', function: 'gelu' }],
    ['function', { kind: 'activation', function: 'identity' }],
    ['function', { kind: 'activation', function: 'constructor' }],
    ['coefficient', { kind: 'activation', function: 'tanh', coefficient: '1/2' }],
    ['coefficient', { ...gelu, coefficient: '0.8' }],
    ['coefficient', { ...gelu, coefficient: '8/10' }],
    ['coefficient', { ...gelu, coefficient: 1 }],
    ['hiddenDim', { ...gated, hiddenDim: -1 }],
    ['outputDim', { ...gated, outputDim: undefined }],
    ['function', { ...gated, function: 'relu' }],
    ['epsilon', { kind: 'rmsnorm', epsilon: '0' }],
    ['epsilon', { kind: 'rmsnorm', epsilon: '-1/2' }],
    ['epsilon', { kind: 'rmsnorm', epsilon: 1 }],
    ['epsilon', { kind: 'rmsnorm', epsilon: '1/1' }],
    ['epsilon', { kind: 'rmsnorm', epsilon: `1/${'7'.repeat(1000)}` }],
    ['weight', { kind: 'rmsnorm', weight: true }],
    ['unitOffset', { kind: 'rmsnorm', unitOffset: false }],
    ['unitOffset', { kind: 'rmsnorm', unitOffset: true, weight: false }],
    ['bias', { kind: 'rmsnorm', bias: true }],
    ['unitOffset', { kind: 'layernorm', unitOffset: true }],
    ['bias', { kind: 'layernorm', bias: false }],
    ['dim', { kind: 'positions', dim: 4 }],
    ['factor', { kind: 'scale', factor: '0' }],
    ['factor', { kind: 'scale', factor: 2 }],
    ['factor', { kind: 'scale', factor: '+2' }],
    ['factor', { kind: 'scale', factor: '-0' }],
    ['factor', { kind: 'scale' }],
    // Around other layers.
    ['layers', { kind: 'residual', layers: [] }],
    ['layers', { kind: 'residual', layers: [{ ...linear, outputDim: 3 }] }],
    ['branches', { kind: 'sum', branches: [[]] }],
    ['branches[1]', { kind: 'sum', branches: [[], [{ ...linear, outputDim: 3 }]] }],
    ['branches[0]', { kind: 'sum', branches: [{}, []] }],
    ['branches[1][0].kind', { kind: 'sum', branches: [[], [{ kind: 'dropout' }]] }],
    ['kind', {}],
    // Ties.
    ['label', { ...linear, label: 1 }],
    ['tiedTo', { ...linear, tiedTo: 'a' }],
    ['label', { kind: 'power', exponent: 2, label: 'a' }],
  ])('%s of %j', (field, layer) => {
    expect(faultOf(of([JSON.parse(JSON.stringify(layer))]))).toBe(`network.layers[0].${field}`);
  });

  test.each<[string, Loose[], Loose?]>([
    [
      'layers[1].label',
      [
        { ...linear, label: 'a' },
        { ...linear, label: 'a' },
      ],
    ],
    [
      'layers[1].label',
      [
        { ...linear, label: 'a' },
        { ...linear, tiedTo: 'a', label: 'b' },
      ],
    ],
    [
      'layers[1].tiedTo',
      [
        { ...linear, label: 'a' },
        { ...linear, tiedTo: 'b' },
      ],
    ],
    [
      'layers[1].tiedTo',
      [
        { ...linear, label: 'a' },
        { ...linear, tiedTo: 'a', bias: true },
      ],
    ],
    [
      'layers[1].tiedTo',
      [
        { ...linear, label: 'a' },
        { kind: 'positions', tiedTo: 'a' },
      ],
    ],
    [
      'layers[1].tiedTo',
      [
        { ...linear, outputDim: 3, label: 'a' },
        { ...linear, tiedTo: 'a' },
      ],
    ],
    [
      'layers[1].tiedTo',
      [
        { ...linear, outputDim: 3, label: 'a' },
        { ...linear, outputDim: 3, tiedTo: 'a', transposed: true },
      ],
    ],
    [
      'layers[0].tiedTo',
      [
        { ...linear, tiedTo: 'a' },
        { ...linear, label: 'a' },
      ],
    ],
    [
      'layers[1].tiedTo',
      [
        { ...attention, label: 'a' },
        { ...attention, headDim: 1, tiedTo: 'a' },
      ],
    ],
    ['layers[0].context', [{ ...attention, context: true, causal: true }], context],
    ['layers[0].context', [{ ...attention, context: true, window: 2 }], context],
    ['layers[0].context', [{ ...attention, context: true, alibi: true }], context],
    ['layers[0].context', [{ ...attention, context: true, rotary: { base: 4 } }], context],
    ['context.inputDim', [linear], { context: { inputDim: 0, sequenceLength: 1 } }],
    ['context.sequenceLength', [linear], { context: { inputDim: 1 } }],
    ['context', [linear], { context: null }],
    ['layers[1].coefficient', [{ ...attention, rotary: { base: 4 } }, gelu]],
    ['layers[1].rotary', [gelu, { ...attention, rotary: { base: 4 } }]],
    ['layers[1]', [{ ...linear, outputDim: 1 }, { kind: 'layernorm' }]],
    ['layers[0]', [{ kind: 'rmsnorm', weight: false, label: 'n' }]],
    ['seed', [linear], { seed: 0 }],
    ['layers', []],
  ])('%s in %j', (path, layers, rest) => {
    expect(faultOf(of(JSON.parse(JSON.stringify(layers)), rest))).toBe(`network.${path}`);
  });
});
