import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gcd } from '../../src/fraction.ts';
import { reconstruct } from '../../src/rational/reconstruct.ts';

/** Euclid's algorithm, step by step. */
function reference(
  x: bigint,
  modulus: bigint,
  numerator: bigint,
  denominator: bigint,
): { numerator: bigint; denominator: bigint } | null {
  let [r0, r1, s0, s1] = [modulus, ((x % modulus) + modulus) % modulus, 0n, 1n];
  while (r1 > numerator) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 % r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  const sign = s1 < 0n ? -1n : 1n;
  return sign * s1 > denominator ? null : { numerator: sign * r1, denominator: sign * s1 };
}

const bits = fc.integer({ min: 1, max: 900 });
const ofBits = fc.tuple(bits, fc.bigInt(0n, 2n ** 900n)).map(([length, x]) => x % 2n ** BigInt(length));

test('finds a fraction again, whatever the lengths of its parts', () => {
  fc.assert(
    fc.property(ofBits, ofBits, fc.boolean(), ofBits, (n, e, negative, more) => {
      const d = e + 1n;
      const common = gcd(n, d);
      const [numerator, denominator] = [(negative ? -n : n) / common, d / common];
      // A modulus beyond 2·n·d that is coprime to d.
      let modulus = 2n * (n + 1n) * d + more + 1n;
      while (gcd(modulus, denominator) !== 1n) modulus++;
      const x = (numerator * inverse(denominator, modulus)) % modulus;
      expect(reconstruct(x, modulus, n, d)).toEqual({ numerator, denominator });
    }),
    { numRuns: 500 },
  );
});

test('is Euclid’s algorithm, stopped half-way', () => {
  fc.assert(
    fc.property(ofBits, ofBits, ofBits, ofBits, (x, m, numerator, denominator) => {
      const modulus = m + 2n;
      expect(reconstruct(x, modulus, numerator, denominator)).toEqual(
        reference(x, modulus, numerator, denominator),
      );
    }),
    { numRuns: 1000 },
  );
});

test('quotients of every length, Fibonacci numbers among them', () => {
  let [a, b] = [1n, 1n];
  for (let i = 0; i < 1500; i++) [a, b] = [b, a + b];
  for (const x of [a, b - 1n, b / 2n, 2n ** 700n, b / 2n ** 60n, b / 2n ** 51n, 1n, 0n])
    for (const bound of [1n, 2n ** 50n, 2n ** 300n, 2n ** 520n, b])
      expect(reconstruct(x, b, bound, b)).toEqual(reference(x, b, bound, b));
});

function inverse(x: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, ((x % modulus) + modulus) % modulus, 0n, 1n % modulus];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 % r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}
