import { expect, test } from 'vitest';
import { certify, certifyRank, serializeCertificate } from '../../src/certificate/index.ts';
import { attentionStack } from '../../src/network/index.ts';
import { NoCertificate, Rejection, verify } from '../../verify/verify.mjs';
import { everyKind } from '../verify/every-kind.ts';

const stack = attentionStack({
  dims: [3, 3, 3],
  headDims: [1, 2],
  sequenceLength: 3,
  normalization: 'none',
});

test('an exact dimension: both bounds are proved', async () => {
  const { certificate } = await certify(stack, { witness: true });
  const text = serializeCertificate(certificate);
  const { lower } = certificate.claim;
  const found = verify(text);
  expect(found).toMatchObject({ probable: [], open: [] });
  expect(found.title).toBe(`dimension ${lower} of ${certificate.claim.parameters} parameters, exact`);
  expect(found.proved[0]).toContain(`dimension at least ${lower}: a minor of that order`);
  expect(found.proved[1]).toContain(`dimension at most ${lower}: closed form`);
  const quick = verify(text, true);
  expect(quick.title).not.toContain('exact');
  expect(quick.probable).toEqual([
    `dimension at least ${lower}: a minor of that order of the Jacobian is not 0 modulo 4093; error probability at most 2^-131, if SHA-256 behaves like a random function`,
  ]);
});

test('symmetries are left open, and said to be', async () => {
  const [, network] = everyKind.find(([name]) => name === 'blocks with norms')!;
  const { certificate } = await certify(network);
  const found = verify(serializeCertificate(certificate));
  expect(found.open).toHaveLength(1);
  expect(found.open[0]).toContain('the symmetries are not checked here');
  expect(found.proved).toHaveLength(2);
});

test('a rank', async () => {
  const { certificate } = await certifyRank({ rows: 2, cols: 2, data: [1, 2, 3, 6] }, 7);
  const text = serializeCertificate(certificate);
  expect(verify(text).title).toBe('rank 1 modulo 7 of a 2 x 2 matrix');
  expect(() => verify(text.replace('"6"', '"5"'))).toThrow(Rejection);
});

test('what is no certificate', () => {
  for (const text of ['', 'x', '[]', '{}', '{"format":"dimcert-certificate","version":2}'])
    expect(() => verify(text), text).toThrow(NoCertificate);
});

test('text may be laid out in another way, but hide nothing', async () => {
  const { certificate } = await certify(stack);
  const text = serializeCertificate(certificate);
  expect(verify(JSON.stringify(JSON.parse(text), null, 2)).open).toEqual([]);
  expect(() => verify(text.replace('"version":1', '"version":1,"version":1'))).toThrow('every key once');
  expect(() => verify(text.replace('"inputDim":3', '"inputDim":3.0'))).toThrow('without fraction');
});
