import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bigArithmetic,
  productsBeforeReduction,
  smallArithmetic,
  wordArithmetic,
  type Arithmetic,
  type Vector,
} from '../../src/verify/arithmetic.ts';

const small = [3, 5, 101, 4093, 65521, 1048573, 33554393, 67108837, 67108859];
const words = [65537, 1048573, 67108859, 67108879, 1431655777, 2147483629, 2147483647];
const large = [
  3n,
  4093n,
  67108859n,
  67108879n,
  4294967291n,
  2n ** 61n - 1n,
  9223372036854775783n,
  18446744073709551557n,
];

function vectorOf<E>(entries: readonly E[], f: Arithmetic<E>): Vector<E> {
  const vector = f.zeros(entries.length);
  entries.forEach((entry, i) => (vector[i] = entry));
  return vector;
}

function lawsOf<E extends number | bigint>(f: Arithmetic<E>, p: bigint, of: (x: bigint) => E): void {
  const near = fc.oneof(
    fc.bigInt(0n, p - 1n),
    fc.bigInt(p - (p < 9n ? p : 9n), p - 1n),
    fc.bigInt(0n, p < 9n ? p - 1n : 9n),
  );
  fc.assert(
    fc.property(
      near,
      near,
      fc.array(fc.tuple(near, near), { maxLength: 40 }),
      near,
      (a, b, pairs, factor) => {
        expect(BigInt(f.add(of(a), of(b)))).toBe((a + b) % p);
        expect(BigInt(f.subtract(of(a), of(b)))).toBe((a - b + p) % p);
        expect(BigInt(f.multiply(of(a), of(b)))).toBe((a * b) % p);
        if (a !== 0n) expect((BigInt(f.inverse(of(a))) * a) % p).toBe(1n % p);
        const x = vectorOf(
          pairs.map(([left]) => of(left)),
          f,
        );
        const y = vectorOf(
          pairs.map(([, right]) => of(right)),
          f,
        );
        const sum = pairs.reduce((total, [left, right]) => total + left * right, 0n) % p;
        expect(BigInt(f.dot(x, 0, 1, y, 0, 1, pairs.length))).toBe(sum);
        const half = Math.floor(pairs.length / 2);
        const strided =
          pairs.slice(0, half).reduce((total, _, n) => total + pairs[2 * n]![0] * pairs[1 + n]![1], 0n) % p;
        if (half > 0 && half < pairs.length) expect(BigInt(f.dot(x, 0, 2, y, 1, 1, half))).toBe(strided);
        const rounds = Math.min(f.delay, 5);
        const target = vectorOf(
          pairs.map(([left]) => of(left)),
          f,
        );
        for (let n = 0; n < rounds; n++) f.accumulate(target, y, of(factor), 0, pairs.length);
        const sums = pairs.map(([left, right]) => (left + BigInt(rounds) * factor * right) % p);
        expect(sums.map((_, n) => BigInt(f.reduced(target[n]!)))).toEqual(sums);
        const scattered = vectorOf(
          [...pairs].reverse().map(([left]) => of(left)),
          f,
        );
        const columns = Int32Array.from(pairs, (_, n) => pairs.length - 1 - n);
        for (let n = 0; n < rounds; n++) f.scatter(scattered, columns, y, of(factor));
        expect(sums.map((_, n) => BigInt(f.reduced(scattered[columns[n]!]!)))).toEqual(sums);
      },
    ),
    { numRuns: 100 },
  );
}

describe('the laws of F_p, against bigints', () => {
  test.each(small)('in doubles, p = %s', (p) => lawsOf(smallArithmetic(p), BigInt(p), Number));
  test.each(words)('in words, p = %s', (p) => lawsOf(wordArithmetic(p), BigInt(p), Number));
  test.each(large)('in bigints, p = %s', (p) => lawsOf(bigArithmetic(p), p, (x) => x));
});

test.each(small)('delayed reduction at its worst stays exact: p = %s', (p) => {
  const f = smallArithmetic(p);
  const delay = productsBeforeReduction(p);
  expect(delay).toBeGreaterThanOrEqual(2);
  expect(BigInt(p - 1) + BigInt(delay) * BigInt(p - 1) ** 2n + BigInt(p)).toBeLessThanOrEqual(2n ** 53n);
  // The largest sum that may occur, reached without a million steps.
  const largest = BigInt(p - 1) + BigInt(delay) * BigInt(p - 1) ** 2n;
  for (let back = 0n; back < 2000n; back++)
    expect(f.reduced(Number(largest - back))).toBe(Number((largest - back) % BigInt(p)));
  const count = Math.min(3 * delay, 300_000);
  const ones = f.zeros(count);
  ones.fill(p - 1);
  expect(f.dot(ones, 0, 1, ones, 0, 1, count)).toBe(count % p);
});

test.each(words)('products whose quotient is near a half or an integer: p = %s', (p) => {
  const f = wordArithmetic(p);
  for (let i = 1; i < 2000; i++) {
    const a = p - i;
    // a·b mod p is about p/2, 0 or p − 1.
    for (const residue of [0, 1, p - 1, (p - 1) / 2, (p + 1) / 2, (p + 3) / 2]) {
      const b = f.multiply(residue, f.inverse(a));
      expect((BigInt(a) * BigInt(b)) % BigInt(p)).toBe(BigInt(residue));
      expect(f.multiply(a, b)).toBe(residue);
    }
  }
});

test('words become residues', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (word) => {
      const [hi, lo] = [Number(word >> 32n), Number(word & 0xffffffffn)];
      for (const p of small) expect(smallArithmetic(p).fromWord(hi, lo)).toBe(Number(word % BigInt(p)));
      for (const p of words) expect(wordArithmetic(p).fromWord(hi, lo)).toBe(Number(word % BigInt(p)));
      for (const p of large) expect(bigArithmetic(p).fromWord(hi, lo)).toBe(word % p);
    }),
  );
  for (const p of small)
    expect(smallArithmetic(p).fromWord(2 ** 32 - 1, 2 ** 32 - 1)).toBe(Number((2n ** 64n - 1n) % BigInt(p)));
});
