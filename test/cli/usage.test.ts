import { expect, test } from 'vitest';
import { dimcert, networkJson, stackFlags, temporaryFile } from './command.ts';

/** Exit code 2, nothing on stdout, and one line on stderr with these words. */
async function expectRefusal(args: readonly string[], words: string): Promise<void> {
  const { code, stdout, stderr } = await dimcert(args);
  expect(stderr).toMatch(/^dimcert: [^\n]+\n$/);
  expect(stderr).toContain(words);
  expect([code, stdout]).toEqual([2, '']);
}

test.each<[string[], string]>([
  [[], 'expected a command'],
  [['certfy'], "unknown command 'certfy' (Did you mean certify?)"],
  [['help', 'certfy'], "unknown command 'certfy'"],
  [['certify', '--sead', '1'], "unknown option '--sead' (Did you mean --seed?)"],
  [['certify', 'a.json', 'b.json'], 'Expected 1 argument but got 2'],
  [['explain'], "missing required argument 'result'"],
  [['symmetries'], 'NETWORK: expected a file, - for stdin, or --dims'],
  [['symmetries', ...stackFlags, '--seed', '1e3'], '--seed: expected a natural number'],
  [['verify'], "missing required argument 'certificate'"],
  [['certify'], 'NETWORK: expected a file, - for stdin, or --dims'],
  [['dimension'], 'NETWORK: expected a file'],
  [['certify', '-o'], "option '-o, --output <file>' argument missing"],
  [['certify', ...stackFlags, '--json', '-o', '-'], '--json: expected -o FILE, got -o -'],
])('%j', expectRefusal);

test.each<[string[], string]>([
  [['--dims', '4,4'], '--head-dims: expected positive integers with commas between them, got nothing'],
  [['--dims', '4,4', '--head-dims', '2'], '--sequence-length: expected a positive integer, got nothing'],
  [['--head-dims', '2', '--sequence-length', '3'], '--dims: expected positive integers'],
  [['--dims', '4,x', '--head-dims', '2', '--sequence-length', '3'], '--dims: expected positive integers'],
  [['--dims', '-4,4', '--head-dims', '2', '--sequence-length', '3'], 'got "-4,4"'],
  [['--dims', '4,,4', '--head-dims', '2', '--sequence-length', '3'], 'got "4,,4"'],
  [
    ['--dims', '4,4', '--head-dims', '0', '--sequence-length', '3'],
    '--head-dims: expected positive integers',
  ],
  [
    ['--dims', '4,4', '--head-dims', '2.5', '--sequence-length', '3'],
    '--head-dims: expected positive integers',
  ],
  [
    ['--dims', '4,4', '--head-dims', '2', '--sequence-length', 'NaN'],
    '--sequence-length: expected a positive',
  ],
  [
    ['--dims', '4,4', '--head-dims', '2', '--sequence-length', '1e3'],
    '--sequence-length: expected a positive',
  ],
  [
    ['--dims', '4,4', '--head-dims', '2,2', '--sequence-length', '3'],
    '--head-dims: expected one entry a layer, that is 1, got',
  ],
  [['--dims', '4', '--head-dims', '2', '--sequence-length', '3'], '--dims: expected at least two widths'],
  [[...stackFlags, '--value-dims', '2'], '--value-dims: expected one entry a layer, that is 2, got'],
  [[...stackFlags, '--normalization', 'sofmax'], 'did you mean "softmax"?'],
  [
    ['--dims', '9007199254740991,4', '--head-dims', '2', '--sequence-length', '3'],
    'network: expected at most',
  ],
])('dimension %j', (flags, words) => expectRefusal(['dimension', ...flags], words));

test('a file and flags at once', () =>
  expectRefusal(
    ['dimension', temporaryFile(networkJson()), '--dims', '4,4'],
    'flags that describe one, got both',
  ));

test.each<[string, string]>([
  ['4', '--prime: expected a'],
  ['2', '--prime: expected a'],
  ['4095', '--prime: expected a'],
  ['18446744073709551557', '--prime: expected a'],
  ['1e3', '--prime: expected a'],
  ['NaN', '--prime: expected a'],
  ['-7', '--prime: expected a'],
  ['', '--prime: expected a'],
])('certify --prime %j', (prime, words) =>
  expectRefusal(['certify', ...stackFlags, `--prime=${prime}`], words),
);

test.each(['-1', 'x', '1.5', String(2n ** 128n)])('certify --seed %j', (seed) =>
  expectRefusal(['certify', ...stackFlags, `--seed=${seed}`], '--seed: expected a natural number'),
);

test('a network that no memory holds', async () => {
  const flags = ['--dims', '100000,100000', '--head-dims', '1', '--sequence-length', '3'];
  await expectRefusal(['certify', ...flags], 'network: memory: expected ');
  const layers = [{ kind: 'attention', normalization: 'softmax', headDim: 2, numHeads: 2, outputDim: 4 }];
  const path = temporaryFile(networkJson({ sequenceLength: 2 ** 30, layers }));
  await expectRefusal(['dimension', path], `${path}: memory: expected `);
});
