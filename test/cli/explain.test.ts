import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certify, serializeCertificate, type Certificate } from '../../src/certificate/index.ts';
import { explanationOf } from '../../src/cli/explanation.ts';
import { anyNetwork } from '../network/any-network.ts';
import { bilinear, groupedQueries, networkOf } from '../symmetry/networks.ts';
import { controlCharacters, dimcert, stackFlags, temporaryFile } from './command.ts';

type Json = Record<string, unknown>;

/** A certificate as it is in its file. */
const parsed = (certificate: Certificate): Certificate =>
  JSON.parse(serializeCertificate(certificate)) as Certificate;

/** A copy of a certificate of a dimension with other claims; its minor is cut or filled to `lower` rows. */
function claiming(certificate: Certificate, lower: number, upper: number): Certificate {
  const indices = Array.from({ length: lower }, (_, i) => i);
  return {
    ...certificate,
    claim: { ...certificate.claim, lower, upper, exact: lower === upper },
    lowerBound: { ...certificate.lowerBound, rows: indices, columns: indices },
  };
}

/** Explains a certificate by the built command. */
const explained = (certificate: unknown, ...flags: string[]) =>
  dimcert(['explain', '-', ...flags], { stdin: JSON.stringify(certificate) });

test('what certify found is what is explained, and families fill the gauge', async () => {
  await fc.assert(
    fc.asyncProperty(anyNetwork({ width: 3, tokens: 2 }), async (network) => {
      const result = await certify(network).catch((error: unknown) => {
        // Two norms of the same token: no point is good.
        if (!(error instanceof RangeError)) throw error;
      });
      fc.pre(result !== undefined);
      const { certificate, dimension, upper, proved, parameters } = result;
      const explanation = explanationOf(parsed(certificate));
      const bounds = { ...dimension, upper: proved.upper };
      expect(explanation).toMatchObject({
        parameters,
        claim: bounds,
        dimension: bounds,
        upper: { method: proved.method },
      });
      expect(explanation.gap).toBe(proved.upper - dimension.lower);
      expect(explanation.probable).toEqual(
        upper.errorProbability === 0
          ? null
          : { upper: dimension.upper, errorProbability: `2^${Math.log2(upper.errorProbability)}` },
      );
      const ranks = (explanation.upper.families ?? []).map(({ rank }) => rank);
      if (proved.method === 'gauge')
        expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBe(parameters - proved.upper);
    }),
    { numRuns: 30 },
  );
});

// Quadratic forms of rank 2 are a variety of codimension (d − 2)(d − 1)/2: a space of dimension h meets it in dimension m, and each of h forms may move along m − 1 directions.
test.each([
  [3, 3, 4],
  [3, 4, 9],
  [4, 5, 6],
])('the gap is the number of unknown symmetries: d = %i, h = %i, e = %i', async (d, h, e) => {
  const { certificate, dimension, upper } = await certify(bilinear(d, h, e));
  const gap = h * (h - ((d - 2) * (d - 1)) / 2 - 1);
  expect(dimension).toEqual({ lower: dimension.lower, upper: dimension.lower, exact: false });
  expect(upper.method).toBe('probabilistic');
  expect(explanationOf(parsed(certificate)).gap).toBe(gap);
  const { code, stdout, stderr } = await explained(certificate);
  expect([code, stderr, controlCharacters(stdout)]).toEqual([0, '', []]);
  expect(stdout).toMatch(new RegExp(`^gap +${gap}$`, 'm'));
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${gap} independent symmetries are missing`);
  expect(stdout.indexOf('dimcert symmetries NETWORK')).toBeLessThan(
    stdout.indexOf('dimcert certify NETWORK'),
  );
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('an exact result: which evidence meets which', async () => {
  const polynomial = networkOf(3, 1, [
    { kind: 'linear', outputDim: 12 },
    { kind: 'power', exponent: 2 },
    { kind: 'linear', outputDim: 2 },
  ]);
  const quadraticMaps = 2 * ((3 * 4) / 2);
  for (const [network, words] of [
    [groupedQueries, 'The minor and the number of parameters less the rank of the known symmetries meet'],
    [polynomial, `a space of dimension ${quadraticMaps}: all polynomial maps of a token: degrees 2`],
  ] as const) {
    const { certificate } = await certify(network);
    const { code, stdout } = await explained(certificate);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(words);
    expect(stdout).toContain('dimcert verify -');
    expect(stdout).not.toContain('dimcert symmetries');
    expect(stdout).not.toMatch(/^gap/m);
  }
});

test('an interval of the closed form: another point that was not tried', async () => {
  // Over F_3 the first three points are bad.
  const certified = await dimcert(['certify', ...stackFlags, '--prime', '3', '-o', '-']);
  const certificate = JSON.parse(certified.stdout) as Certificate;
  const { stdout } = await explained(certificate, '--json');
  const { untried, lower, next } = JSON.parse(stdout) as ReturnType<typeof explanationOf> & {
    next: string[];
  };
  const seeds = [lower.best, ...lower.others].map(({ seed }) => seed).sort();
  expect(seeds).toEqual(['0', '1', '2']);
  expect(untried.seed).toBe('3');
  const [command] = next;
  expect(command).toMatch(`dimcert certify NETWORK --seed 3 --prime ${untried.prime} `);
  const again = await dimcert(['certify', ...stackFlags, '--json', '--seed', '3', '--prime', untried.prime]);
  expect(JSON.parse(again.stdout)).toMatchObject({ dimension: { lower: 40, exact: true } });
});

test('without a Monte Carlo run: points that do not agree are suspected before symmetries are', async () => {
  const { probableUpperBound, ...certificate } = (await certify(bilinear(3, 3, 4))).certificate;
  expect(probableUpperBound).toBeDefined();
  const agreeing = await explained(certificate);
  expect(agreeing.stdout).toContain('All 3 points gave 21. So 21 is probably the dimension');
  const { lowerBound } = certificate;
  const [retry] = lowerBound.retries;
  const retries = [{ ...retry, rank: certificate.claim.lower - 1 }, lowerBound.retries[1]];
  const { stdout } = await explained({ ...certificate, lowerBound: { ...lowerBound, retries } });
  expect(stdout).toContain('The points do not agree');
  expect(stdout.indexOf('dimcert certify NETWORK')).toBeLessThan(
    stdout.indexOf('dimcert symmetries NETWORK'),
  );
});

test('a Monte Carlo run above the lower bound: the points are suspected', async () => {
  const { certificate } = await certify(bilinear(3, 3, 4));
  const { lower, upper } = certificate.claim;
  const { stdout } = await explained(claiming(certificate, lower - 1, upper));
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`found at most ${lower}, which is wrong with`);
  expect(stdout).toContain('they are probably');
  expect(stdout.indexOf('dimcert certify NETWORK')).toBeLessThan(
    stdout.indexOf('dimcert symmetries NETWORK'),
  );
});

test('a weaker upper bound than the known one is named, a smaller one is refused', async () => {
  const { certificate, dimension } = await certify(groupedQueries);
  const { lower, upper } = dimension;
  const weaker = await explained(claiming(certificate, lower, upper + 3));
  expect(weaker.stdout).toMatch(
    new RegExp(`^dimension +${upper} +exact; the certificate states ${lower} to ${upper + 3}$`, 'm'),
  );
  expect(weaker.stdout).toContain('dimcert certify NETWORK writes');
  const above = await explained(claiming(certificate, upper + 1, upper + 1));
  expect(above.stdout).toMatch(/^dimension +none +the bounds contradict each other/m);
  const smaller = await explained(claiming(certificate, lower - 1, upper - 1));
  expect(smaller).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `dimcert: stdin: claim.upper: expected at least ${upper}, the bound that is known, got ${upper - 1}\n`,
  });
});

test('what is no certificate of a dimension is refused in one line', async () => {
  const { certificate } = await certify(groupedQueries);
  const rank = await dimcert([
    'rank',
    temporaryFile('1 2\n3 6\n', 'm.txt'),
    '--prime',
    '7',
    '--certificate',
    '-',
  ]);
  const { lowerBound } = certificate;
  const changed = (changes: Json): Json => ({ ...certificate, ...changes });
  const cases: [unknown, string][] = [
    [[], 'expected an object, got an array of length 0'],
    [{}, 'format: expected "dimcert-certificate", got undefined'],
    [JSON.parse(rank.stdout), 'kind: expected "dimension", got "rank"'],
    [changed({ version: 2 }), 'version: expected 1, got 2'],
    [changed({ network: null }), 'network: expected an object, got null'],
    [changed({ network: { ...certificate.network, inputDim: 0 } }), 'network.inputDim: expected a positive integer, got 0'], // prettier-ignore
    [changed({ claim: { ...certificate.claim, parameters: 7 } }), 'claim.parameters: expected 48, got 7'],
    [changed({ claim: { ...certificate.claim, exact: false } }), 'claim.exact: expected true, got false'],
    [changed({ lowerBound: { ...lowerBound, rows: [0] } }), `lowerBound.rows.length: expected ${certificate.claim.lower}, got 1`], // prettier-ignore
    [changed({ lowerBound: { ...lowerBound, prime: 'p' } }), 'lowerBound.prime: expected a natural number as a decimal string, got "p"'], // prettier-ignore
    [
      changed({ lowerBound: { ...lowerBound, retries: [1] } }),
      'lowerBound.retries[0]: expected an object, got 1',
    ],
    [changed({ probableUpperBound: { upper: 35 } }), 'probableUpperBound.upper: expected at least 36 and below 36, got 35'], // prettier-ignore
    [changed({ upperBound: { method: 'faith' } }), 'upperBound.method: expected "closed-form", "gauge" or "ambient", got "faith"'], // prettier-ignore
  ];
  for (const [value, line] of cases)
    expect(await explained(value)).toEqual({ code: 2, signal: null, stdout: '', stderr: `dimcert: stdin: ${line}\n` }); // prettier-ignore
  const malformed = await dimcert(['explain', '-'], { stdin: '{' });
  expect(malformed.stderr).toMatch(/^dimcert: stdin: malformed JSON at line 1, column 2: [^\n]*\n$/);
});
