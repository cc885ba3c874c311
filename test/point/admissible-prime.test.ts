import { describe, expect, test } from 'vitest';
import { certify } from '../../src/certificate/index.ts';
import { verify } from '../../src/verify/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import {
  assertAdmissiblePrime,
  evidencePrime,
  largestAdmissiblePrime,
} from '../../src/point/admissible-prime.ts';

const network = (inputDim: number, ...layers: object[]) =>
  parseNetwork({ format: 'dimcert-network', version: 1, inputDim, sequenceLength: 2, layers });
const linear = { kind: 'linear', outputDim: 2 };
const tanh = { kind: 'activation', function: 'tanh' };

/** Networks that divide by a constant, each with the primes in it. */
const dividing: [string, ReturnType<typeof network>, number[]][] = [
  ['the width of an RMS norm', network(7, { kind: 'rmsnorm' }, linear), [7]],
  ['the width of a layer norm', network(15, { kind: 'layernorm' }, linear), [3, 5]],
  ['an epsilon', network(4, { kind: 'rmsnorm', epsilon: '1/4093' }, linear), [4093]],
  ['a factor before a norm', network(4, { kind: 'scale', factor: 14 }, { kind: 'rmsnorm' }, linear), [7]],
  ['a factor', network(3, linear, { kind: 'scale', factor: '2/21' }, tanh), [3, 7]],
  ['the cubic coefficient of tanh-GELU', network(3, { kind: 'activation', function: 'gelu-tanh' }), [5]],
  [
    'the coefficient of tanh-GELU',
    network(3, { kind: 'activation', function: 'gelu-tanh', coefficient: '4/11' }),
    [5, 11],
  ],
];

describe.each(dividing)('%s', (_, given, bad) => {
  const graph = networkGraph(given);
  const primes = [3, 5, 7, 11, 13, 4091, 4093];

  test.each(primes)('modulo %i', async (prime) => {
    if (bad.includes(prime)) {
      expect(() => assertAdmissiblePrime(graph, prime)).toThrow(RangeError);
      await expect(certify(given, { prime })).rejects.toThrow(
        /^prime: expected a prime that does not divide/,
      );
    } else {
      expect(() => assertAdmissiblePrime(graph, prime)).not.toThrow();
      const { certificate } = await certify(given, { prime });
      const faults = await verify(certificate);
      expect(JSON.stringify(faults)).not.toMatch(/lowerBound.prime|independence.prime/);
    }
  });

  test('the largest admissible prime passes over those that divide', () => {
    expect(largestAdmissiblePrime(graph, 11)).toBe([11, 7, 5, 3].find((prime) => !bad.includes(prime)));
    expect(largestAdmissiblePrime(graph, 4093)).toBe(bad.includes(4093) ? 4091 : 4093);
  });
});

test('certify takes the next prime where its own divides a constant', async () => {
  const scaled = (factor: string) => network(3, linear, { kind: 'scale', factor }, tanh);
  const plain = await certify(scaled('1/2'));
  for (const factor of ['1/4093', '1/67108859', `1/${4093 * 67108859}`]) {
    const { dimension, prime } = await certify(scaled(factor));
    expect(dimension).toEqual(plain.dimension);
    expect(prime).toBe(factor === '1/67108859' ? '4093' : '4091');
  }
});

test('primes are above the exponents, on both sides of each bound', async () => {
  const power = (exponent: number) =>
    network(1, { kind: 'power', exponent }, { kind: 'linear', outputDim: 1 });
  await expect(certify(power(5), { prime: 5 })).rejects.toThrow(
    'prime: expected a prime above the exponent 5, got 5',
  );
  expect((await certify(power(5), { prime: 7 })).dimension.exact).toBe(true);
  expect((await certify(power(4092))).prime).toBe('4093');
  expect((await certify(power(4093))).prime).toBe('67108859');
  expect(evidencePrime(networkGraph(power(67108858)))).toBe(67108859);
  expect(evidencePrime(networkGraph(power(67108859)))).toBe(2147483647);
  expect(evidencePrime(networkGraph(power(2147483646)))).toBe(2147483647);
  expect(() => evidencePrime(networkGraph(power(2147483647)))).toThrow(RangeError);
});
