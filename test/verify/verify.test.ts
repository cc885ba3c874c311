import { describe, expect, test } from 'vitest';
import { verify } from '../../src/verify/index.ts';
import { lightning, samples, softmax, stack } from './networks.ts';
import { produce, sealed } from './produce.ts';
import { canonicalText } from './reference.ts';

describe('a valid certificate is accepted', () => {
  test.each(samples)('%s', async (_, network, dimension) => {
    const certificate = await produce(network);
    const verdict = await verify(canonicalText(certificate) + '\n');
    expect(verdict).toMatchObject({
      accepted: true,
      parameters: certificate.claim.parameters,
      dimension: { lower: dimension, upper: dimension, exact: true },
      prime: '4093',
    });
  });

  // On both sides of every boundary of the arithmetic: 2²⁶, 2³², 2⁵³, 2⁶³, 2⁶⁴.
  test.each([
    '101',
    '1048573',
    '67108859',
    '67108879',
    '4294967291',
    '4294967311',
    '9007199254740997',
    '9223372036854775783',
    '18446744073709551557',
  ])('at the prime %s', async (prime) => {
    for (const network of [
      stack(2, 2, lightning(2, 2), lightning(1, 2)),
      stack(2, 2, softmax(1, 2), softmax(2, 2)),
    ]) {
      const certificate = await produce(network, prime, '17');
      const verdict = await verify(certificate);
      expect(verdict).toMatchObject({ accepted: true, prime, dimension: { lower: certificate.claim.lower } });
    }
  });

  test('inputs at which a denominator vanishes are skipped, and keep their numbers', async () => {
    // Modulo 3 a sum of two units is 0 for every second query.
    const certificate = await produce(stack(2, 2, softmax(1, 2)), '3', '1');
    expect(certificate.lowerBound.rows[0]).toBeGreaterThan(3);
    expect(await verify(certificate)).toMatchObject({ accepted: true });
    const named = await sealed({
      ...certificate,
      lowerBound: { ...certificate.lowerBound, rows: [0, ...certificate.lowerBound.rows.slice(1)] },
    });
    expect(await verify(named)).toEqual({
      accepted: false,
      fault: {
        path: 'certificate.lowerBound.rows[0]',
        expected: 'a row of an input that is not skipped',
        got: '0',
      },
    });
  });

  test('a lower bound below the upper bound is an interval', async () => {
    const certificate = await produce(stack(2, 2, lightning(1, 2)));
    const { rows, columns } = certificate.lowerBound;
    const smaller = { ...certificate, claim: { ...certificate.claim, lower: 1, exact: false } };
    // The first entry of the minor: the lexicographically first row and column are independent.
    for (let determinant = 1; determinant < 4093; determinant++) {
      const lowerBound = {
        ...certificate.lowerBound,
        rows: rows.slice(0, 1),
        columns: columns.slice(0, 1),
        determinant: String(determinant),
      };
      const verdict = await verify(await sealed({ ...smaller, lowerBound }));
      if (!verdict.accepted) {
        expect(verdict.fault.path).toBe('certificate.lowerBound.determinant');
        determinant = Number(JSON.parse(verdict.fault.expected)) - 1;
        continue;
      }
      expect(verdict.dimension).toEqual({ lower: 1, upper: 6, exact: false });
      return;
    }
    expect.unreachable();
  });

  test('the lower bound 0, by the empty minor', async () => {
    const certificate = await produce(stack(2, 2, lightning(1, 2)));
    const empty = await sealed({
      ...certificate,
      claim: { ...certificate.claim, lower: 0, exact: false },
      lowerBound: { ...certificate.lowerBound, rows: [], columns: [], determinant: '1' },
    });
    expect(await verify(empty)).toMatchObject({ accepted: true, dimension: { lower: 0, exact: false } });
  });

  test('with other white space, another order of the keys, escapes in strings, or as an object', async () => {
    const certificate = await produce(stack(2, 2, softmax(1, 2)));
    const reversed = Object.fromEntries(Object.entries(certificate).slice().reverse());
    const escaped = JSON.stringify(certificate).replace('"format"', String.raw`"\u0066ormat"`);
    for (const form of [JSON.stringify(certificate, null, 4), JSON.stringify(reversed), escaped, certificate])
      expect(await verify(form)).toMatchObject({ accepted: true });
  });
});

test('what is proved, in words: the lower bound, the independence if there are exponentials, the upper bound', async () => {
  const plain = await verify(await produce(stack(2, 2, lightning(1, 2))));
  expect(plain.accepted && plain.statements).toEqual([
    'lower bound 6, proved: a minor of order 6 of the Jacobian is not 0 modulo 4093',
    'upper bound 6, proved: closed form for stacks of single-head attention layers (docs/closed-form.md): upper = scores + flag + output - scales',
  ]);
  const normalized = await verify(await produce(stack(2, 2, softmax(1, 2))));
  expect(normalized.accepted && normalized.statements[1]).toBe(
    'independence of the exponentials, proved: their arguments have full rank modulo 67108859 (Ax 1971)',
  );
});

test('retries are a record: their form is checked, not their truth', async () => {
  const certificate = await produce(stack(2, 2, lightning(1, 2)));
  const retries = [{ prime: '4091', seed: '5', rank: 3 }];
  const recorded = await sealed({ ...certificate, lowerBound: { ...certificate.lowerBound, retries } });
  expect(await verify(recorded)).toMatchObject({ accepted: true });
});

test('a minor that is 0 is rejected where it becomes dependent, whatever determinant is stated', async () => {
  // One input gives d' + t − 1 = 3 independent rows at rank 1: the fourth depends on them.
  const certificate = await produce(stack(2, 2, lightning(1, 2)));
  const rows = [0, 1, 2, 3, 4, 5];
  const rejected = async (determinant: string) =>
    verify(await sealed({ ...certificate, lowerBound: { ...certificate.lowerBound, rows, determinant } }));
  for (const determinant of ['1', '4092'])
    expect(await rejected(determinant)).toEqual({
      accepted: false,
      fault: {
        path: 'certificate.lowerBound.rows[3]',
        expected: 'a row independent of those before it, for a minor that is not 0',
        got: '3',
      },
    });
  for (const determinant of ['0', '4093', '4094'])
    expect(await rejected(determinant)).toMatchObject({
      accepted: false,
      fault: { path: 'certificate.lowerBound.determinant', expected: 'a residue from 1 to 4092' },
    });
});
