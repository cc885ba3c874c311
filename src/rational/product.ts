import { returnKernel, takeKernel } from '../matrix/pool.ts';
import { bitLength, productBound } from './bounds.ts';
import { Integers, limbBits, paddedLength } from './integers.ts';
import { MixedRadix } from './mixed-radix.ts';
import { Radix } from './radix.ts';
import type { Steps } from './steps.ts';
import { primesBeyond } from './word-primes.ts';

/** Multiplications up to which bigints are multiplied as they are: faster than to bring them into kernels (measured). */
const fewProducts = 500;
/** Primes up to which residues are faster: what is found from them takes time with their square, and memory for each. */
const mostPrimes = 32;
/** Bytes of the limbs of vectors and of their products that are in a kernel at a time, about. */
const bytesAtATime = 2 ** 25;

/**
 * A·x over Z for every row x of X (k × n), A m × n: the rows of the result, k × m, row-major. Exact.
 *
 * Small products, and those with a matrix of very long entries, are sums of products of bigints. Of the others,
 * X is cut into limbs of 52 bits. A limb's product with A is an integer of which a bound is known (`productBound`), so it is found from its
 * residues modulo as many word primes as that takes; the limbs' products are then added in their places. So the number of primes
 * depends on A alone, and the entries of X, however long, make the matrices longer: O(m · n · limbs) for each prime.
 */
export function* productOverZ(a: Integers, x: Integers): Steps<bigint[]> {
  const [m, n, k] = [a.rows, a.cols, x.rows];
  const limbs = x.planes.length;
  const bound = productBound(a, 1n << BigInt(limbBits));
  if (m * n * k <= fewProducts || bitLength(bound) > 30 * mostPrimes) return yield* productOfIntegers(a, x);
  const result = Array<bigint>(k * m).fill(0n);
  const radix = new Radix(1n << BigInt(limbBits));
  const system = new MixedRadix(primesBeyond(2n * bound));
  const chunk = Math.max(1, Math.floor(bytesAtATime / (4 * limbs * (paddedLength(m) + paddedLength(n)))));
  for (let start = 0; start < k; start += chunk) {
    const count = Math.min(chunk, k - start);
    const residues: Int32Array[] = [];
    for (const prime of system.primes) {
      residues.push(limbProducts(a, x, start, count, prime));
      yield { phase: 'products', done: start, total: k };
    }
    const digits = Array<number>(residues.length);
    for (let row = 0; row < count; row++)
      for (let i = 0; i < m; i++) {
        const parts: bigint[] = [];
        for (let limb = 0; limb < limbs; limb++) {
          for (const [q, products] of residues.entries()) digits[q] = products[(limb * count + row) * m + i]!;
          system.toDigits(digits);
          parts.push(system.toInteger(digits));
        }
        result[(start + row) * m + i] = radix.evaluate(parts);
        if (i % 64 === 63) yield { phase: 'products', done: start + row, total: k };
      }
    yield { phase: 'products', done: start + count, total: k };
  }
  return result;
}

/** The same by the definition. */
function* productOfIntegers(a: Integers, x: Integers): Steps<bigint[]> {
  const [m, n, k] = [a.rows, a.cols, x.rows];
  const [entries, vectors] = [a.entries(), x.entries()];
  const result: bigint[] = [];
  for (let row = 0; row < k; row++)
    for (let i = 0; i < m; i++) {
      let sum = 0n;
      for (let j = 0; j < n; j++) sum += entries[i * n + j]! * vectors[row * n + j]!;
      result.push(sum);
      yield { phase: 'products', done: row, total: k };
    }
  return result;
}

/** The products of A with the limbs of `count` rows of X from `start`, modulo a prime, balanced: limb after limb, row after row, m each. */
function limbProducts(a: Integers, x: Integers, start: number, count: number, prime: number): Int32Array {
  const [m, n] = [a.rows, a.cols];
  const limbs = x.planes.length;
  const kernel = takeKernel(prime);
  const stride = paddedLength(n);
  const atA = kernel.allocate(m * stride);
  a.place(kernel, atA, stride);
  const atX = kernel.allocate(limbs * count * stride);
  for (const [limb, plane] of x.planes.entries()) {
    const rows = new Integers(count, n, [plane.subarray(start * n, (start + count) * n)]);
    rows.place(kernel, atX + limb * count * stride * kernel.elementBytes, stride);
  }
  const atProducts = kernel.allocate(limbs * count * m);
  kernel.multiply('set', limbs * count, m, n, atX, stride, 1, atA, 1, stride, atProducts, m);
  const half = prime >>> 1;
  const products = Int32Array.from(kernel.read(atProducts, limbs * count * m), (residue) =>
    residue > half ? residue - prime : residue,
  );
  returnKernel(kernel);
  return products;
}
