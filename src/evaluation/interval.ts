/*
 * Enclosures of real numbers: [lo, hi]·2^(−bits), integers, rounded outward. Fixed point, so that what vanishes costs nothing; a number that is too large for
 * that is refused (`Unbounded`), never wrong.
 */

/** A value without an enclosure of any use: too large, or divided by what may be 0. */
export class Unbounded extends Error {}

export interface Interval {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** Exponentials of larger ones would take long. */
const largestExponent = 1 << 12;
/** Of an exponential that has so wide an exponent nothing is known. */
const widestExponent = 64n;

export const isApart = (a: Interval, b: Interval): boolean => a.hi < b.lo || b.hi < a.lo;

/** What values of a network are computed with; `valueOf` encloses the value. Throws `Unbounded`. */
export interface Arithmetic<E> {
  readonly zero: E;
  readonly one: E;
  of(n: bigint, d?: bigint): E;
  valueOf(x: E): Interval;
  add(a: E, b: E): E;
  subtract(a: E, b: E): E;
  multiply(a: E, b: E): E;
  dot(a: readonly E[], b: readonly E[]): E;
  square(a: E): E;
  power(a: E, exponent: number): E;
  divide(a: E, b: E): E;
  sqrt(a: E): E;
  exp(a: E): E;
  log(a: E): E;
  sigmoid(a: E): E;
  softplus(a: E): E;
  pi(): E;
  turn(a: E): { readonly cos: E; readonly sin: E };
}

/** The arithmetic of enclosures with `bits` binary places. */
export class Enclosures implements Arithmetic<Interval> {
  readonly bits: number;
  readonly one: Interval;
  readonly zero: Interval = { lo: 0n, hi: 0n };
  readonly #places: bigint;

  constructor(bits: number) {
    this.bits = bits;
    this.#places = BigInt(bits);
    this.one = this.of(1n);
  }

  /** n/d, d > 0. */
  of(n: bigint, d = 1n): Interval {
    const shifted = n << this.#places;
    const lo = floorDivide(shifted, d);
    return { lo, hi: lo * d === shifted ? lo : lo + 1n };
  }

  valueOf(x: Interval): Interval {
    return x;
  }

  add(a: Interval, b: Interval): Interval {
    return { lo: a.lo + b.lo, hi: a.hi + b.hi };
  }

  subtract(a: Interval, b: Interval): Interval {
    return { lo: a.lo - b.hi, hi: a.hi - b.lo };
  }

  negate({ lo, hi }: Interval): Interval {
    return { lo: -hi, hi: -lo };
  }

  multiply(a: Interval, b: Interval): Interval {
    return this.#rounded(exactProduct(a, b));
  }

  /** Σ a_k·b_k, rounded once. */
  dot(a: readonly Interval[], b: readonly Interval[]): Interval {
    let [lo, hi] = [0n, 0n];
    for (const [k, x] of a.entries()) {
      const product = exactProduct(x, b[k]!);
      lo += product.lo;
      hi += product.hi;
    }
    return this.#rounded({ lo, hi });
  }

  #rounded({ lo, hi }: Interval): Interval {
    return { lo: lo >> this.#places, hi: -(-hi >> this.#places) };
  }

  square(a: Interval): Interval {
    const { lo, hi } = this.multiply(a, a);
    return { lo: lo < 0n ? 0n : lo, hi };
  }

  power(a: Interval, exponent: number): Interval {
    let result = this.one;
    for (let left = exponent, base = a; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = this.multiply(result, base);
      if (left > 1) base = this.square(base);
    }
    return result;
  }

  /** a/b for b > 0. */
  divide(a: Interval, b: Interval): Interval {
    if (b.lo <= 0n) throw new Unbounded('a divisor that may be 0');
    const [low, high] = [a.lo << this.#places, a.hi << this.#places];
    return {
      lo: floorDivide(low, low < 0n ? b.lo : b.hi),
      hi: -floorDivide(-high, high < 0n ? b.hi : b.lo),
    };
  }

  sqrt({ lo, hi }: Interval): Interval {
    if (hi < 0n) throw new Unbounded('a radicand that may be negative');
    const low = integerRoot((lo < 0n ? 0n : lo) << this.#places);
    const high = hi << this.#places;
    const root = integerRoot(high);
    return { lo: low, hi: root * root === high ? root : root + 1n };
  }

  exp({ lo, hi }: Interval): Interval {
    if ((hi - lo) >> this.#places > widestExponent) throw new Unbounded('an exponent that is too wide');
    const low = this.#exp(lo);
    return { lo: low.lo, hi: lo === hi ? low.hi : this.#exp(hi).hi };
  }

  /**
   * e^x = 2^k·e^r with x = k·ln 2 + r, and e^r = (e^(r/2^s))^(2^s) by Taylor's series. With `extra` places more than the result needs: fewer than 2¹⁸ roundings
   * of a unit in the series and the reduction, each doubled by s squarings, and e ≤ 2 once more, are fewer than 2^(s + 20) units.
   */
  #exp(x: bigint): Interval {
    const rough = Number(x >> this.#places);
    if (rough < -this.bits - 2) return { lo: 0n, hi: 1n };
    if (rough > largestExponent) throw new Unbounded('an exponential that is too large');
    const halvings = Math.ceil(Math.sqrt(this.bits));
    const extra = halvings + 24;
    const places = this.bits + extra + Math.max(0, Math.ceil(rough * 1.4427) + 2);
    const w = BigInt(places);
    const argument = places >= this.bits ? x << BigInt(places - this.bits) : x;
    const log = logarithmOfTwo(places + 24) >> 24n;
    const k = floorDivide(argument, log);
    // k·ln 2 with 24 places more: |k| is below 2²⁰.
    const rest = argument - ((k * logarithmOfTwo(places + 24)) >> 24n);
    const small = rest >> BigInt(halvings);
    let sum = 1n << w;
    let term = sum;
    for (let n = 1n; term !== 0n; n++) {
      term = ((term * small) >> w) / n;
      sum += term;
    }
    for (let s = 0; s < halvings; s++) sum = (sum * sum) >> w;
    const error = 1n << BigInt(halvings + 22);
    const shift = BigInt(places - this.bits) - k;
    const scale = (value: bigint): bigint => (shift >= 0n ? value >> shift : value << -shift);
    const lo = scale(sum - error);
    return { lo: lo < 0n ? 0n : lo, hi: scale(sum + error) + 1n };
  }

  /** ln y for y > 0, by Newton's iteration from a double, checked by exponentials. */
  log(y: Interval): Interval {
    return { lo: this.#log(y.lo).lo, hi: this.#log(y.hi).hi };
  }

  #log(y: bigint): Interval {
    if (y <= 0n) throw new Unbounded('the logarithm of what may be 0');
    const length = y.toString(2).length;
    const leading = Math.min(60, length);
    const mantissa = Number(y >> BigInt(length - leading)) / 2 ** leading;
    const start = Math.log(mantissa) + (length - this.bits) * Math.LN2;
    let x = (BigInt(Math.round(start * 2 ** 40)) << this.#places) >> 40n;
    for (let correct = 32; correct < this.bits; correct *= 2) {
      const { lo } = this.#exp(x);
      x += ((2n * (y - lo)) << this.#places) / (y + lo);
    }
    for (let error = 4n; ; error *= 4n) {
      if (error >> this.#places > 0n) throw new Unbounded('a logarithm without places');
      if (this.#exp(x - error).hi <= y && this.#exp(x + error).lo >= y)
        return { lo: x - error, hi: x + error };
    }
  }

  /** 1/(1 + e^(−x)), which ascends. */
  sigmoid({ lo, hi }: Interval): Interval {
    return { lo: this.#sigmoid(lo).lo, hi: this.#sigmoid(hi).hi };
  }

  #sigmoid(x: bigint): Interval {
    const small = this.#exp(x < 0n ? x : -x);
    const denominator = this.add(this.one, small);
    return this.divide(x < 0n ? small : this.one, denominator);
  }

  /** ln(1 + e^x) = max(x, 0) + ln(1 + e^(−|x|)). */
  softplus({ lo, hi }: Interval): Interval {
    const at = (x: bigint): Interval => {
      const rest = this.log(this.add(this.one, this.#exp(x < 0n ? x : -x)));
      return x > 0n ? this.add({ lo: x, hi: x }, rest) : rest;
    };
    return { lo: at(lo).lo, hi: at(hi).hi };
  }

  pi(): Interval {
    const extra = 16n;
    const sum = (4n * (4n * arctangent(5n, this.bits + 16) - arctangent(239n, this.bits + 16))) >> extra;
    return { lo: sum - 1n, hi: sum + 2n };
  }

  /** [cos x, sin x] by Taylor's series at the middle, |sin′|, |cos′| ≤ 1. Meant for |x| up to some thousands. */
  turn(x: Interval): { readonly cos: Interval; readonly sin: Interval } {
    const middle = (x.lo + x.hi) >> 1n;
    const radius = x.hi - middle;
    const whole = middle < 0n ? -middle : middle;
    // The terms grow up to e^|x| before they fall.
    const places = this.bits + 24 + Math.ceil(Number(whole >> this.#places) * 1.4427);
    const w = BigInt(places);
    const argument = middle << BigInt(places - this.bits);
    let term = 1n << w;
    const sums = [term, 0n, 0n, 0n];
    for (let n = 1; term !== 0n; n++) {
      term = (term * argument) / (BigInt(n) << w);
      sums[n % 4]! += term;
    }
    const enclosed = (value: bigint): Interval => {
      const rough = value >> BigInt(places - this.bits);
      return { lo: rough - radius - 2n, hi: rough + radius + 3n };
    };
    return { cos: enclosed(sums[0]! - sums[2]!), sin: enclosed(sums[1]! - sums[3]!) };
  }
}

function exactProduct(a: Interval, b: Interval): Interval {
  if (a.lo === a.hi && b.lo === b.hi) {
    const product = a.lo * b.lo;
    return { lo: product, hi: product };
  }
  const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  let lo = corners[0]!;
  let hi = lo;
  for (const corner of corners) {
    if (corner < lo) lo = corner;
    if (corner > hi) hi = corner;
  }
  return { lo, hi };
}

/** ⌊a/b⌋ for b > 0. */
function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

/** ⌊√n⌋ */
function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const logarithms = new Map<number, bigint>();

/** ln 2 with so many places, off by less than two units: ln 2 = 18 artanh(1/26) − 2 artanh(1/4801) + 8 artanh(1/8749). */
function logarithmOfTwo(places: number): bigint {
  // With as many as a multiple of 512, to compute few.
  const p = Math.ceil((places + 32) / 512) * 512;
  let known = logarithms.get(p);
  if (known === undefined) {
    known = 18n * series(26n, p, 1n) - 2n * series(4801n, p, 1n) + 8n * series(8749n, p, 1n);
    logarithms.set(p, known);
  }
  return known >> BigInt(p - places);
}

function arctangent(n: bigint, places: number): bigint {
  return series(n, places, -1n);
}

/** Σ_k sign^k / ((2k + 1)·n^(2k + 1)) */
function series(n: bigint, places: number, sign: bigint): bigint {
  let power = (1n << BigInt(places)) / n;
  let sum = 0n;
  for (let k = 1n, s = 1n; power !== 0n; k += 2n, s *= sign) {
    sum += (s * power) / k;
    power /= n * n;
  }
  return sum;
}
