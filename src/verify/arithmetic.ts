/** A vector of residues in typed memory: doubles for small primes, then 32-bit integers, 64-bit words for large ones. */
export interface Vector<E> {
  [index: number]: E;
  readonly length: number;
  fill(value: E, from?: number, to?: number): unknown;
}

/**
 * The arithmetic of F_p that the verifier needs. Residues are 0 … p − 1; only `accumulate` leaves something else behind.
 */
export interface Arithmetic<E> {
  readonly zero: E;
  readonly one: E;
  readonly cost: Costs;
  /** The residue of the 64-bit word hi·2³² + lo. */
  fromWord(hi: number, lo: number): E;
  /** The number that decimal digits name, not reduced; exact for residues. */
  fromDecimal(digits: string): E;
  add(a: E, b: E): E;
  subtract(a: E, b: E): E;
  multiply(a: E, b: E): E;
  /** Of a residue that is not 0. O(log p). */
  inverse(a: E): E;
  zeros(length: number): Vector<E>;
  /** Σ a[i + n·iStep]·b[j + n·jStep] for n < count. */
  dot(a: Vector<E>, i: number, iStep: number, b: Vector<E>, j: number, jStep: number, count: number): E;
  /** y[i·width + r] += Σ x[i·length + c]·w[r·rowStep + c·colStep] over c < length, for i < tokens, r < width: W·x for every token. */
  addMapped(y: Vector<E>, x: Vector<E>, w: Vector<E>, map: MapShape): void;
  /** How many times `accumulate` may be called for residues before they must be reduced. */
  readonly delay: number;
  /** target[n] += factor·source[n] for from ≤ n < to, reduced or not: see `delay`. */
  accumulate(target: Vector<E>, source: Vector<E>, factor: E, from: number, to: number): void;
  /** target[columns[n]] += factor·source[n] for all n, like `accumulate`. */
  scatter(target: Vector<E>, columns: Int32Array, source: Vector<E>, factor: E): void;
  /** The residue of an entry after `accumulate`. */
  reduced(entry: E): E;
  /** Makes target[n] residues again for n < count. */
  reduce(target: Vector<E>, count: number): void;
}

/** A matrix, width × length, that is applied to tokens. */
export interface MapShape {
  readonly tokens: number;
  readonly width: number;
  readonly length: number;
  /** From one entry of a row or column to the next. */
  readonly rowStep: number;
  readonly colStep: number;
}

/** Below this, products of two residues are exact doubles. */
export const smallPrimes = 2 ** 26;

/** Below this, a residue is a signed 32-bit integer, and so is what a product leaves when its rounded quotient is taken off. */
export const wordPrimes = 2 ** 31;

/** What a multiplication costs, in elementary operations of about a nanosecond. */
export interface Costs {
  readonly dot: number;
  readonly accumulate: number;
}

/** The costs at a prime. Measured on Node 20: bigints are slow once a product passes 64 bits. */
export function costsAt(prime: bigint): Costs {
  if (prime < smallPrimes) return { dot: 1, accumulate: 2 };
  if (prime < wordPrimes) return { dot: 4, accumulate: 4 };
  return prime < 2 ** 32 ? { dot: 8, accumulate: 8 } : { dot: 24, accumulate: 64 };
}

/** How many products of residues can be added to a residue modulo p so that the sum and p together stay below 2⁵³; at least 2 for p < 2²⁶. */
export function productsBeforeReduction(p: number): number {
  return Math.floor((2 ** 53 - 2 * p) / (p - 1) ** 2);
}

function addMappedByDots<E>(
  f: Pick<Arithmetic<E>, 'add' | 'dot'>,
  y: Vector<E>,
  x: Vector<E>,
  w: Vector<E>,
  { tokens, width, length, rowStep, colStep }: MapShape,
): void {
  for (let i = 0; i < tokens; i++)
    for (let r = 0; r < width; r++) {
      const at = i * width + r;
      y[at] = f.add(y[at]!, f.dot(x, i * length, 1, w, r * rowStep, colStep, length));
    }
}

/** Arithmetic for p < 2²⁶ in doubles: every intermediate value is an integer below 2⁵³. */
export function smallArithmetic(p: number): Arithmetic<number> {
  const reciprocal = 1 / p;
  const delay = productsBeforeReduction(p);
  const wordBase = 2 ** 32 % p;
  /** x mod p for 0 ≤ x ≤ 2⁵³ − p: the quotient is off by one at most. */
  const reduced = (x: number): number => {
    const r = x - Math.floor(x * reciprocal) * p;
    return r < 0 ? r + p : r >= p ? r - p : r;
  };
  return {
    zero: 0,
    one: 1,
    cost: costsAt(BigInt(p)),
    delay,
    reduced,
    reduce(target, count) {
      // A call for each entry takes three times as long.
      for (let n = 0; n < count; n++) {
        const x = target[n]!;
        const r = x - Math.floor(x * reciprocal) * p;
        target[n] = r < 0 ? r + p : r >= p ? r - p : r;
      }
    },
    fromWord: (hi, lo) => ((hi % p) * wordBase + lo) % p,
    fromDecimal: Number,
    add: (a, b) => (a + b >= p ? a + b - p : a + b),
    subtract: (a, b) => (a < b ? a - b + p : a - b),
    multiply: (a, b) => reduced(a * b),
    inverse(a) {
      let result = 1;
      let square = a;
      for (let e = p - 2; e > 0; e = Math.floor(e / 2)) {
        if (e % 2 === 1) result = reduced(result * square);
        square = reduced(square * square);
      }
      return result;
    },
    zeros: (length) => new Float64Array(length),
    dot(a, i, iStep, b, j, jStep, count) {
      let sum = 0;
      for (let left = count; left > 0; left -= delay) {
        for (let n = Math.min(left, delay); n > 0; n--, i += iStep, j += jStep) sum += a[i]! * b[j]!;
        sum = reduced(sum);
      }
      return sum;
    },
    addMapped(y, x, w, shape) {
      const { tokens, width, length, rowStep, colStep } = shape;
      if (length > delay) return addMappedByDots(this, y, x, w, shape);
      // Two tokens by four rows at a time: eight sums that do not wait for each other, and fewer loads. Beyond the last ones the last one is summed again.
      for (let i = 0; i < tokens; i += 2) {
        const u = i * length;
        const v = i + 1 < tokens ? u + length : u;
        for (let r = 0; r < width; r += 4) {
          const rows = Math.min(4, width - r);
          let a = r * rowStep;
          let b = rows > 1 ? a + rowStep : a;
          let d = rows > 2 ? b + rowStep : b;
          let e = rows > 3 ? d + rowStep : d;
          let ua = 0;
          let ub = 0;
          let ud = 0;
          let ue = 0;
          let va = 0;
          let vb = 0;
          let vd = 0;
          let ve = 0;
          for (let c = 0; c < length; c++) {
            const s = x[u + c]!;
            const t = x[v + c]!;
            const wa = w[a]!;
            ua += s * wa;
            va += t * wa;
            const wb = w[b]!;
            ub += s * wb;
            vb += t * wb;
            const wd = w[d]!;
            ud += s * wd;
            vd += t * wd;
            const we = w[e]!;
            ue += s * we;
            ve += t * we;
            a += colStep;
            b += colStep;
            d += colStep;
            e += colStep;
          }
          // So many products and a residue stay below what can be reduced: see `delay`.
          const at = i * width + r;
          y[at] = reduced(y[at]! + ua);
          if (rows > 1) y[at + 1] = reduced(y[at + 1]! + ub);
          if (rows > 2) y[at + 2] = reduced(y[at + 2]! + ud);
          if (rows > 3) y[at + 3] = reduced(y[at + 3]! + ue);
          if (i + 1 === tokens) continue;
          const below = at + width;
          y[below] = reduced(y[below]! + va);
          if (rows > 1) y[below + 1] = reduced(y[below + 1]! + vb);
          if (rows > 2) y[below + 2] = reduced(y[below + 2]! + vd);
          if (rows > 3) y[below + 3] = reduced(y[below + 3]! + ve);
        }
      }
    },
    accumulate(target, source, factor, from, to) {
      for (let n = from; n < to; n++) target[n] = target[n]! + factor * source[n]!;
    },
    scatter(target, columns, source, factor) {
      for (let n = 0; n < columns.length; n++) {
        const column = columns[n]!;
        target[column] = target[column]! + factor * source[n]!;
      }
    },
  };
}

/**
 * Arithmetic for p < 2³¹ in doubles and 32-bit integers. A product a·b is taken modulo p by its quotient q = round(a·b/p), in doubles: the product is off
 * by less than 2⁹ and the quotient by less than 1/2 + 2⁻²⁰, so that a·b − q·p is in (−0.51·p, 0.51·p), and its low 32 bits are all of it.
 * For p ≥ 2¹⁶, where these errors are so small beside p.
 */
export function wordArithmetic(p: number): Arithmetic<number> {
  const reciprocal = 1 / p;
  const wordBase = 2 ** 32 % p;
  const multiply = (a: number, b: number): number => {
    const q = (a * b * reciprocal + 0.5) | 0;
    const r = (Math.imul(a, b) - Math.imul(q, p)) | 0;
    return (r + (p & (r >> 31))) | 0;
  };
  return {
    zero: 0,
    one: 1,
    cost: costsAt(BigInt(p)),
    delay: Infinity,
    reduced: (x) => x,
    // `accumulate` has left residues behind.
    reduce: () => {},
    fromWord: (hi, lo) => (multiply(hi % p, wordBase) + (lo % p)) % p,
    fromDecimal: Number,
    add: (a, b) => (a + b >= p ? a + b - p : a + b),
    subtract: (a, b) => (a < b ? a - b + p : a - b),
    multiply,
    inverse(a) {
      let result = 1;
      let square = a;
      for (let e = p - 2; e > 0; e = Math.floor(e / 2)) {
        if (e % 2 === 1) result = multiply(result, square);
        square = multiply(square, square);
      }
      return result;
    },
    zeros: (length) => new Int32Array(length),
    dot(a, i, iStep, b, j, jStep, count) {
      // Sums of fewer than 2²¹ residues are exact.
      let sum = 0;
      for (let n = 0; n < count;) {
        const end = Math.min(count, n + 2 ** 20);
        for (; n < end; n++) sum += multiply(a[i + n * iStep]!, b[j + n * jStep]!);
        sum %= p;
      }
      return sum;
    },
    addMapped(y, x, w, shape) {
      addMappedByDots(this, y, x, w, shape);
    },
    accumulate(target, source, factor, from, to) {
      for (let n = from; n < to; n++) {
        const entry = source[n]!;
        const q = (factor * entry * reciprocal + 0.5) | 0;
        const r = (Math.imul(factor, entry) - Math.imul(q, p)) | 0;
        // p is added where a sign says so: branches that nobody can predict took three times as long.
        const sum = (target[n]! - p + ((r + (p & (r >> 31))) | 0)) | 0;
        target[n] = (sum + (p & (sum >> 31))) | 0;
      }
    },
    scatter(target, columns, source, factor) {
      for (let n = 0; n < columns.length; n++) {
        const sum = target[columns[n]!]! + multiply(factor, source[n]!);
        target[columns[n]!] = sum >= p ? sum - p : sum;
      }
    },
  };
}

/** Arithmetic for any odd p < 2⁶⁴ in bigints; vectors hold them as 64-bit words. */
export function bigArithmetic(p: bigint): Arithmetic<bigint> {
  const multiply = (a: bigint, b: bigint): bigint => (a * b) % p;
  return {
    zero: 0n,
    one: 1n,
    cost: costsAt(p),
    delay: Infinity,
    reduced: (x) => x,
    // `accumulate` has left residues behind.
    reduce: () => {},
    fromWord: (hi, lo) => ((BigInt(hi) << 32n) | BigInt(lo)) % p,
    fromDecimal: BigInt,
    add: (a, b) => (a + b) % p,
    subtract: (a, b) => (a - b + p) % p,
    multiply,
    inverse(a) {
      let result = 1n;
      let square = a;
      for (let e = p - 2n; e > 0n; e >>= 1n) {
        if (e & 1n) result = multiply(result, square);
        square = multiply(square, square);
      }
      return result;
    },
    zeros: (length) => new BigUint64Array(length),
    dot(a, i, iStep, b, j, jStep, count) {
      let sum = 0n;
      for (let n = 0; n < count; n++) sum += a[i + n * iStep]! * b[j + n * jStep]!;
      return sum % p;
    },
    addMapped(y, x, w, shape) {
      addMappedByDots(this, y, x, w, shape);
    },
    accumulate(target, source, factor, from, to) {
      for (let n = from; n < to; n++) target[n] = (target[n]! + factor * source[n]!) % p;
    },
    scatter(target, columns, source, factor) {
      for (let n = 0; n < columns.length; n++) {
        const column = columns[n]!;
        target[column] = (target[column]! + factor * source[n]!) % p;
      }
    },
  };
}
