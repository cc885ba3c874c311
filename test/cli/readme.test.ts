import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { dimcert, temporaryFolder } from './command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}/README.md`, 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)![1]!;
const withoutTimes = (text: string): string => text.replaceAll(/[0-9.]+ m?s$/gm, 'TIME');

/** Does a text say what is promised? A line `…` stands for lines that are left out. */
function isAsPromised(text: string, promised: string): boolean {
  const escaped = withoutTimes(promised).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/^…\n/gm, '(?:.*\\n)+?')}$`).test(withoutTimes(text));
}

test('the commands print what README.md says', async () => {
  const cwd = temporaryFolder();
  for (const [, name, json] of readme.matchAll(/`([\w-]+\.json)`:\n\n```json\n([^]*?)```/g))
    writeFileSync(`${cwd}/${name!}`, json!);
  const examples = [...readme.matchAll(/```console\n([^]*?)```/g)].flatMap((match) =>
    match[1]!.split(/^\$ npx dimcert /m).slice(1),
  );
  expect(examples).toHaveLength(7);
  for (const example of examples) {
    const [line, ...output] = example.split('\n');
    const { code, stdout, stderr } = await dimcert(line!.split(' '), { cwd });
    expect([code, stderr]).toEqual([0, '']);
    const promised = output.join('\n');
    if (!isAsPromised(stdout, promised)) expect(withoutTimes(stdout)).toBe(withoutTimes(promised));
  }
});

test('the network in README.md is one', async () => {
  const { code } = await dimcert(['dimension', '-'], { stdin: block('json') });
  expect(code).toBe(0);
});

test('the code in README.md runs, and imports everything that there is', () => {
  const code = block('js');
  const imported = /import \{([^]*?)\} from 'dimcert'/.exec(code)![1]!.replaceAll(/\/\/.*/g, '');
  expect(
    imported
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
      .sort(),
  ).toEqual(Object.keys(library).sort());
  const printed = execFileSync(process.execPath, ['--input-type=module', '-'], {
    input: code,
    cwd: root,
    encoding: 'utf8',
  });
  const promised = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]!);
  expect(promised).toHaveLength(2);
  expect(printed.trim().split('\n').slice(-2)).toEqual(promised);
});

test('every file that README.md links to is there', () => {
  const links = [...readme.matchAll(/\]\((?!https:)([^)]+)\)/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) expect(() => readFileSync(`${root}/${link}`)).not.toThrow();
});
