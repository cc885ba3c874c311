import { afterEach, describe, expect, test, vi } from 'vitest';
import { certify } from '../../src/certificate/certify.ts';
import { seal } from '../../src/certificate/certificate.ts';
import { stableRank, stableRankStatement } from '../../src/monte-carlo/stable-rank.ts';
import type { Network } from '../../src/network/format.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { Pace } from '../../src/pace.ts';
import { estimateWork } from '../../src/verify/limits.ts';
import { verify } from '../../src/verify/index.ts';
import { readCertificate } from '../../src/verify/read.ts';
import { stepsOf } from '../../src/verify/steps.ts';
import { networkOf } from '../symmetry/networks.ts';
import type { Loose } from './json-type.ts';
import { compiled } from './produce.ts';

afterEach(() => vi.unstubAllGlobals());

const path = 'certificate.probableUpperBound';
const attention = (fields: object): object => ({ kind: 'attention', headDim: 2, ...fields });
const linear = (outputDim: number): object => ({ kind: 'linear', outputDim });

/** Networks whose dimension is below the number of their parameters. */
const networks: readonly (readonly [string, Network])[] = [
  ['two linear layers', networkOf(3, 2, [linear(2), linear(3)])],
  [
    'two heads of softmax',
    networkOf(2, 2, [attention({ normalization: 'softmax', numHeads: 2, valueDim: 1 })]),
  ],
  [
    'lightning with angles',
    networkOf(2, 3, [attention({ normalization: 'none', valueDim: 1, rotary: { base: 10 } })]),
  ],
  [
    'a gate of tanh-GELU',
    networkOf(2, 1, [
      { kind: 'gated', function: 'gelu-tanh', hiddenDim: 2, outputDim: 2 },
      linear(2),
      linear(2),
    ]),
  ],
  ['a layer that cancels', networkOf(2, 2, [cancelled(), linear(2)])],
];

function cancelled(): object {
  const shared = { kind: 'linear', outputDim: 2 };
  const minus = { kind: 'scale', factor: '-1' };
  return { kind: 'sum', branches: [[{ ...shared, label: 'w' }], [{ ...shared, tiedTo: 'w' }, minus]] };
}

/** An honest certificate that claims no more than that there are not more dimensions than parameters. */
async function withProbableBound(network: Network): Promise<Loose> {
  const { certificate } = await certify(network);
  const { parameters, lower } = certificate.claim;
  const found = (await stableRank(networkGraph(network), '5', parameters, new Pace({})))!;
  return seal({
    ...unsealed(certificate),
    claim: { parameters, lower, upper: parameters, exact: false },
    upperBound: { method: 'ambient', statement: 'the number of parameters' },
    probableUpperBound: {
      method: 'probabilistic',
      statement: stableRankStatement,
      upper: found.upper,
      errorProbability: `2^${found.errorExponent}`,
      prime: found.prime,
      point: { seed: '5' },
      inputs: found.inputs,
    },
  });
}

function unsealed(certificate: Loose): Loose {
  const { digest: _, ...body } = structuredClone(certificate);
  return body;
}

async function changed(certificate: Loose, change: (body: Loose) => void): Promise<Loose> {
  const body = unsealed(certificate);
  change(body);
  return verify(seal(body));
}

describe.each(networks)('%s', (_, network) => {
  test('an honest bound is accepted, and said to be none that is proved', async () => {
    const certificate = await withProbableBound(network);
    const { upper, errorProbability } = certificate.probableUpperBound;
    const verdict = (await verify(certificate)) as Loose;
    expect(verdict).toMatchObject({
      accepted: true,
      dimension: { upper: certificate.claim.parameters, exact: false },
      probable: { upper, errorProbability },
    });
    expect(verdict.statements.at(-1)).toBe(
      `upper bound ${upper}, not proved: a run with a random prime and point of the verifier's own confirms it; error probability at most ${errorProbability}`,
    );
    // Nothing that was drawn is in it.
    expect(await verify(certificate)).toEqual(verdict);
  });

  test('so is a greater probability, but not a smaller one', async () => {
    const certificate = await withProbableBound(network);
    const stated = Number(certificate.probableUpperBound.errorProbability.slice(2));
    const at = (exponent: number): Promise<Loose> =>
      changed(certificate, (c) => (c.probableUpperBound.errorProbability = `2^${exponent}`));
    expect(await at(-21)).toMatchObject({ accepted: true, probable: { errorProbability: '2^-21' } });
    expect(await at(stated - 1)).toMatchObject({
      accepted: false,
      fault: { path: `${path}.errorProbability`, expected: `at least 2^${stated}` },
    });
    expect(await at(-20)).toMatchObject({
      accepted: false,
      fault: { path: `${path}.errorProbability`, expected: 'below 2^-20' },
    });
  });
});

test('without the field there is no such bound', async () => {
  const verdict = await verify((await certify(networks[0]![1])).certificate);
  expect(verdict).toMatchObject({ accepted: true });
  expect(verdict).not.toHaveProperty('probable');
});

describe('a bound that is too small is refuted', () => {
  test.each(networks.slice(0, 4))('%s', async (_, network) => {
    const certificate = await withProbableBound(network);
    const { upper } = certificate.probableUpperBound;
    const fault = { path: `${path}.upper`, expected: `at least ${upper}`, got: String(upper - 1) };
    // The proved lower bound would refute it before.
    const verdict = await changed(certificate, (c) => {
      withoutMinor(c);
      c.probableUpperBound.upper = upper - 1;
      c.probableUpperBound.inputs = Math.min(c.probableUpperBound.inputs, upper - 1);
    });
    expect(verdict).toEqual({ accepted: false, fault });
  });
});

/** A claim of dimension 0 at least. */
function withoutMinor(c: Loose): void {
  c.claim.lower = 0;
  Object.assign(c.lowerBound, { rows: [], columns: [], determinant: '1' });
}

describe('tampering', () => {
  const honest = withProbableBound(networks[1]![1]);

  test.each<[string, (bound: Loose) => void, string]>([
    ['another method', (b) => (b.method = 'gauge'), '.method'],
    ['another statement', (b) => (b.statement += '.'), '.statement'],
    ['an unknown field', (b) => (b.proved = true), '.proved'],
    ['no seed', (b) => (b.point = {}), '.point.seed'],
    ['no inputs', (b) => delete b.inputs, '.inputs'],
    ['upper: a string', (b) => (b.upper = String(b.upper)), '.upper'],
    ['fewer inputs than it takes', (b) => (b.inputs -= 1), '.inputs'],
    ['negative inputs', (b) => (b.inputs = -1), '.inputs'],
    ['huge inputs', (b) => (b.inputs = 2 ** 40), '.inputs'],
    ['a composite prime', (b) => (b.prime = String(2n ** 60n + 1n)), '.prime'],
    ['a small prime', (b) => (b.prime = '4093'), '.prime'],
    ['a prime above 2^61', (b) => (b.prime = '18446744073709551557'), '.prime'],
    ...['0', '2^-0', '2^-039', '2^39', '2^-1e2', '2^-39 ', '2^-39.5', `2^-${'9'.repeat(400)}`, -39].map(
      (text): [string, (bound: Loose) => void, string] => [
        `error probability ${text}`,
        (b) => (b.errorProbability = text),
        '.errorProbability',
      ],
    ),
  ])('%s', async (_, change, at) => {
    const verdict = await changed(await honest, (c) => change(c.probableUpperBound));
    expect(verdict).toMatchObject({ accepted: false, fault: { path: path + at } });
  });

  test('a bound that is not below the claim, or under its lower bound', async () => {
    const certificate = await honest;
    const { lower, upper } = certificate.claim;
    for (const wrong of [upper, upper + 1, lower - 1])
      expect(await changed(certificate, (c) => (c.probableUpperBound.upper = wrong))).toMatchObject({
        fault: { path: `${path}.upper`, expected: `at least ${lower} and below ${upper}` },
      });
  });

  test('beside an exact claim', async () => {
    const { certificate } = await certify(networks[1]![1]);
    expect(certificate.claim.exact).toBe(true);
    const { probableUpperBound } = await honest;
    const verdict = await changed(certificate, (c) => (c.probableUpperBound = probableUpperBound));
    expect(verdict).toMatchObject({
      fault: { path, expected: 'no such field, as the lower bound is the upper bound' },
    });
  });

  test('of a network with a norm', async () => {
    const { certificate } = await certify(networkOf(2, 1, [{ kind: 'rmsnorm' }, linear(2)]));
    const { parameters, lower } = certificate.claim;
    const { probableUpperBound } = await honest;
    const verdict = await changed(certificate, (c) => {
      c.claim = { parameters, lower, upper: parameters, exact: false };
      c.upperBound = { method: 'ambient', statement: 'the number of parameters' };
      c.probableUpperBound = { ...probableUpperBound, upper: lower, inputs: 1 };
    });
    expect(verdict).toMatchObject({ fault: { path, expected: 'no such field, as there are norms' } });
  });
});

describe('the work is bounded', () => {
  test('by the limit that is given', async () => {
    const certificate = await withProbableBound(networks[0]![1]);
    const stated = readCertificate(certificate).certificate as Loose;
    const network = compiled(certificate.network);
    const { minor, probable } = estimateWork(stated, network, stepsOf(network.program), false);
    expect(minor.operations).toBeLessThan(probable!.operations);
    const within = (maxOperations: number): Promise<Loose> => verify(certificate, { maxOperations });
    expect(await within(probable!.operations)).toMatchObject({ accepted: true });
    expect(await within(probable!.operations - 1)).toMatchObject({ accepted: false, fault: { path } });
  });

  test('before it is begun', async () => {
    const certificate = await withProbableBound(networks[0]![1]);
    const layers = [linear(70), linear(70)];
    const verdict = await changed(certificate, (c) => {
      withoutMinor(c);
      c.network = networkOf(70, 70, layers);
      Object.assign(c.claim, { parameters: 9800, upper: 9800 });
      Object.assign(c.probableUpperBound, { upper: 9799, inputs: 9799 });
    });
    expect(verdict).toMatchObject({ accepted: false, fault: { path } });
  });
});

test('where there is no source of randomness, nothing is said', async () => {
  const certificate = await withProbableBound(networks[0]![1]);
  vi.stubGlobal('crypto', undefined);
  await expect(verify(certificate)).rejects.toThrow(/expected globalThis\.crypto\.getRandomValues/);
});
