import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli, dimcert, stackFlags, startCommand, temporaryFolder } from './command.ts';

test.each([
  [['--help'], 0],
  [['certify', ...stackFlags], 0],
  [['certify', ...stackFlags, '-o', '-'], 0],
  [['dimension', ...stackFlags, '--json'], 0],
])('a reader that has gone is no error: %j', async (args, code) => {
  const { process: child, outcome } = startCommand(args);
  child.stdout.destroy();
  const ended = await outcome;
  expect([ended.code, ended.signal]).toEqual([code, null]);
  expect(ended.stderr).not.toMatch(/EPIPE|error|at /);
});

test('the certificate is written and the verdict kept though nobody reads', async () => {
  const path = join(temporaryFolder(), 'certificate.json');
  const certify = startCommand(['certify', ...stackFlags, '-o', path]);
  certify.process.stdout.destroy();
  certify.process.stderr.destroy();
  expect((await certify.outcome).code).toBe(0);
  expect(existsSync(path)).toBe(true);
  const verify = startCommand(['verify', '-', '--json']);
  verify.process.stdout.destroy();
  verify.process.stdin.end('{"format":"dimcert-certificate","version":1}');
  expect((await verify.outcome).code).toBe(1);
});

test.runIf(existsSync('/dev/full'))('a full disk is an error (Linux has one in /dev/full)', async () => {
  expect(await dimcert(['certify', ...stackFlags, '-o', '/dev/full'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'dimcert: /dev/full: cannot be written: no space left on device\n',
  });
  const stdout = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(stdout));
  const { status, stderr } = spawnSync(process.execPath, [cli, 'certify', ...stackFlags], {
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, 'dimcert: stdout: cannot be written: no space left on device\n']);
});
