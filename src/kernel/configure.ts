import type { Residue } from '../field/residue.ts';
import { kernelBounds, residueModuli, type KernelBounds } from './bounds.ts';
import type { KernelExports } from './load.ts';
import { writeResidueTables } from './residue-number-system.ts';

/** Sets the prime of an instance, as `parsePrime` returns it, and empties its heap. */
export function configureKernel(exports: KernelExports, prime: Residue): KernelBounds {
  const bounds = kernelBounds(prime);
  const { elementBytes, depth, foldTerms, products } = bounds;
  exports.configure(BigInt(prime), elementBytes, depth, foldTerms, products);
  if (typeof prime === 'bigint')
    writeResidueTables(exports.memory.buffer, exports.residueTables(), prime, residueModuli(prime, depth));
  return bounds;
}
