import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/network/parse.ts';
import { attention, context, gelu, linear, network, refused, rotary } from './refused-networks.ts';

describe('fields that contradict each other', () => {
  it.each(refused)('%s', (_, value, error) => {
    const act = () => parseNetwork(value);
    expect(act).toThrow(error);
    expect(act).toThrow(expect.objectContaining({ name: error.name }));
  });
});

describe('fields that do not', () => {
  it.each([
    [
      'a coefficient beside rotary positions',
      network([rotary, { ...gelu, coefficient: 0.7978845608028654 }]),
    ],
    ['√(2/π) without rotary positions', network([attention, gelu])],
    ['a window longer than the sequence', network([{ ...attention, window: 9 }])],
    ['false, spelled out beside context', network([{ ...attention, context: true, causal: false, alibi: false }], { context })], // prettier-ignore
    ['a residual through other widths', network([{ kind: 'residual', layers: [linear(9), linear(3)] }])],
    [
      'branches to another width',
      network([{ kind: 'sum', branches: [[linear(2)], [linear(4), linear(2)]] }]),
    ],
  ])('%s', (_, value) => {
    expect(() => parseNetwork(value)).not.toThrow();
  });
});
