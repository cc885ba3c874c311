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
import type { Kernel } from '../kernel/kernel.ts';
import { Krylov } from '../kernel/krylov.ts';
import { applyPolynomial } from './apply-polynomial.ts';
import { assertMatrix, type Matrix } from './matrix.ts';
import { placeRows } from './place.ts';
import { multiplyPolynomials } from './polynomial.ts';
import { returnKernel, takeKernel } from './pool.ts';

/**
 * The minimal polynomial of an n × n matrix A over F_p: the monic polynomial f of least degree with f(A) = 0, from the constant term up, degree + 1
 * residues, the last one 1.
 *
 * For every prime, and without chance: v·f(A) = 0 is checked for vectors v whose cyclic subspaces span the space. Throws for a matrix that is not
 * square, and like `rank`. O(t · (n³·log n + m·n^2.5)) with m cyclic subspaces and the t of their mixtures that it takes, mostly one or two.
 *
 * @example minpoly({ rows: 2, cols: 2, data: [3, 0, 0, 3] }, 7) // [4, 1]: x − 3
 */
export function minpoly<P extends Prime>(matrix: Matrix, prime: P): ResidueArray<ResidueOf<P>> {
  assertMatrix(matrix);
  const { rows: n, cols } = matrix;
  if (n !== cols) throw rangeFault('matrix', 'a square matrix', `${n} × ${cols}`);
  const field = primeField(prime);
  const kernel = takeKernel(field.prime);
  const krylov = new Krylov(kernel, n);
  placeRows(kernel, matrix, 'matrix', krylov.matrix, krylov.matrixStride);
  const polynomial = minimalPolynomial(krylov, field);
  returnKernel(kernel);
  return polynomial as ResidueArray<ResidueOf<P>>;
}

/**
 * If f is the minimal polynomial of the vectors so far, and g that of v·f(A), then f·g is that of those vectors and v: a polynomial that
 * annihilates them all is f·h, and h annihilates v·f(A). So each vector is multiplied by every new factor, until all are 0; no gcd, no lcm.
 */
function minimalPolynomial(krylov: Krylov<Residue>, field: Field<Residue>): ResidueVector {
  const { kernel, order: n } = krylov;
  kernel.write(krylov.vector(0), fixedResidues(n, field));
  let factor: ResidueVector = annihilator(krylov);
  const starts: number[] = [];
  for (let k = factor.length - 1; k < n; k = krylov.cycle(k)) {
    starts.push(k);
    kernel.write(krylov.vector(k) + k * kernel.elementBytes, [field.reduce(1)]);
  }

  // As the cycles left it, with the coordinates of the basis.
  const matrix = kernel.allocate(n * n);
  kernel.copy(n, n, krylov.matrix, krylov.matrixStride, matrix, n);
  const vectors = kernel.allocate(starts.length * n);
  for (const [i, start] of starts.entries())
    kernel.copy(1, n, krylov.vector(start), n, vectors + i * n * kernel.elementBytes, n);

  let polynomial: ResidueVector = factor;
  for (let count = starts.length; count > 0;) {
    const mark = kernel.mark();
    const images = applyPolynomial(kernel, factor, n, matrix, n, count, vectors);
    count = moveNonzeroRows(kernel, count, n, images, vectors);
    kernel.release(mark);
    if (count === 0) break;
    kernel.copy(n, n, matrix, n, krylov.matrix, krylov.matrixStride);
    mixture(kernel, field, count, n, vectors, krylov.vector(0));
    factor = annihilator(krylov);
    polynomial = multiplyPolynomials(polynomial, factor, field);
  }
  return polynomial;
}

/** The minimal polynomial of basis vector 0, of a basis that begins anew. */
function annihilator(krylov: Krylov<Residue>): ResidueVector {
  const end = krylov.cycle(0);
  if (!krylov.closes(end)) throw new Error('minpoly: a factor f failed its check v·f(A) = 0');
  return krylov.polynomial(end);
}

/** A combination of m vectors that is not 0: where it misses a factor of their minimal polynomial, it takes another. */
function mixture(
  kernel: Kernel<Residue>,
  field: Field<Residue>,
  m: number,
  n: number,
  vectors: number,
  to: number,
): void {
  const mark = kernel.mark();
  const coefficients = kernel.allocate(m);
  kernel.write(coefficients, fixedResidues(m, field));
  kernel.multiply('set', 1, n, m, coefficients, m, 1, vectors, n, 1, to, n);
  kernel.release(mark);
  if (!isNonzero(kernel, to, n)) kernel.copy(1, n, vectors, n, to, n);
}

/** Moves the rows (n elements, contiguous) that are not 0 to another place; returns their number. */
function moveNonzeroRows(kernel: Kernel<Residue>, rows: number, n: number, from: number, to: number): number {
  const rowBytes = n * kernel.elementBytes;
  let moved = 0;
  for (let i = 0; i < rows; i++)
    if (isNonzero(kernel, from + i * rowBytes, n))
      kernel.copy(1, n, from + i * rowBytes, n, to + moved++ * rowBytes, n);
  return moved;
}

/** Residues without a pattern, the same every time. */
function fixedResidues(count: number, field: Field<Residue>): ResidueVector {
  const residues = residueVector(field.prime, count);
  for (let i = 0; i < count; i++) {
    // The finalizer of MurmurHash3.
    let x = Math.imul(i + 1, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    residues[i] = field.reduce((x ^ (x >>> 16)) >>> 0);
  }
  return residues;
}

function isNonzero(kernel: Kernel<Residue>, at: number, count: number): boolean {
  return kernel.read(at, count).some((residue: Residue) => Boolean(residue));
}
