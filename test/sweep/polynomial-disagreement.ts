import {
  BoundContradiction,
  certify,
  serializeCertificate,
  type Certificate,
} from '../../src/certificate/index.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { polynomialNetwork, type RankAtPoint } from './polynomial-rank.ts';
import type { PublishedDimension } from './polynomial-table.ts';

/** `certify` counts the symmetries of a network: half a minute at 14,000 parameters, out of memory at 190,000. */
const mostParameters = 5000;

/** A published dimension and the largest rank, where they differ: which of them is wrong, and the certificate. */
export async function disagreement(
  { widths, dimension }: PublishedDimension,
  { rank, prime, seed }: RankAtPoint,
): Promise<string> {
  const network = polynomialNetwork(widths);
  const parameters = parameterCount(network);
  const certificate = parameters <= mostParameters ? await certificateAt(widths, prime, seed) : null;
  const upper = certificate?.claim.upper ?? Infinity;
  const verdict =
    rank > upper
      ? `this program or its upper bound ${upper} is wrong`
      : rank > dimension
        ? 'the published one is too small'
        : upper < dimension
          ? `the published one is too large, for ${upper} is an upper bound`
          : 'open, for a rank is a lower bound';
  return [
    `disagreement: ${widths.join('-')}: published ${dimension}, rank ${rank} (p = ${prime}, seed ${seed}): ${verdict}`,
    certificate
      ? serializeCertificate(certificate).trimEnd()
      : `  no certificate: ${parameters} parameters, expected at most ${mostParameters}`,
  ].join('\n');
}

/** The certificate with the minor at a point; of a contradiction too. */
async function certificateAt(widths: readonly number[], prime: number, seed: string): Promise<Certificate> {
  try {
    return (await certify(polynomialNetwork(widths), { prime, seed })).certificate;
  } catch (error) {
    if (error instanceof BoundContradiction) return error.certificate;
    throw error;
  }
}
