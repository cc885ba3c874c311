import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BoundContradiction, certify, serializeCertificate } from '../../src/certificate/index.ts';
import { certifyCommand } from '../../src/cli/commands/certify.ts';
import { InputError, Interruption, explain, inWordsOf } from '../../src/cli/errors.ts';
import { Interruptions } from '../../src/cli/interruption.ts';
import { network, softmaxAttention } from '../../src/network/index.ts';
import { temporaryFolder } from './command.ts';

const flags = { dims: '2,2', headDims: '1', sequenceLength: '2', normalization: 'softmax' };

/** A console that remembers. */
function recorder() {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const interruptions = new Interruptions();
  onTestFinished(() => interruptions.release());
  return {
    context: { console: { stdout, stderr, env: {} }, interruptions },
    written: () => ({ stdout: stdout.read() as string | null, stderr: stderr.read() as string | null }),
  };
}

/** What `certify` does when lower > upper. */
async function contradiction(): Promise<never> {
  const layers = [softmaxAttention({ headDim: 1 })];
  const { certificate } = await certify(network({ inputDim: 2, sequenceLength: 2, layers }));
  throw new BoundContradiction({ ...certificate, claim: { ...certificate.claim, upper: 1, exact: false } });
}

test.each([{ json: true }, { json: false }])(
  'lower > upper: exit code 70, no result, and the certificate is kept in -o (%j)',
  async ({ json }) => {
    const output = join(temporaryFolder(), 'certificate.json');
    const { context, written } = recorder();
    expect(await certifyCommand(undefined, { ...flags, output, json }, context, contradiction)).toBe(70);
    const { stdout, stderr } = written();
    expect(stdout).toBe(null);
    expect(stderr).toMatch(/^dimcert: [^\n]*either the program or the theorem is wrong[^\n]*\n$/);
    expect(stderr).toContain(output);
    const error = (await contradiction().catch((thrown: unknown) => thrown)) as BoundContradiction;
    expect(readFileSync(output, 'utf8')).toBe(serializeCertificate(error.certificate));
  },
);

test('lower > upper without -o: the certificate is kept in the working directory', async () => {
  const folder = temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => void vi.restoreAllMocks());
  const { context, written } = recorder();
  expect(await certifyCommand(undefined, flags, context, contradiction)).toBe(70);
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^dimcert-contradiction-[0-9a-f]{12}\.json$/);
  expect(written().stderr).toContain(join(folder, name!));
});

test('an internal error asks for a report in one line, with a stack only where it is wanted', () => {
  const error = new Error('a\nb');
  const plain = explain(error, false);
  expect(plain.exitCode).toBe(70);
  expect(plain.text).toMatch(
    /^internal error, please report it .*: Error: a b \(DIMCERT_DEBUG=1 shows where\)$/,
  );
  expect(explain(error, true).text).toContain('internal-error.test.ts');
  expect(explain('thrown text', false)).toMatchObject({ exitCode: 70 });
});

test('bad input and interruptions have their own exit codes', () => {
  expect(explain(new InputError('x:\n y'), true)).toEqual({ exitCode: 2, text: 'x: y' });
  expect(explain(new Interruption('SIGINT'), true)).toEqual({ exitCode: 130, text: 'interrupted' });
  expect(explain(new Interruption('SIGTERM'), true)).toEqual({ exitCode: 143, text: 'terminated' });
});

test("only faults of what the user gave are the user's", async () => {
  const names = { prime: '--prime', network: 'net.json: ', memory: 'net.json: memory' };
  const thrown = (error: Error): Promise<unknown> =>
    inWordsOf(names, () => Promise.reject(error)).catch((other: unknown) => other);
  const said = async (message: string): Promise<string> =>
    ((await thrown(new RangeError(message))) as Error).message;
  expect(await said('prime: expected a prime, got 4')).toBe('--prime: expected a prime, got 4');
  expect(await said('network.layers[0].headDim: expected a, got b')).toBe(
    'net.json: layers[0].headDim: expected a, got b',
  );
  expect(await said('network: expected an object, got null')).toBe('net.json: expected an object, got null');
  expect(await thrown(new TypeError('network.x: expected a, got b'))).toBeInstanceOf(InputError);
  expect(await said('Invalid typed array length: 10000200000')).toBe(
    'net.json: memory: expected a computation that fits, got Invalid typed array length: 10000200000',
  );
  for (const internal of [
    new RangeError('primes: expected a prime, got 4'),
    new RangeError('Maximum call stack size exceeded'),
    new Error('prime: expected a prime, got 4'),
  ])
    expect(await thrown(internal)).toBe(internal);
});
