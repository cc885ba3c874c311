import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { controlCharacters, dimcert } from './command.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

test.each([['--version'], ['-V']])('%s prints the version of the package', async (flag) => {
  expect(await dimcert([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help names every command, examples and exit codes', async () => {
  const { code, stdout, stderr } = await dimcert(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  for (const word of [
    'dimension',
    'certify',
    'explain',
    'symmetries',
    'verify',
    'export',
    'Examples:',
    'Exit codes:',
    '"inputDim"',
  ]) {
    expect(stdout).toContain(word);
  }
});

test.each(['dimension', 'certify', 'explain', 'symmetries', 'verify', 'export', 'rank'])(
  '%s --help shows examples and exit codes',
  async (command) => {
    const help = await dimcert([command, '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of [`Usage: dimcert ${command}`, `$ dimcert ${command}`, 'Exit codes:', '--json'])
      expect(help.stdout).toContain(word);
    expect((await dimcert(['help', command])).stdout).toBe(help.stdout);
    const lines = `${help.stdout}${(await dimcert(['--help'])).stdout}`.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test('the network in --help is a network', async () => {
  const { stdout } = await dimcert(['--help']);
  const json = /\{ "format"[^]*?\] \}/.exec(stdout)![0];
  expect(await dimcert(['dimension', '-', '--json'], { stdin: json })).toMatchObject({ code: 0, stderr: '' });
});

test('help has no colours in a pipe', async () => {
  const { stdout } = await dimcert(['--help'], { env: { CI: '1' } });
  expect(controlCharacters(stdout)).toEqual([]);
});
