import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { applyTransformations, decompress, normalForm } from '../../src/identifiability/index.ts';
import { attentionStack } from '../../src/network/index.ts';
import { serializeWeights, weights, weightsModulo } from '../../src/weights/index.ts';
import { dimcert, temporaryFolder } from './command.ts';

const stack = attentionStack({ dims: [2, 2], headDims: [2], sequenceLength: 3, normalization: 'none' });
const matrix = (...numerators: number[]) => ({
  rows: 2,
  cols: 2,
  numerators: numerators.map(BigInt),
  denominator: 1n,
});
const a = weights(stack, [matrix(1, 2, 3, 1), matrix(1, 0, 3, 1), matrix(5, 1, 1, 2)]);
const b = applyTransformations(a, [
  { kind: 'query-key', path: 'layers[0]', group: 0, matrix: matrix(2, 1, 7, 4) },
  { kind: 'rescale', path: 'layers[0]', group: 0, factor: { n: 3n, d: 5n } },
]);

test('the same bytes for weights of one function', async () => {
  const cwd = temporaryFolder();
  writeFileSync(`${cwd}/b.json`, serializeWeights(b));
  const first = await dimcert(['normal-form', '-'], { stdin: serializeWeights(a) });
  expect(first).toMatchObject({ code: 0, stderr: '', stdout: serializeWeights(normalForm(a).weights) });
  expect(await dimcert(['normal-form', 'b.json', '-o', 'n.json'], { cwd })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(readFileSync(`${cwd}/n.json`, 'utf8')).toBe(first.stdout);
});

test('--compress: the free numbers, which give it back', async () => {
  const { code, stdout } = await dimcert(['normal-form', '-', '--compress'], { stdin: serializeWeights(b) });
  expect(code).toBe(0);
  const file = JSON.parse(stdout) as { numbers: string[] };
  expect(file.numbers).toHaveLength(7);
  expect(serializeWeights(decompress(file))).toBe(serializeWeights(normalForm(a).weights));
});

test('what is not generic is said on stderr', async () => {
  const single = weights(stack, [matrix(1, 2, 2, 4), matrix(1, 0, 3, 1), matrix(5, 1, 1, 2)]);
  const { code, stderr } = await dimcert(['normal-form', '-'], { stdin: serializeWeights(single) });
  expect([code, stderr]).toEqual([0, 'dimcert: stdin: not generic: the scores of layer 1 have rank 1\n']);
  const alone = attentionStack({ dims: [2, 1], headDims: [1], sequenceLength: 1, normalization: 'none' });
  const row = (...numerators: number[]) => ({ rows: 1, cols: 2, numerators: numerators.map(BigInt) });
  const refused = await dimcert(['normal-form', '-'], {
    stdin: serializeWeights(weights(alone, [row(1, 0), row(0, 1), row(1, 1)])),
  });
  expect([refused.code, refused.stderr]).toEqual([
    2,
    'dimcert: stdin: expected scores of rank 1 or less, got 2 (the symmetric part of those of layer 1)\n',
  ]);
});

test('modulo a prime', async () => {
  const { code, stdout } = await dimcert(['normal-form', '-', '--prime', '101'], {
    stdin: serializeWeights(a),
  });
  expect([code, stdout]).toEqual([0, serializeWeights(normalForm(weightsModulo(a, 101)).weights)]);
  const refused = await dimcert(['normal-form', '-', '--prime', '3'], { stdin: serializeWeights(a) });
  expect([refused.code, refused.stderr]).toEqual([
    2,
    'dimcert: stdin: prime: expected a prime above the degree 3 of the function, got 3\n',
  ]);
});
