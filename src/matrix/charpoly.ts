import { rangeFault } from '../assert.ts';
import { primeField } from '../field/any-prime.ts';
import type { Field } from '../field/field.ts';
import {
  residueVector,
  type Prime,
  type Residue,
  type ResidueArray,
  type ResidueOf,
  type ResidueVector,
} from '../field/residue.ts';
import { Krylov } from '../kernel/krylov.ts';
import { det } from './det.ts';
import { assertMatrix, type Matrix } from './matrix.ts';
import { placeRows } from './place.ts';
import { returnKernel, takeKernel } from './pool.ts';

/**
 * The characteristic polynomial det(x·I − A) of an n × n matrix over F_p, from the constant term up: n + 1 residues, the last one 1.
 *
 * For every prime, and without chance. Trace and determinant, computed on their own, are compared with it before it is returned. Throws for a
 * matrix that is not square, and like `rank`. O(n³).
 *
 * Hessenberg's process: the matrix of A is an unreduced Hessenberg matrix on every cycle (H. Cohen, A Course in Computational Algebraic Number
 * Theory, 1993, algorithm 2.2.9 takes the same polynomials from the matrix).
 *
 * @example charpoly({ rows: 2, cols: 2, data: [1, 2, 3, 4] }, 7) // [5, 2, 1]: x² − 5x − 2
 */
export function charpoly<P extends Prime>(matrix: Matrix, prime: P): ResidueArray<ResidueOf<P>> {
  assertMatrix(matrix);
  const { rows: n, cols, data } = matrix;
  if (n !== cols) throw rangeFault('matrix', 'a square matrix', `${n} × ${cols}`);
  const field = primeField(prime);
  const [zero, one] = [field.reduce(0), field.reduce(1)];
  const kernel = takeKernel(field.prime);
  const krylov = new Krylov(kernel, n);
  placeRows(kernel, matrix, 'matrix', krylov.matrix, krylov.matrixStride);
  for (let k = 0; k < n;) {
    kernel.write(krylov.vector(k) + k * kernel.elementBytes, [one]);
    k = krylov.cycle(k);
  }
  const coefficients = n > 0 ? krylov.polynomial(n) : constantOne(field);
  returnKernel(kernel);

  const negative = (residue: Residue): Residue => field.subtract(zero, residue);
  let trace = zero;
  for (let i = 0; i < n; i++) trace = field.add(trace, field.reduce(data[i * (n + 1)]!));
  const determinant = det(matrix, prime);
  const constant = n % 2 === 0 ? determinant : negative(determinant);
  if (coefficients[0] !== constant || (n > 0 && coefficients[n - 1] !== negative(trace)))
    throw new Error('charpoly: the polynomial failed its check, by trace and determinant');
  return coefficients as ResidueArray<ResidueOf<P>>;
}

/** The polynomial 1. */
function constantOne(field: Field<Residue>): ResidueVector {
  const polynomial = residueVector(field.prime, 1);
  polynomial[0] = field.reduce(1);
  return polynomial;
}
