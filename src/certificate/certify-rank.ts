import { rangeFault } from '../assert.ts';
import { primeField } from '../field/any-prime.ts';
import type { Prime } from '../field/residue.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { rankEvidence, residueMatrix } from '../matrix/rank-evidence.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { seal } from './certificate.ts';
import { listed, listingSize, type ListedMatrix, type ListingSize } from './listing.ts';

/** The most characters that the matrix and the coefficients of a certificate may have together, in JSON. */
export const maxListedCharacters = 2 ** 27 - 2 ** 20;
/** The most arrays that they may consist of: a verifier counts them before it parses. */
const maxListedArrays = 2 ** 23 - 2 ** 10;

/** The claim that a matrix has a rank, over F_p or over Q, before its digest: see docs/certificate.md, "Rank of a matrix". */
export interface RankCertificateBody {
  readonly format: 'dimcert-certificate';
  readonly version: 1;
  readonly kind: 'rank';
  /** That of the field; of a rank over Q it is in `lowerBound`. */
  readonly prime?: string;
  /** Only of a rank over Q. */
  readonly field?: 'Q';
  readonly matrix: ListedMatrix;
  readonly claim: { readonly lower: number; readonly upper: number; readonly exact: true };
  readonly lowerBound: {
    readonly method: 'minor';
    /** Only of a rank over Q. */
    readonly prime?: string;
    readonly rows: readonly number[];
    readonly columns: readonly number[];
    readonly determinant: string;
  };
  readonly upperBound:
    | { readonly method: 'shape' }
    | {
        readonly method: 'row-combinations' | 'column-combinations';
        readonly coefficients: ListedMatrix;
        /** Only of a rank over Q, for each row of the coefficients. */
        readonly multipliers?: readonly string[];
      };
}

/** A certificate of the rank of a matrix, modulo a prime or over Q (`format: "dimcert-certificate"`, version 1, `kind: "rank"`). */
export interface RankCertificate extends RankCertificateBody {
  /** SHA-256 of the canonical JSON of all other fields. */
  readonly digest: string;
}

/** What `certifyRank` or `certifyRankOverQ` found. */
export interface CertifiedRank {
  readonly rank: number;
  readonly certificate: RankCertificate;
}

/**
 * The rank of a matrix over F_p, for any prime below 2⁶², with a certificate that holds the matrix and proves both that the rank is
 * not smaller (a minor that is not 0) and that it is not greater (the other rows, or columns, as combinations of those of the minor).
 *
 * Throws like `rank`, and a `RangeError` for a matrix whose certificate would have more than about 2²⁷ characters. O(rows · cols · rank).
 *
 * @example const { rank, certificate } = await certifyRank({ rows: 2, cols: 2, data: [1, 2, 3, 6] }, 7)
 */
export async function certifyRank(
  matrix: Matrix,
  prime: Prime,
  options: LongOperation = {},
): Promise<CertifiedRank> {
  const pace = new Pace(options);
  const field = primeField(prime);
  const residues = residueMatrix(matrix, field);
  const size = listingSize(residues);
  demandRoom(size);
  const { rank, rows, columns, determinant, combinations } = await rankEvidence(residues, field, pace);
  if (combinations) demandRoom(size, listingSize(combinations.coefficients));
  const certificate = seal({
    format: 'dimcert-certificate',
    version: 1,
    kind: 'rank',
    prime: String(field.prime),
    matrix: listed(residues),
    claim: { lower: rank, upper: rank, exact: true },
    lowerBound: { method: 'minor', rows, columns, determinant: String(determinant) },
    upperBound: combinations
      ? {
          method: combinations.side === 'rows' ? 'row-combinations' : 'column-combinations',
          coefficients: listed(combinations.coefficients),
        }
      : { method: 'shape' },
  });
  return { rank, certificate };
}

/** A `RangeError` unless listings of these sizes fit into a certificate. */
export function demandRoom(...sizes: ListingSize[]): void {
  const demand = (what: keyof ListingSize, most: number): void => {
    const sum = sizes.reduce((total, size) => total + size[what], 0);
    if (sum > most)
      throw rangeFault('matrix', `a certificate, which lists the matrix, of at most ${most} ${what}`, sum);
  };
  demand('characters', maxListedCharacters);
  demand('arrays', maxListedArrays);
}
