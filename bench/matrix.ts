/** A small deterministic generator: `random(n)` is an integer from 0 to n − 1, n ≤ 2³². */
export function generator(seed: number): (n: number) => number {
  let state = seed >>> 0;
  // Mulberry32.
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/**
 * A dense n × n matrix over F_p, p < 2¹⁴, of a rank that is known by construction, row-major.
 *
 * The first `rank` rows are rows of a unit upper trapezoid, each plus a combination of three rows before it; the others are combinations
 * of three rows before them. So the first are independent, and the others depend on them. The order of the rows is shuffled.
 */
export function matrixOfRank(n: number, rank: number, p: number, seed: number): Int16Array {
  const random = generator(seed);
  const data = new Int16Array(n * n);
  const place = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random(i + 1);
    [place[i], place[j]] = [place[j]!, place[i]!];
  }
  const rowAt = (i: number): Int16Array => data.subarray(place[i]! * n, (place[i]! + 1) * n);
  for (let i = 0; i < n; i++) {
    const row = rowAt(i);
    if (i < rank) {
      row[i] = 1;
      for (let j = i + 1; j < n; j++) row[j] = random(p);
    }
    if (i === 0) continue;
    const [a, b, c] = [rowAt(i - 1), rowAt(random(i)), rowAt(random(i))];
    const [x, y, z] = [1 + random(p - 1), 1 + random(p - 1), 1 + random(p - 1)];
    for (let j = 0; j < n; j++) row[j] = (row[j]! + x * a[j]! + y * b[j]! + z * c[j]!) % p;
  }
  return data;
}
