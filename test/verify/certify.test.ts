import { describe, expect, test } from 'vitest';
import { certify, serializeCertificate } from '../../src/certificate/index.ts';
import type { Network } from '../../src/network/format.ts';
import { verify } from '../../src/verify/index.ts';
import { lightning, samples, softmax, stack } from './networks.ts';
import { produce } from './produce.ts';

/** Milliseconds after which something hangs: far beyond what it takes, because a machine may be busy with other work. */
const hanging = 20_000;

const deep = (make: typeof lightning, d: number, t: number, a: number): Network =>
  stack(d, t, make(a, d), make(a, d));

describe('what certify writes is accepted, and is what the tiny producer writes', () => {
  test.each(samples)('%s', async (_, network, dimension) => {
    const { certificate } = await certify(network);
    const verdict = await verify(serializeCertificate(certificate));
    expect(verdict).toMatchObject({
      accepted: true,
      dimension: { lower: dimension, upper: dimension, exact: true },
    });
    if (certificate.lowerBound.retries.length === 0) expect(await produce(network)).toEqual(certificate);
  });
});

test.each([
  ['softmax', softmax],
  ['lightning', lightning],
] as const)('a minor of order 300 takes about a second: %s', async (_, make) => {
  const { certificate } = await certify(deep(make, 10, 3, 10));
  expect(certificate.claim.lower).toBeGreaterThan(290);
  const start = performance.now();
  expect(await verify(certificate)).toMatchObject({ accepted: true });
  // Measured: 0.2 s. The machine may be busy.
  expect(performance.now() - start).toBeLessThan(hanging);
});

test('elimination and tangents in bigints can be aborted', async () => {
  const { certificate } = await certify(deep(softmax, 14, 3, 5), { prime: 67108879 });
  const controller = new AbortController();
  let aborted = 0;
  const work = verify(certificate, {
    signal: controller.signal,
    onProgress({ phase, done, total }) {
      if (phase !== 'minor' || done < total / 2 || aborted > 0) return;
      aborted = performance.now();
      controller.abort(new Error('enough'));
    },
  });
  await expect(work).rejects.toThrow('enough');
  expect(performance.now() - aborted).toBeLessThan(hanging);
});
