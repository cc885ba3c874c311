import { Pace, type LongOperation } from '../pace.ts';
import { checkClaim, checkEvidence } from './claim.ts';
import { compile } from './compile.ts';
import { Rejection, type Fault } from './fault.ts';
import { checkIndependence } from './independence.ts';
import { demandBoundedWork, maxOperations } from './limits.ts';
import { demandNewLogarithms } from './logarithms.ts';
import { checkMinor } from './minor.ts';
import { checkErrorProbability } from './monte-carlo/error-probability.ts';
import { repeatRun } from './monte-carlo/own-run.ts';
import { checkRankClaim, rankStatements } from './rank-claim.ts';
import { checkRankEvidence } from './rank-evidence.ts';
import { demandBoundedRankWork } from './rank-limits.ts';
import type { StatedRank } from './rank-shape.ts';
import { readCertificate } from './read.ts';
import { atPrime } from './residues.ts';
import type { StatedCertificate } from './shape.ts';
import { stepsOf, type Steps } from './steps.ts';

/** What a verifier found: what is proved, or the first fault. */
export type Verification =
  | {
      readonly accepted: true;
      readonly kind: 'dimension';
      readonly parameters: number;
      readonly dimension: { readonly lower: number; readonly upper: number; readonly exact: boolean };
      /** An upper bound that is not proved; absent if none is stated. */
      readonly probable?: { readonly upper: number; readonly errorProbability: string };
      /** The prime of the lower bound. */
      readonly prime: string;
      /**
       * What has been proved, in words: the lower bound, the independence of exponentials and roots if there are any, the upper bound; then the probable one, if
       * there is one, which is not proved.
       */
      readonly statements: readonly string[];
      readonly rows?: undefined;
      readonly cols?: undefined;
      readonly rank?: undefined;
    }
  | {
      readonly accepted: true;
      readonly kind: 'rank';
      /** The shape of the matrix. */
      readonly rows: number;
      readonly cols: number;
      readonly rank: number;
      readonly prime: string;
      /** What has been proved, in words: that the rank is not smaller, that it is not greater. */
      readonly statements: readonly string[];
      readonly parameters?: undefined;
      readonly dimension?: undefined;
      readonly probable?: undefined;
    }
  | { readonly accepted: false; readonly fault: Fault };

export interface VerifyOptions extends LongOperation {
  /** Elementary operations, about a nanosecond each, beyond which a certificate is rejected unread. Default: 2³⁶, enough for dimension 3500. */
  readonly maxOperations?: number | undefined;
}

/**
 * Checks a certificate, trusting nothing in it: recomputes the point, the named minor of the Jacobian, the independence of exponentials and roots,
 * the upper bound, the claim and the digest. A probable upper bound is refuted or confirmed by a run of its own, at a random point: that is no proof.
 *
 * It shares no mathematics with `certify`: forward mode instead of reverse mode, plain TypeScript instead of Wasm, its own hash, sampling, elimination
 * and closed form. Primes up to 2⁶⁴. Not checked: that rows and columns are the lexicographically first ones, and `retries` beyond its form (docs/certificate.md).
 * A fault is a result, and so is a certificate that would cost more than the limits (src/verify/limits.ts), which is rejected before the work. Throws a
 * `CertificateFormatError` for what is no certificate of this format and version, a `TypeError` for neither a string nor an object, and the reason of `signal`.
 * O(lower² · (lower + cost of evaluating one input)).
 */
export async function verify(
  certificate: string | object,
  options: VerifyOptions = {},
): Promise<Verification> {
  const pace = new Pace(options);
  try {
    const stated = readCertificate(certificate);
    const operations = options.maxOperations ?? maxOperations;
    return stated.kind === 'rank'
      ? await verifyRank(stated.certificate, operations, pace)
      : await verifyDimension(stated.certificate, operations, pace);
  } catch (error) {
    if (error instanceof Rejection) return { accepted: false, fault: error.fault };
    throw error;
  }
}

async function verifyDimension(
  stated: StatedCertificate,
  operations: number,
  pace: Pace,
): Promise<Verification> {
  const compiled = compile(stated.network);
  checkClaim(stated, compiled);
  demandNewLogarithms(compiled.program);
  const steps = stepsOf(compiled.program);
  checkEvidence(stated, compiled.program, steps);
  const { independence, lowerBound, probableUpperBound: probable } = stated;
  demandBoundedWork(stated, compiled, steps, operations);
  if (probable !== null) checkErrorProbability(probable, compiled, steps, stated.claim.upper);
  if (independence !== null)
    await atPrime(independence.prime, (field) =>
      checkIndependence(compiled, steps, independence, field, pace),
    );
  await stated.upperBound.prove(compiled, operations, pace);
  await atPrime(lowerBound.prime, (field) => checkMinor(compiled, steps, stated, field, pace));
  if (probable !== null) await repeatRun(compiled, steps, probable, pace);
  const { parameters, ...dimension } = stated.claim;
  return {
    accepted: true,
    kind: 'dimension',
    parameters,
    dimension,
    ...(probable !== null && {
      probable: { upper: probable.upper, errorProbability: probable.errorProbability },
    }),
    prime: String(stated.lowerBound.prime),
    statements: statements(stated, steps),
  };
}

async function verifyRank(stated: StatedRank, operations: number, pace: Pace): Promise<Verification> {
  checkRankClaim(stated);
  demandBoundedRankWork(stated, operations);
  await atPrime(stated.prime, ({ f }) => checkRankEvidence(stated, f, pace));
  const { rows, cols } = stated.matrix;
  return {
    accepted: true,
    kind: 'rank',
    rows,
    cols,
    rank: stated.claim.lower,
    prime: String(stated.prime),
    statements: rankStatements(stated),
  };
}

function statements(
  { claim, lowerBound, independence, upperBound, probableUpperBound: probable }: StatedCertificate,
  { argumentSteps, roots }: Steps,
): string[] {
  const { prime, rows } = lowerBound;
  const found = [
    `lower bound ${claim.lower}, proved: a minor of order ${rows.length} of the Jacobian is not 0 modulo ${prime}`,
  ];
  if (argumentSteps.length > 0)
    found.push(
      `independence of the exponentials, proved: their arguments have full rank modulo ${independence!.prime} (Ax 1971)`,
    );
  if (roots.length > 0)
    found.push(
      `independence of the square roots, proved: no product of radicands is a square, by their signs modulo ${independence!.prime}`,
    );
  found.push(`upper bound ${claim.upper}, proved: ${upperBound.statement}`);
  if (probable !== null)
    found.push(
      `upper bound ${probable.upper}, not proved: a run with a random prime and point of the verifier's own confirms it; error probability at most ${probable.errorProbability}`,
    );
  return found;
}
