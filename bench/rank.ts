/*
 * Rank of random n × n matrices over F_p, against plain JavaScript and the installed peers (peers.ts).
 *
 *     npm run bench -- [sizes, default 256,512,1024,2048,4096] [primes, default 4093,65521,1073741789,2147483647,2305843009213693951] [rounds]
 *
 * Every round times everybody on the same matrix, one after the other, each a few times; the time of a program in a round is the median of
 * them. `ms` is the median over the rounds, Gop/s = (2/3)·n³ per second at `ms`, `ratio` the median of the ratios within the rounds
 * (dimcert's : the other's): the targets, which the end of the output judges, are about it. `best` is the best time of all, and `of best`
 * the ratio of the best times. There are 7 rounds up to n = 1024, then 5, then 3 (or as many as the argument says); a program that has had
 * its 40 seconds in a row of the table is left out of the rounds that follow.
 */
import type { Residue } from '../src/field/residue.ts';
import { ProgressLine } from '../src/cli/progress.ts';
import { Echelon } from '../src/kernel/echelon.ts';
import { Kernel } from '../src/kernel/kernel.ts';
import { rank } from '../src/matrix/rank.ts';
import { generator } from './matrix.ts';
import { eliminationTimes, median, times, writeRows, type Residues } from './measure.ts';
import { PeerBench } from './peers.ts';
import { plainRank } from './plain-javascript.ts';
import { Table } from './table.ts';
import { targets, verdict, type Measured, type TargetName } from './targets.ts';

/** Milliseconds after which a program is not run again on the same matrix. */
const patience = 40_000;

const sizes = (process.argv[2] ?? '256,512,1024,2048,4096').split(',').map(Number);
const primes = (process.argv[3] ?? '4093,65521,1073741789,2147483647,2305843009213693951')
  .split(',')
  .map((text): Residue => (Number(text) < 2 ** 31 ? Number(text) : BigInt(text)));
const roundsOf = (n: number): number => Number(process.argv[4] ?? (n <= 1024 ? 7 : n <= 2048 ? 5 : 3));
const runsOf = (n: number): number => (n <= 512 ? 15 : n <= 1024 ? 5 : n <= 2048 ? 3 : 1);

interface Times {
  readonly median: number;
  readonly best: number;
}

interface Program {
  readonly name: string;
  readonly run: (runs: number) => Times;
  /** The targets that its ratio is about. */
  readonly targets: TargetName[];
}

const summary = (values: number[]): Times => ({ median: median(values), best: Math.min(...values) });

function randomResidues(count: number, prime: Residue): Residues {
  const random = generator(count);
  if (typeof prime === 'number') return Uint32Array.from({ length: count }, () => random(prime));
  const residue = (): bigint => ((BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32))) % prime;
  return BigUint64Array.from({ length: count }, residue);
}

/** A product of the same size, in the time of an elimination: (1/3)·n³ instead of n³ multiply-adds. */
function productShare(kernel: Kernel<Residue>, residues: Residues, n: number, runs: number): Times {
  kernel.release(kernel.bottom);
  const stride = new Echelon(kernel, n).rowStride;
  const [a, b, c] = [0, 1, 2].map(() => kernel.allocate(n * stride)) as [number, number, number];
  for (const at of [a, b]) writeRows(kernel, residues, n, at, stride);
  const product = (): void => kernel.multiply('subtract', n, n, n, a, stride, 1, b, stride, 1, c, stride);
  return summary(times(runs, () => {}, product).map((time) => time / 3));
}

function programsFor(prime: Residue, n: number, residues: Residues, peers: PeerBench): Program[] {
  const kernels = { simd: Kernel.create(prime, 'simd'), scalar: Kernel.create(prime, 'scalar') };
  const matrix = { rows: n, cols: n, data: residues };
  const run = (repeated: () => number[]): Times => summary(repeated());
  const programs: Program[] = [
    {
      name: 'dimcert',
      run: (runs) => run(() => eliminationTimes(kernels.simd, residues, n, runs)),
      targets: [],
    },
    {
      name: 'dimcert, product of the size / 3',
      run: (runs) => productShare(kernels.simd, residues, n, runs),
      targets: n >= 2048 ? ['product'] : [],
    },
    {
      name: 'dimcert, rank(matrix)',
      run: (runs) =>
        run(() =>
          times(
            runs,
            () => {},
            () => rank(matrix, prime),
          ),
        ),
      targets: [],
    },
    {
      name: 'dimcert, scalar build',
      run: (runs) => run(() => eliminationTimes(kernels.scalar, residues, n, runs)),
      targets: [],
    },
    ...peers.names.map((name) => ({
      name,
      run: (runs: number) => peers.time(name, runs),
      targets: targetsOf(prime, n, name),
    })),
  ];
  if (prime < 2 ** 25)
    programs.push({
      name: 'plain JavaScript',
      run: () =>
        run(() =>
          times(
            1,
            () => Float64Array.from(residues as Uint32Array),
            (copy) => plainRank(copy, n, Number(prime)),
          ),
        ),
      targets: [],
    });
  return programs;
}

function targetsOf(prime: Residue, n: number, peer: string): TargetName[] {
  const fast = prime < 2 ** 13;
  if (fast && n === 256 && peer === 'FLINT') return ['tiny'];
  if (n < 512 || n > 4096) return [];
  if (fast && peer === 'FFLAS-FFPACK') return ['fflas'];
  if (fast && peer === 'NTL, AVX-512') return ['ntl'];
  if (peer !== 'FLINT') return [];
  if (prime > 2 ** 29 && prime < 2 ** 31) return ['word'];
  return prime > 2 ** 60 && n <= 2048 ? ['twoWords'] : [];
}

const measured = new Map<TargetName, Measured[]>();
const progress = new ProgressLine(process.stderr);
const table = new Table([
  ['prime', -19],
  ['n', -4],
  ['program', 32],
  ['ms', -9],
  ['Gop/s', -7],
  ['ratio', -6],
  ['best', -9],
  ['of best', -7],
  ['rounds', -6],
]);
for (const prime of primes) {
  for (const n of sizes) {
    const residues = randomResidues(n * n, prime);
    const peers = new PeerBench(prime, n, residues);
    try {
      const programs = programsFor(prime, n, residues, peers);
      const [rounds, runs] = [roundsOf(n), runsOf(n)];
      programs[0]!.run(runs); // tier-up
      const found: Times[][] = programs.map(() => []);
      const spent = programs.map(() => 0);
      for (let round = 0; round < rounds; round++)
        for (const [i, program] of programs.entries()) {
          const done = round * programs.length + i;
          progress.report({ phase: `n = ${n}`, done, total: rounds * programs.length });
          if (i > 0 && spent[i]! > patience) continue;
          const start = performance.now();
          found[i]!.push(program.run(runs));
          spent[i]! += performance.now() - start;
        }
      progress.clear();
      for (const [i, { name, targets }] of programs.entries()) {
        const ms = median(found[i]!.map((time) => time.median));
        const best = Math.min(...found[i]!.map((time) => time.best));
        const ratio = median(found[i]!.map((time, round) => found[0]![round]!.median / time.median));
        const ofBest = Math.min(...found[0]!.map((time) => time.best)) / best;
        table.row([
          prime,
          n,
          name,
          ms.toFixed(2),
          (((2 / 3) * n ** 3 * 1e-6) / ms).toFixed(2),
          ratio.toFixed(3),
          best.toFixed(2),
          ofBest.toFixed(3),
          found[i]!.length,
        ]);
        for (const target of targets)
          measured.set(target, [
            ...(measured.get(target) ?? []),
            { ratio: target === 'product' ? 1 / ratio : ratio, where: `p = ${prime}, n = ${n}` },
          ]);
      }
    } finally {
      peers.close();
    }
  }
}

console.log('\ntargets');
for (const name of Object.keys(targets) as TargetName[]) console.log(verdict(name, measured.get(name) ?? []));
