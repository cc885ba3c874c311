import { typeFault } from '../assert.ts';
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
import { checkRationalEvidence } from './rational-evidence.ts';
import { readCertificate, type Stated } from './read.ts';
import { atPrime } from './residues.ts';
import type { StatedCertificate } from './shape.ts';
import { stepsOf, type Steps } from './steps.ts';
import { checkWitness, witnessAssumption, witnessErrorProbability } from './witness.ts';

/** What a verifier found: what is proved, or the first fault. */
export type Verification =
  | {
      readonly accepted: true;
      readonly kind: 'dimension';
      readonly parameters: number;
      /** `exact` if both bounds are proved, and meet. */
      readonly dimension: { readonly lower: number; readonly upper: number; readonly exact: boolean };
      /** The lower bound holds but for this probability, under this assumption: of a quick check. Absent if it is proved. */
      readonly witness?: { readonly errorProbability: string; readonly assumption: string };
      /** An upper bound that is not proved; absent if none is stated. */
      readonly probable?: { readonly upper: number; readonly errorProbability: string };
      /** The prime of the lower bound. */
      readonly prime: string;
      /**
       * What has been proved, in words: the lower bound (of a quick check: what is known of it), the independence of exponentials and roots if there are any, the upper bound; then the probable one, if
       * there is one, which is not proved.
       */
      readonly statements: readonly string[];
      readonly field?: undefined;
      readonly rows?: undefined;
      readonly cols?: undefined;
      readonly rank?: undefined;
    }
  | {
      readonly accepted: true;
      readonly kind: 'rank';
      /** Absent if the field is that of the prime. */
      readonly field?: 'Q';
      /** The shape of the matrix. */
      readonly rows: number;
      readonly cols: number;
      readonly rank: number;
      /** That of the field, or of a rank over Q that of the minor. */
      readonly prime: string;
      /** What has been proved, in words: that the rank is not smaller, that it is not greater. */
      readonly statements: readonly string[];
      readonly parameters?: undefined;
      readonly dimension?: undefined;
      readonly witness?: undefined;
      readonly probable?: undefined;
    }
  | { readonly accepted: false; readonly fault: Fault };

export interface VerifyOptions extends LongOperation {
  /** Elementary operations, about a nanosecond each, beyond which a certificate is rejected unread. Default: 2³⁶, enough for dimension 3500. */
  readonly maxOperations?: number | undefined;
  /**
   * Checks the lower bound of a dimension by its witness alone, which takes a few evaluations of the network instead of an elimination, and is no proof: it errs with a named
   * probability, under a named assumption (docs/certificate.md, "Witness"). A `RangeError` if there is no witness. Default: false, a proof; then a witness is checked as well.
   */
  readonly quick?: boolean | undefined;
}

/**
 * Checks a certificate, trusting nothing in it: recomputes the point, the named minor of the Jacobian, the independence of exponentials and roots,
 * the upper bound, the claim and the digest. A probable upper bound is refuted or confirmed by a run of its own, at a random point: that is no proof.
 *
 * It shares no mathematics with `certify`: forward mode instead of reverse mode, plain TypeScript instead of Wasm, its own hash, sampling, elimination
 * and closed form. Primes up to 2⁶⁴. Not checked: the determinant, of a quick check; that rows and columns are the lexicographically first ones, and `retries` beyond its form (docs/certificate.md).
 * A fault is a result, and so is a certificate that would cost more than the limits (src/verify/limits.ts), which is rejected before the work. Throws a
 * `CertificateFormatError` for what is no certificate of this format and version, a `TypeError` for neither a string nor an object, and the reason of `signal`.
 * O(lower² · (lower + cost of evaluating one input)).
 */
export async function verify(
  certificate: string | object,
  options: VerifyOptions = {},
): Promise<Verification> {
  const pace = new Pace(options);
  const { quick = false, maxOperations: operations = maxOperations } = options;
  if (typeof quick !== 'boolean') throw typeFault('quick', 'true or false', quick);
  try {
    const stated = readCertificate(certificate);
    if (quick) assertWitness(stated);
    return stated.kind === 'rank'
      ? await verifyRank(stated.certificate, operations, pace)
      : await verifyDimension(stated.certificate, operations, quick, pace);
  } catch (error) {
    if (error instanceof Rejection) return { accepted: false, fault: error.fault };
    throw error;
  }
}

/** The quick check is the caller's wish: where it cannot be had the certificate is not to blame. */
function assertWitness({ kind, certificate }: Stated): void {
  if (kind === 'rank')
    throw new RangeError(
      'quick: expected a certificate of a dimension, got one of a rank, which has no witness',
    );
  if (certificate.lowerBound.witness === null)
    throw new RangeError(
      'quick: expected a certificate with a witness (option witness of certify), got one without',
    );
}

async function verifyDimension(
  stated: StatedCertificate,
  operations: number,
  quick: boolean,
  pace: Pace,
): Promise<Verification> {
  const compiled = compile(stated.network);
  checkClaim(stated, compiled);
  demandNewLogarithms(compiled.program);
  const steps = stepsOf(compiled.program);
  checkEvidence(stated, compiled.program, steps);
  const { independence, lowerBound, probableUpperBound: probable } = stated;
  demandBoundedWork(stated, compiled, steps, quick, operations);
  if (probable !== null) checkErrorProbability(probable, compiled, steps, stated.claim.upper);
  if (independence !== null)
    await atPrime(independence.prime, (field) =>
      checkIndependence(compiled, steps, independence, field, pace),
    );
  await stated.upperBound.prove(compiled, operations, pace);
  await atPrime(lowerBound.prime, async (field) => {
    if (!quick) await checkMinor(compiled, steps, stated, field, pace);
    if (lowerBound.witness !== null) await checkWitness(compiled, steps, stated, field, pace);
  });
  if (probable !== null) await repeatRun(compiled, steps, probable, pace);
  const { parameters, lower, upper, exact } = stated.claim;
  return {
    accepted: true,
    kind: 'dimension',
    parameters,
    dimension: { lower, upper, exact: exact && !quick },
    ...(quick && {
      witness: {
        errorProbability: witnessErrorProbability(lowerBound.prime),
        assumption: witnessAssumption,
      },
    }),
    ...(probable !== null && {
      probable: { upper: probable.upper, errorProbability: probable.errorProbability },
    }),
    prime: String(stated.lowerBound.prime),
    statements: statements(stated, steps, quick),
  };
}

async function verifyRank(stated: StatedRank, operations: number, pace: Pace): Promise<Verification> {
  checkRankClaim(stated);
  demandBoundedRankWork(stated, operations);
  if (stated.isRational) await checkRationalEvidence(stated, pace);
  else await atPrime(stated.prime, ({ f }) => checkRankEvidence(stated, f, pace));
  const { rows, cols } = stated.matrix;
  return {
    accepted: true,
    kind: 'rank',
    ...(stated.isRational && { field: 'Q' }),
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
  quick: boolean,
): string[] {
  const { prime, rows } = lowerBound;
  const minor = `a minor of order ${rows.length} of the Jacobian is not 0 modulo ${prime}`;
  const found = [
    quick
      ? `lower bound ${claim.lower}, by a witness: ${minor}; error probability at most ${witnessErrorProbability(prime)}, if ${witnessAssumption}; the determinant is not checked`
      : `lower bound ${claim.lower}, proved: ${minor}`,
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
