import type { Budget } from './budget.ts';
import {
  floor,
  fraction,
  isZero,
  negative,
  one,
  quotient,
  sum,
  times,
  zero,
  type Fraction,
} from './fraction.ts';

/** A vector of rational numbers by coordinate, without zeros. */
export type Sparse = ReadonlyMap<number, Fraction>;

/** One factor of an exponential: the unit of a basis vector b_k, to a power. */
export interface UnitPower {
  readonly basis: number;
  readonly power: bigint;
}

interface EchelonRow {
  readonly pivot: number;
  readonly entries: Sparse;
  /** The same vector as a combination of e_1, e_2, …. */
  readonly coordinates: Sparse;
}

/**
 * The lattice that the arguments of exponentials generate (docs/point.md, "Units of functions"): which arguments are the e_k, and each exponential as a
 * product of powers of the units of its basis in Hermite normal form.
 */
export class UnitLattice {
  readonly #budget: Budget;
  readonly #echelon: EchelonRow[] = [];
  /** Numbers of rows by pivot. */
  readonly #pivots = new Map<number, number>();
  readonly #coordinates: Sparse[] = [];
  /** b_k, lower triangular: k is the last of its coordinates. */
  readonly #basis: Sparse[] = [];
  #dimension = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Takes the next argument as a combination of tensors; k, if it is e_k, and null if it depends on those before. */
  add(argument: Sparse): number | null {
    let rest = argument;
    let coordinates: Sparse = new Map();
    // Rows are 0 at the pivots of those before them: the first row that applies comes first.
    for (let row = this.#firstRow(rest); row !== null; row = this.#firstRow(rest)) {
      const factor = this.#budget.charged(quotient(rest.get(row.pivot)!, row.entries.get(row.pivot)!));
      rest = this.#plus(rest, negative(factor), row.entries);
      coordinates = this.#plus(coordinates, factor, row.coordinates);
    }
    if (rest.size === 0) {
      this.#coordinates.push(coordinates);
      return null;
    }
    const k = this.#dimension++;
    const unit: Sparse = new Map([[k, one]]);
    const [pivot] = rest.keys() as Iterable<number> as [number];
    this.#pivots.set(pivot, k);
    this.#echelon.push({ pivot, entries: rest, coordinates: this.#plus(unit, fraction(-1n), coordinates) });
    this.#coordinates.push(unit);
    return k;
  }

  #firstRow(vector: Sparse): EchelonRow | null {
    this.#budget.spend(vector.size);
    let first = Infinity;
    for (const at of vector.keys()) first = Math.min(first, this.#pivots.get(at) ?? Infinity);
    return this.#echelon[first] ?? null;
  }

  /** The factors of each exponential, in the order of the arguments. */
  factors(): UnitPower[][] {
    for (const vector of this.#coordinates) this.#insert(vector);
    this.#normalize();
    return this.#coordinates.map((vector) => this.#powers(vector));
  }

  #plus(target: Sparse, factor: Fraction, source: Sparse): Sparse {
    const result = new Map(target);
    for (const [at, entry] of source) {
      const added = this.#budget.charged(sum(result.get(at) ?? zero, times(factor, entry)));
      if (isZero(added)) result.delete(at);
      else result.set(at, added);
    }
    this.#budget.spend(target.size + 1);
    return result;
  }

  /** Euclid's algorithm on the last coordinates, as long as there are any. */
  #insert(vector: Sparse): void {
    let rest = vector;
    while (rest.size > 0) {
      const k = Math.max(...rest.keys());
      let base = this.#basis[k];
      if (base === undefined) {
        this.#basis[k] = rest;
        return;
      }
      while (rest.has(k)) {
        const times = floor(quotient(rest.get(k)!, base.get(k)!));
        const remainder = this.#plus(rest, fraction(-times), base);
        if (remainder.has(k)) [rest, base] = [base, remainder];
        else rest = remainder;
      }
      this.#basis[k] = base;
    }
  }

  #normalize(): void {
    for (let k = 0; k < this.#dimension; k++) {
      let row = this.#basis[k]!;
      if (row.get(k)!.n < 0n) row = this.#plus(new Map(), fraction(-1n), row);
      for (let j = lastBelow(row, k); j >= 0; j = lastBelow(row, j)) {
        const times = floor(quotient(row.get(j)!, this.#basis[j]!.get(j)!));
        if (times !== 0n) row = this.#plus(row, fraction(-times), this.#basis[j]!);
      }
      this.#basis[k] = row;
    }
  }

  #powers(vector: Sparse): UnitPower[] {
    const powers: UnitPower[] = [];
    let rest = vector;
    while (rest.size > 0) {
      const k = Math.max(...rest.keys());
      const factor = quotient(rest.get(k)!, this.#basis[k]!.get(k)!);
      if (factor.d !== 1n) throw new Error('the basis does not generate its lattice');
      powers.push({ basis: k, power: factor.n });
      rest = this.#plus(rest, negative(factor), this.#basis[k]!);
    }
    return powers;
  }
}

/** The last coordinate below k; −1 if there is none. */
function lastBelow(vector: Sparse, k: number): number {
  let last = -1;
  for (const at of vector.keys()) if (at < k && at > last) last = at;
  return last;
}
