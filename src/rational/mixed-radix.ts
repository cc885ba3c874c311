/** x·2⁵² and more have no fraction: adding and subtracting this rounds to the nearest integer, for |x| < 2⁵¹. */
const rounder = 1.5 * 2 ** 52;

/**
 * a·b mod p, for |a|, |b| ≤ 2³⁰ and p from 2³⁰ to 2³¹: at most p/2 + 2¹⁰ in absolute value.
 *
 * The quotient a·b/p, below 2³⁰, is off by at most 2⁻²² before it is rounded; the difference fits into 32 bits, so its low 32 bits are it.
 */
export function multiplyBalanced(a: number, b: number, p: number): number {
  const quotient = (a * b) / p + rounder - rounder;
  return (Math.imul(a, b) - Math.imul(quotient, p)) | 0;
}

/** The representative in (−p/2, p/2) of x, |x| < 3p/2, p odd. */
export function balance(x: number, p: number): number {
  if (x > p / 2) return x - p;
  return x < -p / 2 ? x + p : x;
}

/** The balanced residue of any bigint modulo an odd p. */
export function balancedResidue(x: bigint, p: number): number {
  return balance(Number(x % BigInt(p)), p);
}

/**
 * Balanced mixed radix numbers: Σ_i digit_i·(q_0 ⋯ q_(i−1)) with |digit_i| < q_i/2, for distinct odd primes q of the sequence of word primes.
 *
 * They are exactly the integers of absolute value below (q_0 ⋯ q_(s−1))/2, each once (Garner, The residue number system, 1959), so that an
 * integer of which that bound is known is found from its residues.
 */
export class MixedRadix {
  readonly primes: readonly number[];
  /** q_0 ⋯ q_(i−1). */
  readonly weights: readonly bigint[];
  /** The product of all. */
  readonly modulus: bigint;
  /** weights[j] mod q_i for j < i, balanced. */
  readonly #weightResidues: readonly (readonly number[])[];
  /** The inverse of weights[i] mod q_i, balanced. */
  readonly #inverses: readonly number[];

  constructor(primes: readonly number[]) {
    const weights = [1n];
    for (const prime of primes) weights.push(weights[weights.length - 1]! * BigInt(prime));
    this.primes = primes;
    this.modulus = weights.pop()!;
    this.weights = weights;
    this.#weightResidues = primes.map((prime, i) =>
      weights.slice(0, i).map((weight) => balancedResidue(weight, prime)),
    );
    this.#inverses = primes.map((prime, i) => inverseModulo(weights[i]!, prime));
  }

  /** The digits of the integer with these balanced residues, in place of them. O(s²). */
  toDigits(residues: Int32Array | number[]): void {
    const { primes } = this;
    for (let i = 1; i < primes.length; i++) {
      const prime = primes[i]!;
      const weights = this.#weightResidues[i]!;
      let rest = residues[i]!;
      for (let j = 0; j < i; j++)
        rest = balance(rest - multiplyBalanced(balance(residues[j]!, prime), weights[j]!, prime), prime);
      residues[i] = balance(multiplyBalanced(rest, this.#inverses[i]!, prime), prime);
    }
  }

  /** The integer with these digits. */
  toInteger(digits: ArrayLike<number>): bigint {
    let integer = BigInt(digits[0] ?? 0);
    for (let i = 1; i < this.primes.length; i++) integer += BigInt(digits[i]!) * this.weights[i]!;
    return integer;
  }
}

/** The balanced inverse of an integer modulo an odd prime p that does not divide it, by Euclid's algorithm. */
export function inverseModulo(x: bigint, p: number): number {
  const modulus = BigInt(p);
  let [r0, r1, s0, s1] = [modulus, ((x % modulus) + modulus) % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  if (r0 !== 1n) throw new Error(`inverse: ${p} divides the integer`);
  return balancedResidue(s0, p);
}
