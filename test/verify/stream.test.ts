import { describe, expect, test } from 'vitest';
import { Pace } from '../../src/pace.ts';
import { bigArithmetic, smallArithmetic, smallPrimes } from '../../src/verify/arithmetic.ts';
import { Breath } from '../../src/verify/breath.ts';
import { acceptance, ResidueStream } from '../../src/verify/stream.ts';
import { residues } from './reference.ts';

const breath = (): Breath => new Breath(new Pace({}), 'test', 1);
const primes = [
  3n,
  101n,
  4093n,
  67108859n,
  67108879n,
  4294967311n,
  9223372036854775783n,
  9223372036854775837n,
  18446744073709551557n,
];

describe.each(primes)('p = %s', (p) => {
  test.each(['theta', 'input', 'unit'] as const)(
    'the domain %s agrees with the document, word by word',
    async (domain) => {
      const f = p < smallPrimes ? smallArithmetic(Number(p)) : bigArithmetic(p);
      for (const seed of ['0', '1', '340282366920938463463374607431768211455']) {
        const stream = new ResidueStream<number | bigint>(domain, seed, p, f as never);
        const reference = residues(domain, seed, p);
        for (let n = 0; n < 100; n++) expect(BigInt(stream.next())).toBe((await reference.next()).value);
      }
    },
  );
});

test.each(primes)('words are accepted below the largest multiple of %s, and not from it on', (p) => {
  const accepts = acceptance(p);
  const limit = p * (2n ** 64n / p);
  for (let word = limit - 3n; word < limit + 3n && word < 2n ** 64n; word++)
    expect(accepts(Number(word >> 32n), Number(word & 0xffffffffn))).toBe(word < limit);
  // The halves next to the limit's.
  const [hi, lo] = [Number(limit >> 32n), Number(limit & 0xffffffffn)];
  expect(accepts(hi - 1, 2 ** 32 - 1)).toBe(true);
  if (lo > 0) expect(accepts(hi, 0)).toBe(true);
  if (hi < 2 ** 32 - 1) expect(accepts(hi + 1, 0)).toBe(false);
});

test('take and skip go on where the other ended', async () => {
  const f = smallArithmetic(101);
  const whole = await new ResidueStream('unit', '7', 101n, f).take(5000, breath());
  const parts = new ResidueStream('unit', '7', 101n, f);
  const first = await parts.take(1000, breath());
  await parts.skip(1999, breath());
  const last = await parts.take(2001, breath());
  expect([...Array.from(first), ...Array.from(last)]).toEqual([
    ...Array.from(whole).slice(0, 1000),
    ...Array.from(whole).slice(2999),
  ]);
  expect(Array.from(whole)).not.toContain(0);
});
