import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refused } from '../network/refused-networks.ts';
import {
  controlCharacters,
  dimcert,
  dimcertHere,
  networkJson,
  temporaryFile,
  temporaryFolder,
} from './command.ts';

/** A network text, and what the line on stderr says after the name of the file. */
const networks: Record<string, readonly [text: string, line: string | RegExp]> = {
  'malformed JSON': [
    '{"format": "dimcert-network",}',
    /^malformed JSON at line 1, column 30: expected .*, got "}"$/,
  ],
  'a truncated file': [
    networkJson().slice(0, 40),
    /^malformed JSON at line 1, column 41: expected .*, got the end of the text$/,
  ],
  NaN: [
    networkJson().replace('"headDim":2', '"headDim":NaN'),
    /^malformed JSON at line 1, column \d+: expected a JSON value, got "N"$/,
  ],
  'an array': ['[]', 'expected an object, got an array of length 0'],
  null: ['null', 'expected an object, got null'],
  'another format': [networkJson({ format: 'onnx' }), 'format: expected "dimcert-network", got "onnx"'],
  'another version': [networkJson({ version: 2 }), 'version: expected 1, got 2'],
  'no width': [networkJson({ inputDim: undefined }), 'inputDim: expected a positive integer, got undefined'],
  'a negative width': [networkJson({ inputDim: -4 }), 'inputDim: expected a positive integer, got -4'],
  'a fractional width': [
    networkJson({}, { outputDim: 2.5 }),
    'layers[0].outputDim: expected a positive integer, got 2.5',
  ],
  'a width in words': [networkJson({ inputDim: '4' }), 'inputDim: expected a positive integer, got "4"'],
  'a width of 0': [
    networkJson({}, { outputDim: 0 }),
    'layers[0].outputDim: expected a positive integer, got 0',
  ],
  'no head dimension': [
    networkJson({}, { headDim: undefined }),
    'layers[0].headDim: expected a positive integer, got undefined',
  ],
  'a negative value dimension': [
    networkJson({}, { valueDim: -1 }),
    'layers[0].valueDim: expected a positive integer, got -1',
  ],
  'no tokens': [networkJson({ sequenceLength: 0 }), 'sequenceLength: expected a positive integer, got 0'],
  'no layers': [networkJson({ layers: [] }), 'layers: expected at least one layer, got an array of length 0'],
  'layers that are no array': [networkJson({ layers: {} }), /^layers: expected an array.*, got an object$/],
  'an unknown key': [networkJson({ sequenceLenght: 3 }), /"sequenceLenght".*did you mean "sequenceLength"\?/],
  'an unknown key of a layer': [
    networkJson({}, { headdim: 2 }),
    /^layers\[0\]: .*"headdim".*did you mean "headDim"\?/,
  ],
  'an unknown kind': [
    networkJson({}, { kind: 'atention' }),
    /^layers\[0\]\.kind: .*did you mean "attention"\?/,
  ],
  'an unknown normalization': [
    networkJson({}, { normalization: 'softmx' }),
    /^layers\[0\]\.normalization: .*did you mean "softmax"\?/,
  ],
  'layers in layers in layers, 100,000 deep': [
    networkJson({ layers: [] }).replace(
      '[]',
      () => `${'[{"kind":"residual","layers":'.repeat(100_000)}[]${'}]'.repeat(100_000)}`,
    ),
    /^layers\[0\]\S+: expected layers inside at most 64 others, got 65$/,
  ],
  'more heads than there can be': [
    networkJson({}, { numHeads: 2 ** 53 - 1 }),
    'layers[0].numHeads: expected an integer from 1 to 65536, got 9007199254740991',
  ],
  'a number of a million digits': [
    networkJson({ inputDim: 0 }).replace('"inputDim":0', () => `"inputDim":${'9'.repeat(1_000_000)}`),
    'inputDim: expected a positive integer, got Infinity',
  ],
  'an epsilon that no fraction holds': [
    networkJson({ layers: [{ kind: 'rmsnorm', epsilon: '1e-999999999' }] }),
    /^layers\[0\]\.epsilon: expected a rational number ≥ 0 of at most 40 digits.*, got "1e-999999999"$/,
  ],
  'a key __proto__': [
    networkJson().replace('"kind"', '"__proto__":{"causal":true},"kind"'),
    /^layers\[0\]: expected known keys, got "__proto__"; did you mean "\w+"\?$/,
  ],
  'a tie to a label that comes later': [
    networkJson({ layers: [{ kind: 'linear', outputDim: 4, tiedTo: 'E' }, { kind: 'linear', outputDim: 4, label: 'E' }] }), // prettier-ignore
    'layers[0].tiedTo: expected the label of a layer before, got "E"',
  ],
  'a tie to another shape': [
    networkJson({ layers: [{ kind: 'linear', outputDim: 3, label: 'E' }, { kind: 'linear', outputDim: 4, tiedTo: 'E' }] }), // prettier-ignore
    'layers[1].tiedTo: expected a layer with W, 4 × 3, got "W, 3 × 4"',
  ],
  // Where fields contradict each other, the library's words, without the name of its argument.
  ...Object.fromEntries(
    refused.map(([name, network, { message }]) => [
      name,
      [JSON.stringify(network), message.replace(/^network(\.|: )/, '')] as const,
    ]),
  ),
};

test.each(Object.entries(networks))('%s', async (_, [text, line]) => {
  const path = temporaryFile(text);
  const { code, stdout, stderr } = await dimcertHere(['certify', path, '--json']);
  expect(stderr.startsWith(`dimcert: ${path}: `)).toBe(true);
  expect(stderr.match(/\n/g)).toHaveLength(1);
  const said = stderr.slice(`dimcert: ${path}: `.length, -1);
  if (typeof line === 'string') expect(said).toBe(line);
  else expect(said).toMatch(line);
  expect([code, stdout]).toEqual([2, '']);
});

test('the built command says the same', async () => {
  const [text, line] = networks['a negative width']!;
  const path = temporaryFile(text);
  const outcome = await dimcert(['certify', path, '--json']);
  expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: `dimcert: ${path}: ${line as string}\n` });
});

test('a network from stdin is named stdin', async () => {
  for (const command of ['dimension', 'certify']) {
    const { code, stderr } = await dimcert([command, '-'], { stdin: networkJson({ inputDim: -4 }) });
    expect([code, stderr]).toEqual([2, 'dimcert: stdin: inputDim: expected a positive integer, got -4\n']);
  }
});

test.each(['dimension', 'certify', 'explain', 'symmetries', 'verify'])(
  '%s: what cannot be read',
  async (command) => {
    const folder = temporaryFolder();
    const missing = join(folder, 'missing.json');
    const cases: [string, string | Uint8Array, string][] = [
      [missing, '', `${missing}: cannot be read: no such file or directory`],
      [folder, '', `${folder}: cannot be read: is a directory`],
      ['-', '', 'stdin: expected a JSON object, got nothing (it is empty)'],
      ['-', ' \n', 'stdin: expected a JSON object, got nothing (it is empty)'],
      ['-', Uint8Array.of(0xff, 0xfe, 0x7b), 'stdin: expected text in UTF-8, got other bytes'],
    ];
    for (const [source, stdin, line] of cases)
      expect(await dimcert([command, source], { stdin })).toMatchObject({
        code: 2,
        stdout: '',
        stderr: `dimcert: ${line}\n`,
      });
  },
);

test('control characters of an input never reach the terminal', async () => {
  const { code, stderr } = await dimcert(['dimension', '-'], {
    stdin: networkJson({ '\u009b31m\u001b[2J\nx': 1 }),
  });
  expect(code).toBe(2);
  expect(controlCharacters(stderr)).toEqual([]);
  expect(stderr.match(/\n/g)).toHaveLength(1);
});
