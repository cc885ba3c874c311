import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Radix } from '../../src/rational/radix.ts';

test('is Horner’s rule', () => {
  fc.assert(
    fc.property(
      fc.bigInt(2n, 2n ** 60n),
      fc.array(fc.array(fc.bigInt(-(2n ** 70n), 2n ** 70n))),
      (base, all) => {
        const radix = new Radix(base);
        for (const digits of all)
          expect(radix.evaluate(digits)).toBe(digits.reduceRight((sum, digit) => sum * base + digit, 0n));
      },
    ),
  );
});
