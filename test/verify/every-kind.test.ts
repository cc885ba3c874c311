import { describe, expect, test } from 'vitest';
import { certify } from '../../src/certificate/index.ts';
import { verify } from '../../src/verify/index.ts';
import { everyKind, nested } from './every-kind.ts';
import type { Loose } from './json-type.ts';
import { sealed } from './produce.ts';

/** What certify writes. */
async function certified(network: Loose, prime?: number): Promise<Loose> {
  const { certificate } = await certify(network, prime === undefined ? {} : { prime });
  return sealed(structuredClone(certificate));
}

/** Every number, text and switch of a value, as the keys that lead to it. */
function leaves(value: Loose, keys: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [keys];
  return Object.keys(value).flatMap((key) => leaves(value[key], [...keys, key]));
}

const at = (value: Loose, keys: readonly string[]): Loose => keys.reduce((inner, key) => inner[key], value);

/** Another value of the same type. */
function other(value: Loose): Loose {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (/^[0-9]+$/.test(value)) return String(BigInt(value) + 1n);
  return /^-?[0-9]+\/[0-9]+$/.test(value) ? value.replace(/^-?[0-9]+/, '11') : `${value}x`;
}

/**
 * Where the same numbers prove the same of another network. Without a mixture of tokens the first of them is the same in a longer sequence; units absorb
 * the shift of ALiBi; the angles of other bases are as independent; a branch of which no column is named may have another factor.
 */
const harmless = new Set([
  'a window of one token: network.sequenceLength',
  'linear: network.sequenceLength',
  'tied norms: network.sequenceLength',
  'a sum that cancels: network.sequenceLength',
  'gated, identity: network.sequenceLength',
  'a power: network.sequenceLength',
  'a norm and a function of one tensor: network.sequenceLength',
  'alibi without network.layers.0.alibi',
  'rotary, base 500000: network.layers.0.rotary.base',
  'rotary on one-dimensional tokens: network.layers.0.rotary.base',
  'gelu-tanh with rotary: network.layers.0.rotary.base',
  'a sum: network.layers.0.branches.2.1.factor',
]);

describe.each(everyKind)('%s', (name, network) => {
  test('what certify writes is accepted', async () => {
    const certificate = await certified(network);
    expect(await verify(certificate)).toMatchObject({
      accepted: true,
      parameters: certificate.claim.parameters,
      dimension: { lower: certificate.claim.lower },
    });
  });

  test('so it is modulo a small prime, where points are often bad', async () => {
    expect(await verify(await certified(network, 257))).toMatchObject({ accepted: true });
  });

  test('with another value of any one field of the network it is rejected, unless that is harmless', async () => {
    const certificate = await certified(network);
    for (const keys of leaves(certificate.network, ['network'])) {
      const copy = structuredClone(certificate);
      const parent = at(copy, keys.slice(0, -1));
      parent[keys.at(-1)!] = other(parent[keys.at(-1)!]);
      const changed = await verify(await sealed(copy));
      const place = `${name}: ${keys.join('.')}`;
      expect([place, changed.accepted]).toEqual([place, harmless.has(place)]);
    }
  });

  test('without a field of a layer that may be left out, too', async () => {
    const certificate = await certified(network);
    for (const keys of leaves(certificate.network.layers, ['network', 'layers'])) {
      const copy = structuredClone(certificate);
      delete at(copy, keys.slice(0, -1))[keys.at(-1)!];
      const changed = await verify(await sealed(copy));
      const place = `${name} without ${keys.join('.')}`;
      expect([place, changed.accepted]).toEqual([place, harmless.has(place)]);
    }
  });

  test('with another point, minor, independence or claim, too', async () => {
    const certificate = await certified(network);
    const { independence, lowerBound, claim } = certificate;
    const paths = [
      'lowerBound.point.seed',
      'lowerBound.prime',
      'lowerBound.determinant',
      'claim.upper',
      'claim.exact',
    ];
    if (claim.lower > 0) paths.push('claim.lower', `lowerBound.rows.${lowerBound.rows.length - 1}`);
    if (independence !== undefined) paths.push('independence.prime');
    for (const path of paths) {
      const keys = path.split('.');
      const copy = structuredClone(certificate);
      const parent = at(copy, keys.slice(0, -1));
      parent[keys.at(-1)!] = other(parent[keys.at(-1)!]);
      const changed = await verify(await sealed(copy));
      expect([path, changed.accepted]).toEqual([path, false]);
    }
    const without = structuredClone(certificate);
    if (independence === undefined)
      without.independence = { prime: '67108859', point: { seed: '0' }, inputs: 9 };
    else delete without.independence;
    expect(await verify(await sealed(without))).toMatchObject({
      accepted: false,
      fault: { path: 'certificate.independence' },
    });
  });
});

test('fewer inputs than a matrix has columns prove no independence', async () => {
  let tried = 0;
  for (const [, network] of everyKind) {
    const certificate = await certified(network);
    if (certificate.independence === undefined) continue;
    tried++;
    const independence = { ...certificate.independence, inputs: 1 };
    delete independence.parameters;
    expect(await verify(await sealed({ ...certificate, independence }))).toMatchObject({
      accepted: false,
      fault: { path: 'certificate.independence' },
    });
  }
  expect(tried).toBeGreaterThan(40);
});

test('a plain stack takes no other method than the closed form, and others not that', async () => {
  const ambient = { method: 'ambient', statement: 'the number of parameters' };
  const plain = await certified({
    format: 'dimcert-network',
    version: 1,
    inputDim: 2,
    sequenceLength: 2,
    layers: [{ kind: 'attention', normalization: 'softmax', headDim: 1, outputDim: 2 }],
  });
  const claim = { ...plain.claim, upper: plain.claim.parameters, exact: false };
  expect(await verify(await sealed({ ...plain, upperBound: ambient, claim }))).toMatchObject({
    accepted: false,
    fault: { path: 'certificate.upperBound.method' },
  });
  const [, network] = everyKind[0]!;
  const other = await certified(network);
  expect(await verify(await sealed({ ...other, upperBound: plain.upperBound }))).toMatchObject({
    accepted: false,
    fault: { path: 'certificate.upperBound.method' },
  });
});

test('layers within one another, to a depth of 64', async () => {
  expect(await verify(await certified(nested(64)))).toMatchObject({ accepted: true });
  const deep = await certified(nested(64));
  deep.network.layers = [{ kind: 'residual', layers: deep.network.layers }];
  expect(await verify(await sealed(deep))).toMatchObject({
    accepted: false,
    fault: { expected: 'at most 64 layers within one another' },
  });
});
