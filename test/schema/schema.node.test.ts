import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../src/network/index.ts';
import { anyNetwork } from '../network/any-network.ts';
import { everyKind } from '../verify/every-kind.ts';

const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const networks = ajv.compile(read('schema/network.schema.json'));
const certificates = ajv.compile(read('schema/certificate.schema.json'));

const index = read('test/vectors/index.json') as {
  valid: { file: string; shows: string }[];
  invalid: { file: string; reason: string }[];
};

test.each(index.valid)('the certificate has the form: $shows', ({ file }) => {
  expect(certificates(read(`test/vectors/${file}`)), JSON.stringify(certificates.errors)).toBe(true);
});

/** What is wrong with the form alone, of the certificates that must be rejected. */
const misshapen = [
  'no digest',
  'another format',
  'another version',
  'a version that is a text',
  'another kind',
  'an unknown field',
  'a layer of an unknown kind',
  'no layers',
  'an unknown field of a layer',
  'a size of zero',
  'a network of another version',
  'a prime with a leading zero',
  'a row twice',
  'another method',
  'a retry without a rank',
  'one point that is written as the default',
  'a witness with another method',
  'a rank that is called inexact',
  'both kinds of rows',
  'a digest in capitals',
  'an odd rotary dim',
  'a negative multiplier',
  'an integer with a leading zero',
  'another field',
  'a prime beside the field',
  'multipliers modulo a prime',
];

test.each(misshapen)('the certificate has not the form: %s', (reason) => {
  const { file } = index.invalid.find((vector) => vector.reason === reason)!;
  expect(certificates(read(`test/vectors/${file}`))).toBe(false);
});

test('most of what is wrong only a verifier can see', () => {
  const files = index.invalid.map(({ file }) => readFileSync(`test/vectors/${file}`, 'utf8'));
  const parsed = files.flatMap((text) => {
    try {
      return [JSON.parse(text) as unknown];
    } catch {
      return [];
    }
  });
  expect(parsed.filter((value) => certificates(value)).length).toBeGreaterThan(40);
});

describe('networks', () => {
  test.each(everyKind)('%s', (_, network) => {
    expect(networks(network), JSON.stringify(networks.errors)).toBe(true);
  });

  test('random ones', () => {
    fc.assert(
      fc.property(anyNetwork({ layers: 4, width: 5 }), (network) => {
        expect(networks(network), JSON.stringify(networks.errors)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  const head = { format: 'dimcert-network', version: 1, inputDim: 2, sequenceLength: 2 };
  const withLayer = (layer: object): object => ({ ...head, layers: [layer] });

  test.each([
    withLayer({
      kind: 'attention',
      normalization: 'softmax',
      headDim: 2,
      causal: false,
      numHeads: 1,
      bias: false,
    }),
    withLayer({ kind: 'rmsnorm', epsilon: 1e-5, weight: true }),
    withLayer({ kind: 'scale', factor: '1e-5' }),
    withLayer({ kind: 'sum', branches: [[], []] }),
  ])('default values and numbers: %j', (network) => {
    expect(networks(network), JSON.stringify(networks.errors)).toBe(true);
    expect(() => parseNetwork(network)).not.toThrow();
  });

  test.each([
    withLayer({ kind: 'attention', normalization: 'softmax', headDim: 0 }),
    withLayer({ kind: 'attention', normalization: 'softmax', headDim: 2, head_dim: 2 }),
    withLayer({ kind: 'attention', normalization: 'softmax', headDim: 4, rotary: { base: 10, dim: 3 } }),
    withLayer({ kind: 'linear' }),
    withLayer({ kind: 'linear', outputDim: 2, transposed: true }),
    withLayer({ kind: 'linear', outputDim: 2, label: 'a', tiedTo: 'a' }),
    withLayer({ kind: 'activation', function: 'gelu' }),
    withLayer({ kind: 'activation', function: 'exp', coefficient: 1 }),
    withLayer({ kind: 'scale', factor: 'x' }),
    withLayer({ kind: 'residual', layers: [] }),
    withLayer({ kind: 'sum', branches: [[]] }),
    { ...head, layers: [] },
    { ...head, sequenceLength: 1.5, layers: [{ kind: 'positions' }] },
  ])('rejected by the schema and by the parser: %j', (network) => {
    expect(networks(network)).toBe(false);
    expect(() => parseNetwork(network)).toThrow();
  });
});
