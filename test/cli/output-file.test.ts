import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dimcert, longFlags, stackFlags, temporaryFolder } from './command.ts';

test('-o FILE writes the bytes of -o -, and nothing else in the folder', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'certificate.json');
  const { code, stdout, stderr } = await dimcert(['certify', ...stackFlags, '-o', path]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(path);
  const bytes = (await dimcert(['certify', ...stackFlags, '-o', '-'])).stdout;
  expect(readFileSync(path, 'utf8')).toBe(bytes);
  expect(bytes.endsWith('}\n')).toBe(true);
  expect(readdirSync(folder)).toEqual(['certificate.json']);
});

test('-o replaces a file, keeps its mode, and follows a symbolic link', async () => {
  const folder = temporaryFolder();
  const target = join(folder, 'target.json');
  const link = join(folder, 'link.json');
  writeFileSync(target, 'old');
  chmodSync(target, 0o600);
  symlinkSync(target, link);
  expect((await dimcert(['certify', ...stackFlags, '-o', link])).code).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({ format: 'dimcert-certificate' });
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['link.json', 'target.json']);
});

test('-o into a device leaves the device', async () => {
  expect((await dimcert(['certify', ...stackFlags, '-o', '/dev/null'])).code).toBe(0);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('what cannot be written is refused before the computation', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, 'old');
  const cases: [string, string][] = [
    [join(folder, 'missing', 'certificate.json'), 'no such file or directory'],
    [folder, 'is a directory'],
    [join(file, 'certificate.json'), 'a part of the path is not a directory'],
    [join(folder, 'new/'), 'is a directory'],
    // Nobody makes files there, not even root.
    ['/proc/certificate.json', 'no such file or directory'],
  ];
  for (const [path, reason] of cases) {
    // The computation would take minutes.
    const { code, stdout, stderr } = await dimcert(['certify', ...longFlags, '-o', path]);
    expect([code, stdout, stderr]).toEqual([2, '', `dimcert: ${path}: cannot be written: ${reason}\n`]);
  }
  expect(readFileSync(file, 'utf8')).toBe('old');
});

test('bad input leaves an old file alone and makes no new one', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'certificate.json');
  expect((await dimcert(['certify', ...stackFlags, '--prime', '4', '-o', path])).code).toBe(2);
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, 'old');
  expect((await dimcert(['certify', ...stackFlags, '--prime', '4', '-o', path])).code).toBe(2);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['certificate.json']);
});

test('-o without a name', async () => {
  const { code, stderr } = await dimcert(['certify', ...stackFlags, '-o', '']);
  expect([code, stderr]).toEqual([2, 'dimcert: -o: expected the name of a file or -, got ""\n']);
});
