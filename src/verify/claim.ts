import { closedFormStatement, closedFormTerms, countParameters } from './bound.ts';
import { countArguments } from './exponents.ts';
import { demand } from './fault.ts';
import { isOddPrime } from './primality.ts';
import type { StatedCertificate } from './shape.ts';

/** Rejects unless a stated value is the recomputed one. */
export function demandEqual(path: string, expected: string | number | boolean, got: unknown): void {
  demand(got === expected, path, JSON.stringify(expected), got);
}

/** Checks the claim against the network, the closed form and the sizes of the evidence: all that needs no point. O(layers) */
export function checkClaim({ network, claim, lowerBound, upperBound }: StatedCertificate): void {
  const path = 'certificate.claim';
  const parameters = countParameters(network);
  demand(Number.isSafeInteger(parameters), 'certificate.network', 'fewer than 2^53 parameters', parameters);
  demandEqual(`${path}.parameters`, parameters, claim.parameters);

  const terms = closedFormTerms(network);
  for (const name of ['scores', 'flag', 'output', 'scales'] as const)
    demandEqual(`certificate.upperBound.terms.${name}`, terms[name], upperBound.terms[name]);
  demandEqual('certificate.upperBound.statement', closedFormStatement, upperBound.statement);
  const upper = terms.scores + terms.flag + terms.output - terms.scales;
  demandEqual(`${path}.upper`, upper, claim.upper);

  const { rows, columns } = lowerBound;
  demand(claim.lower === rows.length, `${path}.lower`, `the number of rows, ${rows.length}`, claim.lower);
  const count = `as many columns as rows, ${rows.length}`;
  demand(columns.length === rows.length, 'certificate.lowerBound.columns', count, columns.length);
  const last = columns.length - 1;
  if (last >= 0)
    demand(
      columns[last]! < parameters,
      `certificate.lowerBound.columns[${last}]`,
      `a column below ${parameters}`,
      columns[last],
    );
  demand(claim.lower <= upper, `${path}.lower`, `at most the upper bound, ${upper}`, claim.lower);
  demandEqual(`${path}.exact`, claim.lower === upper, claim.exact);
}

/** Checks the primes, that the determinant is a residue other than 0, and that independence is there if and only if there are exponentials. */
export function checkEvidence({ network, lowerBound, independence }: StatedCertificate): void {
  const { prime, determinant } = lowerBound;
  demandPrime('certificate.lowerBound.prime', prime);
  demand(
    determinant > 0n && determinant < prime,
    'certificate.lowerBound.determinant',
    `a residue from 1 to ${prime - 1n}`,
    String(determinant),
  );
  const needed = countArguments(network).some((count) => count > 0);
  const expected = needed
    ? 'evidence that the exponentials are independent'
    : 'no such field, as there are no exponentials';
  demand((independence !== null) === needed, 'certificate.independence', expected, independence ?? undefined);
  if (independence !== null) demandPrime('certificate.independence.prime', independence.prime);
}

function demandPrime(path: string, prime: bigint): void {
  demand(prime < 1n << 64n && isOddPrime(prime), path, 'an odd prime below 2^64', String(prime));
}
