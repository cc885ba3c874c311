/*
 * Ranks and rank profiles of many small matrices against elimination by the definition in BigInt: random ones of every rank, and structured ones, both
 * builds of the kernel, primes at both ends of every range, rows in batches.
 *
 *     npm run check:rank -- [matrices, default 100000] [seed, default 1]
 *
 * Exit code 1 if one differs; the matrix is printed.
 */
import { Echelon } from '../src/kernel/echelon.ts';
import { Kernel } from '../src/kernel/kernel.ts';
import { parsePrime } from '../src/field/any-prime.ts';
import type { Residue } from '../src/field/residue.ts';
import {
  largeGenerator,
  largeOfRank,
  largeProduct,
  largeProfiles,
  mod,
} from '../test/kernel/large-matrices.ts';

const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);

/** Both sides of 2¹³, 2¹⁶, 2²², 2³¹, and both ends. */
const primes = [
  2n,
  3n,
  5n,
  4093n,
  8179n,
  8191n,
  8209n,
  65519n,
  65521n,
  65537n,
  4194301n,
  4194319n,
  1073741789n,
  2147483629n,
  2147483647n,
  2147483659n,
  2305843009213693951n,
  4611686018427387847n,
];

type Rows = bigint[][];
type Random = (bound: bigint) => bigint;

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly r: number;
}

/** Entries that are no residues are reduced by the caller. */
const structures: Record<string, (shape: Shape, p: bigint, random: Random) => Rows> = {
  'random, of a given rank': ({ m, n, r }, p, random) => largeOfRank(r, m, n, p, random),
  'product of random factors': ({ m, n, r }, p, random) =>
    largeProduct(
      entries(m, r, () => random(p)),
      entries(r, n, () => random(p)),
      n,
      p,
    ),
  'entries around 0, p/2 and p': ({ m, n }, p, random) =>
    entries(m, n, () => [0n, 1n, p - 1n, p / 2n, p / 2n + 1n][Number(random(5n))]!),
  Vandermonde: ({ m, n }, p, random) => {
    const nodes = Array.from({ length: m }, () => random(p < 40n ? p : 40n));
    return entries(m, n, (i, j) => nodes[i]! ** BigInt(j));
  },
  'Hankel, sums of few geometric sequences': ({ m, n, r }, p, random) => {
    const terms = Array.from({ length: Math.min(r, 4) }, () => [random(p), random(p)] as const);
    return entries(m, n, (i, j) => terms.reduce((sum, [a, q]) => sum + a * (q % 97n) ** BigInt(i + j), 0n));
  },
  Toeplitz: ({ m, n }, p, random) => {
    const diagonals = Array.from({ length: m + n }, () => (random(3n) === 0n ? random(p) : 0n));
    return entries(m, n, (i, j) => diagonals[i - j + n]!);
  },
  'a multiple of the identity and a matrix of rank 1': ({ m, n }, p, random) => {
    const [x, y] = [m, n].map((length) => Array.from({ length }, () => random(p)));
    const scalar = random(p);
    return entries(m, n, (i, j) => (i === j ? scalar : 0n) + x![i]! * y![j]!);
  },
  'block-triangular': ({ m, n, r }, p, random) => entries(m, n, (i, j) => (i < r || j >= r ? random(p) : 0n)),
  'all rows equal': ({ m, n }, p, random) => {
    const row = Array.from({ length: n }, () => random(p));
    return entries(m, n, (_, j) => row[j]!);
  },
  'sparse, with zero rows and columns': ({ m, n }, p, random) =>
    entries(m, n, (i, j) => (i % 3 !== 1 && j % 4 !== 2 && random(4n) === 0n ? random(p) : 0n)),
};

function entries(m: number, n: number, entry: (i: number, j: number) => bigint): Rows {
  return Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
}

function profiles(kernel: Kernel<Residue>, rows: Rows, n: number, batches: readonly number[]): string {
  kernel.release(kernel.bottom);
  const echelon = new Echelon(kernel, n);
  let start = 0;
  for (const size of [...batches, rows.length]) {
    const length = Math.min(size, rows.length - start);
    const { at, rowStride } = echelon.openBatch(length);
    for (let i = 0; i < length; i++)
      kernel.storeIntegers(at + i * rowStride * kernel.elementBytes, BigInt64Array.from(rows[start + i]!));
    while (!echelon.step());
    start += length;
  }
  const ascending = (indices: readonly number[]): number[] => [...indices].sort((a, b) => a - b);
  return JSON.stringify({ rows: ascending(echelon.pivotRows), columns: ascending(echelon.pivotColumns) });
}

const random = largeGenerator(seed);
const pick = (bound: number): number => Number(random(BigInt(bound)));
const kernels = new Map(
  primes.map((prime) => [
    prime,
    (['simd', 'scalar'] as const).map((build) => Kernel.create(parsePrime(prime), build)),
  ]),
);
const names = Object.keys(structures);
const start = performance.now();
let wrong = 0;
for (let i = 0; i < count; i++) {
  const prime = primes[i % primes.length]!;
  const most = i % 50 === 0 ? 60 : i % 5 === 0 ? 24 : 10;
  const [m, n] = [pick(most), pick(most)];
  const r = pick(Math.min(m, n) + 1);
  // The first two structures have every rank: half of all matrices.
  const name = pick(2) === 0 ? names[pick(2)]! : names[pick(names.length)]!;
  const rows = structures[name]!({ m, n, r }, prime, random).map((row) => row.map((x) => mod(x, prime)));
  const expected = JSON.stringify(largeProfiles(rows, prime));
  const batches = i % 3 === 0 ? [pick(m + 1), pick(m + 1)] : [];
  for (const kernel of kernels.get(prime)!) {
    const found = profiles(kernel, rows, n, batches);
    if (found === expected) continue;
    wrong++;
    console.log(
      `matrix ${i}, seed ${seed}: ${name}, p = ${prime}, ${kernel.build}, batches ${batches.join(' ')}`,
    );
    console.log(`found ${found}, expected ${expected}\n${rows.map((row) => row.join(' ')).join('\n')}`);
  }
  if (i % 500 === 0 && process.stderr.isTTY)
    process.stderr.write(`\r${i} of ${count} matrices, ${wrong} wrong\x1b[K`);
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const seconds = ((performance.now() - start) / 1000).toFixed(1);
console.log(`${count} matrices in both builds, ${wrong} wrong, ${seconds} s (seed ${seed})`);
process.exitCode = wrong === 0 ? 0 : 1;
