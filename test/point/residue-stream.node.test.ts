import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResidueStream, type Domain } from '../../src/point/residue-stream.ts';

/** The stream of docs/point.md, from the platform's hash and BigInt. */
function* reference(domain: string, seed: string, prime: bigint): Generator<bigint> {
  const bound = prime * (2n ** 64n / prime);
  for (let counter = 0; ; counter++) {
    const bytes = createHash('sha256').update(`dimcert/1/${domain}/${seed}/${counter}`).digest();
    for (let word = 0; word < 4; word++) {
      const w = bytes.readBigUInt64BE(8 * word);
      if (w < bound) yield w % prime;
    }
  }
}

function takeReference(domain: string, seed: string, prime: number, count: number): number[] {
  const stream = reference(domain, seed, BigInt(prime));
  return Array.from({ length: count }, () => Number(stream.next().value));
}

const primes = [2, 3, 4093, 65537, 67108859, 2147483647];

test('the stream is the one of the specification, at small and large primes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...primes),
      fc.constantFrom<Domain>('theta', 'circle', 'constant', 'input', 'unit', 'log', 'redraw-12'),
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      (prime, domain, seed) => {
        const drawn = Array.from(new ResidueStream(domain, String(seed), prime).take(41));
        expect(drawn).toEqual(takeReference(domain, String(seed), prime, 41));
      },
    ),
    { numRuns: 60 },
  );
});

test('primes beyond a word too', () => {
  for (const prime of [2n ** 31n + 11n, 2n ** 61n - 1n]) {
    const stream = reference('theta', '3', prime);
    const expected = Array.from({ length: 100 }, () => stream.next().value);
    expect(Array.from(new ResidueStream('theta', '3', prime).take(100))).toEqual(expected);
  }
});

test('units are the residues that are not 0, in the same order', () => {
  for (const prime of primes) {
    const expected = takeReference('unit', '7', prime, 400).filter((residue) => residue !== 0);
    const count = Math.min(100, expected.length);
    expect(Array.from(new ResidueStream('unit', '7', prime).takeUnits(count))).toEqual(
      expected.slice(0, count),
    );
  }
});
