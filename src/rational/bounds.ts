import type { Integers } from './integers.ts';

/** The number of binary digits of |x|; 0 of 0. */
export function bitLength(x: bigint): number {
  const digits = (x < 0n ? -x : x).toString(16);
  return x === 0n ? 0 : 4 * digits.length - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28;
}

/** The squared Euclidean norm of each row. */
export function squaredRowNorms(matrix: Integers): bigint[] {
  const { rows, cols, planes } = matrix;
  return Array.from({ length: rows }, (_, i) => {
    let norm = 0n;
    // Squares of limbs below 2²⁰ are summed in a double while the sum, of at most 2¹² of them, is exact.
    let partial = 0;
    for (let j = 0; j < cols; j++) {
      const index = i * cols + j;
      const limb = planes[0]![index]!;
      if (planes.length === 1 && Math.abs(limb) < 2 ** 20) partial += limb * limb;
      else {
        const entry = matrix.at(index);
        norm += entry * entry;
      }
      if (j % 2 ** 12 === 2 ** 12 - 1) {
        norm += BigInt(partial);
        partial = 0;
      }
    }
    return norm + BigInt(partial);
  });
}

/** The product of integers, by halves, so that the factors are of similar length. */
export function productOf(factors: readonly bigint[]): bigint {
  if (factors.length === 0) return 1n;
  if (factors.length === 1) return factors[0]!;
  const half = factors.length >> 1;
  return productOf(factors.slice(0, half)) * productOf(factors.slice(half));
}

/**
 * Hadamard's bound, squared, of all minors of an order: the product of so many squared norms, the largest ones, of the rows or of the
 * columns, whichever is smaller. |minor|² is at most that. Of a square matrix and its own order: of the determinant.
 */
export function squaredMinorBound(matrix: Integers, order: number): bigint {
  const turned = matrix.transpose();
  const bounds = [matrix, turned].map((side) => {
    const norms = squaredRowNorms(side);
    return productOf(norms.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)).slice(0, order));
  });
  return bounds[0]! < bounds[1]! ? bounds[0]! : bounds[1]!;
}

/**
 * Squares of bounds of the numerators and of the denominator of A⁻¹·b, by Cramer's rule and Hadamard's bound, for a non-singular A and every
 * row b of `rhs`: the better one of the rows of A, each with its largest entry of the right-hand sides, and of its columns, of
 * which one, the shortest at worst, is replaced by b.
 */
export function squaredCramerBounds(
  matrix: Integers,
  rhs: Integers,
): { numerator: bigint; denominator: bigint } {
  const turned = matrix.transpose();
  const rows = squaredRowNorms(matrix);
  const columns = squaredRowNorms(turned);
  const entriesOf = Array.from({ length: matrix.rows }, (_, i) => rhs.select(null, [i]).largest());
  const longest = max(squaredRowNorms(rhs));
  const byRows = productOf(rows.map((norm, i) => norm + entriesOf[i]! * entriesOf[i]!));
  const shortest = columns.reduce((least, norm) => (norm < least ? norm : least), columns[0] ?? 1n);
  const byColumns = productOf(columns);
  const replaced = shortest === 0n ? 0n : (byColumns / shortest) * longest;
  const rowBound = productOf(rows);
  return {
    numerator: byRows < replaced ? byRows : replaced,
    denominator: rowBound < byColumns ? rowBound : byColumns,
  };
}

/** The largest absolute value of an entry of A·x for |x_j| ≤ `largest`: the columns times the largest entries. */
export function productBound(matrix: Integers, largest: bigint): bigint {
  return BigInt(matrix.cols) * matrix.largest() * largest;
}

/**
 * The bound of Dixon's residual r' = (r − A·y)/p for |r| ≤ `residual`, |y_j| ≤ p/2 and `rowSum` ≥ Σ_j |a_ij|: |r|/p + rowSum/2, rounded up.
 *
 * It is at most the larger one of `residual` and `rowSum`, and falls to about rowSum/2.
 */
export function nextResidualBound(residual: bigint, rowSum: bigint, prime: number): bigint {
  return residual / BigInt(prime) + rowSum / 2n + 2n;
}

function max(values: readonly bigint[]): bigint {
  return values.reduce((largest, value) => (value > largest ? value : largest), 0n);
}
