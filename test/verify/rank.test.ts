import { describe, expect, test } from 'vitest';
import { certifyRank, serializeCertificate } from '../../src/certificate/index.ts';
import { rankProfiles } from '../../src/matrix/index.ts';
import { verify } from '../../src/verify/index.ts';
import { generator, matrixOfRank, type Fill } from './rank-matrices.ts';
import { canonicalText, isTrueRank, produceRank } from './rank-reference.ts';

const shapes = [
  [0, 0],
  [0, 5],
  [5, 0],
  [1, 1],
  [4, 4],
  [3, 7],
  [7, 3],
  [9, 10],
  [2, 33],
  [33, 2],
] as const;
const fills: readonly Fill[] = ['random', 'extreme', 'sparse'];

/** Entries as rows of bigints. */
function rowsOf({
  rows,
  cols,
  data,
}: {
  rows: number;
  cols: number;
  data: ArrayLike<number | bigint>;
}): bigint[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => BigInt(data[i * cols + j]!)),
  );
}

describe.each([2, 3, 4093, 8191, 8209, 67108859, 67108879, 2147483647, 2147483659n, 4611686018427387847n])(
  'modulo %s',
  (prime) => {
    test.each(shapes)(
      'every rank of a %s × %s matrix: the bytes of the reference, accepted',
      async (rows, cols) => {
        for (let rank = 0; rank <= Math.min(rows, cols); rank++)
          for (const fill of fills) {
            const matrix = matrixOfRank(rows, cols, rank, prime, fill);
            const found = await certifyRank(matrix, prime);
            expect(found.rank).toBe(rank);
            const text = serializeCertificate(found.certificate);
            const reference = await produceRank(rowsOf(matrix), cols, BigInt(prime));
            expect(text).toBe(canonicalText(reference) + '\n');
            const accepted = { accepted: true, kind: 'rank', rows, cols, rank, prime: String(prime) };
            expect(await verify(text)).toMatchObject(accepted);
            expect(await verify(found.certificate)).toMatchObject(accepted);
          }
      },
    );
  },
);

describe.each([2147483659n, 4294967311n, 4611686018427387847n, 9223372036854775783n, 18446744073709551557n])(
  'the verifier, modulo %s',
  (p) => {
    test.each(shapes)('every rank of a %s × %s matrix', async (rows, cols) => {
      const next = generator(5);
      for (let rank = 0; rank <= Math.min(rows, cols); rank++) {
        // A product of factors modulo p: their entries are large, and those of a rank profile are 1.
        const factor = (m: number, n: number): bigint[][] =>
          Array.from({ length: m }, (_, i) =>
            Array.from({ length: n }, (_, j) => (i === j ? 1n : p - 1n - (BigInt(next()) % p))),
          );
        const left = factor(rows, rank);
        const right = factor(rank, cols);
        const matrix = left.map((row) =>
          Array.from({ length: cols }, (_, j) => row.reduce((sum, x, k) => sum + x * right[k]![j]!, 0n) % p),
        );
        const certificate = await produceRank(matrix, cols, p);
        expect(await verify(certificate)).toMatchObject({
          accepted: true,
          rank: certificate.claim.lower,
          prime: String(p),
        });
        expect(isTrueRank(certificate)).toBe(true);
      }
    });
  },
);

test.each([
  [120, 150, 70, 4093],
  [150, 120, 70, 4093],
  [300, 300, 290, 8209],
  [260, 300, 0, 3],
  [300, 260, 260, 2],
])('a %s × %s matrix of rank %s modulo %s', async (rows, cols, rank, prime) => {
  const matrix = matrixOfRank(rows, cols, rank, prime);
  const { certificate } = await certifyRank(matrix, prime);
  const profiles = rankProfiles(matrix, prime);
  expect(profiles.rank).toBe(rank);
  expect(certificate.lowerBound).toMatchObject({ rows: profiles.rows, columns: profiles.columns });
  expect(await verify(certificate)).toMatchObject({ accepted: true, rank });
});

test('entries of any sign and size are reduced; what is no integer is refused', async () => {
  const data = [-1, 8, 7n ** 30n + 2n, -(7n ** 30n) - 3n];
  const { rank, certificate } = await certifyRank({ rows: 2, cols: 2, data }, '7');
  expect(rank).toBe(2);
  expect(certificate.matrix).toEqual({
    rows: 2,
    cols: 2,
    dense: [
      ['6', '1'],
      ['2', '4'],
    ],
  });
  await expect(certifyRank({ rows: 1, cols: 1, data: [0.5] }, 7)).rejects.toThrow(/^matrix\.data\[0\]/);
  await expect(certifyRank({ rows: 1, cols: 2, data: [1] }, 7)).rejects.toThrow(RangeError);
  await expect(certifyRank({ rows: 1, cols: 1, data: [1] }, 9)).rejects.toThrow(/^prime: expected a prime/);
});

test('the statements say what was proved, in words', async () => {
  const statements = async (rows: number, cols: number, data: number[]) => {
    const verdict = await verify((await certifyRank({ rows, cols, data }, 7)).certificate);
    return verdict.accepted ? verdict.statements : [];
  };
  expect(await statements(3, 3, [1, 2, 3, 2, 4, 6, 0, 1, 5])).toEqual([
    'rank at least 2, proved: a minor of order 2 is not 0 modulo 7',
    'rank at most 2, proved: the other rows are combinations of the rows of the minor modulo 7',
  ]);
  expect((await statements(3, 2, [1, 2, 2, 4, 3, 6]))[1]).toBe(
    'rank at most 1, proved: the other columns are combinations of the columns of the minor modulo 7',
  );
  expect(await statements(1, 2, [1, 2])).toEqual([
    'rank at least 1, proved: a minor of order 1 is not 0 modulo 7',
    'rank at most 1, proved: a 1 × 2 matrix has no greater one',
  ]);
  expect(await statements(1, 2, [0, 7])).toEqual([
    'rank at least 0, proved: no rank is negative',
    'rank at most 0, proved: every entry is 0 modulo 7',
  ]);
});

test('it can be aborted, and reports its progress', async () => {
  const prime = 2147483647;
  const matrix = { rows: 1500, cols: 1500, data: Float64Array.from({ length: 2250000 }, generator(3)) };
  const controller = new AbortController();
  const phases = new Set<string>();
  const work = certifyRank(matrix, prime, {
    signal: controller.signal,
    onProgress: ({ phase, done, total }) => {
      phases.add(phase);
      expect(done).toBeLessThanOrEqual(total);
      controller.abort(new Error('enough'));
    },
  });
  await expect(work).rejects.toThrow('enough');
  expect([...phases]).toEqual(['elimination']);
  await expect(
    certifyRank(matrix, prime, { signal: AbortSignal.abort(new Error('before')) }),
  ).rejects.toThrow('before');
});

test.each([2n ** 26n - 5n, 33554393n, 2147483647n])(
  'sums of products of the largest residues stay exact, modulo %s',
  async (p) => {
    const next = generator(9);
    const near = (count: number): bigint[] =>
      Array.from({ length: count }, () => p - 1n - BigInt(next() % 6));
    for (const [rank, cols] of [
      [12, 40],
      [40, 41],
    ] as const) {
      const basis = Array.from({ length: rank }, () => near(cols));
      const others = Array.from({ length: cols - rank }, () => near(rank)).map((coefficients) =>
        Array.from(
          { length: cols },
          (_, j) => coefficients.reduce((sum, x, k) => sum + x * basis[k]![j]!, 0n) % p,
        ),
      );
      const matrix = [...basis, ...others];
      for (const rows of [matrix, Array.from({ length: cols + 1 }, (_, i) => matrix[Math.min(i, cols - 1)]!)])
        expect(await verify(await produceRank(rows, cols, p))).toMatchObject({ accepted: true, rank });
    }
  },
);
