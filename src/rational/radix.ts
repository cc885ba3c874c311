/**
 * Σ_i digits[i]·base^i by halves, with the powers of the base kept for the next number. Digits of any size and sign.
 *
 * About as many operations as digits, half of them on integers of two digits.
 */
export class Radix {
  /** base^(2^i). */
  readonly #squares: bigint[];

  constructor(base: bigint) {
    this.#squares = [base];
  }

  evaluate(digits: readonly bigint[]): bigint {
    let parts = digits;
    for (let level = 0; parts.length > 1; level++) {
      const weight = this.#square(level);
      const half = parts.length >> 1;
      const next: bigint[] = [];
      for (let i = 0; i < half; i++) {
        const high = parts[2 * i + 1]!;
        next.push(high === 0n ? parts[2 * i]! : parts[2 * i]! + high * weight);
      }
      if (parts.length % 2 === 1) next.push(parts[parts.length - 1]!);
      parts = next;
    }
    return parts[0] ?? 0n;
  }

  #square(level: number): bigint {
    while (this.#squares.length <= level) {
      const last = this.#squares[this.#squares.length - 1]!;
      this.#squares.push(last * last);
    }
    return this.#squares[level]!;
  }
}
