import type { Compiled } from './compile.ts';
import { demand } from './fault.ts';
import { demandAdmissible } from './primes.ts';
import type { Program } from './program.ts';
import type { StatedCertificate } from './shape.ts';
import { needsEvidence, type Steps } from './steps.ts';
import { checkWitnessShape } from './witness.ts';

/** Rejects unless a stated value is the recomputed one. */
export function demandEqual(path: string, expected: string | number | boolean, got: unknown): void {
  demand(got === expected, path, JSON.stringify(expected), got);
}

/** Checks the claim against the number of parameters, the upper bound and the sizes of the evidence: all that needs no point. */
export function checkClaim({ claim, lowerBound, upperBound }: StatedCertificate, compiled: Compiled): void {
  const { parameters } = compiled.program;
  const path = 'certificate.claim';
  demand(Number.isSafeInteger(parameters), 'certificate.network', 'fewer than 2^53 parameters', parameters);
  demandEqual(`${path}.parameters`, parameters, claim.parameters);
  const upper = upperBound.check(compiled);
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

/** Checks the primes, that the determinant is a residue other than 0, the sizes of a witness, and that independence is there if and only if something must be independent. */
export function checkEvidence(stated: StatedCertificate, program: Program, steps: Steps): void {
  const { lowerBound, independence } = stated;
  const { prime, determinant } = lowerBound;
  demandAdmissible('certificate.lowerBound.prime', prime, program);
  demand(
    determinant > 0n && determinant < prime,
    'certificate.lowerBound.determinant',
    `a residue from 1 to ${prime - 1n}`,
    String(determinant),
  );
  checkWitnessShape(stated);
  const needed = needsEvidence(steps);
  const expected = needed
    ? 'evidence that exponentials and roots are independent'
    : 'no such field, as there are neither exponentials nor roots';
  demand((independence !== null) === needed, 'certificate.independence', expected, independence ?? undefined);
  if (independence === null) return;
  demandAdmissible('certificate.independence.prime', independence.prime, program);
}
