import { costsAt } from './arithmetic.ts';
import type { Compiled } from './compile.ts';
import { maxRedraws } from './evaluate.ts';
import { demand } from './fault.ts';
import { logarithmInputs } from './independence.ts';
import { countPairs } from './mask.ts';
import { blocksOf, operands, type Id, type Program } from './program.ts';
import type { StatedCertificate } from './shape.ts';
import { argumentChecks, logarithmChecks, type Steps } from './steps.ts';
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

/** What a dot product costs beside its multiplications, in multiplications: the call, and one reduction. */
const dotOverhead = 8;
/** What an entry that is computed on its own costs in multiplications, and one that takes powers or inverses. */
const entryCost = 8;
const powerCost = 2 ** 8;
/** A root modulo p < 2⁶⁴, in the worst case: Tonelli and Shanks square 64 times for each of 64 bits. */
const rootCost = 2 ** 12;
/** An entry of a vector: a double or a 64-bit word. */
const bytesPerEntry = 8;

/** Multiplications for one tensor: its value, and its derivative by one parameter, at most. */
interface TensorCost {
  readonly value: number;
  readonly tangent: number;
}

function tensorCost(program: Program, id: Id, depends: boolean, factors: number): TensorCost {
  const { operation, tokens, width } = program.tensor(id);
  const entries = tokens * width;
  const dots = (count: number, length: number): number => count * (length + dotOverhead);
  const each = (cost: number): TensorCost => ({ value: entries * cost, tangent: entries * cost });
  switch (operation.kind) {
    case 'combination':
      return each(entryCost * operation.terms.length);
    case 'linear': {
      const value = dots(entries, program.tensor(operation.x).width);
      return { value, tangent: depends ? value : entries };
    }
    case 'scores': {
      const value = dots(countPairs(operation.mask), program.tensor(operation.q).width);
      return { value, tangent: 2 * value };
    }
    case 'mix': {
      const value = (countPairs(operation.mask) + dotOverhead * tokens) * width;
      return { value, tangent: 2 * value };
    }
    case 'softmax': {
      const value = countPairs(operation.mask) * entryCost + tokens * powerCost;
      return { value, tangent: value };
    }
    case 'exponential':
      return { value: entries * powerCost * (factors + 1), tangent: entries * entryCost };
    case 'power':
    case 'logistic':
    case 'hyperbolic':
      return { value: entries * powerCost, tangent: entries * powerCost };
    case 'roots': {
      const length = program.tensor(operation.x).width;
      return {
        value: dots(tokens, length) + tokens * rootCost,
        tangent: dots(tokens, length) + tokens * powerCost,
      };
    }
    case 'normalized':
      return {
        value: entries * entryCost + tokens * powerCost,
        tangent: entries * entryCost + tokens * powerCost,
      };
    default:
      return each(entryCost);
  }
}

/** Multiplications, and entries held, at one input. */
interface InputCost {
  /** To evaluate the network, with everything that may be computed anew. */
  readonly evaluation: number;
  readonly tangent: number;
  readonly entries: number;
}

function inputCost(program: Program, { exponentials, roots, sources }: Steps): InputCost {
  const depends = parametric(program);
  /** Of the tensors before each. */
  const before: number[] = [0];
  let tangent = 0;
  let entries = 0;
  for (const [id, { tokens, width, operation }] of program.tensors.entries()) {
    const factors = exponentials.get(id)?.factors.length ?? 0;
    const cost = tensorCost(program, id, 'x' in operation && depends[operation.x] === 1, factors);
    before.push(before[id]! + cost.value);
    tangent += cost.tangent;
    // Its value, its derivative, and a table of arguments or a copy of what was drawn.
    entries += 3 * tokens * width;
  }
  const again = roots.map((id) => {
    const source = sources[id]!;
    return source?.local ? before[id + 1]! - before[source.step]! : 0;
  });
  const evaluation = before.at(-1)! + maxRedraws * Math.max(0, ...again);
  return { evaluation, tangent, entries };
}

/** For each tensor whether it depends on parameters at all. */
function parametric(program: Program): Uint8Array {
  const depends = new Uint8Array(program.tensors.length);
  for (const [id, { operation }] of program.tensors.entries())
    if (blocksOf(operation).length > 0 || operands(operation).some((operand) => depends[operand] === 1))
      depends[id] = 1;
  return depends;
}

/** Multiplications for the angles, and entries of their tables. */
function rotationCost({ rotaries, tensors }: Program): { readonly dots: number; readonly entries: number } {
  const frequencies = rotaries.reduce((sum, { dim }) => sum + dim / 2, 0);
  const bits = 31 * new Set(rotaries.map(({ base }) => base)).size;
  const { tokens } = tensors[0]!;
  return { dots: frequencies * (8 * bits + 4 * tokens), entries: frequencies * (2 * tokens + 16) };
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
  readonly points: number;
  /** At each point. */
  readonly inputs: number;
  /** Multiplications in dot products at each point, and in eliminations. */
  readonly dots: number;
  readonly accumulations: number;
  readonly entries: number;
}

/** Estimates the work of each part from the sizes alone. The claim has been checked before: rows and columns are as many as `claim.lower`. */
export function estimateWork(
  { claim, lowerBound, independence, probableUpperBound }: StatedCertificate,
  { program, output }: Compiled,
  steps: Steps,
  quick: boolean,
): { readonly minor: Work; readonly independence: Work | null; readonly probable: Work | null } {
  const order = claim.lower;
  const residuesPerInput = countResidues(program, steps);
  const { evaluation, tangent, entries: tensorEntries } = inputCost(program, steps);
  const rotation = rotationCost(program);
  const pointEntries = claim.parameters + residuesPerInput + tensorEntries + rotation.entries;
  const work = (part: Part): Work => {
    const { prime, points, inputs, dots, accumulations, entries } = part;
    const cost = costsAt(prime);
    const residues = points * (claim.parameters + inputs * residuesPerInput);
    return {
      residues,
      bytes: (pointEntries + entries) * bytesPerEntry,
      operations:
        residues * operationsPerResidue +
        points * (dots + rotation.dots) * cost.dot +
        accumulations * cost.accumulate,
    };
  };

  const { tokens, width } = program.tensor(output);
  const drawn = order === 0 ? 0 : Math.floor(lowerBound.rows.at(-1)! / (tokens * width)) + 1;
  const used = Math.min(drawn, order);
  const solutions = lowerBound.witness?.solutions.length ?? 0;
  // In a direction of all parameters a derivative costs what an evaluation does beside.
  const witness = solutions * used * (evaluation + tangent);
  const minor = work({
    prime: lowerBound.prime,
    points: 1,
    inputs: drawn,
    dots: used * evaluation + witness + (quick ? 0 : used * order * tangent),
    // Row r is reduced by the r rows before it, from their pivots on: in the worst order of the pivots, n³/2.
    accumulations: quick ? 0 : order ** 3 / 2,
    entries: solutions * claim.parameters + (quick ? 0 : order ** 2 + order * tokens * width),
  });
  const probable =
    probableUpperBound &&
    work(runPart(probableUpperBound, claim.parameters, tokens * width, evaluation, tangent));
  if (independence === null) return { minor, independence: null, probable };
  /** Entries of matrices, were they square; 64 signs are one word. */
  const squares = (columns: readonly { readonly count: number }[], points: number): number =>
    columns.reduce((sum, { count }) => sum + (count + points) ** 2, 0);
  const part = (points: number, inputs: number, entries: number, signs: number): Work =>
    work({
      prime: independence.prime,
      points,
      inputs,
      dots: inputs * (evaluation + 2 * signs),
      accumulations: points * inputs * entries,
      entries: entries + signs,
    });
  const { inputs, points } = independence;
  const signs =
    squares(
      steps.roots.map((id) => ({ count: program.tensor(id).tokens })),
      points,
    ) / 64;
  const stated = part(points, inputs, squares(argumentChecks(steps), points), signs);
  const checks = logarithmChecks(steps);
  if (checks.length === 0) return { minor, independence: stated, probable };
  // The last of the attempts costs as much as all before it together.
  const most = Math.max(points, ...checks.map(({ count }) => count));
  const last = part(most, logarithmInputs(most, most), squares(checks, most), 0);
  const both = (of: (part: Work) => number): number => of(stated) + 2 * of(last);
  return {
    minor,
    independence: {
      residues: both(({ residues }) => residues),
      bytes: both(({ bytes }) => bytes),
      operations: both(({ operations }) => operations),
    },
    probable,
  };
}

/** The verifier's own run of a probable bound: the named inputs and one more, all their rows by all columns, until the rank is above the bound. */
function runPart(
  { upper, inputs: named }: NonNullable<StatedCertificate['probableUpperBound']>,
  columns: number,
  rowsPerInput: number,
  evaluation: number,
  tangent: number,
): Part {
  const inputs = named + 1;
  const rows = inputs * rowsPerInput;
  const kept = Math.min(rows, upper + 1);
  return {
    prime: 2n ** 61n,
    points: 1,
    inputs,
    dots: inputs * (evaluation + columns * tangent),
    // A row is reduced by those kept before it: the kept ones by half of them, the others by all.
    accumulations: (kept ** 2 / 2 + (rows - kept) * kept) * columns,
    entries: (upper + rowsPerInput) * columns,
  };
}

function countResidues(program: Program, { units, logarithms }: Steps): number {
  let count = 0;
  for (const { operation, tokens, width } of program.tensors)
    if (operation.kind === 'tokens') count += tokens * width;
  for (const [, drawn] of [...units, ...logarithms]) count += drawn;
  return count;
}

/** Rejects a certificate that would cost more than the limits, before any work or allocation. */
export function demandBoundedWork(
  stated: StatedCertificate,
  compiled: Compiled,
  steps: Steps,
  quick: boolean,
  operationLimit: number,
): void {
  const { minor, independence, probable } = estimateWork(stated, compiled, steps, quick);
  demandBounded('certificate.lowerBound', minor, operationLimit);
  if (independence !== null) demandBounded('certificate.independence', independence, operationLimit);
  if (probable !== null) demandBounded('certificate.probableUpperBound', probable, operationLimit);
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
