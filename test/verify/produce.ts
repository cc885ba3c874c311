import { closedFormStatement, closedFormTerms, type ClosedFormTerms } from '../../src/verify/bound.ts';
import { compile } from '../../src/verify/compile.ts';
import { statedNetwork } from '../../src/verify/network-shape.ts';
import type { Loose } from './json-type.ts';
import type { Stack } from './networks.ts';
import {
  argumentCount,
  argumentsIndependent,
  largestArgumentCount,
  digestOf,
  drawPoint,
  jacobianColumns,
  parameterCount,
  rankProfiles,
} from './reference.ts';

/** A network as the tensors that the verifier computes. */
export const compiled = (network: unknown) => compile(statedNetwork('network', network));

/** The closed form as the verifier computes it. */
export const termsOf = ({ inputDim, sequenceLength, layers }: Stack): ClosedFormTerms =>
  closedFormTerms(
    inputDim,
    sequenceLength,
    layers.map(({ normalization, causal, headDim, valueDim, outputDim }) => ({
      softmax: normalization === 'softmax',
      causal: causal === true,
      headDim,
      valueDim: valueDim ?? null,
      outputDim,
    })),
  );

/** A copy with the digest that belongs to it. */
export async function sealed(certificate: Loose): Promise<Loose> {
  return { ...certificate, digest: await digestOf(certificate) };
}

/** A certificate whose claim fits a network and a named minor, without any evidence that they are true. */
export async function claimed(network: Stack, lowerBound: Loose = {}, independence?: Loose): Promise<Loose> {
  const terms = termsOf(network);
  const upper = terms.scores + terms.flag + terms.output - terms.scales;
  const lower = lowerBound.rows?.length ?? 1;
  return sealed({
    format: 'dimcert-certificate',
    version: 1,
    kind: 'dimension',
    network,
    claim: { parameters: parameterCount(network), lower, upper, exact: lower === upper },
    lowerBound: {
      method: 'jacobian-minor',
      prime: '4093',
      point: { seed: '0' },
      rows: [0],
      columns: [0],
      determinant: '1',
      retries: [],
      ...lowerBound,
    },
    ...(independence && { independence }),
    upperBound: { method: 'closed-form', statement: closedFormStatement, terms },
  });
}

/** A tiny producer: the Jacobian at enough inputs by the reference, its rank profiles by schoolbook elimination. */
export async function produce(network: Stack, prime = '4093', seed = '0'): Promise<Loose> {
  const p = BigInt(prime);
  const point = await drawPoint(network, seed, p);
  const columns = Array.from({ length: parameterCount(network) }, (_, column) => column);
  const perInput = network.sequenceLength * network.layers.at(-1)!.outputDim;
  const terms = termsOf(network);
  const upper = terms.scores + terms.flag + terms.output - terms.scales;
  const matrix: bigint[][] = [];
  let found = rankProfiles(matrix, p);
  // Skipped inputs are zero rows: they are never chosen, and keep the numbers right.
  for (let gainless = 0; gainless < 4 && found.rows.length < upper;) {
    const { input, units } = await point.next();
    const made = jacobianColumns(network, point.theta, input, units, columns, p);
    for (let row = 0; row < perInput; row++)
      matrix.push(made ? made.map((column) => column[row]!) : columns.map(() => 0n));
    const rank = found.rows.length;
    found = rankProfiles(matrix, p);
    gainless = found.rows.length > rank ? 0 : gainless + 1;
  }
  const independence = argumentCount(network) > 0 ? await proved(network, seed) : undefined;
  return claimed(
    network,
    { ...found, prime, point: { seed }, determinant: String(found.determinant) },
    independence,
  );
}

async function proved(network: Stack, seed: string): Promise<Loose> {
  const columns = largestArgumentCount(network) + 1;
  for (let inputs = columns; inputs < columns + 8; inputs++)
    if (await argumentsIndependent(network, seed, 67108859n, inputs))
      return { prime: '67108859', point: { seed }, inputs };
  throw new Error('the test network has dependent exponent arguments');
}
