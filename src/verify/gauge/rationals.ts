import { isZero, negative, one, quotient, sum, times, zero, type Fraction } from '../fraction.ts';

/** Linear equations over Q, each reduced by those before it. */
export class Equations {
  /** By pivot: 1 at the pivot, 0 at all other pivots. */
  readonly #rows = new Map<number, Map<number, Fraction>>();

  /** Σ coefficient·variable = 0. */
  add(terms: Iterable<readonly [variable: number, coefficient: Fraction]>): void {
    const row = new Map<number, Fraction>();
    for (const [variable, coefficient] of terms) addTo(row, variable, coefficient);
    for (const variable of Array.from(row.keys())) {
      const known = this.#rows.get(variable);
      const factor = row.get(variable);
      if (known && factor) subtract(row, known, factor);
    }
    const [pivot] = row.keys();
    if (pivot === undefined) return;
    const leading = row.get(pivot)!;
    for (const [variable, coefficient] of row) row.set(variable, quotient(coefficient, leading));
    for (const other of this.#rows.values()) {
      const factor = other.get(pivot);
      if (factor) subtract(other, row, factor);
    }
    this.#rows.set(pivot, row);
  }

  /** A basis of the solutions in variables 0 … count − 1, in integers. */
  *solutions(variables: Iterable<number>): Generator<ReadonlyMap<number, bigint>> {
    const byFree = new Map<number, Map<number, Fraction>>();
    for (const variable of variables)
      if (!this.#rows.has(variable)) byFree.set(variable, new Map([[variable, one]]));
    for (const [pivot, row] of this.#rows)
      for (const [variable, coefficient] of row)
        if (variable !== pivot) byFree.get(variable)!.set(pivot, negative(coefficient));
    for (const solution of byFree.values()) {
      let common = 1n;
      for (const { d } of solution.values()) common *= d / divisor(common, d);
      yield new Map(Array.from(solution, ([variable, { n, d }]) => [variable, n * (common / d)]));
    }
  }
}

function addTo(row: Map<number, Fraction>, variable: number, coefficient: Fraction): void {
  const entry = sum(row.get(variable) ?? zero, coefficient);
  if (isZero(entry)) row.delete(variable);
  else row.set(variable, entry);
}

function subtract(row: Map<number, Fraction>, other: ReadonlyMap<number, Fraction>, factor: Fraction): void {
  const minus = negative(factor);
  for (const [variable, coefficient] of other) addTo(row, variable, times(minus, coefficient));
}

function divisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
