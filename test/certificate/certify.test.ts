import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serializeCertificate } from '../../src/certificate/certificate.ts';
import { certify } from '../../src/certificate/certify.ts';
import { attentionStack } from '../../src/network/builders.ts';
import { verify } from '../../src/verify/verify.ts';
import { publishedNetworks } from '../reference/published.ts';
import { referenceRows } from '../reference/every-row.ts';
import { singleHeadReferences } from '../reference/single-head.ts';
import { anyNetwork } from '../network/any-network.ts';
import { bilinear } from '../symmetry/networks.ts';
import { arbitraryNetwork } from '../theory/random-network.ts';

const figure3 = attentionStack({
  dims: [4, 4, 4],
  headDims: [2, 2],
  sequenceLength: 3,
  normalization: 'softmax',
});

describe('networks with a known dimension', () => {
  test('the 29 single-head rows of the reference table: exact, that dimension, accepted by the verifier', async () => {
    expect(singleHeadReferences).toHaveLength(29);
    for (const { network, parameters, dimension } of singleHeadReferences) {
      const result = await certify(network);
      expect(result.parameters).toBe(parameters);
      expect(result.dimension).toEqual({ lower: dimension, upper: dimension, exact: true });
      expect(await verify(serializeCertificate(result.certificate))).toMatchObject({
        accepted: true,
        dimension: { lower: dimension, upper: dimension, exact: true },
      });
    }
  });

  test.each(referenceRows)(
    '%s of the reference table, heads and residuals included: exact',
    async (_, network, value) => {
      const { dimension } = await certify(network);
      expect(dimension).toEqual({ lower: value, upper: value, exact: true });
    },
  );

  test.each(publishedNetworks)('$name: $dimension', async ({ network, dimension }) => {
    const { dimension: bounds } = await certify(network);
    expect(bounds).toEqual({ lower: dimension, upper: dimension, exact: true });
  });
});

test('random networks: exact, and accepted by the verifier', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryNetwork({ layers: 4, width: 5, tokens: 4 }),
      fc.bigInt({ min: 0n, max: 2n ** 128n - 4n }),
      async (network, seed) => {
        const { dimension, certificate } = await certify(network, { seed });
        expect(dimension.exact).toBe(true);
        expect(await verify(certificate)).toMatchObject({ accepted: true, dimension });
      },
    ),
    { numRuns: 60 },
  );
});

test('random networks of every kind of layer: a lower bound that is not above the upper one', async () => {
  const counts = { exact: 0, interval: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(anyNetwork({ layers: 2 }), async (network) => {
      const result = await certify(network).catch((fault: Error) => fault);
      if (result instanceof Error) {
        // Such as a radicand that is a square: the norm of a single coordinate.
        expect(result.message).toMatch(
          /^network: expected .* that are independent.*, got a relation between them/,
        );
        counts.refused++;
        return;
      }
      const { dimension, parameters, upper, proved, certificate } = result;
      expect(dimension.lower).toBeLessThanOrEqual(dimension.upper);
      expect(dimension.upper).toBeLessThanOrEqual(proved.upper);
      expect(proved.upper).toBeLessThanOrEqual(parameters);
      expect(dimension.exact).toBe(dimension.lower === proved.upper);
      expect(certificate.network).toEqual(network);
      expect(certificate.upperBound.method).toBe(proved.method);
      expect(upper.method === 'probabilistic').toBe(dimension.upper < proved.upper);
      expect(upper.errorProbability > 0).toBe(dimension.upper < proved.upper);
      expect(certificate.probableUpperBound?.upper).toBe(
        dimension.upper < proved.upper ? dimension.upper : undefined,
      );
      counts[dimension.exact ? 'exact' : 'interval']++;
    }),
    { seed: 1, numRuns: 80, endOnFailure: true },
  );
  expect(counts.exact).toBeGreaterThan(counts.interval + counts.refused);
});

test('an interval: a Monte Carlo bound inside it, beside the claim, with its error probability', async () => {
  // Matrices of rank 3 with 4 rows, on the 6 products of 3 coordinates; there are 24 coefficients, and as many parameters are left by scalings.
  const dimension = 3 * (4 + 6 - 3);
  const result = await certify(bilinear(3, 3, 4));
  expect(result).toMatchObject({
    parameters: 30,
    dimension: { lower: dimension, upper: dimension, exact: false },
    upper: { method: 'probabilistic' },
    proved: { upper: 24, method: 'ambient' },
  });
  const { claim, probableUpperBound } = result.certificate;
  expect(claim).toEqual({ parameters: 30, lower: dimension, upper: 24, exact: false });
  const { errorProbability } = result.upper;
  expect(errorProbability).toBeGreaterThan(0);
  expect(errorProbability).toBeLessThan(2 ** -40);
  expect(probableUpperBound).toMatchObject({
    upper: dimension,
    errorProbability: `2^${Math.log2(errorProbability)}`,
    point: { seed: '0' },
    // One token, a row for each of the 4 coordinates: the forms are known after 6 tokens.
    inputs: 6,
  });
  expect(serializeCertificate((await certify(bilinear(3, 3, 4))).certificate)).toBe(
    serializeCertificate(result.certificate),
  );
});

test('no Monte Carlo bound where the result is exact, nor where roots are drawn', async () => {
  expect((await certify(figure3)).certificate).not.toHaveProperty('probableUpperBound');
  const { layers, ...size } = bilinear(3, 3, 4);
  const normalized = { ...size, layers: [...layers, { kind: 'rmsnorm' as const, weight: false as const }] };
  const { dimension, proved, upper, certificate } = await certify(normalized);
  expect(dimension.lower).toBeLessThan(dimension.upper);
  expect([upper.errorProbability, dimension.upper]).toEqual([0, proved.upper]);
  expect(certificate).not.toHaveProperty('probableUpperBound');
});

test('the same network, prime and seed give the same bytes; another seed gives another point', async () => {
  const first = serializeCertificate((await certify(figure3)).certificate);
  expect(serializeCertificate((await certify(figure3, { seed: 0n, prime: '4093' })).certificate)).toBe(first);
  expect(serializeCertificate((await certify(figure3, { seed: '1' })).certificate)).not.toBe(first);
  // These bytes are fixed by the format: they must not change, on any engine.
  expect((await certify(figure3)).certificate.digest).toBe(
    '45a45e6d598e2dae5ec2f80fb49ca3b571fa8aececc1c1f27284d0f44ffd9dbc',
  );
});

test('every odd prime gives a lower bound that is not above the dimension', async () => {
  for (const prime of [3, 5, 7, 11, 251, 4091, 8191, 8209, 2147483647]) {
    const { dimension, certificate, prime: used } = await certify(figure3, { prime });
    expect(used).toBe(String(prime));
    expect(dimension.upper).toBe(40);
    expect(dimension.lower).toBeLessThanOrEqual(40);
    expect(dimension.exact).toBe(dimension.lower === 40);
    if (prime > 4000) expect(dimension.lower).toBe(40);
    expect(await verify(certificate)).toMatchObject({ accepted: true, dimension });
  }
});

test('bad points are recorded, and the best one is claimed', async () => {
  const network = attentionStack({ dims: [4, 4, 4, 4], headDims: [2, 2, 2], sequenceLength: 3 });
  const { dimension, certificate } = await certify(network, { prime: 3 });
  const { rows, point, retries } = certificate.lowerBound;
  expect(retries.length).toBe(2);
  expect(new Set([point.seed, ...retries.map(({ seed }) => seed)])).toEqual(new Set(['0', '1', '2']));
  expect(dimension.lower).toBe(rows.length);
  for (const { rank, prime } of retries) {
    expect(prime).toBe('3');
    expect(rank).toBeLessThanOrEqual(dimension.lower);
  }
});

test('an abort rejects with its reason, and progress is reported', async () => {
  const large = attentionStack({
    dims: Array.from({ length: 5 }, () => 24),
    headDims: Array.from({ length: 4 }, () => 12),
    sequenceLength: 8,
    normalization: 'softmax',
  });
  const controller = new AbortController();
  const reason = new Error('enough');
  const phases = new Set<string>();
  const work = certify(large, {
    signal: controller.signal,
    onProgress: ({ phase, done, total }) => {
      phases.add(phase);
      expect(done).toBeLessThanOrEqual(total);
      controller.abort(reason);
    },
  });
  await expect(work).rejects.toBe(reason);
  expect(phases.size).toBe(1);
  await expect(certify(figure3, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test.each([
  [{ prime: 2 }, 'prime: expected an odd prime up to 2147483647, got 2'],
  [{ prime: 4095 }, 'prime: expected an odd prime up to 2147483647, got 4095'],
  [{ prime: '2305843009213693951' }, 'prime: expected an odd prime'],
  [{ prime: NaN }, 'prime: expected an odd prime up to 2147483647, got NaN'],
  [{ prime: ' 7' }, 'prime: expected an odd prime'],
  [{ seed: -1 }, 'seed: expected a natural number below 2^128, got -1'],
  [{ seed: 1.5 }, 'seed: expected a natural number below 2^128, got 1.5'],
  [{ seed: '07' }, 'seed: expected a natural number below 2^128, got "07"'],
  [{ seed: 2n ** 128n }, 'seed: expected a natural number below 2^128'],
])('bad options %#: %o', async (options, message) => {
  await expect(certify(figure3, options)).rejects.toThrow(RangeError);
  await expect(certify(figure3, options)).rejects.toThrow(message);
});

test('options and networks of the wrong type are TypeErrors', async () => {
  await expect(certify(figure3, { prime: null as unknown as number })).rejects.toThrow(TypeError);
  await expect(certify(figure3, { seed: {} as unknown as number })).rejects.toThrow(TypeError);
  await expect(certify(null as unknown as typeof figure3)).rejects.toThrow(TypeError);
});
