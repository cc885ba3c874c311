import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { python } from './python.ts';

const programs = [
  { file: 'verify/verify.mjs', command: process.execPath },
  { file: 'verify/verify.py', command: python },
];

const folder = 'test/vectors/';
const accepted = `${folder}valid/one-lightning-layer.json`;
const witnessed = `${folder}valid/a-witness.json`;
const rejected = `${folder}invalid/another-determinant.json`;
const foreign = `${folder}invalid/another-format.json`;

describe.each(programs.filter(({ command }) => command))('$file', ({ command, file }) => {
  const run = (args: string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(command!, [file, ...args], { input, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  test('says what is proved', () => {
    const { status, stdout, stderr } = run([accepted]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^accepted: dimension 16 of 21 parameters, exact\n {2}proved: dimension at least 16: .*\n {2}proved: dimension at most 16: closed form .*\n$/,
    );
  });

  test('reads stdin', () => expect(run(['-'], readFileSync(accepted, 'utf8')).status).toBe(0));
  test('--quick', () => expect(run(['--quick', witnessed]).stdout).toContain('probable: dimension at least'));
  test('rejects, and says where', () => {
    const { status, stdout } = run([rejected]);
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/^rejected: certificate\.lowerBound\.determinant: expected /),
    ]);
  });

  test.each([
    ['another format', [foreign]],
    ['a file that is not there', ['nowhere.json']],
    ['no witness', ['--quick', accepted]],
    ['no file', []],
    ['an unknown option', ['--fast', accepted]],
  ])('exit code 2: %s', (_, args) => expect(run(args).status).toBe(2));

  test('--help', () => {
    const { status, stdout } = run(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('CERTIFICATE [--quick]');
  });
});
