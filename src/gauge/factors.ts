import type { PrimeField } from '../field/prime-field.ts';
import { difference, leftInverse, leftKernel, product, rightInverse, rightKernel } from './dense.ts';
import type { Rows } from './setting.ts';

/** A product L·R of an m × k and a k × n matrix, both of full rank: how it moves when its factors do. */
export class FactoredMatrix {
  readonly value: number[][];
  readonly #field: PrimeField;
  readonly #k: number;
  readonly #m: number;
  readonly #n: number;
  readonly #left: Rows;
  readonly #right: Rows;
  /** A left inverse of L, or a right one if L has more columns than rows; the same of R. */
  readonly #leftInverse: number[][];
  readonly #rightInverse: number[][];

  private constructor(
    field: PrimeField,
    left: Rows,
    right: Rows,
    n: number,
    inverses: [number[][], number[][]],
  ) {
    this.#field = field;
    this.#left = left;
    this.#right = right;
    [this.#m, this.#k, this.#n] = [left.length, right.length, n];
    this.value = product(field, left, right, n);
    [this.#leftInverse, this.#rightInverse] = inverses;
  }

  /** `null` if a factor does not have full rank; `right` has `n` columns. */
  static of(field: PrimeField, left: Rows, right: Rows, n: number): FactoredMatrix | null {
    const [m, k] = [left.length, right.length];
    const leftSide = k <= m ? leftInverse(field, left, k) : rightInverse(field, left, k);
    const rightSide = k <= n ? rightInverse(field, right, n) : leftInverse(field, right, n);
    return leftSide && rightSide && new FactoredMatrix(field, left, right, n, [leftSide, rightSide]);
  }

  /** What must vanish for a change of the product (absent: none) to come from a change of its factors: (m − k)(n − k) linear functionals of it. */
  obstruction(change: Rows | undefined): number[] {
    const [m, k, n] = [this.#m, this.#k, this.#n];
    if (k >= m || k >= n) return [];
    if (!change) return Array.from({ length: (m - k) * (n - k) }, () => 0);
    const rows = leftKernel(this.#field, this.#left, k);
    const columns = rightKernel(this.#field, this.#right, n);
    const transposedColumns = change[0]!.map((_, i) => columns.map((column) => column[i]!));
    return product(
      this.#field,
      product(this.#field, rows, change, n),
      transposedColumns,
      columns.length,
    ).flat();
  }

  /** δL and δR with δL·R + L·δR = change, where the obstruction vanishes. */
  factorChanges(change: Rows): { left: number[][]; right: number[][] } {
    const field = this.#field;
    const right = product(field, this.#leftInverse, change, this.#n);
    const rest = difference(field, change, product(field, this.#left, right, this.#n));
    return { left: product(field, rest, this.#rightInverse, this.#k), right };
  }
}
