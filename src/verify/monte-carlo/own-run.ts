import type { Pace } from '../../pace.ts';
import type { Vector } from '../arithmetic.ts';
import { Breath } from '../breath.ts';
import type { Compiled } from '../compile.ts';
import { Echelon } from '../echelon.ts';
import { Evaluation } from '../evaluate.ts';
import { demand, Rejection } from '../fault.ts';
import type { StatedPoint } from '../fields.ts';
import { Point } from '../point.ts';
import { atPrime, type Residues } from '../residues.ts';
import type { Steps } from '../steps.ts';
import { Tangents } from '../tangents.ts';
import { randomPrime, randomSeed } from './random.ts';
import type { StatedProbableBound } from './shape.ts';

/**
 * Repeats the run of docs/monte-carlo.md with a prime and a point of the verifier's own, and rejects a bound that the rank exceeds: it is refuted.
 * A smaller rank refutes nothing.
 */
export async function repeatRun(
  compiled: Compiled,
  steps: Steps,
  stated: StatedProbableBound,
  pace: Pace,
): Promise<void> {
  // A denominator vanishes modulo so large a prime about never: then at another point it will not.
  for (let isDone = false; !isDone;) {
    const drawn = { prime: randomPrime(compiled.program), seed: randomSeed() };
    await atPrime(drawn.prime, async (field) => {
      isDone = (await stableRank(compiled, steps, stated, drawn, field, pace)) !== null;
    });
  }
}

/**
 * The rank of the Jacobian at complete inputs, until one adds nothing; null if an input is skipped. Rejects as soon as the rank is above the bound, and where it
 * still grows after the inputs that are named.
 */
export async function stableRank<E extends number | bigint>(
  compiled: Compiled,
  steps: Steps,
  { upper, inputs }: Pick<StatedProbableBound, 'upper' | 'inputs'>,
  drawn: StatedPoint,
  field: Residues<E>,
  pace: Pace,
): Promise<number | null> {
  const path = 'certificate.probableUpperBound';
  const { program } = compiled;
  const breath = new Breath(pace, 'Monte Carlo', upper);
  const point = await Point.draw(program, steps, drawn, field, breath);
  const evaluation = new Evaluation(program, steps, point);
  const tangents = new Tangents(evaluation.values, breath);
  const echelon = new Echelon(program.parameters, field.f);
  for (let input = 0; ; input++) {
    const before = echelon.rank;
    if (!(await evaluation.at(await point.nextInput(breath), breath))) return null;
    for (const row of await jacobianRows(compiled, tangents, field)) {
      await echelon.add(row, breath);
      const { rank } = echelon;
      demand(rank <= upper, `${path}.upper`, `at least ${rank}`, upper);
      breath.done = rank;
    }
    if (echelon.rank === before) return before;
    // Without this the work would be unbounded, whatever is stated.
    if (input === inputs) throw new Rejection(`${path}.inputs`, `at least ${inputs + 1}`, inputs);
  }
}

/** The rows of all values of an input, column by column. */
async function jacobianRows<E extends number | bigint>(
  { program, output }: Compiled,
  tangents: Tangents<E>,
  { f }: Residues<E>,
): Promise<Vector<E>[]> {
  const { tokens, width } = program.tensor(output);
  const rows = Array.from({ length: tokens * width }, () => f.zeros(program.parameters));
  for (let column = 0; column < program.parameters; column++) {
    const derivative = await tangents.by(column, output);
    for (const [n, row] of rows.entries()) row[column] = derivative[n]!;
  }
  return rows;
}
