import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { generator, primes, product, residue, rowsOf } from './matrices.ts';

const builds = ['simd', 'scalar'] as const;

/** Stores rows with a row stride beyond their length. */
function store(kernel: Kernel, rows: number[][], cols: number, stride: number): number {
  const at = kernel.allocate(Math.max(1, rows.length * stride));
  rows.forEach((row, i) => kernel.write(at + i * stride * kernel.elementBytes, row));
  expect(cols).toBeLessThanOrEqual(stride);
  return at;
}

describe.each(builds)('%s kernel', (build) => {
  test('residues come back as they were stored', () => {
    for (const prime of primes) {
      const kernel = Kernel.create(prime, build);
      const residues = [0, 1, prime - 1, prime >>> 1, (prime >>> 1) + 1].map((x) => x % prime);
      const at = kernel.allocate(residues.length);
      kernel.write(at, residues);
      expect(Array.from(kernel.read(at, residues.length))).toEqual(residues);
    }
  });

  test('products agree with the definition: any shape, stride, transpose and mode', () => {
    const shape = fc.record({ m: fc.nat(13), n: fc.nat(19), k: fc.nat(21), pad: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.constantFrom(...primes).chain((prime) =>
          shape.chain(({ m, n, k, pad }) =>
            fc.record({
              prime: fc.constant(prime),
              pad: fc.constant(pad),
              k: fc.constant(k),
              n: fc.constant(n),
              a: rowsOf(prime, m, k),
              b: rowsOf(prime, k, n),
              c: rowsOf(prime, m, n),
              mode: fc.constantFrom('set' as const, 'add' as const, 'subtract' as const),
              transposed: fc.boolean(),
            }),
          ),
        ),
        ({ prime, a, b, c, k, n, pad, mode, transposed }) => {
          const kernel = Kernel.create(prime, build);
          const m = a.length;
          const columns = (rows: number[][], count: number): number[][] =>
            Array.from({ length: count }, (_, j) => rows.map((row) => row[j]!));
          const strideC = n + pad;
          const atC = store(kernel, c, n, strideC);
          if (transposed) {
            const atA = store(kernel, columns(a, k), m, m + pad);
            const atB = store(kernel, columns(b, n), k, k + pad);
            kernel.multiply(mode, m, n, k, atA, 1, m + pad, atB, 1, k + pad, atC, strideC);
          } else {
            const atA = store(kernel, a, k, k + pad);
            const atB = store(kernel, b, n, n + pad);
            kernel.multiply(mode, m, n, k, atA, k + pad, 1, atB, n + pad, 1, atC, strideC);
          }
          const ab = product(a, b, n, prime);
          const expected = c.map((row, i) =>
            row.map((entry, j) => {
              const term = BigInt(ab[i]![j]!);
              const sum =
                mode === 'set' ? term : mode === 'add' ? BigInt(entry) + term : BigInt(entry) - term;
              return Number(((sum % BigInt(prime)) + BigInt(prime)) % BigInt(prime));
            }),
          );
          const got = c.map((_, i) => Array.from(kernel.read(atC + i * strideC * kernel.elementBytes, n)));
          expect(got).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('products longer than the depth, and wider than a slice, are cut where they must be', () => {
    for (const prime of [3, 4093, 8191, 8209, 2147483647]) {
      const kernel = Kernel.create(prime, build);
      const [m, n, k] = [5, 521, 2 * kernel.depth + 3];
      // Every residue extreme and of one sign: the largest sums there are.
      const half = (prime - 1) / 2;
      const a = Array.from({ length: m }, () => Array<number>(k).fill(half));
      const b = Array.from({ length: k }, () => Array<number>(n).fill(prime - half));
      const c = Array.from({ length: m }, () => Array<number>(n).fill(half));
      const [atA, atB, atC] = [store(kernel, a, k, k), store(kernel, b, n, n), store(kernel, c, n, n)];
      kernel.multiply('subtract', m, n, k, atA, k, 1, atB, n, 1, atC, n);
      const p = BigInt(prime);
      const expected = Number((((BigInt(half) + BigInt(k) * BigInt(half) ** 2n) % p) + p) % p);
      expect(new Set(kernel.read(atC, m * n))).toEqual(new Set([expected]));
    }
  });

  test('products across the slices and bands of terms, rows and columns, in every mode', () => {
    const random = generator(4);
    for (const prime of [3, 4093, 8191, 8209, 2147483647]) {
      const field = new PrimeField(prime);
      const kernel = Kernel.create(prime, build);
      for (const [m, n, k] of [
        [6, 11, 1027],
        [2003, 9, 5],
        [7, 1031, 9],
      ] as const)
        for (const mode of ['set', 'add', 'subtract'] as const) {
          kernel.release(kernel.bottom);
          const [a, b, c] = [m * k, k * n, m * n].map((count) =>
            Array.from({ length: count }, () => random(prime)),
          );
          const [atA, atB, atC] = [a!, b!, c!].map((entries) => {
            const at = kernel.allocate(entries.length);
            kernel.write(at, entries);
            return at;
          });
          kernel.multiply(mode, m, n, k, atA!, k, 1, atB!, n, 1, atC!, n);
          const expected = c!.map((old, index) => {
            const [i, j] = [Math.floor(index / n), index % n];
            let sum = 0;
            for (let x = 0; x < k; x++) sum = field.add(sum, field.multiply(a![i * k + x]!, b![x * n + j]!));
            return mode === 'set' ? sum : mode === 'add' ? field.add(old, sum) : field.subtract(old, sum);
          });
          expect(kernel.read(atC!, m * n)).toEqual(Uint32Array.from(expected));
        }
    }
  });

  test('the pullback of weights is w_j (g_j − Σ w g)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...primes).chain((prime) =>
          fc.record({
            prime: fc.constant(prime),
            w: fc.array(residue(prime), { minLength: 7, maxLength: 7 }),
            g: rowsOf(prime, 3, 7),
          }),
        ),
        ({ prime, w, g }) => {
          const kernel = Kernel.create(prime, build);
          const atW = store(kernel, [w], 7, 7);
          const atG = store(kernel, g, 7, 7);
          kernel.pullbackWeights(3, 7, atG, atW);
          const p = BigInt(prime);
          const expected = g.map((row) => {
            const mean = row.reduce((sum, x, j) => sum + BigInt(x) * BigInt(w[j]!), 0n);
            return row.map((x, j) => Number((((BigInt(w[j]!) * (BigInt(x) - mean)) % p) + p) % p));
          });
          expect(
            Array.from({ length: 3 }, (_, i) =>
              Array.from(kernel.read(atG + i * 7 * kernel.elementBytes, 7)),
            ),
          ).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what is allocated is zero, also where something lay before', () => {
    const kernel = Kernel.create(4093, build);
    const mark = kernel.mark();
    const first = kernel.allocate(1000);
    kernel.write(first, Array<number>(1000).fill(4092));
    kernel.release(mark);
    const second = kernel.allocate(1000);
    expect(second).toBe(first);
    expect(kernel.read(second, 1000).every((x) => x === 0)).toBe(true);
  });
});

test('an instance serves one prime after the other', () => {
  let kernel = Kernel.create(2);
  for (const prime of [2147483647, 3, 8209, 8191]) {
    kernel = kernel.withPrime(prime);
    expect(kernel.mark()).toBe(kernel.bottom);
    const at = kernel.allocate(3);
    kernel.write(at, [prime - 1, 0, 0]);
    kernel.multiply('set', 1, 1, 1, at, 1, 1, at, 1, 1, at + kernel.elementBytes, 1);
    expect(Array.from(kernel.read(at, 3))).toEqual([prime - 1, 1, 0]);
  }
});

test('numbers that are no prime up to 2^31 − 1 are refused', () => {
  for (const prime of [
    -3,
    0,
    1,
    4,
    9,
    4095,
    8192,
    2147483646,
    2147483648,
    2147483659,
    2 ** 53,
    NaN,
    Infinity,
    2.5,
  ])
    expect(() => Kernel.create(prime)).toThrow(RangeError);
  expect(() => Kernel.create(null as unknown as number)).toThrow(TypeError);
});

test('memory that cannot be had is a RangeError with the size', () => {
  const kernel = Kernel.create(4093);
  expect(() => kernel.allocate(2 ** 31 + 2 ** 30)).toThrow(
    /memory: expected at most 4096 MiB in all, got 61\d\d MiB/,
  );
  expect(() => kernel.allocate(2 ** 45)).toThrow(RangeError);
  // The kernel is still usable.
  const at = kernel.allocate(1);
  kernel.write(at, [4092]);
  expect(kernel.read(at, 1)[0]).toBe(4092);
});
