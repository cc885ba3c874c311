import { describe, expect, it } from 'vitest';
import { nearest, unknownKeyFault, unknownWordFault } from '../../src/network/nearest.ts';

const keys = [
  'kind',
  'normalization',
  'headDim',
  'outputDim',
  'valueDim',
  'causal',
  'numHeads',
  'numKeyValueHeads',
];

describe('nearest', () => {
  it.each([
    ['headDim', 'headDim'],
    ['head_dim', 'headDim'],
    ['HEAD-DIM', 'headDim'],
    ['haedDim', 'headDim'],
    ['heads', 'numHeads'],
    ['num_kv_heads', 'numKeyValueHeads'],
    ['norm', 'normalization'],
    ['casual', 'causal'],
    ['outDim', 'outputDim'],
    ['d_value', 'valueDim'],
    ['knd', 'kind'],
  ])('of %s is %s', (word, known) => expect(nearest(word, keys)).toBe(known));

  it('is the first of equals, and answers to everything', () => {
    expect(nearest('b', ['a', 'c'])).toBe('a');
    expect(keys).toContain(nearest('', keys));
    expect(keys).toContain(nearest('x'.repeat(1e6), keys));
  });

  it('is among the first thousand of many', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `a${i}`);
    expect(nearest('b', [...many.slice(1), 'b'])).toBe('b');
    expect(nearest('b', [...many, 'b'])).not.toBe('b');
  });
});

describe('faults', () => {
  it('are RangeErrors that name the word, shortened, and the nearest one', () => {
    expect(unknownKeyFault('net.layers[0]', 'heddim', keys)).toEqual(
      new RangeError('net.layers[0]: expected known keys, got "heddim"; did you mean "headDim"?'),
    );
    expect(unknownWordFault('net.kind', 'atention', ['attention'])).toEqual(
      new RangeError('net.kind: expected "attention", got "atention"; did you mean "attention"?'),
    );
    expect(unknownWordFault('x', 'b', ['a', 'c']).message).toContain('expected one of "a", "c", got "b"');
    expect(unknownKeyFault('net', 'x'.repeat(1e6), keys).message.length).toBeLessThan(150);
  });
});
