import { describe, expect, test } from 'vitest';
import { CertificateFormatError, verify } from '../../src/verify/index.ts';
import { maxCharacters, maxOperations } from '../../src/verify/limits.ts';
import type { Progress } from '../../src/pace.ts';
import type { Loose } from './json-type.ts';
import { lightning, softmax, stack } from './networks.ts';
import { claimed, produce, sealed } from './produce.ts';

/** Milliseconds after which something hangs: far beyond what it takes, because a machine may be busy with other work. */
const hanging = 20_000;

/** Rejected with a short fault, at once: most take milliseconds. */
async function rejectedFast(certificate: Loose): Promise<string> {
  const start = performance.now();
  const verdict = await verify(certificate);
  expect(performance.now() - start).toBeLessThan(hanging);
  expect(verdict.accepted).toBe(false);
  if (verdict.accepted) return '';
  const { path, expected, got } = verdict.fault;
  expect(path.length + expected.length + got.length).toBeLessThan(600);
  return `${path}: expected ${expected}, got ${got}`;
}

const range = (count: number, step = 1): number[] => Array.from({ length: count }, (_, i) => i * step);
const minor = (order: number, rows = range(order)): Loose => ({ rows, columns: range(order) });
const independence = (inputs: number, prime = '67108859'): Loose => ({ prime, point: { seed: '0' }, inputs });
const big = '18446744073709551557';

describe('sizes that nobody can compute are rejected before the work', () => {
  test.each([
    ['inputDim 2^53 − 1', stack(2 ** 53 - 1, 1, lightning(1, 1))],
    ['headDim 10^15', stack(1, 1, lightning(1e15, 1))],
    ['outputDim 10^15', stack(1, 1, lightning(1, 1e15))],
    ['valueDim 10^15', stack(1, 1, lightning(1, 1, { valueDim: 1e15 }))],
    ['everything 2^53 − 1', stack(2 ** 53 - 1, 2 ** 53 - 1, softmax(2 ** 53 - 1, 2 ** 53 - 1))],
    ['sequenceLength 10^9, lightning', stack(1, 1e9, lightning(1, 1))],
    ['sequenceLength 10^5, lightning: t² entries', stack(1, 1e5, lightning(1, 1))],
    ['sequenceLength 2^53 − 1, lightning', stack(2, 2 ** 53 - 1, lightning(1, 2))],
    ['20,000 layers of width 1', stack(1, 2, ...Array.from({ length: 20_000 }, () => lightning(1000, 1)))],
  ])('%s', async (_, network) => {
    await rejectedFast(await claimed(network));
    await rejectedFast(await claimed(network, {}, independence(1)));
  });

  test.each([
    ['sequenceLength 10^9', stack(1, 1e9, softmax(1, 1))],
    ['sequenceLength 10^5', stack(1, 1e5, softmax(1, 1))],
    ['sequenceLength 4000: 16,000,000 exponentials', stack(2, 4000, softmax(1, 2))],
    ['causal', stack(1, 1e6, softmax(1, 1, { causal: true }))],
    ['600 layers, 100 tokens', stack(2, 100, ...Array.from({ length: 600 }, () => softmax(1, 2)))],
  ])('softmax, %s', async (_, network) => {
    expect(await rejectedFast(await claimed(network, {}, independence(2)))).toMatch(/at most [0-9]+ /);
  });

  const small = stack(2, 2, softmax(1, 2), softmax(1, 2));
  test.each([
    ['a row of the input 10^12', small, minor(1, [4e12])],
    ['a row at 2^53 − 1', small, minor(1, [2 ** 53 - 1])],
    ['a minor of order 20,000', stack(200, 2, lightning(100, 200)), minor(20_000)],
    ['a minor of order 3000 in bigints', stack(50, 2, lightning(50, 50)), { ...minor(3000), prime: big }],
    ['5000 different inputs', stack(50, 2, lightning(50, 50)), minor(5000, range(5000, 100))],
  ])('%s', async (_, network, lowerBound) => {
    expect(
      await rejectedFast(
        await claimed(network, lowerBound, network === small ? independence(13) : undefined),
      ),
    ).toMatch(/certificate\.lowerBound.*at most [0-9]+ |certificate\.claim\.lower/);
  });

  test.each([
    ['inputs: 10^9', independence(1e9)],
    ['inputs: 2^53 − 1', independence(2 ** 53 - 1)],
    ['inputs: 2^53 − 1, in bigints', independence(2 ** 53 - 1, big)],
  ])('independence, %s', async (_, stated) => {
    expect(await rejectedFast(await claimed(small, {}, stated))).toMatch(
      /^certificate\.independence.*at most/,
    );
  });

  test('a million tokens that are drawn, not multiplied, count too', async () => {
    const network = stack(1000, 1, lightning(1, 1));
    expect(await rejectedFast(await claimed(network, minor(1, [1e6])))).toMatch(/residues to draw/);
  });
});

describe('networks of other kinds that nobody can compute are rejected before the work', () => {
  const linear = { kind: 'linear', outputDim: 2 };
  const attention = { kind: 'attention', normalization: 'softmax', headDim: 2, outputDim: 2 };
  const exp = { kind: 'activation', function: 'exp' };
  const repeated = (count: number, ...layers: object[]): object[] =>
    Array.from({ length: count }, () => layers).flat();
  const huge = 2 ** 53 - 1;
  test.each<[string, () => object[], object?]>([
    ['10^15 heads', () => [{ ...attention, numHeads: 1e15, valueDim: 1 }]],
    ['10^6 heads', () => [{ ...attention, headDim: 1, numHeads: 1e6, valueDim: 1 }]],
    ['10^6 heads of one group', () => [{ ...attention, numHeads: 1e6, numKeyValueHeads: 1, valueDim: 1 }]],
    ['10^15 angles', () => [{ ...attention, headDim: 1e15, rotary: { base: 10000 } }]],
    [
      'a window of 2^53 − 1, and as many tokens',
      () => [{ ...attention, window: huge }],
      { sequenceLength: huge },
    ],
    [
      'a context of 10^9 tokens',
      () => [{ ...attention, context: true }],
      { context: { inputDim: 2, sequenceLength: 1e9 } },
    ],
    ['a gate of 10^15', () => [{ kind: 'gated', function: 'exp', hiddenDim: 1e15, outputDim: 2 }]],
    ['a power of 2^53 − 1', () => [linear, { kind: 'power', exponent: huge }]],
    ['10^9 positions', () => [{ kind: 'positions' }], { sequenceLength: 1e9 }],
    ['a norm of 10^9 tokens', () => [linear, { kind: 'rmsnorm' }], { sequenceLength: 1e9 }],
    ['40,000 residuals', () => repeated(40_000, { kind: 'residual', layers: [linear] })],
    ['5000 residuals with functions', () => repeated(5000, { kind: 'residual', layers: [exp] })],
    [
      '20,000 factors that grow',
      () => repeated(20_000, { kind: 'scale', factor: '1000000000000/999999999999' }),
    ],
    [
      'arguments with ever larger denominators',
      () =>
        Array.from({ length: 600 }, (_, i) => ({
          kind: 'sum',
          branches: [[{ kind: 'scale', factor: `1/${10 ** 12 + i}` }], [linear, exp]],
        })),
    ],
    [
      'branches within branches',
      () =>
        Array.from({ length: 18 })
          .reduce<object[]>((layers) => [{ kind: 'sum', branches: [layers, layers] }], [linear, exp])
          .slice(0, 1)
          .map((layer) => JSON.parse(JSON.stringify(layer)) as object),
    ],
  ])('%s', async (_, layers, rest = {}) => {
    const certificate = await claimed(stack(2, 2, lightning(1, 2)));
    const network = { ...certificate.network, layers: layers(), ...rest };
    const upperBound = { method: 'ambient', statement: 'the number of parameters' };
    for (const parameters of [1, 4]) {
      const claim = { ...certificate.claim, parameters, upper: parameters };
      await rejectedFast(await sealed({ ...certificate, network, upperBound, claim }));
    }
  });

  test('10^9 points or inputs for independence', async () => {
    const certificate = await claimed(stack(2, 2, softmax(1, 2)), {}, independence(5));
    for (const change of [
      { parameters: 1e9 },
      { parameters: 2 ** 53 - 1, inputs: 1 },
      { parameters: 1e4, inputs: 1e4 },
    ])
      expect(
        await rejectedFast(
          await sealed({ ...certificate, independence: { ...certificate.independence, ...change } }),
        ),
      ).toMatch(/^certificate\.independence.*at most/);
  });
});

describe('texts', () => {
  const open = '{"format":"dimcert-certificate","version":1,"a":';
  const depth = 500_000;

  test.each([
    ['nested arrays', `${open}${'['.repeat(depth)}${']'.repeat(depth)}}`],
    ['nested objects', `${open}${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`],
    ['a long string of escapes', `${open}"${String.raw`\n`.repeat(2_000_000)}"}`],
    ['a long string of quotes', `${open}"${String.raw`\"`.repeat(2_000_000)}"}`],
    ['a long key', `{"format":"dimcert-certificate","version":1,"${'k'.repeat(4_000_000)}":1}`],
    ['a long number', `${open}${'1'.repeat(4_000_000)}}`],
    ['a number beyond doubles', `${open}1e999}`],
    ['a long fraction', `${open}0.${'1'.repeat(4_000_000)}}`],
    ['a million empty arrays', `${open}[${'[],'.repeat(1_000_000)}[]]}`],
    [
      'a million keys',
      `${open}{${range(200_000)
        .map((i) => `"${i}":0`)
        .join()}}}`,
    ],
    ['white space', `${open}${' '.repeat(4_000_000)}1}`],
    ['too long', `${open}"${'x'.repeat(maxCharacters)}"}`],
    ['far too long', `${open}"${'x'.repeat(1e8)}"}`],
    ['lone surrogates', `${open}"\ud800"}`],
    ['control characters in a key', `{"format":"dimcert-certificate","version":1,"\\u0000\\u001b[2J\\n":1}`],
  ])('%s', async (_, text) => {
    const fault = await rejectedFast(text);
    // Nothing that a terminal obeys.
    // oxlint-disable-next-line no-control-regex
    expect(fault).not.toMatch(/[\u0000-\u001f]/);
  });

  test.each([
    ['a deep format', `{"format":${'['.repeat(depth)}${']'.repeat(depth)}}`],
    ['a deep version', `{"format":"dimcert-certificate","version":${'['.repeat(depth)}${']'.repeat(depth)}}`],
    ['a long format', `{"format":"${'x'.repeat(4_000_000)}"}`],
    ['open brackets', '['.repeat(4_000_000)],
    ['a syntax error with a long excerpt', `{"${'\u0007'.repeat(100)}`],
  ])('%s is no certificate', async (_, text) => {
    const start = performance.now();
    const error = await verify(text).catch((thrown: unknown) => thrown);
    expect(performance.now() - start).toBeLessThan(hanging);
    expect(error).toBeInstanceOf(CertificateFormatError);
    expect((error as Error).message.length).toBeLessThan(400);
  });

  test('strings of a megabyte where short ones belong', async () => {
    const long = '1'.repeat(1_000_000);
    const network = stack(2, 2, softmax(1, 2));
    for (const change of [
      { point: { seed: long } },
      { prime: long },
      { determinant: long },
      { method: long },
      { retries: [{ prime: long, seed: '0', rank: 0 }] },
    ])
      await rejectedFast(await claimed(network, change, independence(5)));
    const certificate = await claimed(network, {}, independence(5));
    await rejectedFast({ ...certificate, digest: long });
    await rejectedFast(
      await sealed({ ...certificate, upperBound: { ...certificate.upperBound, statement: long } }),
    );
  });

  test('rows: a million of them', async () => {
    await rejectedFast(await claimed(stack(2, 2, lightning(1, 2)), minor(1, range(500_000))));
  });
});

describe('objects', () => {
  const cyclic: Loose = { format: 'dimcert-certificate', version: 1 };
  cyclic.claim = cyclic;
  let nested: Loose = 1;
  for (let i = 0; i < 100_000; i++) nested = [nested];

  test.each<[string, object]>([
    ['a cycle', cyclic],
    ['a bigint', { format: 'dimcert-certificate', version: 1, claim: 1n }],
    ['toJSON that gives nothing', { toJSON: () => undefined }],
    [
      'a getter that throws no error',
      Object.defineProperty({}, 'format', {
        enumerable: true,
        get: () => {
          throw 'x';
        },
      }),
    ],
    ['a map', new Map([['format', 'dimcert-certificate']])],
    ['an array', []],
    ['inherited fields', Object.create({ format: 'dimcert-certificate', version: 1 }) as object],
  ])('%s is no certificate', async (_, value) => {
    await expect(verify(value)).rejects.toThrow(CertificateFormatError);
  });

  test('a nesting beyond the stack ends in an error or a fault, as deep as the engine’s stack is', async () => {
    const certificate = { format: 'dimcert-certificate', version: 1, nested };
    const ended = await verify(certificate).catch((error: unknown) => error);
    if (!(ended instanceof CertificateFormatError)) expect(ended).toMatchObject({ accepted: false });
  });

  test('neither a text nor an object is a TypeError', async () => {
    for (const value of [undefined, null, 1, true, 1n, Symbol('x'), () => 1])
      await expect(verify(value as unknown as string)).rejects.toThrow(TypeError);
  });

  test('an object that changes while it is read is read once', async () => {
    const certificate = await claimed(stack(2, 2, lightning(1, 2)));
    let reads = 0;
    const changing = Object.defineProperty({ ...certificate }, 'claim', {
      enumerable: true,
      get: () => (reads++, certificate.claim),
    });
    await verify(changing as object);
    expect(reads).toBe(1);
  });
});

describe('work within the limits can be aborted, and reports its progress', () => {
  const exponents = stack(1, 40, softmax(1, 1));
  test.each<[string, () => Promise<Loose>]>([
    ['inputs to skip', () => claimed(stack(1000, 1, lightning(1, 1)), minor(1, [16_000]))],
    ['parameters to draw', () => claimed(stack(2000, 1, lightning(2000, 2000)), minor(1))],
    [
      'parameters to draw, large prime',
      () => claimed(stack(2000, 1, lightning(1500, 2000)), { ...minor(1), prime: big }),
    ],
    [
      'one token sequence to evaluate, large prime',
      () => claimed(stack(2, 3000, lightning(2, 2)), { ...minor(1), prime: big }),
    ],
    ['tangents', () => claimed(stack(60, 2, lightning(60, 60)), minor(1500, range(1500, 120)))],
    ['independence in bigints', () => claimed(exponents, {}, independence(900, big))],
  ])('%s', async (_, make) => {
    const certificate = await make();
    const controller = new AbortController();
    const reports: Progress[] = [];
    let aborted = 0;
    const timer = setTimeout(() => {
      aborted = performance.now();
      controller.abort(new Error('enough'));
    }, 250);
    const work = verify(certificate, {
      signal: controller.signal,
      onProgress: (progress) => reports.push(progress),
    });
    const end = await work.catch((error: unknown) => error);
    clearTimeout(timer);
    expect(end).toEqual(new Error('enough'));
    expect(performance.now() - aborted).toBeLessThan(hanging);
    expect(reports.length).toBeGreaterThan(0);
    for (const { phase, done, total } of reports) {
      expect(['minor', 'independence']).toContain(phase);
      expect(done).toBeGreaterThanOrEqual(0);
      expect(done).toBeLessThanOrEqual(total);
    }
  });

  test('a signal that has been aborted before', async () => {
    await expect(verify('{}', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });
});

test('the limit of operations is a minute or two of doubles', () => {
  expect(maxOperations).toBe(2 ** 36);
});

test('the limit of operations is the caller’s to set', async () => {
  const certificate = await produce(stack(2, 2, lightning(2, 2)));
  expect(await verify(certificate, { maxOperations: 10 })).toMatchObject({
    accepted: false,
    fault: { path: 'certificate.lowerBound', expected: 'at most 10 elementary operations' },
  });
  expect(await verify(certificate, { maxOperations: 1e9 })).toMatchObject({ accepted: true });
});
