/** Leading bits of the two remainders that Lehmer's steps look at: with what they add, exact in doubles. */
const leadingBits = 50;

/**
 * The fraction n/d ≡ x mod M with |n| ≤ `numerator` and 0 < d ≤ `denominator`, or null if the continued fraction has none.
 *
 * At most one where 2·numerator·denominator < M, up to a common factor. It is not checked that d is invertible mod M. Euclid's algorithm,
 * stopped half-way (Wang 1981; Wang, Guy, Davenport, SIGSAM Bulletin 16, 1982), in Lehmer's steps (Knuth, TAOCP 2, 4.5.2, Algorithm L).
 * O(log² M).
 */
export function reconstruct(
  x: bigint,
  modulus: bigint,
  numerator: bigint,
  denominator: bigint,
): { numerator: bigint; denominator: bigint } | null {
  let [r0, r1, s0, s1] = [modulus, ((x % modulus) + modulus) % modulus, 0n, 1n];
  // A step of Lehmer's shortens the remainders by at most their leading bits, and so does not pass the place to stop at.
  const far = (numerator + 1n) << BigInt(2 * leadingBits);
  let shift = 4 * modulus.toString(16).length - leadingBits;
  while (r1 > far) {
    shift = leadingShift(r0, shift);
    const step = lehmerStep(Number(r0 >> BigInt(shift)), Number(r1 >> BigInt(shift)));
    if (step) {
      const [a, b, c, d] = step;
      [r0, r1] = [a * r0 + b * r1, c * r0 + d * r1];
      [s0, s1] = [a * s0 + b * s1, c * s0 + d * s1];
    } else [r0, r1, s0, s1] = euclideanStep(r0, r1, s0, s1);
  }
  while (r1 > numerator) [r0, r1, s0, s1] = euclideanStep(r0, r1, s0, s1);
  const negative = s1 < 0n;
  const d = negative ? -s1 : s1;
  if (d > denominator) return null;
  return { numerator: negative ? -r1 : r1, denominator: d };
}

function euclideanStep(
  r0: bigint,
  r1: bigint,
  s0: bigint,
  s1: bigint,
): [r0: bigint, r1: bigint, s0: bigint, s1: bigint] {
  const q = r0 / r1;
  return [r1, r0 - q * r1, s1, s0 - q * s1];
}

/** By how much to shift r ≥ 2¹⁰⁰ so that 49 or 50 bits are left, from a shift that does not leave more than 1000. */
function leadingShift(r: bigint, guess: number): number {
  for (let shift = guess; ;) {
    const leading = Number(r >> BigInt(shift));
    // A logarithm may be rounded up to the next integer: two lengths are accepted, and every turn changes the shift.
    if (leading >= 2 ** (leadingBits - 2) && leading < 2 ** leadingBits) return shift;
    shift += leading === 0 ? -leadingBits : Math.floor(Math.log2(leading)) + 1 - leadingBits;
  }
}

/**
 * The matrix of the quotients that the leading bits x ≥ y of two remainders determine, or null if they determine none: those that are the same for
 * both ends of what the remainders can be, (x + a)/(y + c) and (x + b)/(y + d). Quotients of integers below 2⁵³ are exact in doubles
 * once rounded down.
 */
function lehmerStep(x: number, y: number): [a: bigint, b: bigint, c: bigint, d: bigint] | null {
  let [a, b, c, d] = [1, 0, 0, 1];
  let [high, low] = [x, y];
  while (low + c !== 0 && low + d !== 0) {
    const q = Math.floor((high + a) / (low + c));
    if (q !== Math.floor((high + b) / (low + d))) break;
    [a, c] = [c, a - q * c];
    [b, d] = [d, b - q * d];
    [high, low] = [low, high - q * low];
  }
  return b === 0 ? null : [BigInt(a), BigInt(b), BigInt(c), BigInt(d)];
}
