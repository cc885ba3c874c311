import { add, divide, floor, fraction, lcm, multiply, subtract, zero, type Fraction } from '../fraction.ts';
import { combinationOf } from './combination.ts';
import type { Tensor } from './tensor.ts';

/** Exponent arguments as integer combinations of the basis of the lattice that they generate: docs/point.md, "Units of functions". */
export interface ArgumentLattice {
  /** The arguments e_k that are no rational combinations of the ones before, by index. */
  readonly independent: readonly number[];
  /** Of each argument: the integers n_k with u = Σ n_k b_k. */
  readonly coordinates: readonly (readonly bigint[])[];
}

/** A rational combination of tensors that are no combinations, by their ids; −1 − id stands for an argument inside a function. */
type Vector = ReadonlyMap<number, Fraction>;

/** An argument factor·tensor, or one that is no tensor of the network and belongs to the function that computes `tensor`. */
export interface Argument {
  readonly factor: Fraction;
  readonly tensor: Tensor;
  readonly isInside?: boolean;
}

/** Exact, over Q. O(n⁴) for n arguments. */
export function argumentLattice(list: readonly Argument[]): ArgumentLattice {
  const independent: number[] = [];
  const rational: Fraction[][] = [];
  /** Reduced combinations, each with a pivot, and what they are in the e_k. */
  const rows: { pivot: number; vector: Vector; inE: Fraction[] }[] = [];
  list.forEach(({ factor, tensor, isInside = false }, index) => {
    let rest: Vector = new Map(
      isInside
        ? [[-1 - tensor.id, factor]]
        : combinationOf(tensor).map((term) => [term.tensor.id, multiply(factor, term.factor)]),
    );
    const inE: Fraction[] = [];
    for (const row of rows) {
      const times = rest.get(row.pivot);
      if (!times) continue;
      rest = minus(rest, row.vector, times);
      row.inE.forEach((entry, k) => (inE[k] = add(inE[k] ?? zero, multiply(times, entry))));
    }
    const pivot = rest.entries().next();
    if (pivot.done) {
      rational.push(inE);
      return;
    }
    const k = independent.length;
    independent.push(index);
    const [at, value] = pivot.value;
    const inverse = divide(fraction(1n), value);
    const own = inE.map((entry) => multiply(subtract(zero, entry ?? zero), inverse));
    own[k] = inverse;
    rows.push({
      pivot: at,
      vector: new Map([...rest].map(([id, entry]) => [id, multiply(entry, inverse)])),
      inE: own,
    });
    const unit: Fraction[] = [];
    unit[k] = fraction(1n);
    rational.push(unit);
  });
  return { independent, coordinates: integerCoordinates(rational, independent.length) };
}

function minus(a: Vector, b: Vector, times: Fraction): Vector {
  const result = new Map(a);
  for (const [id, entry] of b) {
    const difference = subtract(result.get(id) ?? zero, multiply(times, entry));
    if (difference.n === 0n) result.delete(id);
    else result.set(id, difference);
  }
  return result;
}

/** Coordinates of vectors in the Hermite basis of the lattice that they generate: row k of the basis has entries up to column k. */
function integerCoordinates(vectors: readonly (readonly Fraction[])[], m: number): bigint[][] {
  const at = (vector: readonly Fraction[], k: number): Fraction => vector[k] ?? zero;
  const denominator = vectors.reduce(
    (common, vector) => vector.reduce((d, entry) => lcm(d, (entry ?? zero).d), common),
    1n,
  );
  const integers = vectors.map((vector) =>
    Array.from({ length: m }, (_, k) => (at(vector, k).n * denominator) / at(vector, k).d),
  );
  const basis = hermiteBasis(integers, m);
  return integers.map((vector) => {
    const rest = [...vector];
    const coordinates = Array.from({ length: m }, () => 0n);
    for (let k = m - 1; k >= 0; k--) {
      const n = rest[k]! / basis[k]![k]!;
      coordinates[k] = n;
      for (let j = 0; j <= k; j++) rest[j]! -= n * basis[k]![j]!;
    }
    if (rest.some((entry) => entry !== 0n)) throw new Error('a vector of the lattice is not in its basis');
    return coordinates;
  });
}

/** The basis b_0, …, b_{m−1} of the lattice of the rows: b_k is zero beyond column k, b_kk > 0, 0 ≤ b_kj < b_jj for j < k. */
function hermiteBasis(rows: readonly (readonly bigint[])[], m: number): bigint[][] {
  let left = rows.map((row) => [...row]);
  const basis: bigint[][] = Array.from({ length: m }, () => []);
  for (let k = m - 1; k >= 0; k--) {
    for (;;) {
      const active = left.filter((row) => row[k] !== 0n);
      if (active.length === 0) throw new Error('the arguments do not span their space');
      const smallest = active.reduce((a, b) => (magnitude(b[k]!) < magnitude(a[k]!) ? b : a));
      let reduced = true;
      for (const row of active) {
        if (row === smallest) continue;
        const quotient = row[k]! / smallest[k]!;
        for (let j = 0; j <= k; j++) row[j]! -= quotient * smallest[j]!;
        if (row[k] !== 0n) reduced = false;
      }
      if (!reduced) continue;
      basis[k] = smallest[k]! < 0n ? smallest.map((entry) => -entry) : smallest;
      left = left.filter((row) => row !== smallest);
      break;
    }
  }
  for (let k = 0; k < m; k++)
    for (let j = k - 1; j >= 0; j--) {
      const quotient = floor(fraction(basis[k]![j]!, basis[j]![j]!));
      for (let i = 0; i <= j; i++) basis[k]![i]! -= quotient * basis[j]![i]!;
    }
  return basis;
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}
