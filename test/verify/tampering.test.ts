import { beforeAll, describe, expect, test } from 'vitest';
import { CertificateFormatError, verify } from '../../src/verify/index.ts';
import type { Loose } from './json-type.ts';
import { lightning, softmax, stack } from './networks.ts';
import { produce, sealed } from './produce.ts';

let certificate: Loose;
let plain: Loose;

beforeAll(async () => {
  certificate = await produce(stack(3, 3, softmax(2, 3), softmax(2, 3)));
  plain = await produce(stack(3, 3, lightning(2, 3), lightning(2, 3)));
});

interface Tampering {
  readonly name: string;
  readonly change: (copy: Loose) => void;
  /** Where the fault is found once the digest has been recomputed. */
  readonly path: string | RegExp;
}

const swapped = (list: Loose[], i: number): void => void list.splice(i, 2, list[i + 1], list[i]);
const free = (list: number[]): number => list.findIndex((entry, i) => entry !== i);

const changes: readonly Tampering[] = [
  // The point.
  { name: 'seed', change: (c) => (c.lowerBound.point.seed = '1'), path: /^certificate\.lowerBound/ },
  { name: 'prime', change: (c) => (c.lowerBound.prime = '4091'), path: /^certificate\.lowerBound/ },
  {
    name: 'prime: composite',
    change: (c) => (c.lowerBound.prime = '4095'),
    path: 'certificate.lowerBound.prime',
  },
  {
    name: 'prime: a strong pseudoprime to the bases 2 … 37',
    change: (c) => (c.lowerBound.prime = '3825123056546413051'),
    path: 'certificate.lowerBound.prime',
  },
  { name: 'prime: 2', change: (c) => (c.lowerBound.prime = '2'), path: 'certificate.lowerBound.prime' },
  { name: 'prime: 1', change: (c) => (c.lowerBound.prime = '1'), path: 'certificate.lowerBound.prime' },
  { name: 'prime: 0', change: (c) => (c.lowerBound.prime = '0'), path: 'certificate.lowerBound.prime' },
  {
    name: 'prime: the first above 2^64',
    change: (c) => (c.lowerBound.prime = '18446744073709551629'),
    path: 'certificate.lowerBound.prime',
  },
  {
    name: 'prime: of 25 digits',
    change: (c) => (c.lowerBound.prime = '1000000000000000000000007'),
    path: 'certificate.lowerBound.prime',
  },
  ...['04093', '+4093', '-4093', ' 4093', '4093 ', '4093\n', '0xffd', '4093.0', '4e3', '', '٤'].map(
    (prime) => ({
      name: `prime written as ${JSON.stringify(prime)}`,
      change: (c: Loose) => (c.lowerBound.prime = prime),
      path: 'certificate.lowerBound.prime',
    }),
  ),
  {
    name: 'prime: a number',
    change: (c) => (c.lowerBound.prime = 4093),
    path: 'certificate.lowerBound.prime',
  },
  {
    name: 'seed: a number',
    change: (c) => (c.lowerBound.point.seed = 0),
    path: 'certificate.lowerBound.point.seed',
  },
  {
    name: 'seed: leading zero',
    change: (c) => (c.lowerBound.point.seed = '00'),
    path: 'certificate.lowerBound.point.seed',
  },
  {
    name: 'seed: null',
    change: (c) => (c.lowerBound.point.seed = null),
    path: 'certificate.lowerBound.point.seed',
  },
  // The minor.
  {
    name: 'a row',
    change: (c) => c.lowerBound.rows[c.lowerBound.rows.length - 1]++,
    path: /^certificate\.lowerBound/,
  },
  {
    name: 'a row: negative',
    change: (c) => (c.lowerBound.rows[0] = -1),
    path: 'certificate.lowerBound.rows[0]',
  },
  {
    name: 'a row: fraction',
    change: (c) => (c.lowerBound.rows[3] += 0.5),
    path: 'certificate.lowerBound.rows[3]',
  },
  {
    name: 'a row: string',
    change: (c) => (c.lowerBound.rows[3] = '3'),
    path: 'certificate.lowerBound.rows[3]',
  },
  {
    name: 'a row: null',
    change: (c) => (c.lowerBound.rows[3] = null),
    path: 'certificate.lowerBound.rows[3]',
  },
  {
    name: 'a row: above 2^53',
    change: (c) => (c.lowerBound.rows[24] = 2 ** 53),
    path: 'certificate.lowerBound.rows[24]',
  },
  {
    name: 'order of rows',
    change: (c) => swapped(c.lowerBound.rows, 3),
    path: 'certificate.lowerBound.rows[4]',
  },
  {
    name: 'a row twice',
    change: (c) => (c.lowerBound.rows[4] = c.lowerBound.rows[3]),
    path: 'certificate.lowerBound.rows[4]',
  },
  { name: 'a row removed', change: (c) => c.lowerBound.rows.pop(), path: 'certificate.claim.lower' },
  {
    name: 'a column',
    change: (c) => (c.lowerBound.columns[free(c.lowerBound.columns) - 1] = free(c.lowerBound.columns)),
    path: /^certificate\.lowerBound/,
  },
  {
    name: 'a column: beyond the parameters',
    change: (c) => (c.lowerBound.columns[24] = 42),
    path: 'certificate.lowerBound.columns[24]',
  },
  {
    name: 'order of columns',
    change: (c) => swapped(c.lowerBound.columns, 0),
    path: 'certificate.lowerBound.columns[1]',
  },
  {
    name: 'a column twice',
    change: (c) => (c.lowerBound.columns[1] = c.lowerBound.columns[0]),
    path: 'certificate.lowerBound.columns[1]',
  },
  {
    name: 'seed: of 40 digits',
    change: (c) => (c.lowerBound.point.seed = '1'.repeat(40)),
    path: 'certificate.lowerBound.point.seed',
  },
  {
    name: 'a column removed',
    change: (c) => c.lowerBound.columns.pop(),
    path: 'certificate.lowerBound.columns',
  },
  {
    name: 'rows: an object',
    change: (c) => (c.lowerBound.rows = { 0: 0 }),
    path: 'certificate.lowerBound.rows',
  },
  {
    name: 'determinant',
    change: (c) => (c.lowerBound.determinant = String(4093 - Number(c.lowerBound.determinant))),
    path: 'certificate.lowerBound.determinant',
  },
  {
    name: 'determinant: 0',
    change: (c) => (c.lowerBound.determinant = '0'),
    path: 'certificate.lowerBound.determinant',
  },
  {
    name: 'determinant: not reduced',
    change: (c) => (c.lowerBound.determinant = String(4093 + Number(c.lowerBound.determinant))),
    path: 'certificate.lowerBound.determinant',
  },
  {
    name: 'determinant: a number',
    change: (c) => (c.lowerBound.determinant = Number(c.lowerBound.determinant)),
    path: 'certificate.lowerBound.determinant',
  },
  { name: 'method', change: (c) => (c.lowerBound.method = 'belief'), path: 'certificate.lowerBound.method' },
  {
    name: 'retries: no list',
    change: (c) => (c.lowerBound.retries = {}),
    path: 'certificate.lowerBound.retries',
  },
  {
    name: 'retries: a field too many',
    change: (c) => (c.lowerBound.retries = [{ prime: '3', seed: '0', rank: 1, host: 'x' }]),
    path: 'certificate.lowerBound.retries[0].host',
  },
  {
    name: 'retries: a field missing',
    change: (c) => (c.lowerBound.retries = [{ prime: '3', rank: 1 }]),
    path: 'certificate.lowerBound.retries[0].seed',
  },
  {
    name: 'retries: a rank of the wrong type',
    change: (c) => (c.lowerBound.retries = [{ prime: '3', seed: '0', rank: '1' }]),
    path: 'certificate.lowerBound.retries[0].rank',
  },
  // The claim.
  { name: 'claim.parameters', change: (c) => c.claim.parameters++, path: 'certificate.claim.parameters' },
  { name: 'claim.lower: less', change: (c) => c.claim.lower--, path: 'certificate.claim.lower' },
  { name: 'claim.lower: more', change: (c) => c.claim.lower++, path: 'certificate.claim.lower' },
  { name: 'claim.upper: less', change: (c) => c.claim.upper--, path: 'certificate.claim.upper' },
  { name: 'claim.upper: more', change: (c) => c.claim.upper++, path: 'certificate.claim.upper' },
  { name: 'claim.exact', change: (c) => (c.claim.exact = false), path: 'certificate.claim.exact' },
  { name: 'claim.exact: a number', change: (c) => (c.claim.exact = 1), path: 'certificate.claim.exact' },
  {
    name: 'lower > upper, with all that belongs to it',
    change: (c) => {
      c.lowerBound.rows.push(26, 27);
      c.lowerBound.columns = Array.from({ length: c.lowerBound.rows.length }, (_, i) => i);
      c.claim.lower = c.lowerBound.rows.length;
      c.claim.exact = false;
    },
    path: 'certificate.claim.lower',
  },
  // The upper bound.
  ...['scores', 'flag', 'output', 'scales'].map((term) => ({
    name: `terms.${term}`,
    change: (c: Loose) => c.upperBound.terms[term]++,
    path: `certificate.upperBound.terms.${term}`,
  })),
  {
    name: 'terms that give the same sum',
    change: (c) => (c.upperBound.terms.scores++, c.upperBound.terms.scales++),
    path: 'certificate.upperBound.terms.scores',
  },
  {
    name: 'statement',
    change: (c) => (c.upperBound.statement += ' '),
    path: 'certificate.upperBound.statement',
  },
  {
    name: 'upper method',
    change: (c) => (c.upperBound.method = 'gauge'),
    path: 'certificate.upperBound.method',
  },
  // Independence.
  { name: 'independence removed', change: (c) => delete c.independence, path: 'certificate.independence' },
  { name: 'independence: null', change: (c) => (c.independence = null), path: 'certificate.independence' },
  {
    name: 'independence: fewer inputs',
    change: (c) => (c.independence.inputs = 9),
    path: 'certificate.independence',
  },
  {
    name: 'independence: no inputs',
    change: (c) => (c.independence.inputs = 0),
    path: 'certificate.independence.inputs',
  },
  {
    name: 'independence: a prime that cannot do',
    change: (c) => (c.independence.prime = '3'),
    path: /^certificate\.independence/,
  },
  {
    name: 'independence: a composite',
    change: (c) => (c.independence.prime = '67108861'),
    path: 'certificate.independence.prime',
  },
  {
    name: 'independence: 2',
    change: (c) => (c.independence.prime = '2'),
    path: 'certificate.independence.prime',
  },
  // The network.
  { name: 'headDim', change: (c) => (c.network.layers[0].headDim = 1), path: 'certificate.claim.parameters' },
  { name: 'sequenceLength', change: (c) => (c.network.sequenceLength = 2), path: /^certificate/ },
  { name: 'causal', change: (c) => (c.network.layers[0].causal = true), path: /^certificate\.lowerBound/ },
  {
    name: 'normalization',
    change: (c) => (c.network.layers[0].normalization = 'none'),
    path: 'certificate.upperBound.terms.scales',
  },
  {
    name: 'normalization: unknown',
    change: (c) => (c.network.layers[0].normalization = 'relu'),
    path: 'certificate.network.layers[0].normalization',
  },
  {
    name: 'a default that is written: causal: false',
    change: (c) => (c.network.layers[0].causal = false),
    path: 'certificate.network.layers[0].causal',
  },
  {
    name: 'a default that is written: numHeads: 1',
    change: (c) => (c.network.layers[0].numHeads = 1),
    path: 'certificate.network.layers[0].numHeads',
  },
  {
    name: 'a default that is written: valueDim: null',
    change: (c) => (c.network.layers[0].valueDim = null),
    path: 'certificate.network.layers[0].valueDim',
  },
  {
    name: 'outputDim left out',
    change: (c) => delete c.network.layers[0].outputDim,
    path: 'certificate.network.layers[0].outputDim',
  },
  {
    name: 'a layer added',
    change: (c) => c.network.layers.push(c.network.layers[0]),
    path: 'certificate.claim.parameters',
  },
  { name: 'no layers', change: (c) => (c.network.layers = []), path: 'certificate.network.layers' },
  { name: 'layers: an object', change: (c) => (c.network.layers = {}), path: 'certificate.network.layers' },
  {
    name: 'a layer: null',
    change: (c) => (c.network.layers[1] = null),
    path: 'certificate.network.layers[1]',
  },
  {
    name: 'a layer: an array',
    change: (c) => (c.network.layers[1] = []),
    path: 'certificate.network.layers[1]',
  },
  { name: 'inputDim: 0', change: (c) => (c.network.inputDim = 0), path: 'certificate.network.inputDim' },
  {
    name: 'inputDim: a string',
    change: (c) => (c.network.inputDim = '3'),
    path: 'certificate.network.inputDim',
  },
  {
    name: 'kind of a layer',
    change: (c) => (c.network.layers[0].kind = 'mlp'),
    path: 'certificate.network.layers[0].kind',
  },
  {
    name: 'kind of a layer: another one',
    change: (c) => (c.network.layers[0].kind = 'linear'),
    path: 'certificate.network.layers[0].normalization',
  },
  { name: 'network.format', change: (c) => (c.network.format = 'x'), path: 'certificate.network.format' },
  { name: 'network.version', change: (c) => (c.network.version = 2), path: 'certificate.network.version' },
  { name: 'network: null', change: (c) => (c.network = null), path: 'certificate.network' },
  { name: 'kind', change: (c) => (c.kind = 'belief'), path: 'certificate.kind' },
  { name: 'kind: the other one', change: (c) => (c.kind = 'rank'), path: 'certificate.network' },
  // Inherited names are fields like any other.
  ...['constructor', 'toString', 'hasOwnProperty', 'seconds'].map((key) => ({
    name: `a field added: ${key}`,
    change: (c: Loose) => (c.claim[key] = 1),
    path: `certificate.claim.${key}`,
  })),
];

/** Every field of a certificate, as the keys that lead to it. */
function fields(value: Loose, keys: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  const inside = Array.isArray(value) ? value.slice(0, 2).map((_, i) => String(i)) : own;
  return [
    ...own.map((key) => [...keys, key]),
    ...inside.flatMap((key) => fields(value[key], [...keys, key])),
  ];
}

const at = (value: Loose, keys: readonly string[]): Loose => keys.reduce((inner, key) => inner[key], value);

test('the certificate that is tampered with is accepted', async () => {
  expect(await verify(certificate)).toMatchObject({ accepted: true, dimension: { lower: 25 } });
  expect(await verify(plain)).toMatchObject({ accepted: true, dimension: { lower: 23 } });
});

describe.each(changes)('$name', ({ change, path }) => {
  test('with the old digest', async () => {
    const copy = structuredClone(certificate);
    change(copy);
    const verdict = await verify(copy);
    expect(verdict.accepted).toBe(false);
  });

  test('with its own digest', async () => {
    const copy = structuredClone(certificate);
    change(copy);
    const verdict = await verify(await sealed(copy));
    expect(verdict.accepted).toBe(false);
    if (verdict.accepted) return;
    if (typeof path === 'string') expect(verdict.fault.path).toBe(path);
    else expect(verdict.fault.path).toMatch(path);
    expect(verdict.fault.expected).not.toBe(verdict.fault.got);
    expect(verdict.fault.expected).not.toBe('');
  });
});

test('independence that nothing needs', async () => {
  const verdict = await verify(await sealed({ ...plain, independence: certificate.independence }));
  expect(verdict).toMatchObject({ accepted: false, fault: { path: 'certificate.independence' } });
});

test('every field is necessary, and no other is allowed beside it', async () => {
  for (const keys of fields(certificate)) {
    if (keys.length === 1 && ['format', 'version', 'digest'].includes(keys[0]!)) continue;
    const [last] = keys.slice(-1) as [string];
    const without = structuredClone(certificate);
    delete at(without, keys.slice(0, -1))[last];
    const removed = await verify(await sealed(without));
    expect([keys, removed.accepted]).toEqual([keys, false]);
    const beside = structuredClone(certificate);
    at(beside, keys.slice(0, -1))[`${last}x`] = at(certificate, keys);
    const added = await verify(await sealed(beside));
    expect([keys, added.accepted]).toEqual([keys, false]);
    const wrong = structuredClone(certificate);
    for (const value of [null, [], {}, -1, 1.5, 'x', false]) {
      at(wrong, keys.slice(0, -1))[last] = value;
      const changed = await verify(await sealed(wrong));
      const expected = keys.at(-1) === 'retries' && Array.isArray(value);
      expect([keys, value, changed.accepted]).toEqual([keys, value, expected]);
    }
  }
});

describe('the digest', () => {
  test.each([
    ['another one', (digest: string) => (digest.startsWith('0') ? '1' : '0') + digest.slice(1)],
    ['in capitals', (digest: string) => digest.toUpperCase()],
    ['too short', (digest: string) => digest.slice(1)],
    ['a number', () => 0],
    ['nothing', () => undefined],
  ])('%s', async (_, change) => {
    const verdict = await verify({ ...certificate, digest: change(certificate.digest) });
    expect(verdict).toMatchObject({ accepted: false, fault: { path: 'certificate.digest' } });
  });

  test('of the whole certificate', async () => {
    const copy = await sealed(certificate);
    const again = await sealed({ ...copy, claim: { ...copy.claim, exact: false } });
    expect(again.digest).not.toBe(copy.digest);
  });
});

describe('what JSON.parse hides', () => {
  test.each([
    ['a field twice', /"exact":true/, '"exact":false,"exact":true', 'certificate.claim'],
    [
      'a field twice, once escaped',
      /"exact":true/,
      String.raw`"\u0065xact":false,"exact":true`,
      'certificate.claim',
    ],
    [
      'a field twice, the same value',
      /"headDim":2/,
      '"headDim":2,"headDim":2',
      'certificate.network.layers[0]',
    ],
    ['the network twice', /"network":/, '"network":{},"network":', 'certificate'],
    ['an integer with a fraction', /"lower":25/, '"lower":25.0', 'certificate.claim.lower'],
    ['an integer with an exponent', /"lower":25/, '"lower":25e0', 'certificate.claim.lower'],
    [
      'an integer that loses digits',
      /"lower":25/,
      '"lower":25.00000000000000000001',
      'certificate.claim.lower',
    ],
    ['minus zero', /"flag":0/, '"flag":-0', 'certificate.upperBound.terms.flag'],
    ['__proto__', /"exact":true/, '"exact":true,"__proto__":{"x":1}', 'certificate.claim["__proto__"]'],
  ])('%s', async (_, pattern, replacement, path) => {
    const text = JSON.stringify(certificate);
    expect(text).toMatch(pattern);
    const verdict = await verify(text.replace(pattern, replacement));
    expect(verdict).toMatchObject({ accepted: false, fault: { path } });
  });
});

describe('no certificate of this format', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['no JSON', '{"format":"dimcert-certificate",'],
    ['a trailing comma', '{"format":"dimcert-certificate","version":1,}'],
    ['a comment', '// x\n{}'],
    ['a byte order mark', '\ufeff{"format":"dimcert-certificate","version":1}'],
    ['two documents', '{"format":"dimcert-certificate","version":1}{}'],
    ['NaN', '{"format":"dimcert-certificate","version":NaN}'],
    ['null', 'null'],
    ['a number', '1'],
    ['a string', '"dimcert-certificate"'],
    ['an array', '[]'],
    ['an object', '{}'],
    ['a network', '{"format":"dimcert-network","version":1}'],
    ['another version', '{"format":"dimcert-certificate","version":2}'],
    ['the version as a string', '{"format":"dimcert-certificate","version":"1"}'],
    ['no version', '{"format":"dimcert-certificate"}'],
  ])('%s', async (_, text) => {
    await expect(verify(text)).rejects.toThrow(CertificateFormatError);
    await expect(verify(text)).rejects.toThrow(/^certificate[.a-z]*: expected .*, got ./);
    await expect(verify(text)).rejects.toBeInstanceOf(RangeError);
  });

  test('a changed format or version, with its own digest', async () => {
    for (const change of [{ format: 'x' }, { version: 2 }, { format: undefined }, { version: undefined }])
      await expect(verify(await sealed({ ...certificate, ...change }))).rejects.toThrow(
        CertificateFormatError,
      );
  });
});
