/** Witnesses that decide every n < 3.3·10²⁴ (Sorenson, Webster, Mathematics of Computation 86, 2017). */
const witnesses = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n];

function powerMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/**
 * Whether n is prime, proved: Miller–Rabin with witnesses that are known to decide every n below 2⁶⁴.
 *
 * Throws a `RangeError` from 2⁶⁴ on. O(log³ n).
 */
export function isPrime(value: number | bigint): boolean {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return false;
  const n = BigInt(value);
  if (n >= 1n << 64n) throw new RangeError(`prime: expected a number below 2^64, got ${n}`);
  if (n < 2n) return false;
  for (const witness of witnesses) if (n % witness === 0n) return n === witness;
  let odd = n - 1n;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  return witnesses.every((witness) => {
    let x = powerMod(witness, odd, n);
    if (x === 1n || x === n - 1n) return true;
    for (let i = 1; i < twos; i++) {
      x = (x * x) % n;
      if (x === n - 1n) return true;
    }
    return false;
  });
}
