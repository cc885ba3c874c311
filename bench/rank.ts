/*
 * Rank of random n × n matrices over F_p, against plain JavaScript and what is installed of FFLAS-FFPACK, FLINT, NTL and NumPy (peers.ts).
 *
 *     npm run bench -- [sizes, default 256,512,1024,2048,4096] [primes, default 4093,65521,1073741789,2147483647,2305843009213693951] [rounds]
 *
 * Every round times everybody on the same matrix, one after the other. `ms` is the best time of all rounds, which a busy machine disturbs
 * least, `ratio` the median of the ratios within the rounds (dimcert's time : the other's), `target` what targets.ts asks of it.
 * Gop/s = (2/3)·n³ per second.
 */
import { Echelon } from '../src/kernel/echelon.ts';
import { Kernel } from '../src/kernel/kernel.ts';
import type { KernelBuild } from '../src/kernel/load.ts';
import { parsePrime } from '../src/field/any-prime.ts';
import type { Residue } from '../src/field/residue.ts';
import { PeerBench } from './peers.ts';
import { plainRank } from './plain-javascript.ts';
import { productProgram, verdict } from './targets.ts';
import { bestTime, median, numbersOf } from './timing.ts';

const sizes = numbersOf(process.argv[2], [256, 512, 1024, 2048, 4096]);
const primes = (process.argv[3] ?? '4093,65521,1073741789,2147483647,2305843009213693951').split(',');
const roundsWanted = process.argv[4] === undefined ? undefined : Number(process.argv[4]);

/** Random residues; as good as uniform. */
function randomResidues(prime: bigint, count: number): BigUint64Array {
  const residues = new BigUint64Array(count);
  const words = new Uint32Array(residues.buffer);
  for (let i = 0; i < words.length; i++) words[i] = Math.floor(Math.random() * 2 ** 32);
  return residues.map((x) => x % prime);
}

/** An open batch of an n × n matrix in the kernel's memory. */
function loaded(kernel: Kernel<Residue>, residues: BigUint64Array, n: number): Echelon<Residue> {
  kernel.release(kernel.bottom);
  const echelon = new Echelon(kernel, n);
  const { at, rowStride } = echelon.openBatch(n);
  storeRows(kernel, residues, n, at, rowStride);
  return echelon;
}

function storeRows(
  kernel: Kernel<Residue>,
  residues: BigUint64Array,
  n: number,
  at: number,
  rowStride: number,
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j += 4096)
      kernel.storeIntegers(
        at + (i * rowStride + j) * kernel.elementBytes,
        residues.subarray(i * n + j, i * n + Math.min(n, j + 4096)),
      );
}

/** Elimination alone: the matrix lies in the kernel's memory already, as it does in the peers. */
function elimination(kernel: Kernel<Residue>, residues: BigUint64Array, n: number, runs: number): number {
  return bestTime(
    runs,
    () => loaded(kernel, residues, n),
    (echelon) => {
      while (!echelon.step());
      if (echelon.rank !== n) throw new Error(`found rank ${echelon.rank} of ${n}`);
    },
  );
}

/** A product of the same size, in the time of an elimination: (1/3)·n³ instead of n³ multiply-adds. */
function product(kernel: Kernel<Residue>, residues: BigUint64Array, n: number, runs: number): number {
  kernel.release(kernel.bottom);
  const stride = new Echelon(kernel, n).rowStride;
  const [a, b, c] = [0, 1, 2].map(() => kernel.allocate(n * stride)) as [number, number, number];
  for (const at of [a, b]) storeRows(kernel, residues, n, at, stride);
  const once = (): void => kernel.multiply('subtract', n, n, n, a, stride, 1, b, stride, 1, c, stride);
  return bestTime(runs, () => {}, once) / 3;
}

type Row = readonly string[];
const columns: Row = ['prime', 'n', 'program', 'ms', 'Gop/s', 'ratio', 'target'];
const widths = [19, 4, 22, 10, 8, 6, 0];

function print(row: Row): void {
  if (!process.stdout.isTTY) console.log(row.join('\t'));
  else console.log(row.map((cell, i) => (i === 2 ? cell.padEnd(22) : cell.padStart(widths[i]!))).join('  '));
}

function* measured(prime: Residue, n: number): Generator<Row> {
  const p = BigInt(prime);
  const residues = randomResidues(p, n * n);
  const simd = Kernel.create(prime);
  const eliminate = (kernel: Kernel<Residue>) => (runs: number) => elimination(kernel, residues, n, runs);
  const scalar = (build: KernelBuild): Kernel<Residue> => Kernel.create(prime, build);
  const peers = new PeerBench(p, n, residues);
  const programs: [string, (runs: number) => number][] = [
    ['dimcert', eliminate(simd)],
    [productProgram, (runs) => product(simd, residues, n, runs)],
    ...peers.names.map((name): [string, (runs: number) => number] => [
      name,
      (runs) => peers.time(name, runs),
    ]),
  ];
  if (n <= 1024) programs.push(['dimcert, scalar build', eliminate(scalar('scalar'))]);
  if (p < 2n ** 25n && n <= 2048)
    programs.push([
      'plain JavaScript',
      () =>
        bestTime(
          1,
          () => Float64Array.from(residues, Number),
          (copy) => plainRank(copy, n, Number(prime)),
        ),
    ]);
  const runs = n <= 512 ? 15 : n <= 1024 ? 5 : 2;
  const rounds = roundsWanted ?? (n <= 1024 ? 7 : n <= 2048 ? 5 : 3);
  eliminate(simd)(runs); // tier-up
  const times: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    if (process.stderr.isTTY) process.stderr.write(`\r${prime} n=${n} round ${round + 1}/${rounds}\x1b[K`);
    times.push(programs.map(([, run]) => run(runs)));
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  peers.close();
  for (const [i, [name]] of programs.entries()) {
    const best = Math.min(...times.map((round) => round[i]!));
    const speed = ((2 / 3) * n ** 3 * 1e-6) / best;
    const ratio = median(times.map((round) => round[0]! / round[i]!));
    const numbers = [best.toFixed(2), speed.toFixed(2), ratio.toFixed(3)];
    yield [String(prime), String(n), name, ...numbers, verdict(name, p, n, ratio)];
  }
}

print(columns);
for (const prime of primes.map((text) => parsePrime(text)))
  for (const n of sizes) for (const row of measured(prime, n)) print(row);
