import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attentionStack, network, parameterBlocks, parameterName } from '../../src/network/index.ts';
import { matricesEqual } from '../../src/exact/exact-matrix.ts';
import {
  parseWeights,
  readWeights,
  serializeWeights,
  weights,
  type Weights,
} from '../../src/weights/index.ts';
import { randomFrom, randomWeights } from '../identifiability/random-weights.ts';
import { npyOf, safetensorsOf } from './write.ts';

const stack = attentionStack({ dims: [2, 3], headDims: [1], sequenceLength: 2, normalization: 'none' });
const biased = network({
  inputDim: 2,
  sequenceLength: 2,
  layers: [{ kind: 'linear', outputDim: 3, bias: true }],
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const same = (a: Weights, b: Weights): boolean =>
  a.matrices.length === b.matrices.length && a.matrices.every((m, k) => matricesEqual(m, b.matrices[k]!));

/** The rational number that a double is, by another way: its digits in base 2. */
function exactly(x: number): { n: bigint; d: bigint } {
  let d = 1n;
  while (!Number.isInteger(x)) [x, d] = [x * 2, d * 2n];
  return { n: BigInt(x), d };
}

describe('JSON', () => {
  test('what is written is read, with the same bytes', async () => {
    const a = randomWeights(randomFrom(1), stack);
    const halved = weights(
      stack,
      a.matrices.map((m) => ({ ...m, denominator: 6n })),
    );
    const text = serializeWeights(halved);
    const read = await readWeights(bytes(text));
    expect(same(read, halved)).toBe(true);
    expect(serializeWeights(read)).toBe(text);
  });

  const named = Object.fromEntries(parameterBlocks(biased).map((block) => [parameterName(block), block]));
  test('names', () => {
    expect(parameterBlocks(stack).map(parameterName)).toEqual([
      'layers[0].Q[0]',
      'layers[0].K[0]',
      'layers[0].V[0]',
    ]);
    expect(Object.keys(named)).toEqual(['layers[0].W', 'layers[0].b']);
  });

  const file = (parameters: unknown, more: object = {}): unknown => ({
    format: 'dimcert-weights',
    version: 1,
    network: biased,
    parameters,
    ...more,
  });
  const W = [
    [1, '1/2'],
    ['-0.25', 3],
    ['-4/6', '0'],
  ];

  test('integers, fractions, decimals; a vector as a list', () => {
    const { matrices } = parseWeights(file({ 'layers[0].W': W, 'layers[0].b': [1, ['2'], '3/9'] }));
    expect(matrices[0]).toEqual({
      rows: 3,
      cols: 2,
      numerators: [12n, 6n, -3n, 36n, -8n, 0n],
      denominator: 12n,
    });
    expect(matrices[1]).toEqual({ rows: 3, cols: 1, numerators: [3n, 6n, 1n], denominator: 3n });
  });

  test('residues, with the prime: written and read again', () => {
    const read = parseWeights(file({ 'layers[0].W': W, 'layers[0].b': [-1, '7', '1/3'] }, { prime: '7' }));
    expect(read.prime).toBe(7n);
    // 1/2 = 4, −1/4 = 5, −2/3 = 4, 1/3 = 5 modulo 7
    expect(read.matrices.map(({ numerators }) => numerators)).toEqual([
      [1n, 4n, 5n, 3n, 4n, 0n],
      [6n, 0n, 5n],
    ]);
    const text = serializeWeights(read);
    expect(JSON.parse(text)).toMatchObject({ prime: '7' });
    expect(serializeWeights(parseWeights(JSON.parse(text)))).toBe(text);
  });

  const b = [1, 2, 3];
  test.each<[string, unknown, string]>([
    ['no object', [], 'weights: expected an object'],
    ['another format', file({}, { format: 'x' }), 'weights.format: expected "dimcert-weights", got "x"'],
    ['another version', file({}, { version: 2 }), 'weights.version: expected 1, got 2'],
    ['an unknown field', file({}, { extra: 1 }), 'weights.extra: expected no such field'],
    ['no network', file({}, { network: undefined }), 'a network, in the file or beside it'],
    ['a bad network', file({}, { network: { format: 'dimcert-network' } }), 'weights.network.version'],
    ['no parameters', file(null), 'weights.parameters: expected an object'],
    ['a missing matrix', file({ 'layers[0].W': W }), '["layers[0].b"]: expected 3 rows, got undefined'],
    [
      'an unknown matrix',
      file({ 'layers[0].W': W, 'layers[0].b': b, x: b }),
      '["x"]: expected a parameter of the network',
    ],
    ['too few rows', file({ 'layers[0].W': W.slice(1), 'layers[0].b': b }), 'expected 3 rows, got 2'],
    [
      'a short row',
      file({ 'layers[0].W': [[1], [1], [1]], 'layers[0].b': b }),
      '[0]: expected 2 entries, got 1',
    ],
    [
      'a float',
      file({ 'layers[0].W': W, 'layers[0].b': [0.1, 2, 3] }),
      '[0][0]: expected an integer, or a rational number',
    ],
    ['a division by 0', file({ 'layers[0].W': W, 'layers[0].b': ['1/0', 2, 3] }), 'got "1/0"'],
    ['no number', file({ 'layers[0].W': W, 'layers[0].b': ['one', 2, 3] }), 'got "one"'],
    [
      'a prime that is a number',
      file({ 'layers[0].W': W, 'layers[0].b': b }, { prime: 7 }),
      'weights.prime: expected a prime as a decimal string, got 7',
    ],
    [
      'no prime',
      file({ 'layers[0].W': W, 'layers[0].b': b }, { prime: '9' }),
      'weights.prime: expected a prime up to',
    ],
    [
      'a denominator that is 0 modulo the prime',
      file({ 'layers[0].W': W, 'layers[0].b': b }, { prime: '2' }),
      'weights.layers[0].W: denominator: expected no multiple of 2, got 12',
    ],
    ['null', file({ 'layers[0].W': W, 'layers[0].b': [null, 2, 3] }), 'got null'],
  ])('%s is refused', (_, value, words) => {
    expect(() => parseWeights(value)).toThrow(words);
  });

  test('bytes that are no text', async () => {
    await expect(readWeights(Uint8Array.of(1, 2, 255))).rejects.toThrow('expected JSON, safetensors or .npy');
  });
});

describe('floats are the rational numbers that they are', () => {
  const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 9,
    maxLength: 9,
  });
  const check = (read: Weights, numbers: readonly number[]): void => {
    let at = 0;
    for (const { numerators, denominator } of read.matrices)
      for (const n of numerators) {
        const { n: wanted, d } = exactly(numbers[at++]!);
        expect(n * d).toBe(wanted * denominator);
      }
  };

  test('safetensors, F64', async () => {
    await fc.assert(
      fc.asyncProperty(doubles, async (numbers) => {
        const data = {
          'layers[0].W': { shape: [3, 2], dtype: 'F64', numbers: numbers.slice(0, 6) },
          'layers[0].b': { shape: [3], dtype: 'F64', numbers: numbers.slice(6) },
        };
        check(await readWeights(safetensorsOf(data), biased), numbers);
        check(await readWeights(safetensorsOf(data, { network: JSON.stringify(biased) })), numbers);
      }),
      { numRuns: 50 },
    );
  });

  test('.npy: all parameters in their order', async () => {
    await fc.assert(
      fc.asyncProperty(doubles, async (numbers) => {
        check(await readWeights(npyOf(numbers), biased), numbers);
      }),
      { numRuns: 50 },
    );
    await expect(readWeights(npyOf([1, 2]), biased)).rejects.toThrow('.npy: expected 9 parameters, got 2');
    await expect(readWeights(npyOf([1, 2, NaN]), biased)).rejects.toThrow('a finite number');
    await expect(readWeights(npyOf([1, 2]))).rejects.toThrow('a network, in the file or beside it');
  });

  // The values of the bit patterns, by IEEE 754 and the definition of bfloat16.
  test.each<[string, number, number]>([
    ['F16', 0x3c00, 1],
    ['F16', 0xc000, -2],
    ['F16', 0x0001, 2 ** -24],
    ['F16', 0x7bff, 65504],
    ['F16', 0x3555, 0.333251953125],
    ['BF16', 0x3f80, 1],
    ['BF16', 0xc040, -3],
    ['BF16', 0x0001, 2 ** -133],
    ['BF16', 0x3eab, 0.333984375],
    ['I16', 0xffff, -1],
    ['U16', 0xffff, 65535],
  ])('%s %i', async (dtype, word, value) => {
    const scalar = network({ inputDim: 1, sequenceLength: 1, layers: [{ kind: 'linear', outputDim: 1 }] });
    const { matrices } = await readWeights(
      safetensorsOf({ 'layers[0].W': { shape: [1, 1], dtype, words: [word] } }),
      scalar,
    );
    const { n, d } = exactly(value);
    expect(matrices[0]).toEqual({ rows: 1, cols: 1, numerators: [n], denominator: d });
  });
});

test('safetensors that are wrong', async () => {
  const good = { shape: [3, 3], dtype: 'F32', numbers: Array<number>(9).fill(1) };
  const names = {
    'layers[0].Q[0]': { ...good, shape: [1, 2], numbers: [1, 2] },
    'layers[0].K[0]': { ...good, shape: [1, 2], numbers: [1, 2] },
  };
  const V = { ...good, shape: [3, 2], numbers: [1, 2, 3, 4, 5, 6] };
  const read = (data: Parameters<typeof safetensorsOf>[0]) => readWeights(safetensorsOf(data), stack);
  expect((await read({ ...names, 'layers[0].V[0]': V })).matrices[2]!.numerators).toEqual([
    1n,
    2n,
    3n,
    4n,
    5n,
    6n,
  ]);
  await expect(read(names)).rejects.toThrow('["layers[0].V[0]"]: expected a tensor 3 × 2, got "none"');
  await expect(read({ ...names, 'layers[0].V[0]': { ...V, shape: [2, 3] } })).rejects.toThrow(
    'expected a tensor 3 × 2, got "2 × 3"',
  );
  await expect(read({ ...names, 'layers[0].V[0]': { ...V, shape: [3, 3] } })).rejects.toThrow('data_offsets');
  await expect(read({ ...names, 'layers[0].V[0]': { ...V, dtype: 'F8' } })).rejects.toThrow(
    'dtype: expected one of',
  );
  await expect(
    read({ ...names, 'layers[0].V[0]': { ...V, numbers: [1, 2, 3, 4, 5, Infinity] } }),
  ).rejects.toThrow('a finite number');
  await expect(read({ ...names, 'layers[0].V[0]': V, more: V })).rejects.toThrow(
    '["more"]: expected a parameter of the network',
  );
  const whole = safetensorsOf({ ...names, 'layers[0].V[0]': V });
  await expect(readWeights(whole.subarray(0, 40), stack)).rejects.toThrow('a header inside the file');
  await expect(readWeights(whole.subarray(0, whole.length - 1), stack)).rejects.toThrow('inside the file');
});

test('weights() wants the shapes of the network', () => {
  const [q, k, v] = randomWeights(randomFrom(2), stack).matrices;
  expect(() => weights(stack, [q!, k!])).toThrow('weights.matrices: expected 3 matrices, got 2');
  expect(() => weights(stack, [q!, k!, q!])).toThrow('layers[0].V[0].rows');
  expect(() => weights(stack, [q!, k!, { ...v!, numerators: [1n] }])).toThrow('expected 6 integers, got 1');
  expect(() => weights(stack, [q!, k!, { ...v!, denominator: 0n }])).toThrow('denominator');
});
