import { Echelon } from '../src/kernel/echelon.ts';
import type { Residue } from '../src/field/residue.ts';
import { stagingLength, type Kernel } from '../src/kernel/kernel.ts';

/** Numbers below 2³¹, bigints above. */
export type Residues = Uint32Array | BigUint64Array;

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The times of `runs` runs in milliseconds; `prepare` is not timed. */
export function times<T>(runs: number, prepare: () => T, run: (prepared: T) => void): number[] {
  return Array.from({ length: runs }, () => {
    const prepared = prepare();
    const start = performance.now();
    run(prepared);
    return performance.now() - start;
  });
}

/** Elimination alone: the n × n matrix of full rank lies in the kernel's memory already, as it does in the peers. */
export function eliminationTimes(
  kernel: Kernel<Residue>,
  residues: Residues,
  n: number,
  runs: number,
): number[] {
  return times(
    runs,
    () => {
      kernel.release(kernel.bottom);
      const echelon = new Echelon(kernel, n);
      const { at, rowStride } = echelon.openBatch(n);
      writeRows(kernel, residues, n, at, rowStride);
      return echelon;
    },
    (echelon) => {
      while (!echelon.step());
      if (echelon.rank !== n) throw new Error(`found rank ${echelon.rank} of ${n}`);
    },
  );
}

/** Stores the rows of an n × n matrix, `stride` elements apart. */
export function writeRows(
  kernel: Kernel<Residue>,
  residues: Residues,
  n: number,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j += stagingLength) {
      const part = residues.subarray(i * n + j, i * n + Math.min(n, j + stagingLength));
      const to = at + (i * stride + j) * kernel.elementBytes;
      if (part instanceof BigUint64Array) kernel.storeIntegers(to, part);
      else kernel.write(to, part);
    }
}
