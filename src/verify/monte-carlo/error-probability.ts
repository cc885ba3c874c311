import type { Compiled } from '../compile.ts';
import { demand } from '../fault.ts';
import type { Steps } from '../steps.ts';
import { rowSize, type RowSize } from './row-size.ts';
import type { StatedProbableBound } from './shape.ts';

/** log₂ of the error probability below which it has to be. */
const mostProbable = -20;

/** Residues that each variable takes, at least. */
const residues = 2 ** 60 - 3;
/** Primes from 2⁶⁰ to 2⁶¹, at least: π(2x) − π(x) > x/(3 ln 2x) (Ramanujan 1919). */
const primes = 2 ** 60 / (3 * 61 * Math.LN2);

/** log₂ of the bound of docs/monte-carlo.md for a dimension of at most `most`. */
export function errorExponent({ degree, bits }: RowSize, most: number): number {
  const root = (most * degree) / residues;
  const divided = (most * bits) / 60 / primes;
  return Math.log2(most * (root + divided));
}

/** Demands that the stated error probability is not below the one that follows from the sizes of the network. */
export function checkErrorProbability(
  { exponent, errorProbability }: StatedProbableBound,
  compiled: Compiled,
  steps: Steps,
  most: number,
): void {
  const path = 'certificate.probableUpperBound';
  const size = rowSize(compiled, steps);
  demand(size !== null, path, 'no such field, as there are norms', errorProbability);
  const least = Math.ceil(errorExponent(size, most));
  demand(exponent >= least, `${path}.errorProbability`, `at least 2^${least}`, errorProbability);
  const below = `below 2^${mostProbable}`;
  demand(exponent < mostProbable, `${path}.errorProbability`, below, errorProbability);
}
