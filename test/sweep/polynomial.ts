/*
 * The dimensions of 12,907 polynomial networks, published by others (polynomial-networks-2-1.txt), computed again.
 *
 *     npm run check:polynomial -- [every, default 1: all of them] [seed, default 0]
 *
 * Each dimension is compared with the rank of the Jacobian at a random point over F_p, at three points at most where it is lower. Such a rank is a
 * proved lower bound. Every disagreement is printed, with a certificate and which number it refutes; then the exit code is 1.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ProgressLine } from '../../src/cli/progress.ts';
import { disagreement } from './polynomial-disagreement.ts';
import { formsDimension, largestRank } from './polynomial-rank.ts';
import { readTable, type PublishedDimension } from './polynomial-table.ts';

interface Task {
  readonly every: number;
  readonly seed: bigint;
  /** How many networks the threads have taken: each takes the next one. */
  readonly taken: SharedArrayBuffer;
}

interface Found {
  readonly index: number;
  readonly rank: number;
  /** What to print if the published dimension is another one. */
  readonly disagreement: string | null;
}

function networks({ every }: Task): PublishedDimension[] {
  const table = readTable(readFileSync('test/sweep/polynomial-networks-2-1.txt', 'utf8'));
  return table.filter((_, index) => index % every === 0);
}

/** What a thread does: one network after the other, until all are taken. */
async function work(task: Task): Promise<void> {
  const all = networks(task);
  const taken = new Int32Array(task.taken);
  const next = (): number => Atomics.add(taken, 0, 1);
  for (let index = next(); index < all.length; index = next()) {
    const published = all[index]!;
    const best = await largestRank(published.widths, published.dimension, task.seed);
    const agrees = best.rank === published.dimension;
    parentPort!.postMessage({
      index,
      rank: best.rank,
      disagreement: agrees ? null : await disagreement(published, best),
    } satisfies Found);
  }
}

async function run(task: Task): Promise<void> {
  const start = performance.now();
  const all = networks(task);
  const progress = new ProgressLine(process.stderr);
  let done = 0;
  let agreed = 0;
  let exact = 0;
  const threads = Array.from({ length: availableParallelism() }, () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.on('message', ({ index, rank, disagreement }: Found) => {
      if (rank === formsDimension(all[index]!.widths)) exact++;
      if (disagreement === null) agreed++;
      else {
        progress.clear();
        console.log(disagreement);
      }
      progress.report({ phase: 'networks', done: ++done, total: all.length });
    });
    return once(worker, 'exit');
  });
  await Promise.all(threads);
  progress.clear();
  if (done < all.length) throw new Error(`expected the ranks of ${all.length} networks, got ${done}`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${agreed} agreements, ${done - agreed} disagreements; ${exact} fill the space of forms, which proves them; ${threads.length} threads, seed ${task.seed}, ${seconds} s`,
  );
  process.exitCode = agreed === done ? 0 : 1;
}

function natural(argument: string | undefined, preset: number, least: number): number {
  const value = argument === undefined ? preset : Number(argument);
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`expected an integer from ${least}, got ${argument}`);
  return value;
}

if (isMainThread) {
  const every = natural(process.argv[2], 1, 1);
  const seed = BigInt(natural(process.argv[3], 0, 0));
  await run({ every, seed, taken: new SharedArrayBuffer(4) });
} else await work(workerData as Task);
