import { product, type Rows } from '../kernel/matrices.ts';

/** Coefficients 0 … p − 1 from the constant term up, the last one not 0; 0 is empty. */
export type Polynomial = readonly bigint[];

const positive = (x: bigint, p: bigint): bigint => ((x % p) + p) % p;

function trimmed(coefficients: bigint[]): Polynomial {
  let length = coefficients.length;
  while (length > 0 && coefficients[length - 1] === 0n) length--;
  return coefficients.slice(0, length);
}

export function times(f: Polynomial, g: Polynomial, p: bigint): Polynomial {
  const result = Array<bigint>(f.length + g.length).fill(0n);
  for (const [i, a] of f.entries())
    for (const [j, b] of g.entries()) result[i + j] = (result[i + j]! + a * b) % p;
  return trimmed(result);
}

/** Quotient and remainder; g is monic. */
export function divided(f: Polynomial, g: Polynomial, p: bigint): [Polynomial, Polynomial] {
  const rest = [...f];
  const quotient: bigint[] = [];
  for (let shift = f.length - g.length; shift >= 0; shift--) {
    const factor = rest[shift + g.length - 1]!;
    quotient[shift] = factor;
    for (const [i, c] of g.entries()) rest[shift + i] = positive(rest[shift + i]! - factor * c, p);
  }
  return [quotient, trimmed(rest)];
}

function monic(f: Polynomial, p: bigint): Polynomial {
  let inverse = 1n;
  for (let e = p - 2n, square = f.at(-1)!; e > 0n; e >>= 1n, square = (square * square) % p)
    if (e & 1n) inverse = (inverse * square) % p;
  return f.map((c) => (c * inverse) % p);
}

/** The monic least common multiple of monic polynomials. */
export function leastCommonMultiple(f: Polynomial, g: Polynomial, p: bigint): Polynomial {
  let [x, y] = [f, g];
  while (y.length > 0) {
    y = monic(y, p);
    [x, y] = [y, divided(x, y, p)[1]];
  }
  return divided(times(f, g, p), x, p)[0];
}

/** The matrix whose characteristic and minimal polynomial is f, monic. */
export function companion(f: readonly number[], prime: number): Rows {
  const n = f.length - 1;
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) =>
      j === n - 1 ? (prime - f[i]!) % prime : i === j + 1 ? 1 % prime : 0,
    ),
  );
}

export function blockDiagonal(blocks: readonly Rows[]): Rows {
  const n = blocks.reduce((sum, block) => sum + block.length, 0);
  let start = 0;
  return blocks.flatMap((block) => {
    const left = start;
    start += block.length;
    return block.map((row) => [
      ...Array<number>(left).fill(0),
      ...row,
      ...Array<number>(n - left - row.length).fill(0),
    ]);
  });
}

/** T·A·T⁻¹ for a random invertible T: a product of elementary matrices, so that no inverse is needed. */
export function conjugated(matrix: Rows, prime: number, random: (bound: number) => number): Rows {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  const p = BigInt(prime);
  const multiply = (x: number, y: number): number =>
    prime < 2 ** 26 ? (x * y) % prime : Number((BigInt(x) * BigInt(y)) % p);
  for (let step = 0; step < 4 * n && n > 1; step++) {
    const i = random(n);
    const j = (i + 1 + random(n - 1)) % n;
    const c = random(prime);
    // Row i plus c times row j, and column j minus c times column i.
    a[i] = a[i]!.map((entry, k) => (entry + multiply(c, a[j]![k]!)) % prime);
    for (const row of a) row[j] = (row[j]! + multiply(prime - c, row[i]!)) % prime;
  }
  return a;
}

/** det(x·I − A) over the integers, by the method of Faddeev and LeVerrier, reduced at the end: right for every prime. */
export function referenceCharpoly(rows: Rows, prime: number): number[] {
  const a = rows.map((row) => row.map(BigInt));
  const n = a.length;
  const coefficients = Array<bigint>(n + 1).fill(1n);
  let m = a.map((row) => row.map(() => 0n));
  for (let k = 1; k <= n; k++) {
    m = m.map((row, i) => row.map((entry, j) => (i === j ? entry + coefficients[n - k + 1]! : entry)));
    m = a.map((row) => row.map((_, j) => row.reduce((sum, entry, l) => sum + entry * m[l]![j]!, 0n)));
    coefficients[n - k] = -m.reduce((sum, row, i) => sum + row[i]!, 0n) / BigInt(k);
  }
  return coefficients.map((c) => Number(positive(c, BigInt(prime))));
}

/** By the definition: the first power of A that depends linearly on those before it, each a vector of n² entries. */
export function referenceMinpoly(rows: Rows, prime: number): number[] {
  const p = BigInt(prime);
  const n = rows.length;
  const basis: { pivot: number; entries: bigint[]; powers: bigint[] }[] = [];
  let power = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 % prime : 0)));
  for (let k = 0; ; k++) {
    const entries = power.flat().map(BigInt);
    const powers = Array.from({ length: k + 1 }, (_, i) => (i === k ? 1n : 0n));
    const subtract = (target: bigint[], factor: bigint, source: readonly bigint[]): void =>
      source.forEach((value, i) => (target[i] = positive(target[i]! - factor * value, p)));
    for (const row of basis) {
      const factor = entries[row.pivot]!;
      subtract(entries, factor, row.entries);
      subtract(powers, factor, row.powers);
    }
    const pivot = entries.findIndex((entry) => entry !== 0n);
    if (pivot < 0) return powers.map(Number);
    const inverse = monic([1n, entries[pivot]!], p)[0]!;
    basis.push({
      pivot,
      entries: entries.map((x) => (x * inverse) % p),
      powers: powers.map((x) => (x * inverse) % p),
    });
    power = product(power, rows, n, prime);
  }
}

/** V·f(A) by Horner's rule and the definition of the product. */
export function applied(vectors: Rows, f: ArrayLike<number>, rows: Rows, prime: number): Rows {
  const p = BigInt(prime);
  const n = rows.length;
  let result = vectors.map((vector) => vector.map(() => 0));
  for (const coefficient of Array.from(f).reverse())
    result = product(result, rows, n, prime).map((row, i) =>
      row.map((entry, j) => Number((BigInt(entry) + BigInt(coefficient) * BigInt(vectors[i]![j]!)) % p)),
    );
  return result;
}

/** Matrices of which characteristic and minimal polynomial are known: companions of `polynomials` (monic), side by side and conjugated. */
export function prescribed(
  polynomials: readonly (readonly number[])[],
  prime: number,
  random: (bound: number) => number,
): { rows: Rows; charpoly: number[]; minpoly: number[] } {
  const p = BigInt(prime);
  const factors = polynomials.map((f) => f.map(BigInt));
  return {
    rows: conjugated(blockDiagonal(polynomials.map((f) => companion(f, prime))), prime, random),
    charpoly: factors.reduce<Polynomial>((f, g) => times(f, g, p), [1n]).map(Number),
    minpoly: factors.reduce<Polynomial>((f, g) => leastCommonMultiple(f, g, p), [1n]).map(Number),
  };
}

/** Monic polynomials with degrees that sum up to n: random ones, and often those that came before. */
export function randomFactors(n: number, prime: number, random: (bound: number) => number): number[][] {
  const factors: number[][] = [];
  for (let left = n; left > 0;) {
    const again = factors[random(2 * factors.length + 1)];
    const factor =
      again && again.length - 1 <= left
        ? again
        : [...Array.from({ length: 1 + random(Math.min(left, 1 + random(n))) }, () => random(prime)), 1];
    factors.push(factor);
    left -= factor.length - 1;
  }
  return factors;
}
