/** Bases that decide primality below 2⁶⁴ (J. Sinclair; checked against J. Feitsma's list of the base-2 pseudoprimes). */
const bases = [2n, 325n, 9375n, 28178n, 450775n, 9780504n, 1795265022n];

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Whether n, below 2⁶⁴, is an odd prime: Miller–Rabin, deterministic in this range. */
export function isOddPrime(n: bigint): boolean {
  if (n < 3n || !(n & 1n)) return false;
  let odd = n - 1n;
  let twos = 0;
  for (; !(odd & 1n); odd >>= 1n) twos++;
  return bases.every((base) => {
    if (base % n === 0n) return true;
    let x = power(base, odd, n);
    if (x === 1n) return true;
    for (let i = 0; i < twos; i++, x = (x * x) % n) if (x === n - 1n) return true;
    return false;
  });
}
