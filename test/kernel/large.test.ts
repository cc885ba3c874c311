import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxPrime } from '../../src/field/any-prime.ts';
import {
  largeExtreme,
  largeFoldTerms,
  largeSumRange,
  residueCombinationFits,
  residueConversionIsExact,
  residueModuli,
  smallDepth,
} from '../../src/kernel/bounds.ts';
import { Echelon } from '../../src/kernel/echelon.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { instantiate, type KernelBuild } from '../../src/kernel/load.ts';
import { writeResidueTables } from '../../src/kernel/residue-number-system.ts';
import {
  largeGenerator,
  largeOfRank,
  largePrimes,
  largeProduct,
  largeProfiles,
  largeRows,
  mod,
  type LargeRows,
} from './large-matrices.ts';

function store(kernel: Kernel<bigint>, rows: LargeRows, stride: number): number {
  const at = kernel.allocate(Math.max(1, rows.length * stride));
  rows.forEach((row, i) => kernel.write(at + i * stride * kernel.elementBytes, row));
  return at;
}

/** C − A·B by raw elements, 5 × 8, all of A, B and C equal to x, y and z, with bounds of the caller's choice. */
function tile(
  build: KernelBuild,
  prime: bigint,
  terms: number,
  [x, y, z]: readonly [bigint, bigint, bigint],
  foldTerms: number,
  rangeOf: bigint,
): bigint[] {
  const kernel = instantiate(build);
  const moduli = residueModuli(rangeOf, terms);
  kernel.configure(prime, 8, terms, foldTerms, moduli.length);
  writeResidueTables(kernel.memory.buffer, kernel.residueTables(), prime, moduli);
  const filled = (count: number, value: bigint): number => {
    const at = kernel.allocate(8 * count) >>> 0;
    new BigInt64Array(kernel.memory.buffer, at, count).fill(value);
    return at;
  };
  const [a, b, c] = [filled(5 * terms, x), filled(8 * terms, y), filled(40, z)];
  kernel.product(-1, 0, 5, 8, terms, a, terms, 1, b, 8, 1, c, 8);
  return Array.from(new BigInt64Array(kernel.memory.buffer, c, 40));
}

/** Whether all entries are a class of z − terms·x·y, none above the largest residue. */
function correct(
  entries: bigint[],
  terms: number,
  [x, y, z]: readonly [bigint, bigint, bigint],
  p: bigint,
): boolean {
  const expected = mod(z - BigInt(terms) * x * y, p);
  const extreme = largeExtreme(p);
  return entries.every((r) => mod(r, p) === expected && r <= extreme && r >= -extreme);
}

function worst(p: bigint): [bigint, bigint, bigint][] {
  const e = largeExtreme(p);
  // The lower limbs all −2¹⁰, and all 2¹⁰ − 1.
  const limbs = 1n + (1n << 11n) + (1n << 22n) + (1n << 33n) + (1n << 44n);
  const low = -1024n * limbs + ((e >> 55n) << 55n);
  const high = 1023n * limbs - ((e >> 55n) << 55n);
  const limbed: [bigint, bigint, bigint][] =
    p > 1n << 57n
      ? [
          [low, low, e],
          [low, high, -e],
          [high, 1n, 0n],
          [1n, low, 0n],
        ]
      : [];
  return [[e, e, e], [e, e, -e], [e, -e, e], [-e, -e, -e], [e, 1n, 0n], [e, e - 1n, 1n], ...limbed];
}

describe.each(['simd', 'scalar'] as const)('%s kernel of large primes', (build) => {
  test('residues come back as they were stored', () => {
    for (const prime of largePrimes) {
      const kernel = Kernel.create(prime, build);
      const residues = [0n, 1n, prime - 1n, prime / 2n, prime / 2n + 1n];
      const at = kernel.allocate(residues.length);
      kernel.write(at, residues);
      expect(Array.from(kernel.read(at, residues.length))).toEqual(residues);
    }
  });

  test('integers of 64 bits are reduced, signed and unsigned', () => {
    for (const prime of largePrimes) {
      const kernel = Kernel.create(prime, build);
      const at = kernel.allocate(4);
      for (const integers of [
        BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, -1n, -prime),
        BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n, prime, 0n),
      ]) {
        kernel.storeIntegers(at, integers);
        expect(Array.from(kernel.read(at, 4))).toEqual(Array.from(integers, (x) => mod(x, prime)));
      }
    }
  });

  test('products agree with the definition: any shape, stride, transpose and mode', () => {
    const shape = fc.record({ m: fc.nat(13), n: fc.nat(19), k: fc.nat(40), pad: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.constantFrom(...largePrimes).chain((prime) =>
          shape.chain(({ m, n, k, pad }) =>
            fc.record({
              prime: fc.constant(prime),
              pad: fc.constant(pad),
              k: fc.constant(k),
              n: fc.constant(n),
              a: largeRows(prime, m, k),
              b: largeRows(prime, k, n),
              c: largeRows(prime, m, n),
              mode: fc.constantFrom('set' as const, 'add' as const, 'subtract' as const),
              transposed: fc.boolean(),
            }),
          ),
        ),
        ({ prime, a, b, c, k, n, pad, mode, transposed }) => {
          const kernel = Kernel.create(prime, build);
          const m = a.length;
          const columns = (rows: LargeRows, count: number): LargeRows =>
            Array.from({ length: count }, (_, j) => rows.map((row) => row[j]!));
          const atC = store(kernel, c, n + pad);
          if (transposed) {
            const atA = store(kernel, columns(a, k), m + pad);
            const atB = store(kernel, columns(b, n), k + pad);
            kernel.multiply(mode, m, n, k, atA, 1, m + pad, atB, 1, k + pad, atC, n + pad);
          } else {
            const atA = store(kernel, a, k + pad);
            const atB = store(kernel, b, n + pad);
            kernel.multiply(mode, m, n, k, atA, k + pad, 1, atB, n + pad, 1, atC, n + pad);
          }
          const ab = largeProduct(a, b, n, prime);
          const expected = c.map((row, i) =>
            row.map((entry, j) => {
              const term = ab[i]![j]!;
              return mod(mode === 'set' ? term : mode === 'add' ? entry + term : entry - term, prime);
            }),
          );
          expect(c.map((_, i) => Array.from(kernel.read(atC + i * (n + pad) * 8, n)))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('products across the bands of terms, rows and columns', () => {
    const random = largeGenerator(4);
    for (const prime of [2147483659n, 2305843009213693951n, maxPrime]) {
      const kernel = Kernel.create(prime, build);
      for (const [m, n, k] of [
        [6, 11, 527],
        [507, 9, 5],
        [7, 133, 9],
      ] as const) {
        kernel.release(kernel.bottom);
        const rows = (count: number, cols: number): LargeRows =>
          Array.from({ length: count }, () => Array.from({ length: cols }, () => random(prime)));
        const [a, b] = [rows(m, k), rows(k, n)];
        const [atA, atB, atC] = [store(kernel, a, k), store(kernel, b, n), kernel.allocate(m * n)];
        kernel.multiply('set', m, n, k, atA, k, 1, atB, n, 1, atC, n);
        expect(Array.from(kernel.read(atC, m * n))).toEqual(largeProduct(a, b, n, prime).flat());
      }
    }
  });

  test('at the bound, the worst residues are multiplied, summed and reduced exactly', () => {
    for (const prime of largePrimes)
      for (const terms of [1, 2, 31, 32, 255, 256])
        for (const entries of worst(prime)) {
          const got = tile(build, prime, terms, entries, largeFoldTerms(prime), prime);
          expect(correct(got, terms, entries, prime)).toBe(true);
        }
  });

  test('beyond the bound they are not', () => {
    const [x, y, z] = worst(maxPrime)[2]!;
    expect(largeFoldTerms(maxPrime)).toBe(31);
    if (build === 'scalar') {
      const got = tile(build, maxPrime, 256, [x, y, z], 33, maxPrime);
      expect(correct(got, 256, [x, y, z], maxPrime)).toBe(false);
    } else {
      // The moduli of a prime of 40 bits do not suffice for 62.
      const got = tile(build, maxPrime, 256, [x, y, z], 31, 1099511627689n);
      expect(correct(got, 256, [x, y, z], maxPrime)).toBe(false);
    }
  });

  test('every rank: rank profiles, and pivots that do not depend on the build', () => {
    const random = largeGenerator(1);
    for (const prime of largePrimes)
      for (let r = 0; r <= 19; r += 1 + (r % 3)) {
        const rows = largeOfRank(r, 19, 21, prime, random);
        const echelon = eliminate(Kernel.create(prime, build), rows, 21, r % 2 ? [7] : []);
        expect(ascending(echelon.pivotRows)).toEqual(largeProfiles(rows, prime).rows);
        expect(ascending(echelon.pivotColumns)).toEqual(largeProfiles(rows, prime).columns);
        const reference = eliminate(Kernel.create(prime, 'scalar'), rows, 21, r % 2 ? [7] : []);
        expect(echelon.pivotValues).toEqual(reference.pivotValues);
      }
  });

  test('shapes across the strips and panels, deficient', () => {
    const random = largeGenerator(2);
    for (const [m, n, r] of [
      [1, 90, 1],
      [90, 1, 1],
      [70, 40, 33],
      [40, 90, 17],
      [120, 100, 77],
    ] as const) {
      const rows = largeOfRank(r, m, n, maxPrime, random);
      for (let i = 0; i < m; i += 5) rows[i] = Array<bigint>(n).fill(0n);
      const echelon = eliminate(Kernel.create(maxPrime, build), rows, n);
      const { rows: expectedRows, columns } = largeProfiles(rows, maxPrime);
      expect(ascending(echelon.pivotRows)).toEqual(expectedRows);
      expect(ascending(echelon.pivotColumns)).toEqual(columns);
    }
  });
});

function eliminate(
  kernel: Kernel<bigint>,
  rows: LargeRows,
  cols: number,
  batches: readonly number[] = [],
): Echelon<bigint> {
  const echelon = new Echelon(kernel, cols);
  let start = 0;
  for (const size of [...batches, rows.length]) {
    const count = Math.min(size, rows.length - start);
    const { at, rowStride } = echelon.openBatch(count);
    for (let i = 0; i < count; i++) kernel.write(at + i * rowStride * 8, rows[start + i]!);
    while (!echelon.step());
    start += count;
  }
  return echelon;
}

function ascending(indices: readonly number[]): number[] {
  return [...indices].sort((a, b) => a - b);
}

test('the moduli suffice, are coprime, and are an odd number', () => {
  for (const prime of largePrimes) {
    const moduli = residueModuli(prime, 256);
    expect(moduli.length % 2).toBe(1);
    expect(moduli.reduce((product, m) => product * BigInt(m), 1n)).toBeGreaterThanOrEqual(
      largeSumRange(prime, 256),
    );
    for (const [i, a] of moduli.entries()) for (const b of moduli.slice(0, i)) expect(gcd(a, b)).toBe(1);
  }
  expect(residueModuli(maxPrime, 256)).toHaveLength(11);
  expect(residueModuli(2147483659n, 256)).toHaveLength(7);
});

test('conversions into the residue number system and back fit, and would not with larger moduli', () => {
  for (const prime of largePrimes) {
    const moduli = residueModuli(prime, 256);
    expect(moduli.every((modulus) => residueConversionIsExact(modulus) && smallDepth(modulus) === 256)).toBe(
      true,
    );
    expect(residueCombinationFits(moduli, 256)).toBe(true);
  }
  expect(residueConversionIsExact(8191)).toBe(false);
  expect(residueCombinationFits(Array<number>(32).fill(4999), 256)).toBe(false);
});

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

test('a kernel takes a prime in its own form only', () => {
  expect(() => Kernel.create(7n)).toThrow(RangeError);
  expect(() => Kernel.create(2147483659)).toThrow(RangeError);
  for (const prime of [4611686018427387903n, 2n ** 62n + 135n, 2n ** 61n])
    expect(() => Kernel.create(prime)).toThrow(RangeError);
});
