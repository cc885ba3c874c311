import type { Residue } from '../field/residue.ts';
import { Kernel } from '../kernel/kernel.ts';

/** Kernels kept for the next call. */
const mostIdle = 4;
/** A kernel whose memory has grown beyond this is given to the garbage collector: a Wasm memory never shrinks. */
const mostBytes = 2 ** 26;

/** Idle kernels, each with its heap empty, the one that was used last at the end. */
const idle: Kernel<Residue>[] = [];

/** A kernel for the prime, in an idle instance if there is one: a call on a tiny matrix takes microseconds, an instance half a millisecond. */
export function takeKernel(prime: number): Kernel;
export function takeKernel(prime: Residue): Kernel<Residue>;
export function takeKernel(prime: Residue): Kernel<Residue> {
  const index = idle.findIndex((kernel) => kernel.prime === prime);
  if (index >= 0) return idle.splice(index, 1)[0]!;
  return idle.length === mostIdle ? idle.shift()!.withPrime(prime) : Kernel.create(prime);
}

/** Ends the use of a kernel from `takeKernel`. One that is not returned, because its user threw, is simply collected. */
export function returnKernel(kernel: Kernel<Residue>): void {
  if (kernel.memoryBytes > mostBytes) return;
  kernel.release(kernel.bottom);
  if (idle.length < mostIdle) idle.push(kernel);
}
