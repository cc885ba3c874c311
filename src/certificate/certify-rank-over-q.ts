import { gcd } from '../fraction.ts';
import type { Matrix } from '../matrix/index.ts';
import { rankProof, type RankProof } from '../rational/rank-proof.ts';
import { finishPaced } from '../rational/steps.ts';
import type { LongOperation } from '../pace.ts';
import { seal } from './certificate.ts';
import { demandRoom, type CertifiedRank } from './certify-rank.ts';
import { listed, listingSize } from './listing.ts';

/**
 * The rank over Q of a matrix of integers of any size, with a certificate that holds the matrix and proves both that the rank is not smaller (a
 * minor that is not 0 modulo a prime) and that it is not greater (an integer kernel of the right size).
 *
 * Throws like `rankOverQ`, and a `RangeError` for a matrix whose certificate would have more than about 2²⁷ characters: coefficients of dense
 * relations have as many words as the rank, about. O(rank³ · (lines − rank)) word operations, about.
 *
 * @example const { rank, certificate } = await certifyRankOverQ({ rows: 2, cols: 2, data: [1, 2, 3, 6] })
 */
export async function certifyRankOverQ(matrix: Matrix, options: LongOperation = {}): Promise<CertifiedRank> {
  const proof = await finishPaced(() => rankProof(matrix), options);
  const { rank, rows, columns, determinant, prime, entries, side } = proof;
  const size = listingSize(entries);
  demandRoom(size);
  const combinations = primitiveRelations(proof);
  if (combinations) demandRoom(size, listingSize(combinations.coefficients));
  const certificate = seal({
    format: 'dimcert-certificate',
    version: 1,
    kind: 'rank',
    field: 'Q',
    matrix: listed(entries),
    claim: { lower: rank, upper: rank, exact: true },
    lowerBound: { method: 'minor', prime: String(prime), rows, columns, determinant: String(determinant) },
    upperBound: combinations
      ? {
          method: side === 'rows' ? 'row-combinations' : 'column-combinations',
          coefficients: listed(combinations.coefficients),
          multipliers: combinations.multipliers.map(String),
        }
      : { method: 'shape' },
  });
  return { rank, certificate };
}

/** d·line = Σ x·line with d > 0 and without a common factor of d and the x, for each line outside the minor; null if the rank is full. */
function primitiveRelations({ relations, rank, side, entries }: RankProof) {
  if (relations === null) return null;
  const { denominator, numerators } = relations;
  const sign = denominator > 0n ? 1n : -1n;
  const count = (side === 'rows' ? entries.rows : entries.cols) - rank;
  const data: bigint[] = [];
  const multipliers = Array.from({ length: count }, (_, k) => {
    const own = Array.from({ length: rank }, (__, n) => numerators.at(k * rank + n));
    const common = own.reduce(
      (divisor, n) => (divisor === 1n ? divisor : gcd(divisor, n)),
      sign * denominator,
    );
    for (const n of own) data.push((-sign * n) / common);
    return (sign * denominator) / common;
  });
  return { coefficients: { rows: count, cols: rank, data }, multipliers };
}
