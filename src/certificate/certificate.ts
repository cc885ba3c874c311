import type { Independence } from '../jacobian/independence.ts';
import type { Network } from '../network/format.ts';
import { sha256Hex } from '../sha256.ts';
import type { UpperBoundEvidence } from '../theory/upper-bound.ts';
import { canonicalJson } from './canonical-json.ts';
import type { RankCertificate, RankCertificateBody } from './certify-rank.ts';

/** An attempt at another point that gave a smaller rank: a record, not evidence. */
export interface Retry {
  readonly prime: string;
  readonly seed: string;
  readonly rank: number;
}

/** An upper bound that holds but for an error probability, and is no part of the claim: docs/monte-carlo.md. */
export interface ProbableUpperBound {
  readonly method: 'probabilistic';
  readonly statement: string;
  readonly upper: number;
  /** A power of two as `2^-48`. */
  readonly errorProbability: string;
  readonly prime: string;
  readonly point: { readonly seed: string };
  /** The rank is that of so many complete inputs; one more does not raise it. */
  readonly inputs: number;
}

/** Lets a verifier see that the minor is not 0 without computing it, but for an error probability: docs/certificate.md, "Witness". */
export interface Witness {
  readonly method: 'solutions';
  /** Solutions, each a residue for each column of the minor. */
  readonly solutions: readonly (readonly string[])[];
}

/** The claim, before its digest: see docs/certificate.md for every field. */
export interface CertificateBody {
  readonly format: 'dimcert-certificate';
  readonly version: 1;
  readonly kind: 'dimension';
  readonly network: Network;
  readonly claim: {
    readonly parameters: number;
    readonly lower: number;
    readonly upper: number;
    readonly exact: boolean;
  };
  readonly lowerBound: {
    readonly method: 'jacobian-minor';
    readonly prime: string;
    readonly point: { readonly seed: string };
    readonly rows: readonly number[];
    readonly columns: readonly number[];
    readonly determinant: string;
    readonly retries: readonly Retry[];
    /** Only if it was asked for. */
    readonly witness?: Witness;
  };
  /** Absent if the network has no exponentials. */
  readonly independence?: Independence;
  readonly upperBound: UpperBoundEvidence;
  /** Sought where the claim is an interval; absent if it is not below the claim, or no error probability is known. */
  readonly probableUpperBound?: ProbableUpperBound;
}

/** A certificate of a dimension (`format: "dimcert-certificate"`, version 1). */
export interface Certificate extends CertificateBody {
  /** SHA-256 of the canonical JSON of all other fields. */
  readonly digest: string;
}

/** Adds the digest. */
export function seal<Body extends CertificateBody | RankCertificateBody>(
  body: Body,
): Body & { readonly digest: string } {
  return { ...body, digest: sha256Hex(canonicalJson(body)) };
}

/** The bytes of a certificate file: canonical JSON (RFC 8785) and a line feed. */
export function serializeCertificate(certificate: Certificate | RankCertificate): string {
  return canonicalJson(certificate) + '\n';
}
