import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Integers } from '../../src/rational/integers.ts';
import { wordPrime } from '../../src/rational/word-primes.ts';
import { entry, matrixOf, rowsOf, turned } from './integers.ts';

const shaped = fc
  .tuple(fc.nat(5), fc.nat(20))
  .chain(([m, n]) => fc.record({ m: fc.constant(m), n: fc.constant(n), rows: rowsOf(m, n) }));

test('limbs add up to the entries, also of selections, transposes and negatives', () => {
  fc.assert(
    fc.property(shaped, fc.infiniteStream(fc.nat()), ({ m, n, rows }, stream) => {
      const integers = Integers.of(matrixOf(rows, n));
      expect(integers.entries()).toEqual(rows.flat());
      expect(integers.negate().entries()).toEqual(rows.flat().map((x) => -x));
      expect(integers.transpose().entries()).toEqual(turned(rows, n).flat());
      const chosen = (count: number): number[] =>
        Array.from({ length: count === 0 ? 0 : 3 }, () => stream.next().value % count);
      const [some, columns] = [chosen(m), chosen(n)];
      const part = integers.select(some, columns);
      expect([part.rows, part.cols]).toEqual([some.length, columns.length]);
      expect(part.entries()).toEqual(some.flatMap((i) => columns.map((j) => rows[i]![j]!)));
      expect(integers.select(null, null).entries()).toEqual(rows.flat());
      for (const plane of integers.planes)
        for (const limb of plane) expect(Math.abs(limb)).toBeLessThan(2 ** 52);
    }),
    { numRuns: 200 },
  );
});

test('the largest absolute value', () => {
  fc.assert(
    fc.property(shaped, ({ n, rows }) => {
      const expected = rows
        .flat()
        .reduce((largest, x) => (x > largest ? x : -x > largest ? -x : largest), 0n);
      const integers = Integers.of(matrixOf(rows, n));
      expect(integers.largest()).toBe(expected);
      // With planes that are zero.
      const wide = Integers.of(matrixOf([...rows, Array<bigint>(n).fill(2n ** 300n)], n));
      expect(wide.select([...rows.keys()], null).largest()).toBe(expected);
    }),
    { numRuns: 200 },
  );
});

test('residues are those of the entries', () => {
  fc.assert(
    fc.property(shaped, fc.nat(3), ({ n, rows }, i) => {
      const prime = wordPrime(i);
      const expected = rows.flat().map((x) => Number(((x % BigInt(prime)) + BigInt(prime)) % BigInt(prime)));
      expect(Array.from(Integers.of(matrixOf(rows, n)).residues(prime))).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('numbers and bigints, in any array', () => {
  const of = (data: ArrayLike<number | bigint>): bigint[] =>
    Integers.of({ rows: 1, cols: data.length, data }).entries();
  const edge = Number.MAX_SAFE_INTEGER;
  for (const plane of Integers.of({ rows: 1, cols: 2, data: [edge, 2 ** 52] }).planes)
    for (const limb of plane) expect(limb).toBeLessThan(2 ** 52);
  expect(of([edge, -edge, 2 ** 52, -(2 ** 52), -0, 5n])).toEqual(
    [edge, -edge, 2 ** 52, -(2 ** 52), 0, 5].map(BigInt),
  );
  expect(of(Int8Array.of(-128, 127))).toEqual([-128n, 127n]);
  expect(of(BigInt64Array.of(-(2n ** 63n)))).toEqual([-(2n ** 63n)]);
  fc.assert(fc.property(entry, (x) => void expect(of([x])).toEqual([x])));
});
