import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  controlCharacters,
  dimcert,
  networkJson,
  stackFlags,
  temporaryFile,
  temporaryFolder,
} from './command.ts';

test('certify --json prints one object with the fields of the contract', async () => {
  const { code, stdout, stderr } = await dimcert(['certify', temporaryFile(networkJson()), '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({
    parameters: 64,
    dimension: { lower: 40, upper: 40, exact: true },
    upper: { method: 'closed-form', statement: expect.any(String), errorProbability: 0 },
    proved: { upper: 40, method: 'closed-form', statement: expect.any(String) },
    prime: '4093',
    seconds: expect.any(Number),
    certificate: null,
  });
});

test('dimension --json prints one object, without a prime', async () => {
  const { code, stdout, stderr } = await dimcert(['dimension', temporaryFile(networkJson()), '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    parameters: 64,
    dimension: { upper: 40 },
    upper: { method: 'closed-form', statement: expect.any(String), errorProbability: 0 },
    prime: null,
    seconds: expect.any(Number),
  });
});

test('a file, stdin and flags are the same network', async () => {
  const json = networkJson();
  const byFile = await dimcert(['certify', temporaryFile(json), '-o', '-']);
  const byStdin = await dimcert(['certify', '-', '-o', '-'], { stdin: json });
  const byFlags = await dimcert(['certify', ...stackFlags, '-o', '-']);
  expect(byFile).toMatchObject({ code: 0, stderr: '' });
  expect(byStdin).toEqual(byFile);
  expect(byFlags).toEqual(byFile);
});

test('flags reach the network: value dimensions and a causal mask', async () => {
  const { stdout } = await dimcert(['certify', ...stackFlags, '--value-dims', '1,3', '--causal', '-o', '-']);
  const { network } = JSON.parse(stdout) as { network: { layers: object[] } };
  expect(network.layers).toEqual([
    { kind: 'attention', normalization: 'softmax', causal: true, headDim: 2, valueDim: 1, outputDim: 4 },
    { kind: 'attention', normalization: 'softmax', causal: true, headDim: 2, valueDim: 3, outputDim: 4 },
  ]);
});

test('--prime and --seed are those of the certificate', async () => {
  const { stdout } = await dimcert(['certify', ...stackFlags, '--prime', '65521', '--seed', '7', '-o', '-']);
  const { lowerBound } = JSON.parse(stdout) as { lowerBound: { prime: string; point: { seed: string } } };
  expect([lowerBound.prime, lowerBound.point.seed]).toEqual(['65521', '7']);
});

test('certify in words: every number, and how to keep a certificate', async () => {
  const { code, stdout, stderr } = await dimcert(['certify', ...stackFlags]);
  expect(code).toBe(0);
  for (const line of [
    /^parameters +64\b/m,
    /^upper bound +40 /m,
    /^lower bound +40 /m,
    /^dimension +40 +exact/m,
  ])
    expect(stdout).toMatch(line);
  expect(stdout).toMatch(/^prime +4093$/m);
  expect(stdout).toMatch(/^time +[0-9.]+ m?s$/m);
  expect(stderr).toMatch(/^dimcert: no certificate was kept; -o FILE writes one[^\n]*\n$/);
});

test('dimension in words', async () => {
  const { code, stdout, stderr } = await dimcert(['dimension', ...stackFlags]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^upper bound +40 /m);
});

test('an interval is a result: exit code 0, exact false', async () => {
  // Over F_3 the first three points are bad.
  const { code, stdout } = await dimcert(['certify', ...stackFlags, '--prime', '3', '--json']);
  const { dimension } = JSON.parse(stdout) as { dimension: { lower: number; upper: number; exact: boolean } };
  expect(code).toBe(0);
  expect(dimension.lower).toBeLessThan(dimension.upper);
  expect(dimension.exact).toBe(false);
  const path = join(temporaryFolder(), 'certificate.json');
  const kept = await dimcert(['certify', ...stackFlags, '--prime', '3', '-o', path]);
  expect(kept.stdout).toContain(`dimcert explain ${path}\n`);
  const { stderr } = await dimcert(['certify', ...stackFlags, '--prime', '3']);
  expect(stderr).toContain('dimcert explain FILE explains');
});

test('certify -o FILE, then verify FILE', async () => {
  const path = join(temporaryFolder(), 'certificate.json');
  const certified = await dimcert(['certify', ...stackFlags, '-o', path, '--json']);
  expect(JSON.parse(certified.stdout)).toMatchObject({ certificate: path });
  const { code, stdout, stderr } = await dimcert(['verify', path, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    accepted: true,
    parameters: 64,
    dimension: { lower: 40, upper: 40, exact: true },
    prime: '4093',
  });
  const words = await dimcert(['verify', '-'], { stdin: readFileSync(path) });
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout).toMatch(/^accepted +stdin$/m);
  expect(words.stdout).toMatch(/^dimension +40 +exact$/m);
});

test.each([{}, { CI: 'true' }, { NO_COLOR: '1' }, { TERM: 'xterm-256color' }])(
  'no colours and no progress in a pipe (%j)',
  async (env) => {
    for (const args of [['certify', ...stackFlags], ['dimension', ...stackFlags], ['certify']]) {
      const { stdout, stderr } = await dimcert(args, { env });
      expect(controlCharacters(stdout + stderr)).toEqual([]);
    }
  },
);

test('layers of every kind: the example in docs/networks.md', async () => {
  const documentation = readFileSync(new URL('../../docs/networks.md', import.meta.url), 'utf8');
  const stdin = /```json\n([^]*?)```/.exec(documentation)![1]!;
  for (const command of ['dimension', 'certify']) {
    const { code, stdout } = await dimcert([command, '-', '--json'], { stdin });
    expect(code).toBe(0);
    const { parameters, dimension, upper } = JSON.parse(stdout) as {
      parameters: number;
      dimension: { lower: number; upper: number };
      upper: { method: string };
    };
    // Two full heads and values, γ, four heads on two groups, and two maps of 8 × 4 entries.
    expect(parameters).toBe(2 * 8 + 16 + 4 + 4 * (8 + 8) + 2 * (8 + 8) + 32 + 32);
    expect(upper.method).toBe('gauge');
    expect(dimension.lower).toBeLessThanOrEqual(dimension.upper);
    expect(dimension.upper).toBeLessThan(parameters);
  }
});
