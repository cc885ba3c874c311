import { rangeFault } from '../assert.ts';
import { parsePrime } from '../field/any-prime.ts';
import type { Prime, ResidueArray, ResidueOf } from '../field/residue.ts';
import { assertMatrix, type Matrix, type ResidueMatrix } from './matrix.ts';
import { placed } from './place.ts';
import { returnKernel, takeKernel } from './pool.ts';

/**
 * The product A·B over F_p, for any prime below 2⁶², as residues 0 … p − 1.
 *
 * Throws for a bad shape, entry or prime, and a `RangeError` that says how much memory was needed if the matrices do not fit.
 * O(rows · inner · cols).
 *
 * @example multiply({ rows: 1, cols: 2, data: [1, 2] }, { rows: 2, cols: 1, data: [3, -4] }, 7).data // [2]
 */
export function multiply<P extends Prime>(a: Matrix, b: Matrix, prime: P): ResidueMatrix<ResidueOf<P>> {
  const p = parsePrime(prime);
  assertMatrix(a, 'a');
  assertMatrix(b, 'b');
  if (a.cols !== b.rows) throw rangeFault('b.rows', `the columns of a, ${a.cols}`, b.rows);
  const [m, n, k] = [a.rows, b.cols, a.cols];
  const kernel = takeKernel(p);
  kernel.reserve((m * k + k * n + m * n) * kernel.elementBytes);
  const atA = placed(kernel, a, 'a');
  const atB = placed(kernel, b, 'b');
  const atC = kernel.allocate(m * n);
  kernel.multiply('set', m, n, k, atA, k, 1, atB, n, 1, atC, n);
  const data = kernel.read(atC, m * n);
  returnKernel(kernel);
  return { rows: m, cols: n, data: data as ResidueArray<ResidueOf<P>> };
}
