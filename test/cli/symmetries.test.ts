import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { symmetriesCommand, type SymmetriesCommandOptions } from '../../src/cli/commands/symmetries.ts';
import { Interruptions } from '../../src/cli/interruption.ts';
import type { Symmetries } from '../../src/symmetry/index.ts';
import { groupedQueries, softmaxPair } from '../symmetry/networks.ts';
import { controlCharacters, temporaryFile } from './command.ts';

/** Runs the command in this process, and returns what it printed. */
async function printed(
  network: object,
  options: SymmetriesCommandOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk, _, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const console = { stdout: stream('stdout'), stderr: stream('stderr'), env: {} };
  const interruptions = new Interruptions();
  const file = temporaryFile(JSON.stringify(network));
  const code = await symmetriesCommand(file, options, { console, interruptions }).finally(() =>
    interruptions.release(),
  );
  return { code, ...texts };
}

test('the report names the mixing of the heads, in 80 columns', async () => {
  const { code, stdout, stderr } = await printed(groupedQueries);
  expect([code, stderr, controlCharacters(stdout)]).toEqual([0, '', []]);
  for (const line of [
    /^parameters +48$/m,
    /^linear symmetries +12 /m,
    /^lower bound +36 /m,
    /^upper bound +36 +proved$/m,
    /^dimension +36 /m,
    /^ {2}Q_h \+= Q_k, O_k −= O_h\n {6}GL\(2\), 4 fields, mixes the heads; known: /m,
  ])
    expect(stdout).toMatch(line);
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('what only a normal form shows, with its error probability', async () => {
  const { stdout } = await printed(softmaxPair(2, 2, 1, 1, 2));
  expect(stdout).toMatch(/^on a normal form +2 +more, constant fields$/m);
  expect(stdout).toMatch(/^upper bound +\d+ +with an error probability of at most \d\.\de-1\d$/m);
  expect(stdout).toContain('\n    2.K += E_12 − E_21 − E_32 + E_41\n');
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('--json prints one object, the same for the same seed', async () => {
  const of = async (seed: string): Promise<Symmetries> => ({
    ...(JSON.parse((await printed(groupedQueries, { json: true, seed })).stdout) as Symmetries),
    seconds: 0,
  });
  const found = await of('5');
  expect(found).toMatchObject({
    parameters: 48,
    dimension: { lower: 36, upper: 36, errorProbability: 0 },
    known: { rank: 12 },
    linear: { scope: 'all', dimension: 12, known: 12, adds: 0 },
    normalForm: null,
    discarded: 0,
  });
  expect(found.linear.groups.flatMap(({ fields }) => fields)).toHaveLength(12);
  expect(await of('5')).toEqual(found);
});

test.each(['-1', 'x', '1.5', '9007199254740993'])('--seed %s is bad usage', async (seed) => {
  await expect(printed(groupedQueries, { seed })).rejects.toThrow(/^--seed: expected a natural number/);
});
