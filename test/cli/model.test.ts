import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelDescription } from '../../src/model-config/index.ts';
import type { Symmetries } from '../../src/symmetry/index.ts';
import { llama3 } from '../model-config/configs.ts';
import { controlCharacters, dimcert, networkJson, temporaryFile, temporaryFolder } from './command.ts';

const config = JSON.stringify(llama3);
const tiny = JSON.stringify({ model_type: 'gpt2', n_layer: 1, n_embd: 4, n_head: 2, n_inner: 5, vocab_size: 9 }); // prettier-ignore

async function description(args: readonly string[], stdin = config): Promise<ModelDescription> {
  const { code, stdout, stderr } = await dimcert([...args, '--json', '--config', '-'], { stdin });
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as ModelDescription;
}

test('dimension --config: the whole model, in words and as JSON', async () => {
  const found = await description(['dimension']);
  // https://huggingface.co/meta-llama/Meta-Llama-3-8B
  expect(found.counts.total).toBe(8030261248);
  expect(found).toMatchObject({
    dimension: { lower: 0, upper: found.parameters - found.gauge, exact: false, status: 'bound' },
    upper: { method: 'gauge', statement: expect.any(String), errorProbability: 0 },
    prime: null,
    seconds: expect.any(Number),
  });
  const path = temporaryFile(config, 'config.json');
  const { stdout, stderr } = await dimcert(['dimension', '--config', path]);
  expect([stderr, controlCharacters(stdout)]).toEqual(['', []]);
  expect(stdout).toMatch(/^model +llama +8,030,261,248 parameters$/m);
  expect(stdout).toMatch(
    new RegExp(`^dimension +${found.dimension.upper.toLocaleString('en-US')} +at most`, 'm'),
  );
});

test('--sequence-length and --budget reach the model', async () => {
  const flags = ['dimension', '--sequence-length', '7', '--budget', '300'];
  const { sequenceLength, scaledDown } = await description(flags);
  expect(sequenceLength).toBe(7);
  expect(scaledDown.parameters).toBeLessThanOrEqual(300);
  expect((await description(['dimension'])).scaledDown.parameters).toBeGreaterThan(300);
});

test('certify --config writes the certificate of the scaled-down network', async () => {
  const path = join(temporaryFolder(), 'certificate.json');
  const { dimension, scaledDown } = await description(['certify', '--budget', '120', '-o', path]);
  const { dimension: certified, parameters, gauge } = scaledDown;
  expect(dimension.status).toBe('certified at the scaled-down size');
  expect(certified).toEqual({ lower: parameters - gauge, upper: parameters - gauge, exact: true });
  const { stdout } = await dimcert(['explain', path, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ parameters, dimension: { ...certified, exact: true } });
});

test('a model that is small enough is certified itself', async () => {
  const { dimension, scaledDown } = await description(['certify'], tiny);
  expect(dimension.status).toBe('certified at this size');
  expect(scaledDown.reductions).toEqual([]);
  const { stdout } = await dimcert(['certify', '--config', '-'], { stdin: tiny });
  expect(stdout).toMatch(/^dimension +\d+ +exact: certified at this size$/m);
  expect(stdout).toMatch(/^prime +4093$/m);
});

test('symmetries --config: those of the scaled-down network', async () => {
  const { scaledDown } = await description(['dimension', '--budget', '120']);
  const { stdout } = await dimcert(['symmetries', '--json', '--budget', '120', '--config', '-'], {
    stdin: config,
  });
  const { parameters, known, dimension } = JSON.parse(stdout) as Symmetries;
  expect([parameters, known.rank]).toEqual([scaledDown.parameters, scaledDown.gauge]);
  expect(dimension).toMatchObject({ upper: parameters - known.rank, errorProbability: 0 });
});

test.each<[string[], string]>([
  [['NETWORK'], '--config: expected the config.json of a model or a NETWORK, got both'],
  [['--dims', '4,4'], '--dims: expected --config or flags that describe a network, got both'],
  [['--causal'], '--causal: expected --config or flags that describe a network, got both'],
  [['--sequence-length', 'x'], '--sequence-length: expected a positive integer, got "x"'],
  [['--sequence-length', '1'], '--sequence-length: expected an integer ≥ 2, got 1'],
  [['--budget', '0'], '--budget: expected a positive integer, got "0"'],
  [['--budget', '3'], '--budget: expected at least '],
])('--config with %j', async (args, words) => {
  const network = temporaryFile(networkJson());
  const flags = args.map((arg) => (arg === 'NETWORK' ? network : arg));
  for (const command of ['dimension', 'certify', 'symmetries']) {
    const { code, stdout, stderr } = await dimcert([command, ...flags, '--config', temporaryFile(config)]);
    expect(stderr).toMatch(/^dimcert: [^\n]+\n$/);
    expect(stderr.slice('dimcert: '.length).startsWith(words)).toBe(true);
    expect([code, stdout]).toEqual([2, '']);
  }
});

test('--budget without --config', async () => {
  const { code, stderr } = await dimcert(['dimension', temporaryFile(networkJson()), '--budget', '100']);
  expect(code).toBe(2);
  expect(stderr).toBe('dimcert: --budget: expected --config, whose model it scales down, got a network\n');
});

test('what is wrong in a config.json is said in one line, with its name', async () => {
  const cases: [string, RegExp][] = [
    ['[]', /^expected an object, got an array of length 0$/],
    ['{"model_type":"llama",}', /^malformed JSON at line 1, column 23: /],
    ['{}', /^model_type: expected one of .*, got undefined$/],
    [config.replace('"hidden_size":4096', '"hidden_size":"4096"'), /^hidden_size: expected .*, got "4096"$/],
  ];
  for (const [text, line] of cases) {
    const path = temporaryFile(text, 'config.json');
    const { code, stdout, stderr } = await dimcert(['certify', '--config', path]);
    expect(stderr.startsWith(`dimcert: ${path}: `)).toBe(true);
    expect(stderr.slice(`dimcert: ${path}: `.length, -1)).toMatch(line);
    expect([code, stdout]).toEqual([2, '']);
  }
});

test('the certificate does not overwrite the config.json', async () => {
  const path = temporaryFile(config, 'config.json');
  const { code, stderr } = await dimcert(['certify', '--config', path, '-o', path]);
  expect(code).toBe(2);
  expect(stderr).toContain('-o: expected');
});
