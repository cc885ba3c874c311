import { beforeAll, describe, expect, test } from 'vitest';
import { bilinear } from '../symmetry/networks.ts';
import { dimcert, stackFlags, type Outcome } from './command.ts';

/** Certificates: without a witness, with one, and the digest of the latter. */
let plain: string;
let witnessed: string;
let digest: string;
beforeAll(async () => {
  plain = (await dimcert(['certify', ...stackFlags, '-o', '-'])).stdout;
  witnessed = (await dimcert(['certify', ...stackFlags, '--witness', '-o', '-'])).stdout;
  digest = (JSON.parse(witnessed) as { digest: string }).digest;
});

const verify = (certificate: string, ...flags: string[]): Promise<Outcome> =>
  dimcert(['verify', '-', ...flags], { stdin: certificate });

test('verify --quick says what its result rests on, and does not call it exact', async () => {
  const { code, stdout } = await verify(witnessed, '--quick');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /lower bound +by a witness +error probability at most 2\^-131, if SHA-256 behaves like a random function/,
  );
  expect(stdout).not.toContain('exact');
  const json = JSON.parse((await verify(witnessed, '--quick', '--json')).stdout) as object;
  expect(json).toMatchObject({ dimension: { exact: false }, witness: { errorProbability: '2^-131' } });
});

test('verify proves by default, whether there is a witness or not', async () => {
  for (const [certificate, ...flags] of [[plain], [witnessed], [witnessed, '--deterministic']]) {
    const { code, stdout } = await verify(certificate!, ...flags);
    expect(code).toBe(0);
    expect(stdout).toContain('exact');
    expect(stdout).not.toContain('witness');
  }
});

test.each([
  [
    ['certify', ...stackFlags, '--witness'],
    '--witness: expected -o FILE, which keeps the certificate, got none',
  ],
  [
    ['verify', '-', '--quick'],
    '--quick: expected a certificate with a witness (option witness of certify), got one without',
  ],
  [
    ['verify', '-', '--quick', '--deterministic'],
    "option '--quick' cannot be used with option '--deterministic'",
  ],
  [['verify', '-', '--cite', '--json'], "option '--cite' cannot be used with option '--json'"],
])('%j is bad usage', async (args, message) => {
  const { code, stdout, stderr } = await dimcert(args, { stdin: plain });
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `dimcert: ${message}\n` });
});

describe('verify --cite', () => {
  const words = (text: string): string => text.replaceAll(/\s+/g, ' ');

  test('a BibTeX entry, and what was proved', async () => {
    const { code, stdout } = await verify(witnessed, '--cite');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^@software\{dimcert-[0-9a-f]{12},\n( {2}\w+ +=.+,\n)+\}\n\n/);
    expect(words(stdout)).toContain(`has the digest (SHA-256) ${digest}.`);
    expect(words(stdout)).toMatch(/of its parametrization, is \d+\. Lower bound: /);
    expect(stdout).not.toContain('witness');
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120);
  });

  test('a quick check is cited as one', async () => {
    const { stdout } = await verify(witnessed, '--quick', '--cite');
    expect(words(stdout)).toContain(
      'This was not proved but checked by a witness: the error probability is at most 2^-131, on the assumption that SHA-256',
    );
  });

  test('an interval, and a rank', async () => {
    const stdin = JSON.stringify(bilinear(4, 5, 6));
    const { stdout: certificate } = await dimcert(['certify', '-', '-o', '-'], { stdin });
    const { claim } = JSON.parse(certificate) as {
      claim: { lower: number; upper: number; exact: boolean };
    };
    const { stdout } = await verify(certificate, '--cite');
    const { lower, upper, exact } = claim;
    expect(exact).toBe(false);
    expect(words(stdout)).toContain(`lies in the interval from ${lower} to ${upper}.`);
    expect(words(stdout)).toMatch(/with an error probability of at most 2\^-\d+; this is no proof\./);

    const rank = await dimcert(['rank', '-', '--prime', '7', '--certificate', '-'], { stdin: '1 2\n2 4\n' });
    expect(words((await verify(rank.stdout, '--cite')).stdout)).toContain(
      'The 2 x 2 matrix in the certificate has rank 1. Proof: ',
    );
  });

  test('nothing is cited that was not accepted', async () => {
    const { code, stdout } = await verify(plain.replace('"seed":"0"', '"seed":"1"'), '--cite');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});
