/*
 * Rank of random n × n matrices over F_p in several threads against one: `rankAsync` as it is called, everything included (start and end of the
 * workers, handing out the matrix).
 *
 *     npm run bench:threads -- [sizes, default 1024,2048,4096] [primes, default 4093,2147483647] [threads, default 2] [rounds, default 7]
 *
 * Every round times both on the same matrix, one after the other. Milliseconds are medians over the rounds, `ratio` is the median of the
 * ratios within the rounds (several threads : one), `load` what else the machine did.
 */
import { loadavg } from 'node:os';
import { ProgressLine } from '../src/cli/progress.ts';
import { rankAsync } from '../src/matrix/rank.ts';
import { generator } from './matrix.ts';
import { median } from './measure.ts';
import { Table } from './table.ts';
import { verdict, type Measured } from './targets.ts';

const list = (argument: string | undefined, preset: number[]): number[] =>
  argument ? argument.split(',').map(Number) : preset;
const sizes = list(process.argv[2], [1024, 2048, 4096]);
const primes = list(process.argv[3], [4093, 2147483647]);
const threads = Number(process.argv[4] ?? 2);
const rounds = Number(process.argv[5] ?? 7);

const progress = new ProgressLine(process.stderr);
const table = new Table([
  ['prime', -10],
  ['n', -5],
  ['ms, 1 thread', -12],
  [`ms, ${threads} threads`, -13],
  ['ratio', -6],
  ['range', -11],
  ['load', -5],
]);
const measured: Measured[] = [];
for (const prime of primes)
  for (const n of sizes) {
    const random = generator(n);
    const data = Uint32Array.from({ length: n * n }, () => random(prime));
    const time = async (threads: number): Promise<number> => {
      const start = performance.now();
      const found = await rankAsync({ rows: n, cols: n, data }, prime, { threads });
      if (found < n - 4) throw new Error(`found rank ${found} of ${n}`);
      return performance.now() - start;
    };
    await time(1); // tier-up
    const pairs: [one: number, several: number][] = [];
    for (let round = 0; round < rounds; round++) {
      progress.report({ phase: `n = ${n}`, done: round, total: rounds });
      pairs.push([await time(1), await time(threads)]);
    }
    progress.clear();
    const ratios = pairs.map(([one, several]) => several / one);
    const ratio = median(ratios);
    const range = `${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)}`;
    const [one, several] = [median(pairs.map(([ms]) => ms)), median(pairs.map(([, ms]) => ms))];
    const load = loadavg()[0]!.toFixed(2);
    table.row([prime, n, one.toFixed(1), several.toFixed(1), ratio.toFixed(3), range, load]);
    if (threads === 2 && n >= 4096) measured.push({ ratio, where: `p = ${prime}, n = ${n}` });
  }
console.log(`\n${verdict('threads', measured)}`);
