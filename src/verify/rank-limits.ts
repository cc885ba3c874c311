import { costsAt } from './arithmetic.ts';
import { demandBounded, type Work } from './limits.ts';
import type { StatedRank } from './rank-shape.ts';

/** Bytes of a double or a 64-bit word. */
const bytesPerEntry = 8;
/** What it costs to read a residue, in elementary operations, about. */
export const operationsPerEntry = 2 ** 6;
/** What it costs to look at a row, however few entries it has. */
export const operationsPerRow = 2 ** 9;
/** What it costs to reduce and to compare an entry. */
export const operationsPerComparison = 2 ** 3;

/** Estimates the work for the evidence of a rank from the sizes alone. The claim has been checked before. */
export function estimateRankWork(stated: StatedRank): { readonly minor: Work; readonly combinations: Work } {
  const { prime, matrix, claim, upperBound, isRational } = stated;
  const { rows, cols, entries } = matrix;
  const rank = claim.lower;
  const cost = costsAt(prime);
  const minor = {
    residues: 0,
    bytes: (rows + 2 * cols + rank ** 2 + entries) * bytesPerEntry,
    // Row r is reduced by the r rows before it, from their pivots on: in the worst order of the pivots, n³/2.
    operations: (rank ** 3 / 2) * cost.accumulate + entries * operationsPerEntry + rows * operationsPerRow,
  };
  if (upperBound.method === 'shape') return { minor, combinations: { residues: 0, bytes: 0, operations: 0 } };
  if (isRational) return { minor, combinations: rationalCombinations(stated) };
  const { coefficients } = upperBound;
  const byRows = upperBound.method === 'row-combinations';
  // Each row is a sum of rows of A, or each row of A a sum of columns of coefficients: a product for each factor and entry.
  const factors = byRows ? coefficients.entries : Math.min(entries, rows * rank);
  const width = byRows ? longestRow(matrix.listed) : cols - rank;
  const sums = byRows ? coefficients.rows * cols : rows * width;
  return {
    minor,
    combinations: {
      residues: 0,
      bytes: ((byRows ? entries : rank * width) + 3 * cols + coefficients.rows) * bytesPerEntry,
      operations:
        factors * width * cost.accumulate +
        sums * operationsPerComparison +
        coefficients.entries * operationsPerEntry +
        (rows + coefficients.rows) * operationsPerRow,
    },
  };
}

/** Bytes of an entry of a map and its bigint, about. */
const bytesPerInteger = 2 ** 7;
/** What a product of a digit with an entry, and the sum that it goes into, cost; and one of any lengths beside. */
const operationsPerDigit = 2 ** 3;
export const operationsPerProduct = 2 ** 7;

/** Over Q entries are maps of bigints, and every factor meets a whole line. */
function rationalCombinations({ matrix, upperBound }: StatedRank): Work {
  if (upperBound.method === 'shape') return { residues: 0, bytes: 0, operations: 0 };
  const { coefficients, multipliers, method } = upperBound;
  const width = method === 'row-combinations' ? longestRow(matrix.listed) : matrix.rows;
  const factors = coefficients.entries + multipliers!.length;
  let digits = 0;
  for (const { values } of coefficients.listed)
    for (const value of values) digits += typeof value === 'string' ? value.length : 0;
  for (const multiplier of multipliers!) digits += multiplier.toString(16).length;
  return {
    residues: 0,
    bytes: (matrix.entries + coefficients.entries + width) * bytesPerInteger + digits,
    operations:
      (factors * operationsPerProduct + digits * operationsPerDigit) * width +
      (matrix.rows + coefficients.rows) * operationsPerRow,
  };
}

function longestRow(listed: readonly { readonly values: readonly unknown[] }[]): number {
  let longest = 0;
  for (const { values } of listed) longest = Math.max(longest, values.length);
  return longest;
}

/** Rejects a certificate of a rank that would cost more than the limits, before any work or allocation. */
export function demandBoundedRankWork(stated: StatedRank, operationLimit: number): void {
  const { minor, combinations } = estimateRankWork(stated);
  demandBounded('certificate.lowerBound', minor, operationLimit);
  demandBounded('certificate.upperBound', combinations, operationLimit);
}
