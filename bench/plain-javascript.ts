/*
 * What a careful programmer writes without Wasm: elimination over F_p in a Float64Array, four pivots in one pass over the rows, entries
 * reduced only before the next sum might leave the 53 bits of a double.
 */

const group = 4;

/** The rank of an n × n matrix of residues over F_p, p < 2²⁵; the matrix is destroyed. */
export function plainRank(a: Float64Array, n: number, p: number): number {
  if (p >= 2 ** 25) throw new RangeError('plainRank: sums of products of residues are no exact doubles');
  // So many products fit on top of a residue.
  const delay = Math.floor((2 ** 53 - p) / (p * p)) - group;
  const multipliers = Array.from({ length: group }, () => new Float64Array(n));
  const pivotRows = Array.from({ length: group }, () => new Float64Array(n));
  let [rank, column, pending] = [0, 0, 0];
  while (column < n && rank < n) {
    let found = 0;
    for (; column < n && found < group && rank < n; column++) {
      // The column, and then the pivot row, with the pivots of this group.
      const updated = (i: number, j: number): number => {
        let entry = a[i * n + j]!;
        for (let g = 0; g < found; g++) entry += multipliers[g]![i]! * pivotRows[g]![j]!;
        return entry % p;
      };
      let pivot = -1;
      for (let i = n - 1; i >= rank; i--) if ((multipliers[found]![i] = updated(i, column)) !== 0) pivot = i;
      if (pivot < 0) continue;
      const scale = p - inverse(multipliers[found]![pivot]!, p);
      for (let j = column; j < n; j++) pivotRows[found]![j] = (updated(pivot, j) * scale) % p;
      a.copyWithin(pivot * n, rank * n, (rank + 1) * n);
      for (const column of multipliers) column[pivot] = column[rank]!;
      found++;
      rank++;
    }
    for (let g = found; g < group; g++) multipliers[g]!.fill(0);
    for (let i = rank; i < n; i++) subtractPivots(a, i * n, column, n, i, multipliers, pivotRows);
    pending += group;
    if (pending > delay) {
      for (let k = rank * n; k < n * n; k++) a[k]! %= p;
      pending = 0;
    }
  }
  return rank;
}

/** Row i of a += Σ multiplier · pivot row, from a column on. */
function subtractPivots(
  a: Float64Array,
  row: number,
  column: number,
  n: number,
  i: number,
  multipliers: Float64Array[],
  pivotRows: Float64Array[],
): void {
  const [f0, f1, f2, f3] = multipliers.map((column) => column[i]!) as [number, number, number, number];
  const [u0, u1, u2, u3] = pivotRows as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let j = column; j < n; j++) a[row + j]! += f0 * u0[j]! + f1 * u1[j]! + f2 * u2[j]! + f3 * u3[j]!;
}

function inverse(x: number, p: number): number {
  let [r0, r1, s0, s1] = [p, x, 0, 1];
  while (r1 !== 0) {
    const q = Math.floor(r0 / r1);
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return s0 < 0 ? s0 + p : s0;
}
