/*
 * The rank of a large matrix in one process: the matrix has a rank that is known by construction and is an Int16Array, as a user would have it.
 *
 *     npm run bench:large -- [n, default 10000] [prime, default 4093; below 8192]
 *
 * Prints the rank, the seconds of the public `rank`, Gop/s = (2/3)·n³ per second and the peak of the resident memory, which should stay
 * below 1 GB at n = 10000. Exit code 1 if the rank is wrong.
 */
import { rank } from '../src/matrix/rank.ts';
import { matrixOfRank } from './matrix.ts';
import { Table } from './table.ts';

const n = Number(process.argv[2] ?? 10_000);
const prime = Number(process.argv[3] ?? 4093);
if (!(Number.isSafeInteger(n) && n >= 16) || !(prime >= 2 && prime < 8192))
  throw new RangeError('expected: n ≥ 16, and a prime below 8192');

const known = n - 5;
const data = matrixOfRank(n, known, prime, 1);
const start = performance.now();
const found = rank({ rows: n, cols: n, data }, prime);
const seconds = (performance.now() - start) / 1000;
// Of Linux and macOS, in KiB.
const peak = process.resourceUsage().maxRSS / 1024;
const table = new Table([
  ['n', -6],
  ['prime', -6],
  ['rank', -6],
  ['expected', -8],
  ['s', -7],
  ['Gop/s', -7],
  ['MiB at most', -11],
]);
const speed = ((2 / 3) * n ** 3) / seconds / 1e9;
table.row([n, prime, found, known, seconds.toFixed(2), speed.toFixed(1), Math.round(peak)]);
if (found !== known) process.exitCode = 1;
