import type { Breath } from './breath.ts';
import type { Compiled } from './compile.ts';
import { Evaluation } from './evaluate.ts';
import { Rejection } from './fault.ts';
import { Point, type Input } from './point.ts';
import type { Residues } from './residues.ts';
import type { StatedCertificate } from './shape.ts';
import type { Steps } from './steps.ts';
import { Tangents } from './tangents.ts';
import type { Values } from './values.ts';

/** An input of which rows are named, evaluated. */
export interface NamedInput<E extends number | bigint> {
  readonly point: Point<E>;
  readonly tangents: Tangents<E>;
  readonly values: Values<E>;
  /** What was drawn for it, redrawn or not. */
  readonly input: Input<E>;
  /** The place of its first row among the named ones. */
  readonly first: number;
  /** Of each of its named rows the output: token·width + coordinate. */
  readonly outputs: readonly number[];
}

/** Draws the point of a lower bound and evaluates the inputs that its rows name, one by one; the others are drawn and thrown away. Rejects rows of an input that is skipped. */
export async function* namedInputs<E extends number | bigint>(
  { program, output }: Compiled,
  steps: Steps,
  { lowerBound }: StatedCertificate,
  field: Residues<E>,
  breath: Breath,
): AsyncGenerator<NamedInput<E>, void, undefined> {
  const { rows } = lowerBound;
  if (rows.length === 0) return;
  const { tokens, width } = program.tensor(output);
  const rowsPerInput = tokens * width;
  const point = await Point.draw(program, steps, lowerBound, field, breath);
  const evaluation = new Evaluation(program, steps, point);
  const tangents = new Tangents(evaluation.values, breath);
  let input = 0;
  for (let first = 0; first < rows.length;) {
    const named = Math.floor(rows[first]! / rowsPerInput);
    for (; input < named; input++) await point.skipInput(breath);
    const drawn = await point.nextInput(breath);
    const isDefined = await evaluation.at(drawn, breath);
    input++;
    if (!isDefined) {
      const path = `certificate.lowerBound.rows[${first}]`;
      throw new Rejection(path, 'a row of an input that is not skipped', rows[first]);
    }
    const outputs: number[] = [];
    for (let r = first; r < rows.length && rows[r]! < input * rowsPerInput; r++)
      outputs.push(rows[r]! - named * rowsPerInput);
    yield { point, tangents, values: evaluation.values, input: drawn, first, outputs };
    first += outputs.length;
  }
}
