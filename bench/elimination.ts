import { Kernel } from '../src/kernel/kernel.ts';
import { generator } from './matrix.ts';
import { eliminationTimes } from './measure.ts';

/** The kernel and the matrix of the last call: it is the same matrix in every engine, and in every round. */
let prepared: { key: string; kernel: Kernel; residues: Uint32Array } | undefined;

/** Times of eliminations of one random n × n matrix over F_p, in milliseconds: what Node and Chromium both run. */
export function timeElimination(n: number, prime: number, runs: number): number[] {
  const key = `${n} ${prime}`;
  if (prepared?.key !== key) {
    const random = generator(n);
    const residues = Uint32Array.from({ length: n * n }, () => random(prime));
    prepared = { key, kernel: Kernel.create(prime), residues };
  }
  return eliminationTimes(prepared.kernel, prepared.residues, n, runs);
}
