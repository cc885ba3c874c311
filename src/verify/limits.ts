import { costsAt } from './arithmetic.ts';
import { countArguments } from './exponents.ts';
import { demand } from './fault.ts';
import type { StatedCertificate, StatedNetwork } from './shape.ts';
import { operationsPerResidue } from './stream.ts';

/** Characters of a certificate of a network. One with a minor of order 5000 has about 100,000. */
export const maxCharacters = 2 ** 22;
/** Characters of a certificate of a rank: it holds the matrix. */
export const maxRankCharacters = 2 ** 27;
/** Arrays and objects in it: a hundred bytes each, once they are parsed. */
export const maxBrackets = 2 ** 23;
/** Elementary operations (about a nanosecond each) that the verifier is willing to do for each part of the evidence, unless told otherwise. */
export const maxOperations = 2 ** 36;
/** Residues that it is willing to draw for each part. */
export const maxResidues = 2 ** 24;
/** Bytes of vectors that it is willing to hold. */
export const maxBytes = 2 ** 30;

/** Inputs that may be drawn for independence in search of `inputs` ones at which no denominator vanishes. */
export function maxInputsDrawn(inputs: number): number {
  return 2 * inputs + 64;
}

/** What a dot product costs beside its multiplications, in multiplications: the call, and one reduction. */
const dotOverhead = 8;
/** What a pair's exponential, or its derivative, costs in multiplications. */
const unitCost = 16;
/** An entry of a vector: a double or a 64-bit word. */
const bytesPerEntry = 8;

/** Multiplications, and entries held, at one input. */
interface InputCost {
  /** To evaluate the network. */
  readonly evaluation: number;
  /** For the derivative by one parameter, at most. */
  readonly tangent: number;
  readonly valueEntries: number;
  /** Of one tangent, entering and leaving the widest layer. */
  readonly tangentEntries: number;
}

function inputCost({ tokens: t, layers }: StatedNetwork): InputCost {
  let evaluation = 0;
  let tangent = 0;
  let valueEntries = 0;
  let tangentEntries = 0;
  const dots = (count: number, length: number): number => count * (length + dotOverhead);
  for (const { causal, inputDim: d, headDim: a, valueDim, outputDim } of layers) {
    const v = valueDim ?? outputDim;
    const pairs = causal ? (t * (t + 1)) / 2 : t * t;
    const maps = dots(t * (2 * a + v), d) + (valueDim === null ? 0 : dots(t * outputDim, v));
    evaluation += maps + dots(pairs, a) + pairs * unitCost + dots(t * v, t);
    tangent += maps + dots(2 * pairs, a) + pairs * unitCost + dots(2 * t * v, t);
    valueEntries += t * (d + 2 * a + 2 * v + outputDim) + 4 * t * t;
    tangentEntries = Math.max(tangentEntries, t * (d + outputDim));
  }
  return { evaluation, tangent, valueEntries, tangentEntries };
}

/** What one part of the evidence costs. */
export interface Work {
  readonly residues: number;
  readonly bytes: number;
  readonly operations: number;
}

/** The sizes of one part. */
interface Part {
  readonly prime: bigint;
  readonly inputs: number;
  /** Multiplications in dot products, and in eliminations. */
  readonly dots: number;
  readonly accumulations: number;
  readonly entries: number;
}

/** Estimates the work of each part from the sizes alone. The claim has been checked before: rows and columns are as many as `claim.lower`. */
export function estimateWork({ network, claim, lowerBound, independence }: StatedCertificate): {
  readonly minor: Work;
  readonly independence: Work | null;
} {
  const order = claim.lower;
  const argumentCounts = countArguments(network);
  const argumentCount = argumentCounts.reduce((sum, count) => sum + count, 0);
  const residuesPerInput = network.tokens * network.inputDim + argumentCount;
  const { evaluation, tangent, valueEntries, tangentEntries } = inputCost(network);
  const pointEntries = claim.parameters + residuesPerInput + valueEntries;
  const work = (part: Part): Work => {
    const { prime, inputs, dots, accumulations, entries } = part;
    const cost = costsAt(prime);
    const residues = claim.parameters + inputs * residuesPerInput;
    return {
      residues,
      bytes: (pointEntries + entries) * bytesPerEntry,
      operations: residues * operationsPerResidue + dots * cost.dot + accumulations * cost.accumulate,
    };
  };

  const rowsPerInput = network.tokens * network.layers.at(-1)!.outputDim;
  const drawn = order === 0 ? 0 : Math.floor(lowerBound.rows.at(-1)! / rowsPerInput) + 1;
  const used = Math.min(drawn, order);
  const minor = work({
    prime: lowerBound.prime,
    inputs: drawn,
    dots: used * (evaluation + order * tangent),
    // Row r is reduced by the r rows before it, from their pivots on: in the worst order of the pivots, n³/2.
    accumulations: order ** 3 / 2,
    entries: order ** 2 + order * tangentEntries,
  });
  if (independence === null) return { minor, independence: null };
  /** Entries of the matrices (1, arguments) of the layers, were they square. */
  const squares = argumentCounts.reduce((sum, count) => sum + (count + 1) ** 2, 0);
  const inputs = maxInputsDrawn(independence.inputs);
  return {
    minor,
    independence: work({
      prime: independence.prime,
      inputs,
      dots: inputs * evaluation,
      accumulations: independence.inputs * squares,
      entries: squares,
    }),
  };
}

/** Rejects a certificate that would cost more than the limits, before any work or allocation. */
export function demandBoundedWork(stated: StatedCertificate, operationLimit: number): void {
  const { minor, independence } = estimateWork(stated);
  demandBounded('certificate.lowerBound', minor, operationLimit);
  if (independence !== null) demandBounded('certificate.independence', independence, operationLimit);
}

export function demandBounded(
  path: string,
  { residues, bytes, operations }: Work,
  operationLimit: number,
): void {
  const within = (title: string, count: number, limit: number): void =>
    demand(count <= limit, path, `at most ${limit} ${title}`, count);
  within('residues to draw', residues, maxResidues);
  within('bytes of vectors', bytes, maxBytes);
  within('elementary operations', operations, operationLimit);
}
