import { describe, expect, test } from 'vitest';
import type { FunctionStep, RootStep, SoftmaxStep, Step } from '../../src/graph/steps.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';

const attention = (fields: object = {}): object => ({
  kind: 'attention',
  normalization: 'softmax',
  headDim: 2,
  ...fields,
});
const lightning = (fields: object = {}): object => attention({ normalization: 'none', ...fields });
const linear = (fields: object = {}): object => ({ kind: 'linear', outputDim: 3, ...fields });
const activation = (name: string): object => ({ kind: 'activation', function: name });
const scale = (factor: string): object => ({ kind: 'scale', factor });
const sum = (...branches: object[][]): object => ({ kind: 'sum', branches });
const norm = { kind: 'rmsnorm' };

/** The steps of layers on three tokens of dimension 3. */
function stepsOf(...layers: object[]): readonly Step[] {
  const network = { format: 'dimcert-network', version: 1, inputDim: 3, sequenceLength: 3, layers };
  return networkGraph(parseNetwork(network)).steps;
}

const softmaxSteps = (...layers: object[]): SoftmaxStep[] =>
  stepsOf(...layers).filter((step) => step.kind === 'softmax');
const functionSteps = (...layers: object[]): FunctionStep[] =>
  stepsOf(...layers).filter((step) => step.kind === 'function');
const rootSteps = (...layers: object[]): RootStep[] =>
  stepsOf(...layers).filter((step) => step.kind === 'root');

describe('arguments of softmax', () => {
  const argumentsOf = (...layers: object[]): number[] =>
    Array.from(softmaxSteps(...layers).at(-1)!.argumentOf);

  test('one for each pair of a query and a visible key, none for a query that sees one key', () => {
    expect(argumentsOf(attention())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(argumentsOf(attention({ causal: true }))).toEqual([-1, -1, -1, 0, 1, -1, 2, 3, 4]);
    expect(argumentsOf(attention({ window: 2 }))).toEqual([0, 1, -1, 2, 3, 4, -1, 5, 6]);
    expect(argumentsOf(attention({ window: 1 }))).toEqual(Array(9).fill(-1));
  });

  test('one for two mirrored pairs where tokens are parallel and both see the other', () => {
    const parallel = [0, 1, 2, 1, 3, 4, 2, 4, 5];
    const narrow = linear({ outputDim: 1 });
    expect(argumentsOf(narrow, attention())).toEqual(parallel);
    expect(argumentsOf(lightning({ headDim: 1 }), attention())).toEqual(parallel);
    expect(argumentsOf(lightning({ headDim: 1 }), norm, linear(), attention())).toEqual(parallel);
    expect(argumentsOf(attention({ valueDim: 1 }), attention({ numHeads: 2 }))).toEqual(parallel);
    // Where the other is hidden there is no mirror.
    expect(argumentsOf(narrow, attention({ causal: true }))).toEqual([-1, -1, -1, 0, 1, -1, 2, 3, 4]);
  });

  test('different ones after a causal lightning head, with biases, positions or turns', () => {
    const separate = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(argumentsOf(lightning({ headDim: 1, causal: true }), attention())).toEqual(separate);
    expect(argumentsOf(lightning({ headDim: 1 }), linear({ bias: true }), attention())).toEqual(separate);
    expect(argumentsOf(lightning({ headDim: 1 }), attention({ bias: { key: true } }))).toEqual(separate);
    expect(argumentsOf(lightning({ headDim: 1 }), attention({ rotary: { base: 9 } }))).toEqual(separate);
    expect(argumentsOf(lightning({ headDim: 1 }), { kind: 'positions' }, attention())).toEqual(separate);
    // A norm has coefficients of its own.
    const both = { kind: 'residual', layers: [norm] };
    expect(argumentsOf(lightning({ headDim: 1 }), both, attention())).toEqual(separate);
    // Two lightning heads have two vectors.
    expect(argumentsOf(lightning({ headDim: 1, numHeads: 2 }), attention())).toEqual(separate);
  });
});

describe('units of functions', () => {
  const powersOf = (...layers: object[]): string[] =>
    functionSteps(...layers).map(({ powers, basis }) => {
      const product = powers.map(([k, n]) => `E${k}^${n}`).join('·');
      return basis < 0 ? product : `${product}, draws E${basis}`;
    });
  const each = (...functions: [factor: string, name: string][]): object =>
    sum(...functions.map(([factor, name]) => [scale(factor), activation(name)]));

  test('functions of multiples of one tensor have powers of one unit', () => {
    expect(powersOf(each(['1', 'tanh'], ['1', 'silu'], ['-3/2', 'exp']))).toEqual([
      // 2z, z and −3/2·z are multiples of z/2.
      'E0^4, draws E0',
      'E0^2',
      'E0^-3',
    ]);
  });

  test('a function of a sum of two tensors has the product of theirs', () => {
    const [a, b] = [
      [linear({ label: 'a' }), activation('exp')],
      [linear({ label: 'b' }), activation('exp')],
    ];
    const both = [sum([linear({ tiedTo: 'a' })], [linear({ tiedTo: 'b' })]), activation('sigmoid')];
    expect(powersOf(sum(a, b, both))).toEqual(['E0^1, draws E0', 'E1^1, draws E1', 'E0^1·E1^1']);
  });

  test('a function of a tensor is one step; gelu-tanh has an argument of its own', () => {
    expect(powersOf(each(['1', 'exp'], ['1', 'exp'], ['1', 'gelu-tanh']))).toEqual([
      'E0^1, draws E0',
      'E1^1, draws E1',
    ]);
  });

  test('a logarithm follows the exponential of softplus', () => {
    expect(stepsOf(activation('softplus'), norm).map(({ kind }) => kind)).toEqual([
      'function',
      'logarithm',
      'root',
    ]);
  });
});

describe('steps that are linear in parameters that nothing before depends on', () => {
  const owns = (...layers: object[]): boolean[] =>
    stepsOf(...layers).flatMap((step) => ('own' in step ? [step.own] : []));

  test('heads and gates with parameters of their own', () => {
    expect(owns(attention({ numHeads: 2, bias: true }), attention())).toEqual([true, true, true]);
    expect(owns(linear({ bias: true }), scale('-2'), activation('tanh'))).toEqual([true]);
    expect(owns({ kind: 'gated', function: 'silu', hiddenDim: 2, bias: true })).toEqual([true]);
  });

  test('not with tied parameters, nor without linear ones', () => {
    expect(owns(attention({ label: 'a' }), attention({ tiedTo: 'a' }))).toEqual([true, false]);
    expect(
      owns(linear({ label: 'w' }), activation('exp'), linear({ tiedTo: 'w' }), activation('exp')),
    ).toEqual([true, false]);
    expect(owns(activation('exp'))).toEqual([false]);
    expect(owns(linear(), activation('gelu-tanh'))).toEqual([false]);
    expect(owns({ kind: 'residual', layers: [linear()] }, activation('exp'))).toEqual([false]);
  });
});

describe('what is drawn again where a radicand is no square', () => {
  const redrawn = (...layers: object[]): string[] =>
    rootSteps(...layers).map((step) => step.redrawn?.what ?? 'nothing');

  test('the last draw that it depends on token by token', () => {
    expect(redrawn(norm)).toEqual(['input']);
    expect(redrawn(linear(), { kind: 'residual', layers: [norm] }, norm)).toEqual(['input', 'input']);
    expect(redrawn(attention(), norm)).toEqual(['softmax']);
    expect(redrawn(linear(), activation('silu'), norm)).toEqual(['exponential']);
    expect(redrawn(linear(), activation('softplus'), norm)).toEqual(['logarithm']);
    // The unit of the second function was drawn with the first.
    expect(redrawn(sum([activation('exp')], [attention(), activation('exp')]), norm)).toEqual([
      'exponential',
    ]);
  });

  test('nothing where it depends on it through other tokens, or through a shared unit', () => {
    expect(redrawn(lightning(), norm)).toEqual(['nothing']);
    expect(redrawn(attention(), lightning(), norm)).toEqual(['nothing']);
    expect(redrawn(linear({ outputDim: 1 }), attention({ outputDim: 3 }), norm)).toEqual(['nothing']);
  });
});

test('norms of multiples of a tensor are one step', () => {
  const normed = (factor: string, epsilon: string): object[] => [
    scale(factor),
    { kind: 'layernorm', epsilon },
  ];
  expect(rootSteps(sum(normed('1', '1/9'), normed('-3', '1'), normed('1/3', '1/81')))).toHaveLength(1);
  expect(rootSteps(sum(normed('1', '1/9'), normed('-3', '1/9')))).toHaveLength(2);
});
