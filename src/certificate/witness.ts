import { solveMinor, type NamedMinor } from '../jacobian/solve-minor.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { ResidueStream } from '../point/residue-stream.ts';
import { sha256Hex } from '../sha256.ts';
import { canonicalJson } from './canonical-json.ts';
import type { CertificateBody, Witness } from './certificate.ts';

/** Of a singular minor all right-hand sides have solutions with a probability of less than 2^−this. */
const errorBits = 128;

/** Solutions that a witness has modulo a prime: the least k with p^k > 2¹²⁸. */
export function solutionCount(prime: number): number {
  let count = 0;
  for (let power = 1n; power <= 1n << BigInt(errorBits); power *= BigInt(prime)) count++;
  return count;
}

/**
 * A witness that the minor of a certificate without one is not singular: docs/certificate.md, "Witness".
 *
 * Throws like `solveMinor`. O(r³) for the order r of the minor.
 */
export async function minorWitness(
  body: CertificateBody,
  network: NetworkGraph,
  minor: NamedMinor,
  pace: Pace,
): Promise<Witness> {
  const stream = new ResidueStream('witness', sha256Hex(canonicalJson(body)), minor.prime);
  const rightSides = Array.from({ length: solutionCount(minor.prime) }, () => stream.take(minor.rows.length));
  const solutions = await solveMinor(network, minor, rightSides, pace);
  return { method: 'solutions', solutions: solutions.map((x) => Array.from(x, String)) };
}
