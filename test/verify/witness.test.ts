import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certify } from '../../src/certificate/certify.ts';
import { certifyRank } from '../../src/certificate/certify-rank.ts';
import { verify } from '../../src/verify/index.ts';
import { solutionCount, witnessErrorProbability } from '../../src/verify/witness.ts';
import { everyKind } from './every-kind.ts';
import type { Loose } from './json-type.ts';
import { lightning, softmax, stack } from './networks.ts';
import { anyNetwork } from './any-network.ts';
import { sealed } from './produce.ts';
import { digestOf, namedDeterminant, namedMinor, residues } from './reference.ts';

const withWitness = async (network: Loose, options: object = {}): Promise<Loose> =>
  structuredClone((await certify(network, { witness: true, ...options })).certificate);

/** Of what the right-hand sides are drawn. */
function commitmentOf(certificate: Loose): Promise<string> {
  const { witness: _, ...lowerBound } = certificate.lowerBound;
  return digestOf({ ...certificate, lowerBound });
}

describe('what the producer writes', () => {
  test('solutions of the minor that a reference computes, with right-hand sides that it draws', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyNetwork,
        fc.nat(1000),
        fc.constantFrom('3', '4093', '67108859', '2147483647'),
        async (network, seed, prime) => {
          const made = await withWitness(network, { seed, prime }).catch((error: Error) => error);
          // Modulo 3 a network may have no input at all.
          fc.pre(!(made instanceof RangeError));
          if (made instanceof Error) throw made;
          const { witness } = made.lowerBound;
          const p = BigInt(prime);
          const order = made.claim.lower as number;
          const minor = (await namedMinor(made))!;
          expect(minor).toHaveLength(order);
          const stream = residues('witness', await commitmentOf(made), p);
          expect(witness.solutions).toHaveLength(solutionCount(p));
          for (const solution of witness.solutions as string[][])
            for (const row of minor) {
              const side = (await stream.next()).value;
              expect(row.reduce((sum, entry, c) => sum + entry * BigInt(solution[c]!), 0n) % p).toBe(side);
            }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('nothing else changes: without the witness it is the same certificate', async () => {
    for (const [, network] of everyKind.slice(0, 12)) {
      const plain = (await certify(network)).certificate;
      const { digest: _, lowerBound, ...rest } = await withWitness(network);
      const { witness: __, ...evidence } = lowerBound;
      expect(await sealed({ ...rest, lowerBound: evidence })).toEqual(plain);
    }
  });

  test('an order that is more than one block of the back substitution', async () => {
    const network = stack(10, 3, lightning(6, 10), lightning(6, 10));
    const made = await withWitness(network);
    expect(made.claim.lower).toBeGreaterThan(256);
    expect(await verify(made, { quick: true })).toMatchObject({ accepted: true });
  });
});

describe('the quick check', () => {
  test.each(everyKind)('accepts an honest witness: %s', async (_, network) => {
    const made = await withWitness(network);
    const { lower, upper } = made.claim;
    const quick = await verify(made, { quick: true });
    expect(quick).toMatchObject({
      accepted: true,
      dimension: { lower, upper, exact: false },
      witness: {
        errorProbability: '2^-131',
        assumption: 'SHA-256 behaves like a random function',
      },
    });
    expect(quick.accepted && quick.statements[0]).toContain('error probability at most 2^-131');
    const proved = await verify(made);
    expect(proved).toMatchObject({ accepted: true, dimension: made.claim.exact ? { exact: true } : {} });
    expect(proved).not.toHaveProperty('witness');
  });

  test('needs a witness: else it is the caller who is told', async () => {
    const { certificate } = await certify(stack(2, 2, lightning(1, 2)));
    await expect(verify(certificate, { quick: true })).rejects.toThrow(
      new RangeError(
        'quick: expected a certificate with a witness (option witness of certify), got one without',
      ),
    );
    const rank = await certifyRank({ rows: 1, cols: 1, data: [1] }, 7);
    await expect(verify(rank, { quick: true })).rejects.toThrow(RangeError);
  });

  test('options of another type are refused', async () => {
    const network = stack(2, 2, lightning(1, 2));
    const text: Loose = 'yes';
    await expect(certify(network, { witness: text })).rejects.toThrow(
      new TypeError('witness: expected true or false, got "yes"'),
    );
    await expect(verify((await certify(network)).certificate, { quick: text })).rejects.toThrow(
      new TypeError('quick: expected true or false, got "yes"'),
    );
  });

  test('takes less work than the limit that stops the other', async () => {
    const made = await withWitness(stack(10, 3, lightning(6, 10), lightning(6, 10)));
    const options = { maxOperations: 2e7 };
    expect(await verify(made, options)).toMatchObject({ accepted: false });
    expect(await verify(made, { ...options, quick: true })).toMatchObject({ accepted: true });
  });
});

test('a singular minor is not saved by the solutions of another', async () => {
  const made = await withWitness(stack(3, 3, softmax(2, 3), softmax(2, 3)));
  // The first columns are those of one layer: they depend on each other.
  made.lowerBound.columns = (made.lowerBound.columns as number[]).map((_, c) => c);
  const changed = await sealed(made);
  expect(await namedDeterminant(changed)).toBe(0n);
  const fault = { path: 'certificate.lowerBound.witness.solutions[0]' };
  expect(await verify(changed, { quick: true })).toMatchObject({ accepted: false, fault });
  expect(await verify(changed)).toMatchObject({ accepted: false });
});

describe('tampering, with the digest recomputed', () => {
  const at = 'certificate.lowerBound.witness';
  const tamperings: readonly (readonly [name: string, path: string, change: (witness: Loose) => void])[] = [
    ['a residue', `${at}.solutions[3]`, ({ solutions: s }) => (s[3][2] = s[3][2] === '0' ? '1' : '0')],
    ['two solutions changed over', `${at}.solutions[0]`, ({ solutions: s }) => s.push(...s.splice(0, 1))],
    ['a solution less', `${at}.solutions`, ({ solutions: s }) => s.pop()],
    ['a solution more', `${at}.solutions`, ({ solutions: s }) => s.push(s[0])],
    ['no solution', `${at}.solutions`, (witness) => (witness.solutions = [])],
    ['a shorter solution', `${at}.solutions[4]`, ({ solutions: s }) => s[4].pop()],
    ['a longer solution', `${at}.solutions[4]`, ({ solutions: s }) => s[4].push('0')],
    ['the prime for 0', `${at}.solutions[1][0]`, ({ solutions: s }) => (s[1][0] = '4093')],
    ['a number', `${at}.solutions[1][0]`, ({ solutions: s }) => (s[1][0] = 1)],
    ['leading zeros', `${at}.solutions[1][0]`, ({ solutions: s }) => (s[1][0] = `0${s[1][0]}`)],
    ['another method', `${at}.method`, (witness) => (witness.method = 'lu')],
    ['an unknown field', `${at}.note`, (witness) => (witness.note = 'trust me')],
    ['no list', `${at}.solutions`, (witness) => (witness.solutions = {})],
  ];

  test.each(tamperings)('%s', async (_, path, change) => {
    const made = await withWitness(stack(3, 3, lightning(2, 3), lightning(2, 3)));
    change(made.lowerBound.witness);
    const changed = await sealed(made);
    for (const quick of [true, false])
      expect(await verify(changed, { quick })).toMatchObject({ accepted: false, fault: { path } });
  });

  test('what a witness commits to: another seed, prime, row or claim that would do as well', async () => {
    const made = await withWitness(stack(3, 3, lightning(2, 3), lightning(2, 3)));
    for (const change of [
      (c: Loose) => (c.lowerBound.point.seed = '1'),
      (c: Loose) => (c.lowerBound.determinant = String((Number(c.lowerBound.determinant) % 4092) + 1)),
      (c: Loose) => c.lowerBound.retries.push({ prime: '4093', seed: '7', rank: 1 }),
    ]) {
      const copy = structuredClone(made);
      change(copy);
      expect(await verify(await sealed(copy), { quick: true })).toMatchObject({
        accepted: false,
        fault: { path: 'certificate.lowerBound.witness.solutions[0]' },
      });
    }
  });
});

test('the number of solutions is the least for 2^-128, and the error probability a power of two above it', () => {
  for (const p of [3n, 5n, 4091n, 4093n, 65521n, 65537n, 67108859n, 2n ** 31n - 1n, 2n ** 61n - 1n]) {
    const k = BigInt(solutionCount(p));
    expect(p ** k > 2n ** 128n && p ** (k - 1n) <= 2n ** 128n).toBe(true);
    const exponent = BigInt(witnessErrorProbability(p).slice('2^-'.length));
    expect(2n ** exponent <= p ** k && p ** k < 2n ** (exponent + 1n)).toBe(true);
  }
});
