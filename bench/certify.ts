/*
 * `certify` against the bare rank of a matrix of the same size, dimension × parameters, the matrix lying in the kernel's memory already.
 *
 *     npm run bench:certify -- [width, default 32] [layers, default 3] [rounds, default 7]
 *
 * `ms` are best times, `ratio` the median of the ratios within the rounds. It must be 1.5 at most, better 1.15, from dimension 2000 on.
 */
import { certify } from '../src/certificate/certify.ts';
import { Echelon } from '../src/kernel/echelon.ts';
import { Kernel } from '../src/kernel/kernel.ts';
import { attentionStack } from '../src/network/builders.ts';
import { parameterCount } from '../src/network/parameters.ts';
import { bestTime, median } from './timing.ts';

const width = Number(process.argv[2] ?? 32);
const layers = Number(process.argv[3] ?? 3);
const rounds = Number(process.argv[4] ?? 7);
const prime = 4093;

function bareRank(rows: number, cols: number): number {
  const kernel = Kernel.create(prime);
  const row = new Float64Array(cols);
  return bestTime(
    1,
    () => {
      const echelon = new Echelon(kernel, cols);
      const { at, rowStride } = echelon.openBatch(rows);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j += 4096) {
          const count = Math.min(4096, cols - j);
          for (let k = 0; k < count; k++) row[k] = Math.floor(Math.random() * prime);
          kernel.staging(count).set(row.subarray(0, count));
          kernel.storeStaged(at + (i * rowStride + j) * kernel.elementBytes, count);
        }
      return echelon;
    },
    (echelon) => {
      while (!echelon.step());
      if (echelon.rank !== rows) throw new Error(`found rank ${echelon.rank} of ${rows}`);
    },
  );
}

console.log(['normalization', 'parameters', 'dimension', 'ms, certify', 'ms, bare rank', 'ratio'].join('\t'));
for (const normalization of ['none', 'softmax'] as const) {
  const network = attentionStack({
    dims: Array<number>(layers + 1).fill(width),
    headDims: Array<number>(layers).fill(width / 2),
    sequenceLength: 4,
    normalization,
  });
  const parameters = parameterCount(network);
  const { dimension } = await certify(network); // tier-up
  const times: [certified: number, bare: number][] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await certify(network);
    times.push([performance.now() - start, bareRank(dimension.lower, parameters)]);
  }
  const best = [0, 1].map((i) => Math.min(...times.map((pair) => pair[i]!)).toFixed(0));
  const ratio = median(times.map(([certified, bare]) => certified / bare)).toFixed(2);
  console.log([normalization, parameters, dimension.lower, ...best, ratio].join('\t'));
}
