/*
 * Rank of random n × n matrices over F_p in several threads against one: `rankAsync` as it is called, everything included (start and end of the
 * workers, handing out the matrix).
 *
 *     npm run bench:threads -- [sizes, default 1024,2048,4096] [primes, default 4093,2147483647] [threads, default 2] [rounds, default 7]
 *
 * Every round times both on the same matrix, one after the other. `ms` is the best time of all rounds, `median` the median of the ratios
 * within the rounds (several threads : one).
 */
import { loadavg } from 'node:os';
import { rankAsync } from '../src/matrix/rank.ts';

const list = (argument: string | undefined, preset: number[]): number[] =>
  argument ? argument.split(',').map(Number) : preset;
const sizes = list(process.argv[2], [1024, 2048, 4096]);
const primes = list(process.argv[3], [4093, 2147483647]);
const threads = Number(process.argv[4] ?? 2);
const rounds = Number(process.argv[5] ?? 7);

console.log(['prime', 'n', 'ms, 1 thread', `ms, ${threads} threads`, 'median', 'range', 'load'].join('\t'));
for (const prime of primes)
  for (const n of sizes) {
    const data = Uint32Array.from({ length: n * n }, () => Math.floor(Math.random() * prime));
    const time = async (threads: number): Promise<number> => {
      const start = performance.now();
      const found = await rankAsync({ rows: n, cols: n, data }, prime, { threads });
      if (found < n - 4) throw new Error(`found rank ${found} of ${n}`);
      return performance.now() - start;
    };
    await time(1); // tier-up
    const times: [one: number, several: number][] = [];
    for (let round = 0; round < rounds; round++) times.push([await time(1), await time(threads)]);
    const ratios = times.map(([one, several]) => several / one).sort((a, b) => a - b);
    const best = [0, 1].map((i) => Math.min(...times.map((pair) => pair[i]!)).toFixed(1));
    const range = `${ratios[0]!.toFixed(3)}–${ratios.at(-1)!.toFixed(3)}`;
    const load = loadavg()[0]!.toFixed(2);
    console.log([prime, n, ...best, ratios[ratios.length >> 1]!.toFixed(3), range, load].join('\t'));
  }
