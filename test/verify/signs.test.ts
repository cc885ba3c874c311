import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SignMatrix } from '../../src/verify/signs.ts';

test('the rank: 2^rank different sums of rows', () => {
  const matrix = fc.integer({ min: 1, max: 7 }).chain((columns) =>
    fc.array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), {
      minLength: 1,
      maxLength: 9,
    }),
  );
  fc.assert(
    fc.property(matrix, (rows) => {
      const signs = new SignMatrix(rows[0]!.length);
      let sums = new Set(['0'.repeat(rows[0]!.length)]);
      for (const row of rows) {
        signs.add(row);
        sums = new Set(
          Array.from(sums).flatMap((sum) => [
            sum,
            Array.from(sum, (bit, i) => Number(bit === '1') ^ Number(row[i]!)).join(''),
          ]),
        );
      }
      expect(2 ** signs.rank).toBe(sums.size);
      expect(signs.isComplete).toBe(sums.size === 2 ** rows[0]!.length);
    }),
  );
});
