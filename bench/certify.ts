/*
 * `certify` against a bare rank of a random matrix of the size of the Jacobian's independent rows: dimension × parameters, full rank.
 *
 *     npm run bench:certify -- [rounds, default 5] [name, default all: lightning, softmax, ...]
 *
 * Both run once before, so that neither start-up nor tier-up is in the ratio; in every round both run, one after the other. The rank is the
 * public `rank` of an Int16Array modulo the prime of the certificate. Milliseconds are medians over the rounds, the ratio is the median of
 * the ratios within the rounds.
 */
import { certify } from '../src/certificate/certify.ts';
import { ProgressLine } from '../src/cli/progress.ts';
import { rank } from '../src/matrix/rank.ts';
import { attentionStack } from '../src/network/index.ts';
import { generator } from './matrix.ts';
import { median } from './measure.ts';
import { Table } from './table.ts';
import { verdict, type Measured } from './targets.ts';

const wide = { dims: [32, 32, 32, 32], headDims: [8, 8, 8], sequenceLength: 4 };
const deep = { dims: [28, 28, 28, 28, 28, 28], headDims: [7, 7, 7, 7, 7], sequenceLength: 6 };
const long = { ...wide, sequenceLength: 16 };
const cases = [
  { name: 'lightning', network: attentionStack({ ...wide, normalization: 'none' }) },
  { name: 'softmax', network: attentionStack({ ...wide, normalization: 'softmax' }) },
  { name: 'deep lightning', network: attentionStack({ ...deep, normalization: 'none' }) },
  { name: 'deep softmax', network: attentionStack({ ...deep, normalization: 'softmax' }) },
  { name: 'long lightning', network: attentionStack({ ...long, normalization: 'none' }) },
  { name: 'long softmax', network: attentionStack({ ...long, normalization: 'softmax' }) },
];
const rounds = Number(process.argv[2] ?? 5);
const wanted = process.argv[3];

const progress = new ProgressLine(process.stderr);
const table = new Table([
  ['network', 15],
  ['parameters', -10],
  ['dimension', -9],
  ['prime', -8],
  ['certify ms', -10],
  ['rank ms', -8],
  ['ratio', -6],
]);
const measured: Measured[] = [];
for (const { name, network } of cases) {
  if (wanted !== undefined && name !== wanted) continue;
  const { parameters, dimension, prime } = await certify(network);
  if (!dimension.exact) throw new Error(`${name}: no exact dimension`);
  const random = generator(parameters);
  const [rows, cols] = [dimension.lower, parameters];
  const data = Int16Array.from({ length: rows * cols }, () => random(Number(prime)));
  const pairs: [number, number][] = [];
  for (let round = -1; round < rounds; round++) {
    progress.report({ phase: name, done: round + 1, total: rounds + 1 });
    const start = performance.now();
    await certify(network);
    const middle = performance.now();
    const found = rank({ rows, cols, data }, prime);
    const end = performance.now();
    if (found !== rows) throw new Error(`found rank ${found} of ${rows}`);
    if (round >= 0) pairs.push([middle - start, end - middle]);
  }
  progress.clear();
  const ratio = median(pairs.map(([whole, bare]) => whole / bare));
  const [whole, bare] = [median(pairs.map(([ms]) => ms)), median(pairs.map(([, ms]) => ms))];
  table.row([name, parameters, rows, prime, whole.toFixed(0), bare.toFixed(0), ratio.toFixed(2)]);
  if (rows >= 2000) measured.push({ ratio, where: name });
}
console.log(`\n${verdict('certify', measured)}`);
