import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certify } from '../../src/certificate/index.ts';
import { gaugeBound } from '../../src/gauge/gauge-bound.ts';
import type { Network } from '../../src/network/format.ts';
import { proveIndependence } from '../../src/jacobian/independence.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { Pace } from '../../src/pace.ts';
import { smallArithmetic } from '../../src/verify/arithmetic.ts';
import { compile } from '../../src/verify/compile.ts';
import { gaugeRank } from '../../src/verify/gauge/rank.ts';
import { verify } from '../../src/verify/index.ts';
import { statedNetwork } from '../../src/verify/network-shape.ts';
import { networks } from '../gauge/networks.ts';
import { anyNetwork } from '../network/any-network.ts';
import { referenceRows } from '../reference/every-row.ts';
import type { Loose } from './json-type.ts';
import { sealed } from './produce.ts';

/** The rank of the symmetries, by the verifier. */
function recomputed(network: Network, prime: string, seed: string): Promise<number> {
  const compiled = compile(statedNetwork('network', JSON.parse(JSON.stringify(network))));
  const f = smallArithmetic(Number(prime));
  return gaugeRank(compiled, BigInt(prime), seed, f, 2 ** 36, new Pace({}));
}

async function agrees(network: Network, seed: string): Promise<void> {
  const graph = networkGraph(network);
  const bound = gaugeBound(graph, seed)!;
  const rank = await recomputed(network, bound.prime, seed);
  // Where every query sees one key, the verifier knows that the weights of all heads are the same 1.
  const hasConstantWeights = graph.steps.some((step) => step.kind === 'softmax' && step.count === 0);
  if (hasConstantWeights) expect(rank).toBeGreaterThanOrEqual(bound.rank);
  else expect(rank).toBe(bound.rank);
}

describe('two programs, written from docs/gauge.md, find the same rank', () => {
  test.each(networks.map((network, n) => [n, network] as const))('network %i', async (_, network) => {
    await agrees(network, '1');
  });

  test.each(referenceRows)('%s of the reference table', async (_, network) => {
    await agrees(network, '2');
  });

  // The verifier knows more in about one of 2000 (it has never known less where `certify` does not refuse a network): all that it must not.
  test('random networks of all kinds: at least the rank that is certified', async () => {
    await fc.assert(
      fc.asyncProperty(anyNetwork({ layers: 4 }), fc.nat(), async (network, n) => {
        const seed = String(n);
        const graph = networkGraph(network);
        const bound = gaugeBound(graph, seed)!;
        const rank = await recomputed(network, bound.prime, seed);
        if (rank >= bound.rank) return;
        await expect(proveIndependence(graph, seed, new Pace({}))).rejects.toThrow(RangeError);
      }),
      { numRuns: 150 },
    );
  });
});

const format = { format: 'dimcert-network', version: 1 };
const blocks = networks.filter((network) => network.layers.length > 1).slice(0, 5);

describe.each(blocks.map((network, n) => [n, network] as const))('certificate %i', (_, network) => {
  const certified = certify(network).then(({ certificate }): Loose => structuredClone(certificate));
  const fault = async (change: (certificate: Loose) => void): Promise<unknown> => {
    const copy = structuredClone(await certified);
    change(copy);
    const verdict = await verify(await sealed(copy));
    return verdict.accepted ? 'accepted' : verdict.fault.path;
  };

  test('is accepted', async () => {
    expect(await verify(await certified)).toMatchObject({ accepted: true, kind: 'dimension' });
  });

  test('with more symmetries than there are it is rejected', async () => {
    if ((await certified).upperBound.method !== 'gauge') return;
    const path = await fault((copy) => {
      copy.upperBound.rank++;
      copy.claim.upper--;
      copy.claim.exact = copy.claim.upper === copy.claim.lower;
    });
    // Where the dimension was exact, the lower bound contradicts already.
    expect(path).toBe(
      (await certified).claim.exact ? 'certificate.claim.lower' : 'certificate.upperBound.rank',
    );
  });

  test('with fewer the claim is another one', async () => {
    if ((await certified).upperBound.method !== 'gauge') return;
    expect(await fault((copy) => copy.upperBound.rank--)).toBe('certificate.claim.upper');
    const weaker = await fault((copy) => {
      copy.upperBound.rank--;
      copy.claim.upper++;
      copy.claim.exact = copy.claim.upper === copy.claim.lower;
    });
    expect(weaker).toBe('accepted');
  });
});

describe('a false rank, where no lower bound contradicts it', () => {
  const network = parseNetwork({
    ...format,
    inputDim: 2,
    sequenceLength: 1,
    layers: [
      { kind: 'linear', outputDim: 3 },
      { kind: 'activation', function: 'tanh' },
      { kind: 'linear', outputDim: 3 },
      { kind: 'linear', outputDim: 3 },
    ],
  });
  const certified = certify(network).then(({ certificate }): Loose => structuredClone(certificate));
  const weakened = async (change: (upperBound: Loose) => void): Promise<unknown> => {
    const copy = structuredClone(await certified);
    // A minor of order 0 proves the lower bound 0.
    copy.lowerBound = { ...copy.lowerBound, rows: [], columns: [], determinant: '1' };
    copy.claim.lower = 0;
    copy.claim.exact = false;
    change(copy.upperBound);
    copy.claim.upper = copy.claim.parameters - copy.upperBound.rank;
    const verdict = await verify(await sealed(copy));
    return verdict.accepted ? 'accepted' : verdict.fault.path;
  };

  test.each<[string, string, (upperBound: Loose) => void]>([
    ['the true one', 'accepted', () => {}],
    ['at another seed', 'accepted', (bound) => (bound.point.seed = '5')],
    ['modulo another prime', 'accepted', (bound) => (bound.prime = '65537')],
    ['one more', 'certificate.upperBound.rank', (bound) => bound.rank++],
    ['more than parameters', 'certificate.claim.upper', (bound) => (bound.rank = 100)],
    ['modulo no prime', 'certificate.upperBound.prime', (bound) => (bound.prime = '65535')],
    ['modulo 2', 'certificate.upperBound.prime', (bound) => (bound.prime = '2')],
    ['modulo a large prime', 'certificate.upperBound.prime', (bound) => (bound.prime = '67108879')],
    ['with other words', 'certificate.upperBound.statement', (bound) => (bound.statement += '.')],
    ['as another method', 'certificate.upperBound.method', (bound) => (bound.method = 'closed-form')],
    ['with another field', 'certificate.upperBound.terms', (bound) => (bound.terms = {})],
  ])('%s: %s', async (_, expected, change) => {
    expect(await weakened(change)).toBe(expected);
  });
});

describe('the space of all polynomial maps', () => {
  const network = parseNetwork({
    ...format,
    inputDim: 2,
    sequenceLength: 3,
    layers: [
      { kind: 'linear', outputDim: 9 },
      { kind: 'power', exponent: 3 },
      { kind: 'linear', outputDim: 2, bias: true },
    ],
  });

  test('is recomputed: 4 cubic forms and 1, in two coordinates', async () => {
    const { certificate, dimension } = await certify(network);
    expect(dimension).toEqual({ lower: 10, upper: 10, exact: true });
    expect(certificate.upperBound.method).toBe('ambient');
    expect(await verify(certificate)).toMatchObject({ accepted: true });
    for (const statement of [
      'all polynomial maps of a token: degrees 3 in 2 variables, 2 coordinates',
      'the number of parameters',
    ]) {
      const other = await sealed({ ...certificate, upperBound: { method: 'ambient', statement } });
      expect(await verify(other)).toMatchObject({ accepted: false });
    }
  });

  test('is no bound of attention', async () => {
    const attention = parseNetwork({
      ...format,
      inputDim: 2,
      sequenceLength: 2,
      layers: [{ kind: 'attention', normalization: 'softmax', headDim: 1, numHeads: 2, outputDim: 2 }],
    });
    const { certificate } = await certify(attention);
    const statement = 'all polynomial maps of a token: degrees 1 in 2 variables, 2 coordinates';
    const upperBound = { method: 'ambient', statement };
    expect(await verify(await sealed({ ...certificate, upperBound }))).toMatchObject({
      accepted: false,
      fault: { path: 'certificate.upperBound.statement' },
    });
  });
});

test('more work than the limit allows is rejected', async () => {
  const network = parseNetwork({
    ...format,
    inputDim: 20,
    sequenceLength: 1,
    layers: [
      { kind: 'linear', outputDim: 30 },
      { kind: 'linear', outputDim: 40 },
      { kind: 'linear', outputDim: 1 },
    ],
  });
  const { certificate } = await certify(network);
  const verdict = await verify(certificate, { maxOperations: 2 ** 20 });
  expect(verdict).toMatchObject({ accepted: false });
});
