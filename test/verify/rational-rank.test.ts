import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certifyRankOverQ, serializeCertificate } from '../../src/certificate/index.ts';
import { verify } from '../../src/verify/index.ts';
import { bareiss, matrixOf, product, rowsIn, type Rows } from '../rational/integers.ts';
import type { Loose } from './json-type.ts';
import { sealed } from './produce.ts';
import { canonicalText } from './rank-reference.ts';

/** Integers of up to so many bits, many of them 0. */
const integer = (bits: number): fc.Arbitrary<bigint> =>
  fc.oneof(fc.constant(0n), fc.bigInt({ min: -(1n << BigInt(bits)), max: 1n << BigInt(bits) }));

/** L·R of random factors, so that the rank is at most their inner dimension. */
const anyMatrix = fc
  .record({
    rows: fc.integer({ min: 0, max: 6 }),
    cols: fc.integer({ min: 0, max: 6 }),
    rank: fc.integer({ min: 0, max: 6 }),
    bits: fc.constantFrom(1, 8, 53, 200),
  })
  .chain(({ rows, cols, rank, bits }) => {
    const factor = (m: number, n: number) =>
      fc.array(fc.array(integer(bits), { minLength: n, maxLength: n }), { minLength: m, maxLength: m });
    return fc
      .tuple(factor(rows, rank), factor(rank, cols))
      .map(([left, right]) => ({ cols, rows: product(left, right, cols) }));
  });

/** Whether the lines outside the minor are the stated combinations, in the words of docs/certificate.md. */
function isCombination(matrix: Rows, certificate: Loose): boolean {
  const { method, coefficients, multipliers } = certificate.upperBound;
  if (method === 'shape') return true;
  const byRows = method === 'row-combinations';
  const lines: Rows = byRows
    ? matrix
    : Array.from({ length: certificate.matrix.cols }, (_, j) => matrix.map((row) => row[j]!));
  const inside: number[] = certificate.lowerBound[byRows ? 'rows' : 'columns'];
  const listed: bigint[][] = coefficients.dense
    ? coefficients.dense.map((row: string[]) => row.map(BigInt))
    : Array.from({ length: coefficients.rows }, (_, i) => {
        const row = Array<bigint>(coefficients.cols).fill(0n);
        const entry = coefficients.sparse.find((candidate: Loose) => candidate[0] === i);
        entry?.[1].forEach((column: number, n: number) => (row[column] = BigInt(entry[2][n])));
        return row;
      });
  const others = lines.filter((_, i) => !inside.includes(i));
  return others.every((line, t) =>
    line.every((entry, j) => {
      const sum = listed[t]!.reduce((total, x, n) => total + x * lines[inside[n]!]![j]!, 0n);
      return sum === BigInt(multipliers[t]) * entry;
    }),
  );
}

test('random matrices: the rank of fraction-free elimination, combinations that hold, accepted', async () => {
  await fc.assert(
    fc.asyncProperty(anyMatrix, async ({ rows, cols }) => {
      const { rank, certificate } = await certifyRankOverQ(matrixOf(rows, cols));
      expect(rank).toBe(bareiss(rows, cols).rank);
      expect(isCombination(rows, certificate)).toBe(true);
      const accepted = { accepted: true, kind: 'rank', field: 'Q', rows: rows.length, cols, rank };
      expect(await verify(serializeCertificate(certificate))).toMatchObject(accepted);
    }),
    { numRuns: 200 },
  );
});

test('coefficients and their multiplier have no common factor', async () => {
  const { certificate } = await certifyRankOverQ({ rows: 2, cols: 3, data: [4, 8, 12, 6, 12, 18] });
  expect(certificate.upperBound).toMatchObject({
    coefficients: { dense: [['3']] },
    multipliers: ['2'],
  });
});

test('a matrix that is singular modulo the first prime has its rank over Q', async () => {
  const p = 2147483647;
  const { rank, certificate } = await certifyRankOverQ({ rows: 2, cols: 2, data: [p, 0, 0, 1] });
  expect([rank, certificate.lowerBound.prime]).toEqual([2, '2147483629']);
  expect(await verify(certificate)).toMatchObject({ accepted: true, rank: 2, prime: '2147483629' });
});

test('entries of 100,000 digits', async () => {
  const huge = 10n ** 99_999n + 7n;
  const { certificate } = await certifyRankOverQ({ rows: 2, cols: 2, data: [huge, 2n * huge, 3n, 6n] });
  expect(await verify(certificate)).toMatchObject({ accepted: true, rank: 1 });
});

describe('changes are rejected, whether the digest is old or new', () => {
  const changes: readonly (readonly [name: string, change: (c: Loose) => void])[] = [
    ['an entry of the matrix', (c) => (c.matrix.dense[2][0] = '14')],
    ['the sign of an entry', (c) => (c.matrix.dense[0][1] = '1')],
    ['a coefficient', (c) => (c.upperBound.coefficients.dense[0][0] = '-2')],
    [
      'a coefficient that is right modulo the prime',
      (c) => (c.upperBound.coefficients.dense[0][0] = '2147483649'),
    ],
    ['the multiplier', (c) => (c.upperBound.multipliers[0] = '2')],
    [
      'the multiplier 0',
      (c) => {
        c.upperBound.multipliers[0] = '0';
        c.upperBound.coefficients.dense[0] = ['0', '0'];
      },
    ],
    [
      'a negative multiplier',
      (c) => {
        c.upperBound.multipliers[0] = '-1';
        c.upperBound.coefficients.dense[0] = ['-2', '-3'];
      },
    ],
    ['no multipliers', (c) => delete c.upperBound.multipliers],
    ['a further multiplier', (c) => c.upperBound.multipliers.push('1')],
    ['the determinant', (c) => (c.lowerBound.determinant = '4')],
    ['another prime', (c) => (c.lowerBound.prime = '3')],
    ['no prime', (c) => (c.lowerBound.prime = '2147483649')],
    ['a prime beside the field', (c) => (c.prime = '7')],
    ['another field', (c) => (c.field = 'R')],
    ['a field that is null', (c) => (c.field = null)],
    ['a smaller rank', (c) => (c.claim.lower = c.claim.upper = 1)],
    ['the method shape', (c) => (c.upperBound = { method: 'shape' })],
    ['a negative zero', (c) => (c.matrix.dense[0][2] = '-0')],
    ['a leading zero', (c) => (c.matrix.dense[0][0] = '02')],
    ['a number', (c) => (c.matrix.dense[0][0] = 2)],
    ['an entry with too many digits', (c) => (c.matrix.dense[0][0] = '1'.padEnd(2 ** 17 + 1, '0'))],
  ];
  const original = async (): Promise<Loose> => {
    const data = [2, -1, 0, 3, 0, 5, 13, -2, 15];
    return JSON.parse(serializeCertificate((await certifyRankOverQ({ rows: 3, cols: 3, data })).certificate));
  };
  test.each(changes)('%s', async (_, change) => {
    const changed = await original();
    change(changed);
    expect(await verify(canonicalText(changed))).toMatchObject({ accepted: false });
    expect(await verify(canonicalText(await sealed(changed)))).toMatchObject({ accepted: false });
  });

  test('multiplied coefficients are as true', async () => {
    const changed = await original();
    changed.upperBound.multipliers[0] = '2';
    changed.upperBound.coefficients.dense[0] = ['4', '6'];
    expect(await verify(canonicalText(await sealed(changed)))).toMatchObject({ accepted: true });
  });
});

test('what would take too long is rejected before the work', async () => {
  const rows: Rows = Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: 60 }, (__, j) => BigInt(i * j + i)),
  );
  const { certificate } = await certifyRankOverQ(matrixOf(rows, 60));
  expect(rowsIn({ rows: 40, cols: 60, data: rows.flat() })).toEqual(rows);
  expect(await verify(certificate, { maxOperations: 1000 })).toMatchObject({
    accepted: false,
    fault: { path: 'certificate.lowerBound' },
  });
});
