/* Residues and dual numbers with BigInt, schoolbook: for the reference in `dual-network.ts` alone. */
import { showFraction, type Fraction } from '../../src/fraction.ts';

/** a + b·ε with ε² = 0, over the integers modulo p. */
export type Dual = readonly [bigint, bigint];

/** Residues and dual numbers modulo an odd prime. */
export class Residues {
  readonly p: bigint;

  constructor(p: bigint) {
    this.p = p;
  }

  mod(x: bigint): bigint {
    return ((x % this.p) + this.p) % this.p;
  }

  power(x: bigint, exponent: bigint): bigint {
    let base = exponent < 0n ? this.inverse(x) : x;
    let result = 1n;
    for (let e = exponent < 0n ? -exponent : exponent; e > 0n; e >>= 1n) {
      if (e & 1n) result = this.mod(result * base);
      base = this.mod(base * base);
    }
    return result;
  }

  inverse(x: bigint): bigint {
    if (this.mod(x) === 0n) throw new Error('0 has no inverse');
    return this.power(this.mod(x), this.p - 2n);
  }

  /** The image of a rational number; throws a `RangeError` if p divides its denominator. */
  fraction(x: Fraction): bigint {
    if (x.d % this.p === 0n) throw new RangeError(`${this.p} divides the denominator of ${showFraction(x)}`);
    return this.mod(x.n * this.inverse(x.d));
  }

  /** 0 counts as a square. */
  isSquare(u: bigint): boolean {
    return u === 0n || this.power(u, (this.p - 1n) / 2n) === 1n;
  }

  /** The square root that is at most (p − 1)/2 of a square: Cipolla's algorithm. */
  root(u: bigint): bigint {
    if (!this.isSquare(u)) throw new RangeError(`${u} is no square modulo ${this.p}`);
    if (u === 0n) return 0n;
    let a = 0n;
    while (this.isSquare(this.mod(a * a - u))) a++;
    const w = this.mod(a * a - u);
    // (a + √w)^((p+1)/2) in F_p(√w).
    const multiply = (x: Dual, y: Dual): Dual => [
      this.mod(x[0] * y[0] + x[1] * y[1] * w),
      this.mod(x[0] * y[1] + x[1] * y[0]),
    ];
    let result: Dual = [1n, 0n];
    let base: Dual = [a, 1n];
    for (let e = (this.p + 1n) / 2n; e > 0n; e >>= 1n) {
      if (e & 1n) result = multiply(result, base);
      base = multiply(base, base);
    }
    const root = result[0];
    if (result[1] !== 0n || this.mod(root * root) !== u) throw new Error('the root is wrong');
    return root <= (this.p - 1n) / 2n ? root : this.p - root;
  }

  constant(x: bigint): Dual {
    return [this.mod(x), 0n];
  }

  /** e^u with the value `unit`, and the derivative unit·du. */
  exponential(unit: bigint, [, du]: Dual): Dual {
    return [unit, this.mod(unit * du)];
  }

  add(x: Dual, y: Dual): Dual {
    return [this.mod(x[0] + y[0]), this.mod(x[1] + y[1])];
  }

  subtract(x: Dual, y: Dual): Dual {
    return [this.mod(x[0] - y[0]), this.mod(x[1] - y[1])];
  }

  multiply(x: Dual, y: Dual): Dual {
    return [this.mod(x[0] * y[0]), this.mod(x[0] * y[1] + x[1] * y[0])];
  }

  /** Throws if y has the value 0. */
  divide(x: Dual, y: Dual): Dual {
    const inverse = this.inverse(y[0]);
    return this.multiply(x, [inverse, this.mod(-y[1] * inverse * inverse)]);
  }

  sum(terms: readonly Dual[]): Dual {
    return terms.reduce((x, y) => this.add(x, y), [0n, 0n]);
  }

  dot(x: readonly Dual[], y: readonly Dual[]): Dual {
    if (x.length !== y.length) throw new Error(`lengths ${x.length} and ${y.length}`);
    return this.sum(x.map((entry, i) => this.multiply(entry, y[i]!)));
  }
}
