/*
 * Rank of random n × n matrices over F_p, against plain JavaScript and the installed peers (peers.ts).
 *
 *     npm run bench -- [sizes, default 256,512,1024,2048] [primes, default 4093,1073741789,2147483647] [rounds, default 7]
 *
 * Every round times everybody on the same matrix, one after the other. `ms` is the best time of all rounds, which a busy machine disturbs
 * least, `ratio` the quotient of the best times (dimcert's : the other's), `median` the median of the ratios within the rounds.
 * Gop/s = (2/3)·n³ per second.
 */
import { Echelon } from '../src/kernel/echelon.ts';
import { Kernel } from '../src/kernel/kernel.ts';
import type { KernelBuild } from '../src/kernel/load.ts';
import { rank } from '../src/matrix/rank.ts';
import { PeerBench } from './peers.ts';
import { plainRank } from './plain-javascript.ts';

const list = (argument: string | undefined, preset: number[]): number[] =>
  argument ? argument.split(',').map(Number) : preset;
const sizes = list(process.argv[2], [256, 512, 1024, 2048]);
const primes = list(process.argv[3], [4093, 1073741789, 2147483647]);
const rounds = Number(process.argv[4] ?? 7);

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

/** The best of `runs` times in milliseconds; `prepare` is not timed. */
function time<T>(runs: number, prepare: () => T, run: (prepared: T) => void): number {
  return Math.min(
    ...Array.from({ length: runs }, () => {
      const prepared = prepare();
      const start = performance.now();
      run(prepared);
      return performance.now() - start;
    }),
  );
}

/** Elimination alone: the matrix lies in the kernel's memory already, as it does in the peers. */
function elimination(kernel: Kernel, residues: Uint32Array, n: number, runs: number): number {
  return time(
    runs,
    () => {
      kernel.release(kernel.bottom);
      const echelon = new Echelon(kernel, n);
      const { at, rowStride } = echelon.openBatch(n);
      for (let i = 0; i < n; i++)
        kernel.write(at + i * rowStride * kernel.elementBytes, residues.subarray(i * n, (i + 1) * n));
      return echelon;
    },
    (echelon) => {
      while (!echelon.step());
      if (echelon.rank !== n) throw new Error(`found rank ${echelon.rank} of ${n}`);
    },
  );
}

/** A product of the same size, in the time of an elimination: (1/3)·n³ instead of n³ multiply-adds. */
function productShare(kernel: Kernel, residues: Uint32Array, n: number, runs: number): number {
  kernel.release(kernel.bottom);
  const stride = new Echelon(kernel, n).rowStride;
  const [a, b, c] = [0, 1, 2].map(() => kernel.allocate(n * stride)) as [number, number, number];
  for (const at of [a, b])
    for (let i = 0; i < n; i++)
      kernel.write(at + i * stride * kernel.elementBytes, residues.subarray(i * n, (i + 1) * n));
  const product = (): void => kernel.multiply('subtract', n, n, n, a, stride, 1, b, stride, 1, c, stride);
  return time(runs, () => {}, product) / 3;
}

const columns = ['prime', 'n', 'program', 'ms', 'Gop/s', 'ratio', 'median'];
console.log(columns.join('\t'));
for (const prime of primes)
  for (const n of sizes) {
    const residues = Uint32Array.from({ length: n * n }, () => Math.floor(Math.random() * prime));
    const matrix = { rows: n, cols: n, data: residues };
    const kernels = new Map(
      (['simd', 'scalar'] as const).map((build) => [build, Kernel.create(prime, build)]),
    );
    const eliminate = (build: KernelBuild) => (runs: number) =>
      elimination(kernels.get(build)!, residues, n, runs);
    const peers = new PeerBench(prime, n, residues);
    const programs: [string, (runs: number) => number][] = [
      ['dimcert', eliminate('simd')],
      ['dimcert, product of the size / 3', (runs) => productShare(kernels.get('simd')!, residues, n, runs)],
      [
        'dimcert, rank(matrix)',
        (runs) =>
          time(
            runs,
            () => {},
            () => rank(matrix, prime),
          ),
      ],
      ['dimcert, scalar build', eliminate('scalar')],
      ...peers.names.map((name): [string, (runs: number) => number] => [
        name,
        (runs) => peers.time(name, runs),
      ]),
    ];
    if (prime < 2 ** 25 && n <= 2048)
      programs.push([
        'plain JavaScript',
        () =>
          time(
            1,
            () => Float64Array.from(residues),
            (copy) => plainRank(copy, n, prime),
          ),
      ]);
    const runs = n <= 512 ? 15 : n <= 1024 ? 5 : 2;
    eliminate('simd')(runs); // tier-up
    const times = Array.from({ length: rounds }, () => programs.map(([, run]) => run(runs)));
    const best = programs.map((_, i) => Math.min(...times.map((round) => round[i]!)));
    for (const [i, [name]] of programs.entries()) {
      const speed = ((2 / 3) * n ** 3 * 1e-6) / best[i]!;
      const ratio = best[0]! / best[i]!;
      const medianRatio = median(times.map((round) => round[0]! / round[i]!));
      const numbers = [best[i]!.toFixed(2), speed.toFixed(2), ratio.toFixed(3), medianRatio.toFixed(3)];
      console.log([prime, n, name, ...numbers].join('\t'));
    }
    peers.close();
  }
