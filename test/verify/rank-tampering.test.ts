import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { CertificateFormatError, verify } from '../../src/verify/index.ts';
import type { Loose } from './json-type.ts';
import { sealed } from './produce.ts';
import { generator } from './rank-matrices.ts';
import { canonicalText, isTrueRank, produceRank } from './rank-reference.ts';

const random = (rows: number, cols: number, rank: number, p: bigint, zeros = 0): Promise<Loose> => {
  const next = generator(rows * 100 + cols);
  const factor = (m: number, n: number): bigint[][] =>
    Array.from({ length: m }, () =>
      Array.from({ length: n }, () => (next() % 100 < zeros ? 0n : BigInt(next()) % p)),
    );
  const left = factor(rows, rank);
  const right = factor(rank, cols);
  const product = left.map((row) =>
    Array.from({ length: cols }, (_, j) => row.reduce((sum, x, k) => sum + x * right[k]![j]!, 0n) % p),
  );
  return produceRank(product, cols, p);
};

/** 5 × 6 of rank 3, combinations of rows. */
let certificate: Loose;
/** 6 × 5 of rank 3, combinations of columns. */
let tall: Loose;
/** Sparse, of rank 2. */
let sparse: Loose;
/** 3 × 4 of rank 3. */
let full: Loose;
let large: Loose;
let zero: Loose;

beforeAll(async () => {
  certificate = await random(5, 6, 3, 4093n);
  tall = await random(6, 5, 3, 4093n);
  const rows = Array.from({ length: 7 }, () => Array.from({ length: 9 }, () => 0n));
  rows[1]![3] = 5n;
  rows[4]![3] = 10n;
  rows[4]![7] = 1n;
  rows[6]![7] = 4092n;
  sparse = await produceRank(rows, 9, 4093n);
  full = await random(3, 4, 3, 4093n);
  large = await random(3, 4, 2, 9223372036854775783n);
  zero = await produceRank([[0n, 0n]], 2, 2n);
});

const changes: readonly { name: string; change: (c: Loose) => void; path: string }[] = [
  { name: 'prime', change: (c) => (c.prime = '4099'), path: 'certificate.lowerBound.determinant' },
  { name: 'prime: smaller', change: (c) => (c.prime = '3'), path: 'certificate.lowerBound.determinant' },
  ...['4095', '1', '0', '3825123056546413051', '18446744073709551629', '04093', '4093 ', '', 4093, null].map(
    (prime) => ({
      name: `prime: ${JSON.stringify(prime)}`,
      change: (c: Loose) => (c.prime = prime),
      path: 'certificate.prime',
    }),
  ),
  { name: 'rows', change: (c) => c.matrix.rows++, path: 'certificate.matrix.dense' },
  { name: 'cols', change: (c) => c.matrix.cols--, path: 'certificate.matrix.dense[0]' },
  { name: 'rows: negative', change: (c) => (c.matrix.rows = -1), path: 'certificate.matrix.rows' },
  { name: 'no rows', change: (c) => delete c.matrix.dense, path: 'certificate.matrix' },
  { name: 'both kinds of rows', change: (c) => (c.matrix.sparse = []), path: 'certificate.matrix' },
  { name: 'dense: an object', change: (c) => (c.matrix.dense = {}), path: 'certificate.matrix.dense' },
  {
    name: 'dense: a row is missing',
    change: (c) => c.matrix.dense.pop(),
    path: 'certificate.matrix.dense',
  },
  {
    name: 'dense: a row is too long',
    change: (c) => c.matrix.dense[4].push('0'),
    path: 'certificate.matrix.dense[4]',
  },
  {
    name: 'dense: a row is no list',
    change: (c) => (c.matrix.dense[4] = '012345'),
    path: 'certificate.matrix.dense[4]',
  },
  ...[1, '4093', '-1', '01', '', '1 ', '1.0', '0x1', '٤', null, [], ['1']].map((entry) => ({
    name: `an entry: ${JSON.stringify(entry)}`,
    change: (c: Loose) => (c.matrix.dense[2][5] = entry),
    path: 'certificate.matrix.dense[2][5]',
  })),
  {
    name: 'another entry of the minor',
    change: (c) => (c.matrix.dense[0][0] = String((Number(c.matrix.dense[0][0]) + 1) % 4093)),
    path: 'certificate.lowerBound.determinant',
  },
  {
    name: 'another entry outside the minor',
    change: (c) => (c.matrix.dense[4][5] = String((Number(c.matrix.dense[4][5]) + 1) % 4093)),
    path: 'certificate.upperBound.coefficients',
  },
  { name: 'claim.lower: less', change: (c) => c.claim.lower--, path: 'certificate.claim.lower' },
  { name: 'claim.lower: more', change: (c) => c.claim.lower++, path: 'certificate.claim.lower' },
  { name: 'claim.upper: less', change: (c) => c.claim.upper--, path: 'certificate.claim.upper' },
  { name: 'claim.upper: more', change: (c) => c.claim.upper++, path: 'certificate.claim.upper' },
  { name: 'claim.exact: false', change: (c) => (c.claim.exact = false), path: 'certificate.claim.exact' },
  { name: 'claim.exact: 1', change: (c) => (c.claim.exact = 1), path: 'certificate.claim.exact' },
  {
    name: 'claim.parameters',
    change: (c) => (c.claim.parameters = 1),
    path: 'certificate.claim.parameters',
  },
  {
    name: 'lower method',
    change: (c) => (c.lowerBound.method = 'jacobian-minor'),
    path: 'certificate.lowerBound.method',
  },
  {
    name: 'a smaller rank, with its minor',
    change: (c) => {
      c.lowerBound.rows.pop();
      c.lowerBound.columns.pop();
      c.claim.lower = c.claim.upper = 2;
    },
    path: 'certificate.upperBound.coefficients.rows',
  },
  {
    name: 'a greater rank, with its minor',
    change: (c) => {
      c.lowerBound.rows = [0, 1, 2, 3];
      c.lowerBound.columns = [0, 1, 2, 3];
      c.claim.lower = c.claim.upper = 4;
      c.upperBound.coefficients = { rows: 1, cols: 4, dense: [['0', '0', '0', '0']] };
    },
    path: 'certificate.lowerBound.rows[3]',
  },
  {
    name: 'a full rank',
    change: (c) => {
      c.lowerBound.rows = [0, 1, 2, 3, 4];
      c.lowerBound.columns = [0, 1, 2, 3, 4];
      c.claim.lower = c.claim.upper = 5;
      c.upperBound = { method: 'shape' };
    },
    path: 'certificate.lowerBound.rows[3]',
  },
  {
    name: 'a row beyond the matrix',
    change: (c) => (c.lowerBound.rows[2] = 5),
    path: 'certificate.lowerBound.rows[2]',
  },
  {
    name: 'a column beyond the matrix',
    change: (c) => (c.lowerBound.columns[2] = 6),
    path: 'certificate.lowerBound.columns[2]',
  },
  {
    name: 'a row twice',
    change: (c) => (c.lowerBound.rows[1] = c.lowerBound.rows[0]),
    path: 'certificate.lowerBound.rows[1]',
  },
  {
    name: 'a column less',
    change: (c) => c.lowerBound.columns.pop(),
    path: 'certificate.lowerBound.columns',
  },
  {
    name: 'determinant',
    change: (c) => (c.lowerBound.determinant = String(4093 - Number(c.lowerBound.determinant))),
    path: 'certificate.lowerBound.determinant',
  },
  ...['0', '4093', '01', 1].map((determinant) => ({
    name: `determinant: ${JSON.stringify(determinant)}`,
    change: (c: Loose) => (c.lowerBound.determinant = determinant),
    path: 'certificate.lowerBound.determinant',
  })),
  {
    name: 'upper method: shape',
    change: (c) => (c.upperBound = { method: 'shape' }),
    path: 'certificate.upperBound.method',
  },
  {
    name: 'upper method: shape, with coefficients',
    change: (c) => (c.upperBound.method = 'shape'),
    path: 'certificate.upperBound.coefficients',
  },
  {
    name: 'upper method: columns',
    change: (c) => (c.upperBound.method = 'column-combinations'),
    path: 'certificate.upperBound.coefficients.rows',
  },
  {
    name: 'upper method: unknown',
    change: (c) => (c.upperBound.method = 'belief'),
    path: 'certificate.upperBound.method',
  },
  {
    name: 'no coefficients',
    change: (c) => delete c.upperBound.coefficients,
    path: 'certificate.upperBound.coefficients',
  },
  {
    name: 'another coefficient',
    change: (c) =>
      (c.upperBound.coefficients.dense[1][2] = String(
        (Number(c.upperBound.coefficients.dense[1][2]) + 1) % 4093,
      )),
    path: 'certificate.upperBound.coefficients',
  },
  {
    name: 'a coefficient that is not reduced',
    change: (c) => (c.upperBound.coefficients.dense[1][2] = '4093'),
    path: 'certificate.upperBound.coefficients.dense[1][2]',
  },
  {
    name: 'coefficients of other rows',
    change: (c) => c.upperBound.coefficients.dense.reverse(),
    path: 'certificate.upperBound.coefficients',
  },
  {
    name: 'coefficients of a row less',
    change: (c) => {
      c.upperBound.coefficients.dense.pop();
      c.upperBound.coefficients.rows--;
    },
    path: 'certificate.upperBound.coefficients.rows',
  },
  { name: 'kind', change: (c) => (c.kind = 'ranks'), path: 'certificate.kind' },
  { name: 'kind: none', change: (c) => delete c.kind, path: 'certificate.prime' },
  { name: 'kind: the other one', change: (c) => (c.kind = 'dimension'), path: 'certificate.prime' },
  ...['constructor', 'toString', 'network'].map((key) => ({
    name: `a field added: ${key}`,
    change: (c: Loose) => (c[key] = 1),
    path: `certificate.${key}`,
  })),
];

async function faultOf(value: Loose): Promise<string> {
  const verdict = await verify(value);
  expect(verdict.accepted).toBe(false);
  if (verdict.accepted) return '';
  const { path, expected, got } = verdict.fault;
  expect(expected).not.toBe(got);
  expect(`${path}${expected}${got}`.length).toBeLessThan(400);
  return path;
}

describe.each(changes)('$name', ({ change, path }) => {
  test('with the old digest', async () => {
    const copy = structuredClone(certificate);
    change(copy);
    await faultOf(copy);
  });

  test('with its own digest', async () => {
    const copy = structuredClone(certificate);
    change(copy);
    expect(await faultOf(await sealed(copy))).toBe(path);
  });
});

describe('sparse rows', () => {
  test('the producers list what is mostly zero sparsely', async () => {
    expect(sparse.matrix.sparse).toEqual([
      [1, [3], ['5']],
      [4, [3, 7], ['10', '1']],
      [6, [7], ['4092']],
    ]);
    expect(sparse.upperBound.coefficients.rows).toBe(5);
    expect(await verify(sparse)).toMatchObject({ accepted: true, rank: 2, rows: 7, cols: 9 });
  });

  test.each<[string, (rows: Loose[]) => unknown, string]>([
    ['a row twice', (rows) => (rows[1][0] = 1), '[1][0]'],
    ['order of rows', (rows) => rows.reverse(), '[1][0]'],
    ['a row beyond the matrix', (rows) => (rows[2][0] = 7), '[2][0]'],
    ['a row: a string', (rows) => (rows[2][0] = '6'), '[2][0]'],
    ['an empty row', (rows) => rows.splice(1, 0, [2, [], []]), '[1][1]'],
    ['a column twice', (rows) => (rows[1][1] = [3, 3]), '[1][1][1]'],
    ['order of columns', (rows) => (rows[1][1] = [7, 3]), '[1][1][1]'],
    ['a column beyond the matrix', (rows) => (rows[1][1] = [3, 9]), '[1][1][1]'],
    ['a column: negative', (rows) => (rows[1][1] = [-1, 3]), '[1][1][0]'],
    ['a column: a string', (rows) => (rows[1][1] = ['3', 7]), '[1][1][0]'],
    ['a zero', (rows) => (rows[1][2] = ['10', '0']), '[1][2][1]'],
    ['a value that is not reduced', (rows) => (rows[1][2] = ['10', '4094']), '[1][2][1]'],
    ['a value: a number', (rows) => (rows[1][2] = ['10', 1]), '[1][2][1]'],
    ['a value less', (rows) => rows[1][2].pop(), '[1][2]'],
    ['a value more', (rows) => rows[1][2].push('1'), '[1][2]'],
    ['values: a string', (rows) => (rows[1][2] = '11'), '[1][2]'],
    ['columns: null', (rows) => (rows[1][1] = null), '[1][1]'],
    ['a row of two', (rows) => rows[1].pop(), '[1]'],
    ['a row: null', (rows) => (rows[0] = null), '[0]'],
  ])('%s', async (_, change, place) => {
    const copy = structuredClone(sparse);
    change(copy.matrix.sparse);
    expect(await faultOf(await sealed(copy))).toBe(`certificate.matrix.sparse${place}`);
  });

  test('the other listing of the same matrix is accepted too', async () => {
    const dense = Array.from({ length: 7 }, () => Array.from({ length: 9 }, () => '0'));
    for (const [i, columns, values] of sparse.matrix.sparse)
      for (const [n, j] of columns.entries()) dense[i]![j] = values[n];
    const verdict = await verify(await sealed({ ...sparse, matrix: { rows: 7, cols: 9, dense } }));
    expect(verdict).toMatchObject({ accepted: true, rank: 2 });
  });
});

test('an entry that no evidence looks at must be a residue all the same', async () => {
  const wide = await produceRank([[1n, 2n, 3n]], 3, 7n);
  wide.matrix.dense[0][2] = 'x';
  expect(await faultOf(await sealed(wide))).toBe('certificate.matrix.dense[0][2]');
  const tallOne = await produceRank([[1n], [2n], [3n]], 1, 7n);
  expect(tallOne.upperBound).toEqual({ method: 'shape' });
  tallOne.matrix.dense[2][0] = '7';
  expect(await faultOf(await sealed(tallOne))).toBe('certificate.matrix.dense[2][0]');
});

/** Every place of a value, as the keys that lead to it. */
function places(value: Loose, keys: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return [...(keys.length > 0 ? [keys] : []), ...inner.flatMap((key) => places(value[key], [...keys, key]))];
}

const at = (value: Loose, keys: readonly string[]): Loose => keys.reduce((inner, key) => inner[key], value);

test('every field is necessary, no other is allowed beside it, and no other type in its place', async () => {
  for (const original of [certificate, tall, sparse, full, large, zero])
    for (const keys of places(original)) {
      if (keys.length === 1 && ['format', 'version', 'digest'].includes(keys[0]!)) continue;
      const parent = keys.slice(0, -1);
      const last = keys.at(-1)!;
      const without = structuredClone(original);
      if (Array.isArray(at(without, parent))) at(without, parent).splice(Number(last), 1);
      else delete at(without, parent)[last];
      await faultOf(await sealed(without));
      if (!Array.isArray(at(original, parent))) {
        const beside = structuredClone(original);
        at(beside, parent)[`${last}x`] = at(original, keys);
        await faultOf(await sealed(beside));
      }
      for (const value of [null, [], {}, -1, 1.5, 'x', false, '-1']) {
        const wrong = structuredClone(original);
        at(wrong, parent)[last] = value;
        if (canonicalText(wrong) !== canonicalText(original)) await faultOf(await sealed(wrong));
      }
    }
});

/** One step away from what was there, or something else altogether. */
function mutants(value: Loose): fc.Arbitrary<Loose> {
  const other = fc.constantFrom<Loose[]>(
    null,
    true,
    0,
    1,
    -1,
    2,
    1e9,
    0.5,
    '',
    '0',
    '1',
    '2',
    '7',
    'x',
    [],
    [0],
    {},
  );
  if (typeof value === 'number')
    return fc.oneof(
      fc.integer({ min: -3, max: 9 }).map((step) => value + step),
      other,
    );
  if (typeof value === 'string' && /^[0-9]+$/.test(value) && value.length < 30)
    return fc.oneof(
      fc.integer({ min: -6, max: 20 }).map((step) => String(BigInt(value) + BigInt(step))),
      other,
    );
  if (Array.isArray(value) && value.length > 0)
    return fc.oneof(
      fc.nat(value.length - 1).map((i) => value.filter((_, n) => n !== i)),
      fc.nat(value.length - 1).map((i) => [...value.slice(0, i), value[i], ...value.slice(i)]),
      fc.constant([...value].reverse()),
      other,
    );
  return other;
}

test('a certificate with one mutation and its own digest is rejected, or independently true', async () => {
  // Small primes, so that much is true by accident.
  const originals = [
    ...(await Promise.all([
      random(3, 4, 2, 2n),
      random(4, 3, 2, 3n),
      random(4, 4, 1, 5n),
      random(2, 3, 2, 3n),
    ])),
    sparse,
    zero,
    large,
  ];
  let accepted = 0;
  const mutation = fc.tuple(fc.nat(originals.length - 1), fc.nat(10_000)).chain(([which, place]) => {
    const all = places(originals[which]!);
    const keys = all[place % all.length]!;
    return fc.record({
      original: fc.constant(originals[which]!),
      keys: fc.constant(keys),
      to: mutants(at(originals[which]!, keys)),
    });
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ original, keys, to }) => {
      const mutant = structuredClone(original);
      at(mutant, keys.slice(0, -1))[keys.at(-1)!] = to;
      const changed = keys[0] === 'digest' ? mutant : await sealed(mutant);
      const verdict = await verify(JSON.stringify(changed)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(CertificateFormatError);
        expect(['format', 'version']).toContain(keys[0]);
        return null;
      });
      if (!verdict?.accepted) {
        expect(canonicalText(changed)).not.toBe(canonicalText(original));
        return;
      }
      accepted++;
      expect(isTrueRank(changed)).toBe(true);
      expect(verdict.rank).toBe(changed.claim.lower);
    }),
    { numRuns: 3000, seed: 31 },
  );
  // Otherwise the second half has tested nothing.
  expect(accepted).toBeGreaterThan(20);
});

test('a text with one character changed, removed or added ends in a fault or an error, and is never accepted', async () => {
  const texts = [certificate, tall, sparse, full, zero].map(canonicalText);
  const characters = [...'0123456789abcdefx"\'{}[],:.-+eE \\\n\u0000\ud800٤'];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(texts.length - 1),
      fc.nat(10_000),
      fc.constantFrom(...characters),
      fc.nat(2),
      async (which, place, character, kind) => {
        const text = texts[which]!;
        const i = place % text.length;
        const changed = text.slice(0, i) + (kind === 0 ? '' : character) + text.slice(kind === 2 ? i : i + 1);
        const verdict = await verify(changed).catch((error: unknown) => error);
        if (verdict instanceof CertificateFormatError) return;
        // White space outside strings changes nothing.
        let same = false;
        try {
          same = canonicalText(JSON.parse(changed)) === text;
        } catch {}
        expect(verdict).toMatchObject({ accepted: same });
      },
    ),
    { numRuns: 4000, seed: 8 },
  );
});
