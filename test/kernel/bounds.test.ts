import { describe, expect, test } from 'vitest';
import {
  foldedExtreme,
  kernelBounds,
  halvesFit,
  limbProducts,
  limbTermsFit,
  maxSmallPrime,
  smallDepth,
  smallSlack,
  smallTermsFit,
  wordExtreme,
  wordFoldTerms,
} from '../../src/kernel/bounds.ts';
import { instantiate, type KernelBuild, type KernelExports } from '../../src/kernel/load.ts';
import { primes } from './matrices.ts';

const smallPrimes = primes.filter((prime) => prime <= maxSmallPrime);
const wordPrimes = primes.filter((prime) => prime > maxSmallPrime);

/** The signs of the factors and of what is there already. */
const signs = [
  [1, -1, 1],
  [1, 1, -1],
  [-1, -1, -1],
] as const;

/** A kernel that believes the bounds it is given. */
class Unchecked {
  readonly exports: KernelExports;

  constructor(
    build: KernelBuild,
    readonly elementBytes: 2 | 4,
    prime: number,
    depth: number,
    foldTerms: number,
    products: number = elementBytes === 4 ? limbProducts(prime) : 1,
  ) {
    this.exports = instantiate(build);
    this.exports.configure(BigInt(prime), elementBytes, depth, foldTerms, products);
  }

  /** A place for `count` elements, all equal to x. */
  filled(count: number, x: number): number {
    const at = this.exports.allocate(count * this.elementBytes) >>> 0;
    this.elements(at, count).fill(x);
    return at;
  }

  elements(at: number, count: number): Int16Array | Int32Array {
    const { buffer } = this.exports.memory;
    return this.elementBytes === 2 ? new Int16Array(buffer, at, count) : new Int32Array(buffer, at, count);
  }

  /** C − A·B of one tile, 5 × 8, whose elements are z, x and y. */
  tile(terms: number, x: number, y: number, z: number): number[] {
    const [a, b, c] = [this.filled(5 * terms, x), this.filled(8 * terms, y), this.filled(40, z)];
    this.exports.product(-1, 0, 5, 8, terms, a, terms, 1, b, 8, 1, c, 8);
    return Array.from(this.elements(c, 40));
  }

  /** A vector z minus `count` vectors y with the coefficient x. */
  combination(count: number, x: number, y: number, z: number): number[] {
    const [c, v, target] = [this.filled(count, x), this.filled(16 * count, y), this.filled(16, z)];
    this.exports.subtractCombination(target, 16, count, c, v, 16);
    return Array.from(this.elements(target, 16));
  }
}

/** Whether all are the class of z − terms·x·y, and as small as a reduced residue is. */
function correct(
  got: number[],
  terms: number,
  x: number,
  y: number,
  z: number,
  prime: number,
  extreme: number,
) {
  const expected = BigInt(z) - BigInt(terms) * BigInt(x) * BigInt(y);
  return got.every((r) => (expected - BigInt(r)) % BigInt(prime) === 0n && Math.abs(r) <= extreme);
}

describe.each(['simd', 'scalar'] as const)('%s', (build) => {
  test('at the bound, the worst residues of small primes are summed and reduced exactly', () => {
    for (const prime of smallPrimes) {
      const terms = smallDepth(prime);
      const extreme = Math.floor(smallSlack(prime, terms) * prime);
      const kernel = new Unchecked(build, 2, prime, terms, 0);
      for (const [i, j, k] of signs) {
        const [x, y, z] = [i * extreme, j * extreme, k * extreme];
        expect(correct(kernel.tile(terms, x, y, z), terms, x, y, z, prime, extreme)).toBe(true);
        for (const count of [1, 2, 31, 32])
          expect(correct(kernel.combination(count, x, y, z), count, x, y, z, prime, extreme)).toBe(true);
      }
    }
  });

  test('beyond the bound they are not: 384 terms at p = 4093 overflow', () => {
    const [prime, terms] = [4093, 384];
    expect(smallTermsFit(prime, 320)).toBe(true);
    expect(smallTermsFit(prime, terms)).toBe(false);
    const x = Math.floor(smallSlack(prime, terms) * prime);
    const got = new Unchecked(build, 2, prime, terms, 0).tile(terms, x, -x, x);
    expect(correct(got, terms, x, -x, x, prime, prime)).toBe(false);
  });

  test('at the bound, the worst residues of word primes are summed, folded and reduced exactly', () => {
    for (const prime of wordPrimes) {
      const extreme = wordExtreme(prime);
      const kernel = new Unchecked(build, 4, prime, 256, wordFoldTerms(prime));
      for (const [i, j, k] of signs) {
        const [x, y, z] = [i * extreme, j * extreme, k * extreme];
        expect(correct(kernel.tile(256, x, y, z), 256, x, y, z, prime, extreme)).toBe(true);
        for (const count of [1, 2, 5, 31, 32])
          expect(correct(kernel.combination(count, x, y, z), count, x, y, z, prime, extreme)).toBe(true);
      }
    }
  });

  test('beyond the bound they are not: nine terms without a fold overflow at p = 2^31 − 1', () => {
    const prime = 2147483647;
    const x = wordExtreme(prime);
    expect(wordFoldTerms(prime)).toBeLessThan(9);
    const kernel = new Unchecked(build, 4, prime, 256, 9);
    expect(correct(kernel.combination(9, x, -x, x), 9, x, -x, x, prime, prime)).toBe(false);
    // With vectors, a tile multiplies limbs and has a bound of its own.
    expect(correct(kernel.tile(9, x, -x, x), 9, x, -x, x, prime, prime)).toBe(build === 'simd');
  });

  test('the reduction leaves no more than its slack, next to the ties of its quotient', () => {
    for (const prime of wordPrimes) {
      const extreme = wordExtreme(prime);
      const kernel = new Unchecked(build, 4, prime, 256, wordFoldTerms(prime));
      for (let i = 0; i < 200; i++) {
        // x·y ≡ half a prime, and a little: y is found from x and the wanted remainder.
        const x = Math.floor(prime / 2) - 7 * i;
        const y = quotient(Math.floor(prime / 2) + (i % 5) - 2, x, prime);
        expect(correct(kernel.combination(1, x, y, 0), 1, x, y, 0, prime, extreme)).toBe(true);
        expect(correct(kernel.tile(1, x, y, 0), 1, x, y, 0, prime, extreme)).toBe(true);
        const at = kernel.filled(16, x);
        kernel.exports.scale(at, 16, BigInt(y));
        const scaled = Array.from(kernel.elements(at, 16));
        expect(correct(scaled, -1, x, y, 0, prime, extreme)).toBe(true);
      }
    }
  });
});

test('with fewer limbs than a prime needs, products are wrong', () => {
  for (const [prime, products] of [
    [65537, 2],
    [67108859, 3],
  ] as const) {
    expect(limbProducts(prime)).toBeGreaterThan(products);
    const x = wordExtreme(prime);
    for (const [given, isCorrect] of [
      [products, false],
      [limbProducts(prime), true],
    ] as const) {
      const kernel = new Unchecked('simd', 4, prime, 256, wordFoldTerms(prime), given);
      expect(correct(kernel.tile(256, x, x, x), 256, x, x, x, prime, x)).toBe(isCorrect);
    }
  }
});

/** The balanced y with x·y ≡ r. */
function quotient(r: number, x: number, prime: number): number {
  const p = BigInt(prime);
  let [power, square] = [BigInt(r), BigInt(x)];
  for (let e = p - 2n; e > 0n; e >>= 1n, square = (square * square) % p)
    if (e & 1n) power = (power * square) % p;
  const y = Number(power);
  return y > prime / 2 ? y - prime : y;
}

describe('limbs', () => {
  const prime = 2147483647;
  // The lower limbs are both −2¹⁰.
  const x = -(2 ** 10) - 2 ** 21 + 2 ** 22 * 100;

  /** The six planes of x (assembly/product/limbs.ts). */
  function planes(x: number): number[] {
    const low = (x << 21) >> 21;
    const rest = (x - low) >> 11;
    const middle = (rest << 21) >> 21;
    const high = (rest - middle) >> 11;
    return [low, middle, high, low + middle, low + high, middle + high];
  }

  /** One tile of factors x and y, packed here: −Σ x·y of so many terms. */
  function limbTile(terms: number, x: number, y: number): number[] {
    const kernel = new Unchecked('simd', 4, prime, 256, 5);
    const place = (count: number, limbs: number[]): number => {
      const at = kernel.exports.allocate(2 * count * limbs.length) >>> 0;
      limbs.forEach((limb, plane) =>
        new Int16Array(kernel.exports.memory.buffer, at + 2 * count * plane, count).fill(limb),
      );
      return at;
    };
    const [a, b, c] = [place(5 * terms, planes(x)), place(8 * terms, planes(y)), kernel.filled(40, 0)];
    const sums = kernel.exports.allocate(6 * 160) >>> 0;
    kernel.exports.tileWord(terms / 2, a, b, sums);
    kernel.exports.finishWord(sums, c, 32, -1);
    return Array.from(kernel.elements(c, 40));
  }

  test.each([256, 512, 1022])('sums of %d products fit', (terms) => {
    expect(limbTermsFit(terms)).toBe(true);
    for (const y of [x, -x, -(2 ** 10) - 2 ** 21 + 2 ** 22 * 256, -(2 ** 10) - 2 ** 21 - 2 ** 22 * 255])
      expect(correct(limbTile(terms, x, y), terms, x, y, 0, prime, wordExtreme(prime))).toBe(true);
  });

  test('sums of 1024 products do not', () => {
    expect(limbTermsFit(1024)).toBe(false);
    expect(correct(limbTile(1024, x, x), 1024, x, x, 0, prime, prime)).toBe(false);
  });
});

describe('halves', () => {
  const prime = 65521;
  const x = wordExtreme(prime);

  /** One tile of factors x, y < 2¹⁶, packed here: −Σ x·y of so many terms. */
  function halvesTile(terms: number, x: number, y: number): number[] {
    const kernel = new Unchecked('simd', 4, prime, 256, 256);
    const low = (x << 24) >> 24;
    const [a, b, c] = [
      kernel.exports.allocate(2 * 10 * terms) >>> 0,
      kernel.exports.allocate(2 * 8 * terms) >>> 0,
      kernel.filled(40, 0),
    ];
    const { buffer } = kernel.exports.memory;
    new Int16Array(buffer, a, 5 * terms).fill(low);
    new Int16Array(buffer, a + 10 * terms, 5 * terms).fill((x - low) >> 8);
    new Int16Array(buffer, b, 8 * terms).fill(y);
    const sums = kernel.exports.allocate(2 * 160) >>> 0;
    kernel.exports.tileWord(terms / 2, a, b, sums);
    kernel.exports.finishWord(sums, c, 32, -1);
    return Array.from(kernel.elements(c, 40));
  }

  test.each([256, 510])('sums of %d products fit', (terms) => {
    expect(halvesFit(terms)).toBe(true);
    for (const [i, j] of [
      [1, 1],
      [1, -1],
      [-1, -1],
    ] as const)
      expect(correct(halvesTile(terms, i * x, j * x), terms, i * x, j * x, 0, prime, x)).toBe(true);
  });

  test('sums of 514 products do not', () => {
    expect(halvesFit(514)).toBe(false);
    expect(correct(halvesTile(514, x, x), 514, x, x, 0, prime, prime)).toBe(false);
  });
});

test('depths and fold intervals of the measured primes', () => {
  const depths = [2, 3, 2039, 4093, 4999, 8191].map((prime) => [prime, smallDepth(prime)]);
  expect(depths).toEqual([
    [2, 256],
    [3, 256],
    [2039, 256],
    [4093, 256],
    [4999, 256],
    [8191, 96],
  ]);
  // Every small prime keeps a depth that fits, and so do the 32 terms of a combination.
  for (let prime = 3; prime <= maxSmallPrime; prime += 2) {
    const { elementBytes, depth } = kernelBounds(prime);
    expect(elementBytes).toBe(2);
    expect(depth >= 96 && smallTermsFit(prime, depth)).toBe(true);
  }
  for (const prime of wordPrimes) {
    const { elementBytes, depth, foldTerms } = kernelBounds(prime);
    expect(elementBytes).toBe(4);
    expect(limbProducts(prime) === 2 ? halvesFit(depth) : limbTermsFit(depth)).toBe(true);
    const largest = foldedExtreme(prime) + BigInt(foldTerms) * BigInt(wordExtreme(prime)) ** 2n;
    expect(foldTerms >= 5 && largest < 2n ** 63n).toBe(true);
  }
});

test('what the limbs of a tile add up to fits into the reduction, for every word prime', () => {
  for (const prime of wordPrimes) {
    const p = BigInt(wordExtreme(prime));
    const [x0, x2] = [1n << 10n, (p + (1n << 21n)) >> 22n];
    const x1 = x2 > 0n ? 1n << 10n : (p + x0) >> 11n;
    const terms = BigInt(kernelBounds(prime).depth);
    // Sums at the weights 1, 2¹¹, 2²² (exact) and 2³³, 2⁴⁴ (mod p), and the old element.
    const low = x0 ** 2n + ((2n * x0 * x1) << 11n) + ((2n * x0 * x2 + x1 ** 2n) << 22n);
    const high = (2n * x1 * x2 + x2 ** 2n) * p;
    expect(terms * (low + high) + p < foldedExtreme(2147483647)).toBe(true);
    expect((terms * (low + high) + p) / BigInt(prime) < 2n ** 31n).toBe(true);
  }
});
