import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { applyTransformations } from '../../src/identifiability/index.ts';
import { attentionStack, network, parameterBlocks, type Network } from '../../src/network/index.ts';
import { serializeWeights, weights, weightsModulo, type Weights } from '../../src/weights/index.ts';
import { npyOf } from '../weights/write.ts';
import { dimcert, startCommand, temporaryFolder } from './command.ts';

const stackOf = (normalization: 'none' | 'softmax'): Network =>
  attentionStack({ dims: [2, 2], headDims: [2], sequenceLength: 3, normalization });
const matrix = (...numerators: number[]) => ({ rows: 2, cols: 2, numerators: numerators.map(BigInt) });
const of = (network: Network, value: number): Weights =>
  weights(network, [matrix(1, 2, 0, 1), matrix(1, 0, 3, 1), matrix(value, 1, 1, 2)]);

/** Runs fibre on files a.json and b.json. */
async function fibre(a: Weights, b: Weights, ...options: string[]) {
  const cwd = temporaryFolder();
  writeFileSync(`${cwd}/a.json`, serializeWeights(a));
  writeFileSync(`${cwd}/b.json`, serializeWeights(b));
  return dimcert(['fibre', 'a.json', 'b.json', ...options], { cwd });
}

test('the same function, with the transformation that shows it', async () => {
  const a = of(stackOf('none'), 1);
  const G = { ...matrix(1, 1, 0, 1), denominator: 1n };
  const b = applyTransformations(a, [
    { kind: 'rescale', path: 'layers[0]', group: 0, factor: { n: -2n, d: 3n } },
    { kind: 'query-key', path: 'layers[0]', group: 0, matrix: G },
  ]);
  const { code, stdout, stderr } = await fibre(a, b);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^functions +the same +proved: .*\nwitness +2 transformations +from a to b, applied and checked\ntime/,
  );
  expect(stdout).toContain('layers[0], group 0: V → c·V, K → K/c with c = -2/3\n');
  expect(stdout).toContain('layers[0], group 0: Q → G·Q, K → G⁻ᵀ·K with G = [[1, 1], [0, 1]]\n');
  const json = await fibre(a, b, '--json');
  expect(JSON.parse(json.stdout)).toEqual({
    same: true,
    reason: 'equal-heads',
    errorProbability: 0,
    transformations: [
      { kind: 'rescale', path: 'layers[0]', group: 0, factor: '-2/3' },
      {
        kind: 'query-key',
        path: 'layers[0]',
        group: 0,
        matrix: [
          ['1', '1'],
          ['0', '1'],
        ],
      },
    ],
    seconds: expect.any(Number),
  });
});

test('different functions, with an input: exact values, or enclosures', async () => {
  const exact = await fibre(of(stackOf('none'), 1), of(stackOf('none'), 2));
  expect(exact.code).toBe(0);
  expect(exact.stdout).toMatch(
    /^functions +different +at token \d, coordinate 0 \(from 0\)\na +-?\d+\nb +-?\d+\ninput +\[\[.*\]\]\ntime/,
  );
  const enclosed = await fibre(of(stackOf('softmax'), 1), of(stackOf('softmax'), 2));
  expect(enclosed.stdout).toMatch(/^a +about -?[\d.]+ \(enclosed in an interval: --json\)$/m);
  const { stdout } = await fibre(of(stackOf('softmax'), 1), of(stackOf('softmax'), 2), '--json');
  const { same, difference } = JSON.parse(stdout) as {
    same: boolean;
    difference: { tokens: string[][]; values: string[][] };
  };
  expect(same).toBe(false);
  expect(difference.tokens.map((token) => token.length)).toEqual([2, 2, 2]);
  expect(difference.values.map((ends) => ends.length)).toEqual([2, 2]);
});

test('vectors of floats, with the network beside them', async () => {
  const cwd = temporaryFolder();
  const numbers = [1, 2, 0, 1, 1, 0, 3, 1, 0.1, 1, 1, 2];
  writeFileSync(`${cwd}/network.json`, JSON.stringify(stackOf('none')));
  writeFileSync(`${cwd}/a.npy`, npyOf(numbers));
  writeFileSync(`${cwd}/b.npy`, npyOf(numbers.map((x) => (x === 0.1 ? 0.1 + 2 ** -56 : x))));
  const run = (b: string) => dimcert(['fibre', 'a.npy', b, '--network', 'network.json', '--json'], { cwd });
  expect(JSON.parse((await run('a.npy')).stdout)).toMatchObject({ same: true, reason: 'equal-weights' });
  // The last bit of 0.1: nothing is rounded.
  expect(JSON.parse((await run('b.npy')).stdout)).toMatchObject({ same: false });
});

test.each<[string[], string]>([
  [['fibre'], "missing required argument 'a'"],
  [['fibre', '-', '-'], '-: expected stdin once, got it twice'],
  [['fibre', 'nowhere.json', 'a.json'], 'nowhere.json: cannot be read: no such file or directory'],
  [['fibre', 'a.json', 'empty.json'], 'empty.json: expected weights, got nothing (it is empty)'],
  [['fibre', 'a.json', 'other.json'], 'other.json: network: expected the network of a, got'],
  [
    ['fibre', 'a.json', 'wrong.json'],
    'wrong.json: parameters["layers[0].Q[0]"][0][1]: expected an integer, or a rational number in a string',
  ],
  [['fibre', 'a.json', 'a.json', '--prime', '9'], '--prime: expected a prime up to'],
  [
    ['fibre', 'a.json', 'a.json', '--prime', '3'],
    'a.json: prime: expected a prime above the degree 3 of the',
  ],
  [['fibre', 'a.json', '--prime', '3'], 'a.json: prime: expected a prime above the degree 3 of the'],
  [['fibre', 'a.json', 'five.json'], 'five.json: prime: expected weights over Q, as a has, got "modulo 5"'],
  [['fibre', 'five.json', '--prime', '7'], 'five.json: layers[0].Q[0]: matrix: expected entries modulo 7'],
  [['fibre', 'other.json', '--prime', '101'], 'other.json: network: expected a polynomial network'],
  [
    ['fibre', 'a.json', 'a.json', '--network', 'wrong.json'],
    'wrong.json: format: expected "dimcert-network"',
  ],
])('%j is refused in one line', async (args, words) => {
  const cwd = temporaryFolder();
  const a = serializeWeights(of(stackOf('none'), 1));
  writeFileSync(`${cwd}/a.json`, a);
  writeFileSync(`${cwd}/empty.json`, '');
  writeFileSync(`${cwd}/other.json`, serializeWeights(of(stackOf('softmax'), 1)));
  writeFileSync(`${cwd}/five.json`, serializeWeights(weightsModulo(of(stackOf('none'), 1), 5)));
  writeFileSync(`${cwd}/wrong.json`, a.replace('"2"', '0.25'));
  const { code, stdout, stderr } = await dimcert(args, { cwd, stdin: a });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^dimcert: [^\n]+\n$/);
  expect(stderr).toContain(words);
});

test('modulo a prime: of the file, or of the command line', async () => {
  const [a, b] = [of(stackOf('none'), 1), of(stackOf('none'), 102)];
  const over = await fibre(a, b, '--json');
  expect(JSON.parse(over.stdout)).toMatchObject({ same: false });
  const modulo = await fibre(a, b, '--json', '--prime', '101');
  expect(JSON.parse(modulo.stdout)).toMatchObject({ same: true, reason: 'equal-weights' });
  const other = await fibre(weightsModulo(a, 103), weightsModulo(b, 103));
  expect(other.stdout).toMatch(/^a +\d+ modulo 103$/m);
  const json = await fibre(weightsModulo(a, 103), weightsModulo(b, 103), '--json');
  const { difference } = JSON.parse(json.stdout) as { difference: { values: object[] } };
  expect(difference.values).toEqual([1, 2].map(() => ({ residue: expect.any(String), prime: '103' })));
});

test('one file: the fibre through its weights', async () => {
  const text = serializeWeights(of(stackOf('softmax'), 1));
  const { code, stdout, stderr } = await dimcert(['fibre', '-'], { stdin: text });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^parameters +12\nrank here +8 +of the differential: both bounds are proved\nfibre +4 .*\ngeneric +≥ 4 .*\nsymmetries +4 +of these dimensions: query-key 4\ntime/,
  );
  const json = await dimcert(['fibre', '-', '--json'], { stdin: text });
  expect(JSON.parse(json.stdout)).toMatchObject({
    parameters: 12,
    rank: { lower: 8, upper: 8, exact: true },
    dimension: { lower: 4, upper: 4 },
    kinds: { 'query-key': 4 },
    reasons: [],
  });
});

test('one lightning layer: where its function lies', async () => {
  const row = (...numerators: number[]) => ({ rows: 1, cols: 2, numerators: numerators.map(BigInt) });
  const pair = attentionStack({ dims: [2, 2], headDims: [1], sequenceLength: 3, normalization: 'none' });
  const at = (value: number[]): string =>
    serializeWeights(weights(pair, [row(1, 2), row(1, 1), matrix(...value)]));
  const parallel = await dimcert(['fibre', '-'], { stdin: at([1, 1, 2, 2]) });
  expect(parallel.stdout).toMatch(
    /^function +singular point of the function space: V and KᵀQ have rank 1; on its boundary$/m,
  );
  const smooth = await dimcert(['fibre', '-', '--json'], { stdin: at([1, 1, 2, 3]) });
  expect(JSON.parse(smooth.stdout)).toMatchObject({
    function: { kind: 'smooth', isBoundary: false, preimages: 1 },
  });
  const zero = await dimcert(['fibre', '-', '--json'], { stdin: at([0, 0, 0, 0]) });
  expect(JSON.parse(zero.stdout)).toMatchObject({
    function: { kind: 'singular', reasons: ['zero'], preimages: null },
  });
});

test('Ctrl-C ends a comparison', async () => {
  // The same function for a reason that no theorem here knows: a residual stream twice as long. All enclosures meet.
  const shape = network({
    inputDim: 8,
    sequenceLength: 24,
    layers: [
      { kind: 'linear', outputDim: 8 },
      {
        kind: 'residual',
        layers: [{ kind: 'attention', normalization: 'softmax', headDim: 8, outputDim: 8 }],
      },
      { kind: 'linear', outputDim: 8 },
    ],
  });
  const blocks = parameterBlocks(shape);
  const of = (length: bigint): Weights =>
    weights(
      shape,
      blocks.map(({ layer, name }, k) => ({
        rows: 8,
        cols: 8,
        numerators: Array.from(
          { length: 64 },
          (_, e) => BigInt(((7 * e * (k + 2) + k) % 13) - 6) * (layer === 0 ? length : 1n),
        ),
        denominator: layer === 0 || name === 'V' ? 64n : 64n * length,
      })),
    );
  const cwd = temporaryFolder();
  writeFileSync(`${cwd}/a.json`, serializeWeights(of(1n)));
  writeFileSync(`${cwd}/b.json`, serializeWeights(of(2n)));
  const { process: child, outcome } = startCommand(['fibre', 'a.json', 'b.json'], { cwd });
  child.stdin.end();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(child.exitCode).toBe(null);
  child.kill('SIGINT');
  expect((await outcome).code).toBe(130);
});
