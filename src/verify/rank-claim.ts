import { demandEqual } from './claim.ts';
import { demand } from './fault.ts';
import { isOddPrime } from './primality.ts';
import type { StatedRank } from './rank-shape.ts';

/** Checks the claim of a rank against the sizes of its evidence, and proves that the prime is one. */
export function checkRankClaim(stated: StatedRank): void {
  const { prime, matrix, claim, lowerBound, upperBound } = stated;
  const path = 'certificate';
  const isPrime = prime === 2n || (prime < 1n << 64n && isOddPrime(prime));
  demand(isPrime, primePath(stated), 'a prime below 2^64', String(prime));

  const { rows, columns, determinant } = lowerBound;
  const rank = rows.length;
  const last = rank - 1;
  const count = `as many columns as rows, ${rank}`;
  demand(columns.length === rank, `${path}.lowerBound.columns`, count, columns.length);
  if (rank > 0) {
    const below = (title: string, at: number | undefined, limit: number, what: string): void =>
      demand(at! < limit, `${path}.lowerBound.${title}[${last}]`, `${what} below ${limit}`, at);
    below('rows', rows[last], matrix.rows, 'a row');
    below('columns', columns[last], matrix.cols, 'a column');
  }
  demand(
    determinant > 0n && determinant < prime,
    `${path}.lowerBound.determinant`,
    `a residue from 1 to ${prime - 1n}`,
    String(determinant),
  );

  demand(claim.lower === rank, `${path}.claim.lower`, `the number of rows, ${rank}`, claim.lower);
  demand(claim.upper === rank, `${path}.claim.upper`, `the lower bound, ${rank}`, claim.upper);
  demandEqual(`${path}.claim.exact`, true, claim.exact);

  const least = Math.min(matrix.rows, matrix.cols);
  const isFull = `"shape" if and only if the rank is that of a full ${matrix.rows} × ${matrix.cols} matrix, ${least}`;
  demand(
    (upperBound.method === 'shape') === (rank === least),
    `${path}.upperBound.method`,
    isFull,
    upperBound.method,
  );
  if (upperBound.method === 'shape') return;
  const { coefficients } = upperBound;
  const lines = upperBound.method === 'row-combinations' ? matrix.rows : matrix.cols;
  demandEqual(`${path}.upperBound.coefficients.rows`, lines - rank, coefficients.rows);
  demandEqual(`${path}.upperBound.coefficients.cols`, rank, coefficients.cols);
  const { multipliers } = upperBound;
  if (multipliers !== null)
    demandEqual(`${path}.upperBound.multipliers.length`, lines - rank, multipliers.length);
}

const primePath = ({ isRational }: StatedRank): string =>
  isRational ? 'certificate.lowerBound.prime' : 'certificate.prime';

/** What has been proved, in words. */
export function rankStatements({ prime, isRational, matrix, claim, upperBound }: StatedRank): string[] {
  const { lower: rank } = claim;
  const field = isRational ? 'over Q' : `modulo ${prime}`;
  const entries = isRational ? 'every entry is 0' : `every entry is 0 modulo ${prime}`;
  const lines = upperBound.method === 'row-combinations' ? 'rows' : 'columns';
  const lower = rank === 0 ? 'no rank is negative' : `a minor of order ${rank} is not 0 modulo ${prime}`;
  const upper =
    upperBound.method === 'shape'
      ? `a ${matrix.rows} × ${matrix.cols} matrix has no greater one`
      : rank === 0
        ? entries
        : `the other ${lines} are combinations of the ${lines} of the minor ${field}`;
  return [`rank at least ${rank}, proved: ${lower}`, `rank at most ${rank}, proved: ${upper}`];
}
