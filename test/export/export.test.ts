import { describe, expect, test } from 'vitest';
import { certify, certifyRank, certifyRankOverQ } from '../../src/certificate/index.ts';
import { exportCertificate, exportSystems } from '../../src/export/index.ts';
import { attentionStack } from '../../src/network/index.ts';
import { everyKind } from '../verify/every-kind.ts';

const stack = attentionStack({ dims: [3, 3], headDims: [2], sequenceLength: 2, normalization: 'softmax' });

/** The list of lists of numbers behind a definition of a Lean file. */
function leanList(file: string, name: string): bigint[][] {
  const text = new RegExp(`def ${name} : List \\(List Nat\\) := (\\[[^]*?\\]\\])`).exec(file)![1]!;
  return (JSON.parse(text) as number[][]).map((row) => row.map(BigInt));
}

test('the theorem for Lean is true: the minor times its inverse is the identity', async () => {
  const { certificate } = await certify(stack);
  const file = await exportCertificate(certificate, 'lean');
  const minor = leanList(file, 'minor');
  const columns = leanList(file, 'inverse');
  const order = certificate.claim.lower;
  expect(minor).toHaveLength(order);
  const p = BigInt(certificate.lowerBound.prime);
  const found = minor.map((row) =>
    columns.map((column) => row.reduce((sum, x, k) => sum + x * column[k]!, 0n) % p),
  );
  const identity = Array.from({ length: order }, (_, i) =>
    Array.from({ length: order }, (__, j) => (i === j ? 1n : 0n)),
  );
  expect(found).toEqual(identity);
  expect(file).toContain(`theorem minor_has_rank_${order} : times minor inverse = identity ${order}`);
});

/** Runs the assignments of a script for Sage on numbers, by a means of this test: values modulo p, without derivatives. */
function valuesOf(script: string): bigint[][] {
  const p = BigInt(/^p = (\d+)$/m.exec(script)![1]!);
  const mod = (x: bigint): bigint => ((x % p) + p) % p;
  const inverse = (x: bigint): bigint => {
    let [result, base] = [1n, mod(x)];
    for (let e = p - 2n; e > 0n; e >>= 1n, base = (base * base) % p) if (e & 1n) result = (result * base) % p;
    return result;
  };
  const list = (text: string): bigint[] => (text.match(/\d+/g) ?? []).map(BigInt);
  const t = list(/theta = \[GF\(p\)\(n\) for n in (\[[^]*?\])\]/.exec(script)![1]!);
  const body = [...script.matchAll(/^ {4}(v\d+) = (.*)$/gm)].map(([, name, expression]) => {
    const code = expression!
      .replaceAll(/\b(\d+)\b(?!\])/g, '$1n')
      .replaceAll('^', '**')
      .replaceAll(/\*\*(\d+)n/g, '**$1n');
    return `const ${name} = mod(${code});`;
  });
  const outputs = /return \[([^]*?)\]\n/.exec(script)![1]!.replaceAll(/(?<![\w[])(\d+)(?!\w|\])/g, '$1n');
  const run = new Function(
    't',
    'x',
    'u',
    'mod',
    'inv',
    'expo',
    'loga',
    'root',
    `${body.join('\n')}\nreturn [${outputs}];`,
  );
  const root = (u: bigint, r: bigint): bigint => {
    expect(mod(r * r)).toBe(mod(u));
    return r;
  };
  return [...script.matchAll(/^add_rows\((\[[^]*?\]), (\[[^]*?\]), \[/gm)].map(([, tokens, drawn]) =>
    (run as (...args: unknown[]) => bigint[])(
      t,
      list(tokens!),
      list(drawn!),
      mod,
      inverse,
      (_: bigint, e: bigint) => e,
      (_: bigint, __: bigint, l: bigint) => l,
      root,
    ).map(mod),
  );
}

describe('a script computes the network', () => {
  test.each(everyKind)('%s', async (_, network) => {
    const { certificate } = await certify(network);
    if (certificate.claim.lower === 0) return;
    const script = await exportCertificate(certificate, 'sage');
    const values = valuesOf(script);
    expect(values.length).toBeGreaterThan(0);
    for (const outputs of values) expect(outputs.every((value) => typeof value === 'bigint')).toBe(true);
  });
});

test('an input that a root is drawn for again has the values of its second draw', async () => {
  const [, network] = everyKind.find(([name]) => name === 'blocks with norms')!;
  const { certificate } = await certify(network);
  const script = await exportCertificate(certificate, 'sage');
  expect(script).toContain('root(');
  expect(() => valuesOf(script)).not.toThrow();
});

test.each(exportSystems)('a rank, for %s', async (system) => {
  const { certificate } = await certifyRank({ rows: 2, cols: 3, data: [1, 2, 3, 2, 4, 6] }, 7);
  expect(await exportCertificate(certificate, system)).toContain(certificate.digest);
  const rational = await certifyRankOverQ({ rows: 2, cols: 2, data: [1, -2, -3, 6] });
  const script = await exportCertificate(rational.certificate, system);
  if (system !== 'lean') expect(script).toContain('-3');
});

test('what cannot be exported', async () => {
  const { certificate } = await certify(stack);
  await expect(exportCertificate(certificate, 'maple' as never)).rejects.toThrow(
    /^system: expected sage, macaulay2, pari, magma, lean/,
  );
  const changed = { ...certificate, digest: '0'.repeat(64) };
  await expect(exportCertificate(changed, 'pari')).rejects.toThrow(/^certificate\.digest: expected/);
  const none = await certify(
    attentionStack({ dims: [2, 2], headDims: [1], sequenceLength: 1, normalization: 'none' }),
  );
  expect(none.certificate.claim.lower).toBeGreaterThan(0);
  const { certificate: large } = await certifyRank(
    { rows: 65, cols: 65, data: Array.from({ length: 65 * 65 }, (_, n) => Number(n % 66 === 0)) },
    7,
  );
  await expect(exportCertificate(large, 'lean')).rejects.toThrow('a minor of order 1 to 64 for Lean');
});
