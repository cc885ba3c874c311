import { describe, expect, test } from 'vitest';
import { certifyRank, serializeCertificate } from '../../src/certificate/index.ts';
import { maxListedCharacters } from '../../src/certificate/certify-rank.ts';
import { verify } from '../../src/verify/index.ts';
import { maxBrackets, maxRankCharacters } from '../../src/verify/limits.ts';
import type { Progress } from '../../src/pace.ts';
import type { Loose } from './json-type.ts';
import { sealed } from './produce.ts';
import { generator } from './rank-matrices.ts';

/** Milliseconds after which something hangs: far beyond what it takes, because a machine may be busy with other work. */
const hanging = 20_000;

/** A certificate without any evidence that it is true. */
function claimed(matrix: Loose, rank: number, changes: Loose = {}): Promise<Loose> {
  const indices = Array.from({ length: rank }, (_, i) => i);
  return sealed({
    format: 'dimcert-certificate',
    version: 1,
    kind: 'rank',
    prime: '4093',
    matrix,
    claim: { lower: rank, upper: rank, exact: true },
    lowerBound: { method: 'minor', rows: indices, columns: indices, determinant: '1' },
    upperBound: {
      method: 'row-combinations',
      coefficients: { rows: matrix.rows - rank, cols: rank, sparse: [] },
    },
    ...changes,
  });
}

async function rejectedFast(certificate: Loose): Promise<string> {
  const start = performance.now();
  const verdict = await verify(certificate);
  expect(performance.now() - start).toBeLessThan(hanging);
  expect(verdict.accepted).toBe(false);
  if (verdict.accepted) return '';
  const { path, expected, got } = verdict.fault;
  expect(path.length + expected.length + got.length).toBeLessThan(400);
  return `${path}: expected ${expected}, got ${got}`;
}

describe('sizes that nobody can compute are rejected before the work', () => {
  const one = [[0, [0], ['1']]];
  test.each<[string, Loose, number]>([
    ['rows: 10^9', { rows: 1e9, cols: 2, sparse: one }, 1],
    ['rows: 10^9, no entries', { rows: 1e9, cols: 1, sparse: [] }, 0],
    ['rows: 2^53 − 1', { rows: 2 ** 53 - 1, cols: 2, sparse: one }, 1],
    ['cols: 10^9', { rows: 2, cols: 1e9, sparse: one }, 1],
    ['both 2^53 − 1', { rows: 2 ** 53 - 1, cols: 2 ** 53 - 1, sparse: one }, 1],
    ['10^5 × 10^5, to be compared', { rows: 1e5, cols: 1e5, sparse: one }, 1],
    ['a minor of order 5000', { rows: 10_000, cols: 10_000, sparse: one }, 5000],
    ['a minor of order 20,000', { rows: 1e5, cols: 1e5, sparse: one }, 20_000],
  ])('%s', async (_, matrix, rank) => {
    expect(await rejectedFast(await claimed(matrix, rank))).toMatch(
      /^certificate\.(lower|upper)Bound: expected at most [0-9]+ /,
    );
  });

  test('combinations of columns, and bigints', async () => {
    const matrix = { rows: 1e4, cols: 6000, sparse: one };
    const columns = {
      upperBound: {
        method: 'column-combinations',
        coefficients: { rows: 5000, cols: 1000, sparse: [] },
      },
    };
    await rejectedFast(await claimed(matrix, 1000, columns));
    const prime = '18446744073709551557';
    const square = { rows: 4000, cols: 4000, sparse: one };
    expect(await rejectedFast(await claimed(square, 1500, { prime }))).toMatch(/elementary operations/);
  });

  test('the limit of operations is the caller’s to set', async () => {
    const { certificate } = await certifyRank({ rows: 2, cols: 2, data: [1, 2, 3, 6] }, 7);
    expect(await verify(certificate, { maxOperations: 10 })).toMatchObject({
      accepted: false,
      fault: { expected: 'at most 10 elementary operations' },
    });
    expect(await verify(certificate, { maxOperations: 1e6 })).toMatchObject({ accepted: true });
  });
});

describe('texts', () => {
  const open = '{"format":"dimcert-certificate","version":1,"kind":"rank","matrix":';
  test.each([
    ['more arrays than memory', `${open}[${'[],'.repeat(maxBrackets)}[]]}`],
    ['more objects than memory', `${open}[${'{},'.repeat(maxBrackets)}{}]}`],
    ['a long string', `${open}"${'x'.repeat(3e7)}"}`],
    ['deep arrays', `${open}${'['.repeat(5e6)}${']'.repeat(5e6)}}`],
    ['many numbers', `${open}[${'1,'.repeat(5e6)}1]}`],
    ['too long', `${open}"${'x'.repeat(maxRankCharacters)}"}`],
  ])('%s', async (_, text) => {
    await rejectedFast(text);
  });
});

test('a producer leaves room for what surrounds the matrix, and refuses a larger one', async () => {
  expect(maxListedCharacters).toBeLessThan(maxRankCharacters - 500_000);
  const wide = { rows: 1, cols: 11e6, data: new Uint32Array(11e6).fill(2147483646) };
  await expect(certifyRank(wide, 2147483647)).rejects.toThrow(
    /^matrix: expected a certificate, which lists the matrix, of at most 133169152 characters, got 143000003$/,
  );
});

test('a matrix of 200,000 rows is certified and verified', async () => {
  const rows = 200_000;
  const data = Uint32Array.from({ length: rows }, generator(2)).map((entry) => entry % 4093);
  const { rank, certificate } = await certifyRank({ rows, cols: 1, data }, 4093);
  expect(rank).toBe(1);
  expect(await verify(serializeCertificate(certificate))).toMatchObject({ accepted: true, rows, rank: 1 });
});

describe('work within the limits can be aborted, and reports its progress', () => {
  test.each<[string, string, () => Promise<Loose>]>([
    [
      'the minor',
      '4093',
      async () => {
        const next = generator(1);
        const dense = Array.from({ length: 1500 }, () =>
          Array.from({ length: 1500 }, () => String(next() % 4093)),
        );
        return claimed({ rows: 1500, cols: 1500, dense }, 1500, { upperBound: { method: 'shape' } });
      },
    ],
    [
      'the minor, in bigints',
      '18446744073709551557',
      async () => {
        const next = generator(1);
        const dense = Array.from({ length: 500 }, () => Array.from({ length: 500 }, () => String(next())));
        return claimed({ rows: 500, cols: 500, dense }, 500, { upperBound: { method: 'shape' } });
      },
    ],
    ['zeros to compare', '4093', async () => claimed({ rows: 60_000, cols: 60_000, sparse: [] }, 0, {})],
  ])('%s', async (_, prime, make) => {
    const { digest: _digest, ...body } = await make();
    const text = JSON.stringify(await sealed({ ...body, prime }));
    const controller = new AbortController();
    const reports: Progress[] = [];
    const end = await verify(text, {
      signal: controller.signal,
      onProgress: (progress) => {
        reports.push(progress);
        controller.abort(new Error('enough'));
      },
    }).catch((error: unknown) => error);
    expect(end).toEqual(new Error('enough'));
    for (const { done, total } of reports) expect(done).toBeLessThanOrEqual(total);
  });
});

test('rows count, also empty ones', async () => {
  const empty = await claimed({ rows: 1e7, cols: 0, sparse: [] }, 0, { upperBound: { method: 'shape' } });
  expect(await verify(empty, { maxOperations: 1e6 })).toMatchObject({
    accepted: false,
    fault: { path: 'certificate.lowerBound', expected: 'at most 1000000 elementary operations' },
  });
});

test('work that is allowed can be aborted: empty rows, coefficients without columns, long rows', async () => {
  const n = 4_000_000;
  const identity = Array.from({ length: 1000 }, (_, i) => [i, [i], ['1']]);
  const long = { rows: 1000, cols: 20_000_000, sparse: identity };
  const certificates = [
    await claimed({ rows: n, cols: 0, sparse: [] }, 0, { upperBound: { method: 'shape' } }),
    await claimed({ rows: 1, cols: n, sparse: [] }, 0, {
      upperBound: { method: 'column-combinations', coefficients: { rows: n, cols: 0, sparse: [] } },
    }),
  ];
  for (const certificate of certificates)
    await expect(verify(certificate, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  // The rows of the minor are cleared where they have entries, not over all columns.
  const start = performance.now();
  const verdict = await verify(await claimed(long, 1000, { upperBound: { method: 'shape' } }));
  expect(verdict).toMatchObject({ accepted: true, rank: 1000 });
  expect(performance.now() - start).toBeLessThan(hanging);
});

test('a certificate with more arrays than a verifier counts is not written', async () => {
  const rows = 2 ** 23;
  await expect(certifyRank({ rows, cols: 1, data: new Uint8Array(rows).fill(1) }, 7)).rejects.toThrow(
    `matrix: expected a certificate, which lists the matrix, of at most ${2 ** 23 - 2 ** 10} arrays, got ${rows + 1}`,
  );
});
