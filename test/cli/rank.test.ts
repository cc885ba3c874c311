import { expect, test } from 'vitest';
import { generator } from '../kernel/matrices.ts';
import { dimcert, temporaryFile, temporaryFolder } from './command.ts';

const rows = '1 2 3\n2 4 6\n0 1 -100000000000000000000000000000000000000007\n';

test('the rank of a file and of stdin, as text and as JSON', async () => {
  const path = temporaryFile(rows, 'matrix.txt');
  const json = await dimcert(['rank', path, '--prime', '4093', '--json']);
  expect([json.code, json.stderr]).toEqual([0, '']);
  const { seconds, ...result } = JSON.parse(json.stdout) as Record<string, unknown>;
  expect(result).toEqual({ rows: 3, cols: 3, rank: 2, prime: '4093' });
  expect(seconds).toBeGreaterThanOrEqual(0);

  const text = await dimcert(['rank', '-', '--prime', '2147483647'], { stdin: rows });
  expect([text.code, text.stderr]).toEqual([0, '']);
  expect(text.stdout).toMatch(
    /^matrix +3 × 3 +integers in rows\nrank +2\nprime +2147483647\ntime +.* m?s\n$/,
  );
});

test('the rank depends on the prime', async () => {
  const rankAt = async (prime: string): Promise<unknown> => {
    const { stdout } = await dimcert(['rank', '-', '--prime', prime, '--json'], {
      stdin: '2 0\n0 3\n',
    });
    return (JSON.parse(stdout) as { rank: number }).rank;
  };
  expect([await rankAt('2'), await rankAt('3'), await rankAt('5')]).toEqual([1, 1, 2]);
  expect(await rankAt('4611686018427387847')).toBe(2);
});

test('several threads: the same rank', async () => {
  const n = 600;
  const random = generator(1);
  const rows = Array.from({ length: 400 }, () => Array.from({ length: n }, () => random(4093)).join(' '));
  const text = [...rows, ...rows.slice(0, n - 400)];
  const path = temporaryFile(text.join('\n'), 'matrix.txt');
  const found = async (threads: string): Promise<unknown> => {
    const { code, stdout, stderr } = await dimcert([
      'rank',
      path,
      '--prime',
      '4093',
      '--threads',
      threads,
      '--json',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    return (JSON.parse(stdout) as { rank: number }).rank;
  };
  const one = await found('1');
  expect(one).toBe(400);
  expect([await found('2'), await found('3')]).toEqual([one, one]);
});

test('an empty input is refused: what should have made it may have failed', async () => {
  const { code, stdout, stderr } = await dimcert(['rank', '-', '--prime', '7', '--json'], { stdin: '' });
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    'dimcert: stdin: end of file: expected rows of integers, got nothing\n',
  ]);
});

test.each([
  [['rank', '-'], '--prime: expected a prime below 2^62, or --rationals, got neither'],
  [['rank', '-', '--prime', '4095'], '--prime: expected a prime up to 4611686018427387847, got "4095"'],
  [['rank', '-', '--prime', '9223372036854775783'], '--prime: expected a prime up to 4611686018427387847'],
  [['rank', 'missing.mtx', '--prime', '7'], 'missing.mtx: cannot be read: no such file or directory'],
  [['rank', '.', '--prime', '7'], '.: cannot be read: is a directory'],
  [['rank', '-', '--prime', '7', '--threads', '0'], '--threads: expected an integer from 1 to 256, got "0"'],
  [
    ['rank', '-', '--prime', '7', '--threads', 'all'],
    '--threads: expected an integer from 1 to 256, got "all"',
  ],
  [['rank', '-', '--prime', '7', '--sed', '1'], "unknown option '--sed'"],
])('%j is refused', async (args, words) => {
  const { code, stdout, stderr } = await dimcert(args, { stdin: rows, cwd: temporaryFolder() });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^dimcert: [^\n]+\n$/);
  expect(stderr).toContain(words);
});

test('a fault in the file is named by line and column', async () => {
  const path = temporaryFile('1 2\n3 four\n', 'matrix.txt');
  const { code, stderr } = await dimcert(['rank', path, '--prime', '7']);
  expect(code).toBe(2);
  expect(stderr).toBe(`dimcert: ${path}: line 2, column 3: expected an integer, got "f"\n`);
});
