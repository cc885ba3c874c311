/*
 * The rank of a large matrix over F_p in one process, through the public `rank`: time and memory.
 *
 *     npm run bench:large -- [n, default 10000] [prime, default 4093]
 *
 * The matrix is given as an Int16Array. Its last rows are combinations of the first ones, so that the rank is known: n − 3.
 */
import { rank } from '../src/matrix/rank.ts';

const n = Number(process.argv[2] ?? 10_000);
const prime = Number(process.argv[3] ?? 4093);
const deficiency = 3;

const data = prime < 2 ** 15 ? new Int16Array(n * n) : new Int32Array(n * n);
for (let i = 0; i < (n - deficiency) * n; i++) data[i] = Math.floor(Math.random() * prime);
for (let i = n - deficiency; i < n; i++)
  for (let j = 0; j < n; j++) data[i * n + j] = (data[j]! + 2 * data[(i - 5) * n + j]!) % prime;

const start = performance.now();
const found = rank({ rows: n, cols: n, data }, prime);
const seconds = (performance.now() - start) / 1000;
const gops = ((2 / 3) * n ** 3 * 1e-9) / seconds;
const mebibytes = process.resourceUsage().maxRSS / 1024;
console.log(
  `n = ${n}, p = ${prime}: rank ${found} (expected ${n - deficiency}), ${seconds.toFixed(2)} s, ${gops.toFixed(1)} Gop/s, peak memory ${mebibytes.toFixed(0)} MiB`,
);
process.exitCode = found === n - deficiency ? 0 : 1;
