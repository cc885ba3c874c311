import { Pace, type LongOperation } from '../pace.ts';
import {
  bigArithmetic,
  smallArithmetic,
  smallPrimes,
  wordArithmetic,
  wordPrimes,
  type Arithmetic,
} from './arithmetic.ts';
import { closedFormStatement } from './bound.ts';
import { checkClaim, checkEvidence } from './claim.ts';
import { Rejection, type Fault } from './fault.ts';
import { checkIndependence } from './independence.ts';
import { demandBoundedWork, maxOperations } from './limits.ts';
import { checkMinor } from './minor.ts';
import { checkRankClaim, rankStatements } from './rank-claim.ts';
import { checkRankEvidence } from './rank-evidence.ts';
import { demandBoundedRankWork } from './rank-limits.ts';
import type { StatedRank } from './rank-shape.ts';
import { readCertificate } from './read.ts';
import type { StatedCertificate } from './shape.ts';

/** What a verifier found: what is proved, or the first fault. */
export type Verification =
  | {
      readonly accepted: true;
      readonly kind: 'dimension';
      readonly parameters: number;
      readonly dimension: { readonly lower: number; readonly upper: number; readonly exact: boolean };
      /** The prime of the lower bound. */
      readonly prime: string;
      /** What has been proved, in words: the lower bound, the independence of the exponentials if there are any, the upper bound. */
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
    }
  | { readonly accepted: false; readonly fault: Fault };

export interface VerifyOptions extends LongOperation {
  /** Elementary operations, about a nanosecond each, beyond which a certificate is rejected unread. Default: 2³⁶, enough for dimension 3500. */
  readonly maxOperations?: number | undefined;
}

/**
 * Checks a certificate, trusting nothing in it: recomputes the point, the named minor of the Jacobian, the independence of the exponentials,
 * the upper bound, the claim and the digest.
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
  checkClaim(stated);
  checkEvidence(stated);
  demandBoundedWork(stated, operations);
  const { independence } = stated;
  if (independence !== null)
    await atPrime(independence.prime, (f) => checkIndependence(stated, independence, f, pace));
  await atPrime(stated.lowerBound.prime, (f) => checkMinor(stated, f, pace));
  const { parameters, ...dimension } = stated.claim;
  return {
    accepted: true,
    kind: 'dimension',
    parameters,
    dimension,
    prime: String(stated.lowerBound.prime),
    statements: statements(stated),
  };
}

async function verifyRank(stated: StatedRank, operations: number, pace: Pace): Promise<Verification> {
  checkRankClaim(stated);
  demandBoundedRankWork(stated, operations);
  await atPrime(stated.prime, (f) => checkRankEvidence(stated, f, pace));
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

/** Runs a check in the arithmetic that suits the prime. */
function atPrime(
  prime: bigint,
  check: <E extends number | bigint>(f: Arithmetic<E>) => Promise<void>,
): Promise<void> {
  if (prime < smallPrimes) return check(smallArithmetic(Number(prime)));
  return prime < wordPrimes ? check(wordArithmetic(Number(prime))) : check(bigArithmetic(prime));
}

function statements({ claim, lowerBound, independence }: StatedCertificate): string[] {
  const { prime, rows } = lowerBound;
  const lower = `lower bound ${claim.lower}, proved: a minor of order ${rows.length} of the Jacobian is not 0 modulo ${prime}`;
  const upper = `upper bound ${claim.upper}, proved: ${closedFormStatement}`;
  if (independence === null) return [lower, upper];
  const units = `independence of the exponentials, proved: their arguments have full rank modulo ${independence.prime} (Ax 1971)`;
  return [lower, units, upper];
}
