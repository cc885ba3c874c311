import { divide, fraction, multiply, subtract, zero, type Fraction } from '../fraction.ts';

/** Σ coefficient·variable = 0. */
export type Equation = readonly (readonly [variable: number, coefficient: number])[];

/** Homogeneous linear equations with small integer coefficients, solved over Q: most of them have two or three terms, and stay sparse. */
export class LinearSystem {
  /** Pivot variable → the equation solved for it: Σ of the others. */
  readonly #solved = new Map<number, Map<number, Fraction>>();
  /** Variable → the pivots whose equations contain it. */
  readonly #occurrences = new Map<number, Set<number>>();

  add(equation: Equation): void {
    const sum = new Map<number, Fraction>();
    for (const [variable, coefficient] of equation) {
      const factor = fraction(BigInt(coefficient));
      const solved = this.#solved.get(variable);
      if (solved) for (const [other, value] of solved) accumulate(sum, other, multiply(factor, value));
      else accumulate(sum, variable, factor);
    }
    // The pivot that occurs least keeps the rest sparse.
    let pivot = -1;
    let fewest = Infinity;
    for (const variable of sum.keys()) {
      const count = this.#occurrences.get(variable)?.size ?? 0;
      if (count < fewest) [pivot, fewest] = [variable, count];
    }
    if (pivot < 0) return;
    const value = sum.get(pivot)!;
    sum.delete(pivot);
    const solution = new Map([...sum].map(([v, c]) => [v, divide(subtract(zero, c), value)]));
    for (const other of this.#occurrences.get(pivot) ?? []) {
      const equationOfOther = this.#solved.get(other)!;
      const times = equationOfOther.get(pivot)!;
      equationOfOther.delete(pivot);
      for (const [v, c] of solution) {
        accumulate(equationOfOther, v, multiply(times, c));
        this.#note(v, other, equationOfOther.has(v));
      }
    }
    this.#occurrences.delete(pivot);
    this.#solved.set(pivot, solution);
    for (const v of solution.keys()) this.#note(v, pivot, true);
  }

  /** A basis of the solutions, one for each variable below `count` that is free. */
  *solutions(count: number): Generator<ReadonlyMap<number, Fraction>, void, undefined> {
    for (let free = 0; free < count; free++) {
      if (this.#solved.has(free)) continue;
      const solution = new Map([[free, fraction(1n)]]);
      for (const pivot of this.#occurrences.get(free) ?? [])
        solution.set(pivot, this.#solved.get(pivot)!.get(free)!);
      yield solution;
    }
  }

  #note(variable: number, pivot: number, occurs: boolean): void {
    const set = this.#occurrences.get(variable) ?? new Set();
    if (occurs) set.add(pivot);
    else set.delete(pivot);
    this.#occurrences.set(variable, set);
  }
}

function accumulate(sum: Map<number, Fraction>, variable: number, value: Fraction): void {
  const before = sum.get(variable);
  const after = before ? { n: before.n * value.d + value.n * before.d, d: before.d * value.d } : value;
  if (after.n === 0n) sum.delete(variable);
  else sum.set(variable, fraction(after.n, after.d));
}
