import type { PrimeField } from '../field/prime-field.ts';
import type { ParameterRef } from '../graph/tensor.ts';
import type { Tangent } from './tangent.ts';

/** Collects a tangent vector, entry by entry. */
export class TangentBuilder {
  readonly #field: PrimeField;
  readonly #entries = new Map<number, number>();

  constructor(field: PrimeField) {
    this.#field = field;
  }

  add({ offset, cols }: ParameterRef, i: number, j: number, value: number): void {
    if (value === 0) return;
    const column = offset + i * cols + j;
    const sum = this.#field.add(this.#entries.get(column) ?? 0, value);
    if (sum === 0) this.#entries.delete(column);
    else this.#entries.set(column, sum);
  }

  /** δM += factor·(column vector)(row vector) */
  addOuter(parameter: ParameterRef, column: readonly number[], row: readonly number[]): void {
    column.forEach((a, i) => {
      if (a !== 0) row.forEach((b, j) => this.add(parameter, i, j, this.#field.multiply(a, b)));
    });
  }

  addMatrix(parameter: ParameterRef, change: readonly (readonly number[])[]): void {
    change.forEach((row, i) => row.forEach((entry, j) => this.add(parameter, i, j, entry)));
  }

  addTangent(other: Tangent, factor: number): void {
    for (const [column, value] of other)
      this.add({ offset: column, rows: 1, cols: 1 }, 0, 0, this.#field.multiply(value, factor));
  }

  get tangent(): Tangent {
    return this.#entries;
  }
}
