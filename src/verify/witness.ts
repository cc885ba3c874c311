import type { Pace } from '../pace.ts';
import type { Arithmetic, Vector } from './arithmetic.ts';
import { Breath } from './breath.ts';
import type { Compiled } from './compile.ts';
import { DenseDirection } from './direction.ts';
import { Rejection, demand } from './fault.ts';
import { demandDecimal, literal, maxPrimeDigits, object } from './fields.ts';
import { canonical } from './json.ts';
import { namedInputs } from './named-inputs.ts';
import type { Program } from './program.ts';
import type { Residues } from './residues.ts';
import { sha256Hex } from './sha256.ts';
import type { StatedCertificate } from './shape.ts';
import type { Steps } from './steps.ts';
import { ResidueStream } from './stream.ts';
import { blockOf } from './tangents.ts';

/** Solutions of M·x_j = b_j, in whose right-hand sides nobody had a choice: docs/certificate.md, "Witness". */
export interface StatedWitness {
  /** Residues in decimal digits. */
  readonly solutions: readonly (readonly string[])[];
  /** The digest of the certificate without its witness, of which the right-hand sides are drawn. */
  readonly commitment: string;
}

/** Of a singular minor all right-hand sides have solutions with a probability of less than 2^−this. */
const errorBits = 128;

/** What a witness stands and falls with. */
export const witnessAssumption = 'SHA-256 behaves like a random function';

/** The least k with p^k > 2¹²⁸, for p ≥ 2. */
export function solutionCount(prime: bigint): number {
  let count = 0;
  for (let power = 1n; power <= 1n << BigInt(errorBits); power *= prime) count++;
  return count;
}

/** A power of two that p^−k is not above, as `2^-131`. */
export function witnessErrorProbability(prime: bigint): string {
  const power = prime ** BigInt(solutionCount(prime));
  return `2^-${power.toString(2).length - 1}`;
}

export function statedSolutions(path: string, value: unknown): StatedWitness['solutions'] {
  const { method, solutions } = object(path, value, ['method', 'solutions']);
  literal(`${path}.method`, method, 'solutions');
  const at = `${path}.solutions`;
  demand(Array.isArray(solutions), at, 'an array', solutions);
  return solutions.map((solution: unknown, j) => {
    demand(Array.isArray(solution), `${at}[${j}]`, 'an array', solution);
    for (const [c, entry] of solution.entries()) demandDecimal(`${at}[${j}][${c}]`, entry, maxPrimeDigits);
    return solution as string[];
  });
}

/** The digest of a certificate, parsed, without its witness. */
export function commitmentOf(certificate: object): string {
  const { digest: _, lowerBound, ...others } = certificate as Record<string, object>;
  const { witness: __, ...evidence } = lowerBound as Record<string, unknown>;
  return sha256Hex(canonical({ ...others, lowerBound: evidence }));
}

/** Demands the right number of solutions, of the right length, of residues. */
export function checkWitnessShape({ lowerBound }: StatedCertificate): void {
  const { prime, witness, columns } = lowerBound;
  if (witness === null) return;
  const path = 'certificate.lowerBound.witness.solutions';
  const count = solutionCount(prime);
  const { solutions } = witness;
  demand(solutions.length === count, path, `${count} solutions`, solutions.length);
  for (const [j, x] of solutions.entries()) {
    demand(x.length === columns.length, `${path}[${j}]`, `${columns.length} residues`, x.length);
    const { length } = String(prime);
    const c = x.findIndex((entry) => entry.length >= length && BigInt(entry) >= prime);
    demand(c < 0, `${path}[${j}][${c}]`, `a residue below ${prime}`, x[c]);
  }
}

/**
 * Checks M·x_j = b_j for all solutions of a witness, without the minor M: row by row as the derivative of the outputs in the direction x_j.
 *
 * O(k) evaluations for each named input, k the number of solutions.
 */
export async function checkWitness<E extends number | bigint>(
  compiled: Compiled,
  steps: Steps,
  stated: StatedCertificate,
  field: Residues<E>,
  pace: Pace,
): Promise<void> {
  const { f, prime } = field;
  const { rows, columns, witness } = stated.lowerBound;
  const { solutions, commitment } = witness!;
  const breath = new Breath(pace, 'witness', rows.length);
  const stream = new ResidueStream('witness', commitment, prime, f);
  const sides: Vector<E>[] = [];
  for (let j = 0; j < solutions.length; j++) sides.push(await stream.take(rows.length, breath));

  const directions = solutions.map((x) => {
    const changes = directionOf(compiled.program, columns, x, f);
    return new DenseDirection(compiled.program, f, changes, breath);
  });
  for await (const { tangents, first, outputs } of namedInputs(compiled, steps, stated, field, breath))
    for (const [j, direction] of directions.entries()) {
      const derivative = await tangents.along(direction, compiled.output);
      for (const [n, output] of outputs.entries())
        if (derivative[output] !== sides[j]![first + n])
          throw new Rejection(
            `certificate.lowerBound.witness.solutions[${j}]`,
            `a solution of the row ${rows[first + n]}, whose right-hand side is ${sides[j]![first + n]}`,
            String(derivative[output]),
          );
      breath.done = first + outputs.length;
    }
}

/** The direction with these values at the named parameters, and 0 elsewhere: vectors of the blocks that hold them. */
function directionOf<E>(
  { blocks }: Program,
  columns: readonly number[],
  values: readonly string[],
  f: Arithmetic<E>,
): Map<number, Vector<E>> {
  const changes = new Map<number, Vector<E>>();
  let block = 0;
  for (const [c, column] of columns.entries()) {
    block = blockOf(blocks, column, block);
    const { first, rows, cols } = blocks[block]!;
    const vector = changes.get(block) ?? f.zeros(rows * cols);
    changes.set(block, vector);
    vector[column - first] = f.fromDecimal(values[c]!);
  }
  return changes;
}
