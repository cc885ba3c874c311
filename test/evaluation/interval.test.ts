import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Enclosures, isApart, Unbounded, type Interval } from '../../src/evaluation/interval.ts';

/** Decimal places that were computed elsewhere (OEIS A002162, A000796, A001113), not by this code. */
const digits = {
  log2: '0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586332699641868754200148102057',
  pi: '3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651',
  e: '2.71828182845904523536028747135266249775724709369995957496696762772407663035354759457138217852516642742746639193',
};

function contains(interval: Interval, decimal: string, bits: number): boolean {
  const [whole, places] = decimal.split('.') as [string, string];
  const n = BigInt(whole + places);
  const d = 10n ** BigInt(places.length);
  // The decimal is the number cut off: the number is from n/d to (n + 1)/d.
  return interval.lo * d <= (n + 1n) << BigInt(bits) && interval.hi * d >= n << BigInt(bits);
}

describe.each([32, 64, 100, 128, 300])('%i places', (bits) => {
  const arithmetic = new Enclosures(bits);
  const unit = 2 ** -bits;
  const asNumber = ({ lo, hi }: Interval): number => Number(lo + hi) * unit * 0.5;
  const isTight = ({ lo, hi }: Interval, units: bigint): boolean => lo <= hi && hi - lo <= units;

  test('constants', () => {
    const log2 = arithmetic.log(arithmetic.of(2n));
    const e = arithmetic.exp(arithmetic.one);
    const pi = arithmetic.pi();
    expect([
      contains(log2, digits.log2, bits),
      contains(e, digits.e, bits),
      contains(pi, digits.pi, bits),
    ]).toEqual([true, true, true]);
    for (const interval of [log2, e, pi]) expect(isTight(interval, 16n)).toBe(true);
  });

  const real = fc.double({ min: -20, max: 20, noNaN: true });
  const of = (x: number): Interval => {
    const lo = BigInt(Math.floor(x * 2 ** 30)) << BigInt(Math.max(0, bits - 30));
    return { lo, hi: lo };
  };
  const valueOf = (x: Interval): number => Number(x.lo) * unit;

  test('functions agree with doubles, and are tight', () => {
    fc.assert(
      fc.property(real, (number) => {
        const x = of(number);
        const y = valueOf(x);
        const close = (interval: Interval, wanted: number, units: bigint): void => {
          expect(isTight(interval, units)).toBe(true);
          expect(Math.abs(asNumber(interval) - wanted)).toBeLessThan(
            1e-12 * (1 + Math.abs(wanted)) + 100 * unit,
          );
        };
        close(arithmetic.exp(x), Math.exp(y), 8n);
        close(arithmetic.sigmoid(x), 1 / (1 + Math.exp(-y)), 16n);
        close(arithmetic.softplus(x), Math.max(y, 0) + Math.log1p(Math.exp(-Math.abs(y))), 64n);
        const { cos, sin } = arithmetic.turn(x);
        close(cos, Math.cos(y), 8n);
        close(sin, Math.sin(y), 8n);
        if (y > 0.001) {
          // What an exponential cannot tell apart is wider where its slope y is small.
          close(arithmetic.log(x), Math.log(y), BigInt(Math.ceil(32 + 32 / y)));
          close(arithmetic.sqrt(x), Math.sqrt(y), 1n);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('e^x·e^y meets e^(x + y), and e^(ln x) has x in it', () => {
    fc.assert(
      fc.property(real, real, (a, b) => {
        const [x, y] = [of(a / 4), of(b / 4)];
        const product = arithmetic.multiply(arithmetic.exp(x), arithmetic.exp(y));
        expect(isApart(product, arithmetic.exp(arithmetic.add(x, y)))).toBe(false);
        const positive = { lo: x.lo < 0n ? 1n - x.lo : x.lo + 1n, hi: x.lo < 0n ? 1n - x.lo : x.lo + 1n };
        if (positive.lo >> BigInt(bits - 8) > 0n)
          expect(isApart(arithmetic.exp(arithmetic.log(positive)), positive)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('rational operations have the exact result in them', () => {
    const fraction = fc.tuple(fc.bigInt(-1000n, 1000n), fc.bigInt(1n, 1000n));
    fc.assert(
      fc.property(fraction, fraction, ([a, b], [c, d]) => {
        const [x, y] = [arithmetic.of(a, b), arithmetic.of(c, d)];
        const has = ({ lo, hi }: Interval, n: bigint, m: bigint): void => {
          expect(lo * m <= n << BigInt(bits) && n << BigInt(bits) <= hi * m).toBe(true);
        };
        has(x, a, b);
        has(arithmetic.add(x, y), a * d + c * b, b * d);
        has(arithmetic.subtract(x, y), a * d - c * b, b * d);
        has(arithmetic.multiply(x, y), a * c, b * d);
        has(arithmetic.square(x), a * a, b * b);
        has(arithmetic.power(x, 3), a ** 3n, b ** 3n);
        has(arithmetic.dot([x, y], [y, x]), 2n * a * c, b * d);
        if (c > 0n) has(arithmetic.divide(x, y), a * d, b * c);
      }),
      { numRuns: 100 },
    );
  });

  test('wide intervals', () => {
    const wide = { lo: -arithmetic.one.lo, hi: 2n * arithmetic.one.lo };
    expect(arithmetic.square(wide).lo).toBe(0n);
    expect(() => arithmetic.divide(arithmetic.one, wide)).toThrow(Unbounded);
    expect(() => arithmetic.log(wide)).toThrow(Unbounded);
    expect(() => arithmetic.exp(arithmetic.of(10n ** 9n))).toThrow(Unbounded);
    expect(arithmetic.exp(arithmetic.of(-(10n ** 90n)))).toEqual({ lo: 0n, hi: 1n });
    expect(() => arithmetic.exp({ lo: -100n * arithmetic.one.lo, hi: 0n })).toThrow('too wide');
    const { lo, hi } = arithmetic.exp(wide);
    expect(asNumber({ lo, hi: lo })).toBeCloseTo(Math.exp(-1), 8);
    expect(asNumber({ lo: hi, hi })).toBeCloseTo(Math.exp(2), 8);
  });
});
