import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { longFlags, startCommand, temporaryFile, temporaryFolder } from './command.ts';

/** Milliseconds after which something hangs: far beyond what it takes, because a machine may be busy with other work. */
const hanging = 20_000;

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

test.each<[NodeJS.Signals, number, string]>([
  ['SIGINT', 130, 'dimcert: interrupted\n'],
  ['SIGTERM', 143, 'dimcert: terminated\n'],
])('%s during a long certify ends it, without a file', async (signal, code, line) => {
  for (const delay of [600, 1500]) {
    const folder = temporaryFolder();
    const { process: child, outcome } = startCommand(['certify', ...longFlags, '-o', join(folder, 'c.json')]);
    await sleep(delay);
    expect(child.exitCode).toBe(null);
    const sent = performance.now();
    child.kill(signal);
    expect(await outcome).toEqual({ code, signal: null, stdout: '', stderr: line });
    expect(performance.now() - sent).toBeLessThan(hanging);
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('Ctrl-C where the computation makes long steps', async () => {
  const flags = '--dims 4,4 --head-dims 2 --sequence-length 8000'.split(' ');
  const { process: child, outcome } = startCommand(['certify', ...flags]);
  await sleep(1500);
  expect(child.exitCode).toBe(null);
  const sent = performance.now();
  child.kill('SIGINT');
  expect(await outcome).toMatchObject({ code: 130, signal: null, stdout: '' });
  expect(performance.now() - sent).toBeLessThan(hanging);
});

test('a second Ctrl-C ends it at once', async () => {
  const { process: child, outcome } = startCommand(['certify', ...longFlags]);
  await sleep(2500);
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect(await outcome).toMatchObject({ code: 130, signal: null, stdout: '' });
});

test('Ctrl-C while stdin is awaited', async () => {
  const { process: child, outcome } = startCommand(['verify', '-']);
  await sleep(600);
  child.kill('SIGINT');
  expect(await outcome).toEqual({ code: 130, signal: null, stdout: '', stderr: 'dimcert: interrupted\n' });
});

test('Ctrl-C while several threads compute', async () => {
  const n = 3500;
  const header = `{'descr': '<u4', 'fortran_order': False, 'shape': (${n}, ${n}), }`.padEnd(117) + '\n';
  const entries = Uint32Array.from({ length: n * n }, (_, i) => Math.imul(i, i ^ 0x9e3779b9) >>> 0);
  const file = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(header, 'latin1'),
    Buffer.from(entries.buffer),
  ]);
  const path = temporaryFile(file, 'matrix.npy');
  const flags = ['--prime', '4611686018427387847', '--threads', '3'];
  const { process: child, outcome } = startCommand(['rank', path, ...flags]);
  await sleep(1000);
  expect(child.exitCode).toBe(null);
  const sent = performance.now();
  child.kill('SIGINT');
  expect(await outcome).toMatchObject({ code: 130, signal: null, stdout: '' });
  expect(performance.now() - sent).toBeLessThan(hanging);
});
