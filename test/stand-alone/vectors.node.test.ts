import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { corpus } from '../vectors/corpus.ts';
import { python, verifyInPython } from './python.ts';
import { ofPackage, ofStandAlone } from './verdicts.ts';

interface Index {
  readonly valid: readonly { readonly file: string; readonly shows: string }[];
  readonly invalid: readonly { readonly file: string; readonly reason: string; readonly exitCode: 1 | 2 }[];
}

const folder = 'test/vectors/';
const index = JSON.parse(readFileSync(`${folder}index.json`, 'utf8')) as Index;
const vectors = [
  ...index.valid.map(({ file, shows }) => ({ file, about: shows, exitCode: 0 })),
  ...index.invalid.map(({ file, reason, exitCode }) => ({ file, about: reason, exitCode })),
];
const textIn = (file: string): string => readFileSync(folder + file, 'utf8');

test('there are at least 40 valid and 60 invalid ones, and no file without a line in the index', () => {
  expect(index.valid.length).toBeGreaterThanOrEqual(40);
  expect(index.invalid.length).toBeGreaterThanOrEqual(60);
  const files = ['valid', 'invalid'].flatMap((name) =>
    readdirSync(folder + name).map((file) => `${name}/${file}`),
  );
  expect(files.sort()).toEqual(vectors.map(({ file }) => file).sort());
});

test('the program that made them makes them again', async () => {
  const { valid, invalid } = await corpus();
  const made = [
    ...valid.map(({ name, text }) => [`valid/${name}.json`, text]),
    ...invalid.map(({ name, text }) => [`invalid/${name}.json`, text]),
  ];
  expect(made).toEqual(vectors.map(({ file }) => [file, textIn(file)]));
});

describe.each(vectors)('$file: $about', ({ file, exitCode }) => {
  test('the package', async () => {
    const { code, words } = await ofPackage(textIn(file));
    expect(code, words).toBe(exitCode);
  });

  test('verify.mjs', () => {
    const { code, words } = ofStandAlone(textIn(file));
    expect(code, words).toBe(exitCode);
  });
});

describe.skipIf(!python)('verify.py', () => {
  let codes: Map<string, string>;
  beforeAll(() => {
    const verdicts = verifyInPython(vectors.map(({ file }) => [textIn(file), false]));
    codes = new Map(verdicts.map(({ code, words }, n) => [vectors[n]!.file, `${code} ${words}`]));
  });
  test.each(vectors)('$file: $about', ({ file, exitCode }) => {
    expect(codes.get(file)).toMatch(new RegExp(`^${exitCode} `));
  });
});

describe('with a witness, quickly', () => {
  const witnessed = index.valid.filter(({ file }) => textIn(file).includes('"witness"'));
  test('there are some', () => expect(witnessed.length).toBeGreaterThanOrEqual(4));
  test.each(witnessed)('$file: $shows', async ({ file }) => {
    const text = textIn(file);
    expect((await ofPackage(text, true)).code).toBe(0);
    expect(ofStandAlone(text, true).code).toBe(0);
    if (python) expect(verifyInPython([[text, true]])[0]!.code).toBe(0);
  });

  test('without a witness it is no question', async () => {
    const text = textIn(index.valid[0]!.file);
    expect((await ofPackage(text, true)).code).toBe(2);
    expect(ofStandAlone(text, true).code).toBe(2);
    if (python) expect(verifyInPython([[text, true]])[0]!.code).toBe(2);
  });
});
