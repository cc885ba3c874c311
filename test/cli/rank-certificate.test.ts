import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { certifyRank, certifyRankOverQ, serializeCertificate } from '../../src/certificate/index.ts';
import { dimcert, startCommand, temporaryFile, temporaryFolder } from './command.ts';

const rows = '1 2 3\n2 4 6\n0 1 5\n';
/** Milliseconds after which something hangs: far beyond what it takes, because a machine may be busy with other work. */
const hanging = 20_000;

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

test('the certificate is written, and accepted: as text and as JSON', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'certificate.json');
  const written = await dimcert(['rank', '-', '--prime', '7', '--certificate', path], { stdin: rows });
  expect([written.code, written.stderr]).toEqual([0, '']);
  expect(written.stdout).toMatch(
    /^matrix +3 × 3 +integers in rows\nrank +2\nprime +7\ntime +.* m?s\ncertificate +\S+\n$/,
  );
  expect(readdirSync(folder)).toEqual(['certificate.json']);
  const data = [1, 2, 3, 2, 4, 6, 0, 1, 5];
  const { certificate } = await certifyRank({ rows: 3, cols: 3, data }, 7);
  expect(readFileSync(path, 'utf8')).toBe(serializeCertificate(certificate));

  const accepted = await dimcert(['verify', path]);
  expect([accepted.code, accepted.stderr]).toEqual([0, '']);
  expect(accepted.stdout.replace(/[0-9.]+ m?s$/m, 'TIME')).toBe(
    [
      `accepted  ${path}`,
      'kind      rank of a matrix',
      'matrix    3 × 3',
      'rank      2  exact',
      'prime     7',
      'time      TIME',
      '',
      '- rank at least 2, proved: a minor of order 2 is not 0 modulo 7',
      '- rank at most 2, proved: the other rows are combinations of the rows of the minor modulo 7',
      '',
    ].join('\n'),
  );
  const json = await dimcert(['verify', path, '--json']);
  expect([json.code, json.stderr]).toEqual([0, '']);
  const { seconds, statements, ...verdict } = JSON.parse(json.stdout) as Record<string, unknown>;
  expect(verdict).toEqual({ accepted: true, kind: 'rank', rows: 3, cols: 3, rank: 2, prime: '7' });
  expect([typeof seconds, (statements as string[]).length]).toEqual(['number', 2]);
});

test('--json stays one object, and - writes the certificate alone', async () => {
  const path = join(temporaryFolder(), 'certificate.json');
  const args = ['rank', '-', '--prime', '7'];
  const json = await dimcert([...args, '--json', '--certificate', path], { stdin: rows });
  expect([json.code, json.stderr]).toEqual([0, '']);
  const { seconds, ...found } = JSON.parse(json.stdout) as Record<string, unknown>;
  expect(found).toEqual({ rows: 3, cols: 3, rank: 2, prime: '7', certificate: path });
  expect(typeof seconds).toBe('number');
  const piped = await dimcert([...args, '--certificate', '-'], { stdin: rows });
  expect(piped).toMatchObject({ code: 0, stderr: '', stdout: readFileSync(path, 'utf8') });
  expect((await dimcert(['verify', '-'], { stdin: piped.stdout })).code).toBe(0);
  const both = await dimcert([...args, '--json', '--certificate', '-'], { stdin: rows });
  expect(both).toMatchObject({
    code: 2,
    stdout: '',
    stderr:
      'dimcert: --json: expected --certificate FILE, got --certificate - (both would write to stdout)\n',
  });
});

test('a changed certificate is rejected in one line', async () => {
  const { stdout } = await dimcert(['rank', '-', '--prime', '7', '--certificate', '-'], { stdin: rows });
  const stdin = stdout.replace('"lower":2', '"lower":3');
  expect(stdin).not.toBe(stdout);
  const text = await dimcert(['verify', '-'], { stdin });
  expect(text).toMatchObject({ code: 1, stdout: '' });
  expect(text.stderr).toMatch(/^dimcert: stdin: rejected: digest: expected "\w{64}", got "\w{64}"\n$/);
  const other = await dimcert(['verify', '-'], { stdin: stdout.replace('"version":1', '"version":2') });
  expect(other).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'dimcert: stdin: version: expected 1, got 2\n',
  });
});

test('an input without a matrix, or a place without room, leaves no file', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'certificate.json');
  const refused = async (args: string[], stdin: string): Promise<string> => {
    const { code, stdout, stderr } = await dimcert(['rank', '-', ...args], { stdin });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^dimcert: [^\n]+\n$/);
    return stderr;
  };
  expect(await refused(['--prime', '7', '--certificate', path], '1 x\n')).toContain(
    'stdin: line 1, column 3: expected an integer, got "x"',
  );
  expect(await refused(['--prime', '8', '--certificate', path], rows)).toContain('--prime: expected a prime');
  expect(await refused(['--prime', '7', '--certificate', folder], rows)).toContain('is a directory');
  expect(await refused(['--prime', '7', '--certificate', ''], rows)).toContain(
    '--certificate: expected the name of a file or -, got ""',
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a matrix too large for a certificate is refused with the reason', async () => {
  const header = "\x93NUMPY\x01\x00v\x00{'descr': '<i4', 'fortran_order': False, 'shape': (1, 11000000), }";
  const entries = new Int32Array(11_000_000).fill(-1);
  const bytes = Buffer.concat([
    Buffer.from(`${header.padEnd(127)}\n`, 'latin1'),
    Buffer.from(entries.buffer),
  ]);
  const path = temporaryFile(bytes, 'matrix.npy');
  const folder = temporaryFolder();
  const certificate = ['--certificate', join(folder, 'certificate.json')];
  const refused = await dimcert(['rank', path, '--prime', '2147483647', ...certificate]);
  expect(refused).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `dimcert: ${path}: matrix: expected a certificate, which lists the matrix, of at most 133169152 characters, got 143000003\n`,
  });
  expect(readdirSync(folder)).toEqual([]);
});

/** A named pipe that somebody holds open, who writes nothing. */
async function silentPipe(): Promise<string> {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const writer = spawn('sh', ['-c', 'exec 9> "$0"; sleep 100', path], { detached: true });
  onTestFinished(() => void process.kill(-writer.pid!, 'SIGKILL'));
  return path;
}

test('Ctrl-C ends it at once, wherever it is, and leaves no file', async () => {
  const large = temporaryFile(
    Array.from({ length: 2500 }, (_, i) =>
      Array.from({ length: 2500 }, (_, j) => ((i + 1) * (j + 3) * (i ^ j)) % 4001).join(' '),
    ).join('\n'),
    'matrix.txt',
  );
  const pipe = await silentPipe();
  for (const [source, delay] of [
    [large, 500],
    [large, 1200],
    ['-', 700],
    [pipe, 700],
  ] as const) {
    const folder = temporaryFolder();
    const args = ['rank', source, '--prime', '2147483647', '--certificate', join(folder, 'c.json')];
    const { process: child, outcome } = startCommand(args);
    await sleep(delay);
    expect([source, child.exitCode]).toEqual([source, null]);
    const sent = performance.now();
    child.kill('SIGINT');
    expect(await outcome).toEqual({ code: 130, signal: null, stdout: '', stderr: 'dimcert: interrupted\n' });
    expect(performance.now() - sent).toBeLessThan(hanging);
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('a named pipe is read to its end', async () => {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const { process: child, outcome } = startCommand(['rank', path, '--prime', '7', '--json']);
  child.stdin.end();
  // In a process of its own: to open a pipe blocks as long as nobody reads it.
  const writer = spawn('tee', [path], { stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(() => void writer.kill());
  writer.stdin.end(rows);
  expect(JSON.parse((await outcome).stdout)).toMatchObject({ rows: 3, cols: 3, rank: 2 });
});

test('the matrix is not replaced by its certificate, nor are threads silently ignored', async () => {
  const path = temporaryFile(rows, 'matrix.txt');
  const same = await dimcert(['rank', path, '--prime', '7', '--certificate', path]);
  expect([same.code, same.stdout]).toEqual([2, '']);
  expect(same.stderr).toBe(
    `dimcert: --certificate: expected a file other than the input, got ${JSON.stringify(path)}\n`,
  );
  expect(readFileSync(path, 'utf8')).toBe(rows);
  const threads = await dimcert(['rank', path, '--prime', '7', '--threads', '2', '--certificate', '-']);
  expect([threads.code, threads.stderr]).toEqual([
    2,
    'dimcert: --threads: expected 1 with --certificate, which is computed in one thread\n',
  ]);
});

test('--rationals: the rank over Q, its certificate, and what verify says of it', async () => {
  const path = join(temporaryFolder(), 'certificate.json');
  const input = { stdin: '7 14\n-1 -2\n3 6\n' };
  const written = await dimcert(['rank', '-', '--rationals', '--certificate', path], input);
  expect([written.code, written.stderr]).toEqual([0, '']);
  expect(written.stdout).toMatch(
    /^matrix +3 × 2 +integers in rows\nrank +1\nfield +Q\ntime +.* m?s\ncertificate +\S+\n$/,
  );
  const { certificate } = await certifyRankOverQ({ rows: 3, cols: 2, data: [7, 14, -1, -2, 3, 6] });
  expect(readFileSync(path, 'utf8')).toBe(serializeCertificate(certificate));
  const accepted = await dimcert(['verify', path]);
  expect(accepted.code).toBe(0);
  expect(accepted.stdout).toMatch(/rank +1 +exact\nfield +Q\n/);
  expect(accepted.stdout).toContain(
    '- rank at most 1, proved: the other columns are combinations of the columns of the minor over Q',
  );
  const json = await dimcert(['rank', '-', '--rationals', '--json'], input);
  expect(JSON.parse(json.stdout)).toMatchObject({ rows: 3, cols: 2, rank: 1, field: 'Q' });
});

test.each([
  [[], '--prime: expected a prime below 2^62, or --rationals, got neither'],
  [['--rationals', '--prime', '7'], '--rationals: expected no --prime beside it, got both'],
  [['--rationals', '--threads', '2'], '--threads: expected 1 with --rationals'],
])('rank %j is refused', async (flags, words) => {
  const { code, stderr } = await dimcert(['rank', '-', ...flags], { stdin: rows });
  expect([code, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(words);
});
