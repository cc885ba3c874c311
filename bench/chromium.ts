/*
 * The same elimination of the same matrix in this Node and in a real Chromium, alternately.
 *
 *     npm run bench:chromium -- [sizes, default 512,1024,2048] [primes, default 4093,1073741789] [rounds, default 9]
 *
 * Milliseconds are medians over the rounds of the medians within a round, the ratio (Chromium : Node) is the median of the ratios within
 * the rounds. Chromium's clock has steps of 0.1 ms at most.
 */
import { chromium } from 'playwright-core';
import { build } from 'tsup';
import { chromiumArguments, chromiumPath } from '../scripts/chromium.ts';
import { ProgressLine } from '../src/cli/progress.ts';
import { timeElimination } from './elimination.ts';
import { median } from './measure.ts';
import { Table } from './table.ts';
import { verdict, type Measured } from './targets.ts';

const sizes = (process.argv[2] ?? '512,1024,2048').split(',').map(Number);
const primes = (process.argv[3] ?? '4093,1073741789').split(',').map(Number);
const rounds = Number(process.argv[4] ?? 9);
const runsOf = (n: number): number => (n <= 512 ? 15 : n <= 1024 ? 7 : 3);

const outDir = 'build/run/bench/page';
await build({
  entry: { elimination: 'bench/elimination.ts' },
  config: false,
  silent: true,
  format: 'iife',
  globalName: 'bench',
  target: 'es2022',
  outDir,
});

const browser = await chromium.launch({ executablePath: await chromiumPath(), args: chromiumArguments });
try {
  const page = await browser.newPage();
  await page.addScriptTag({ path: `${outDir}/elimination.global.js` });
  const inChromium = (n: number, prime: number, runs: number): Promise<number[]> =>
    page.evaluate(`bench.timeElimination(${n}, ${prime}, ${runs})`);

  console.error(`Node ${process.version}, Chromium ${browser.version()}`);
  const progress = new ProgressLine(process.stderr);
  const table = new Table([
    ['prime', -10],
    ['n', -5],
    ['Node ms', -9],
    ['Chromium ms', -11],
    ['ratio', -6],
  ]);
  const measured: Measured[] = [];
  for (const prime of primes)
    for (const n of sizes) {
      const runs = runsOf(n);
      timeElimination(n, prime, runs); // tier-up
      await inChromium(n, prime, runs);
      const pairs: [number, number][] = [];
      for (let round = 0; round < rounds; round++) {
        progress.report({ phase: `n = ${n}`, done: round, total: rounds });
        const node = median(timeElimination(n, prime, runs));
        pairs.push([node, median(await inChromium(n, prime, runs))]);
      }
      progress.clear();
      const ratio = median(pairs.map(([node, other]) => other / node));
      const [node, other] = [median(pairs.map(([ms]) => ms)), median(pairs.map(([, ms]) => ms))];
      table.row([prime, n, node.toFixed(2), other.toFixed(2), ratio.toFixed(3)]);
      measured.push({ ratio, where: `p = ${prime}, n = ${n}` });
    }
  console.log(`\n${verdict('chromium', measured)}`);
} finally {
  await browser.close();
}
