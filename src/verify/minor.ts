import type { Pace } from '../pace.ts';
import { Breath } from './breath.ts';
import type { Compiled } from './compile.ts';
import { Echelon } from './echelon.ts';
import { Evaluation } from './evaluate.ts';
import { Rejection, demand } from './fault.ts';
import { Point } from './point.ts';
import type { Residues } from './residues.ts';
import type { StatedCertificate } from './shape.ts';
import type { Steps } from './steps.ts';
import { Tangents } from './tangents.ts';

/**
 * Recomputes the named minor of the Jacobian and its determinant, which must be the stated one and not 0.
 *
 * Only named inputs are evaluated, only named columns differentiated, and rows eliminated input by input.
 */
export async function checkMinor<E extends number | bigint>(
  { program, output }: Compiled,
  steps: Steps,
  { lowerBound }: StatedCertificate,
  field: Residues<E>,
  pace: Pace,
): Promise<void> {
  const path = 'certificate.lowerBound';
  const { f } = field;
  const { rows, columns } = lowerBound;
  const { tokens, width } = program.tensor(output);
  const rowsPerInput = tokens * width;
  const breath = new Breath(pace, 'minor', rows.length);
  const echelon = new Echelon(columns.length, f);
  if (rows.length > 0) {
    const point = await Point.draw(program, steps, lowerBound, field, breath);
    const evaluation = new Evaluation(program, steps, point);
    const tangents = new Tangents(evaluation.values, breath);
    let input = 0;
    for (let r = 0; r < rows.length;) {
      const named = Math.floor(rows[r]! / rowsPerInput);
      for (; input < named; input++) await point.skipInput(breath);
      const isDefined = await evaluation.at(await point.nextInput(breath), breath);
      input++;
      if (!isDefined)
        throw new Rejection(`${path}.rows[${r}]`, 'a row of an input that is not skipped', rows[r]);
      const block: number[] = [];
      for (; r + block.length < rows.length && rows[r + block.length]! < input * rowsPerInput;)
        block.push(rows[r + block.length]! - named * rowsPerInput);
      const derivatives = block.map(() => f.zeros(columns.length));
      for (const [c, column] of columns.entries()) {
        const derivative = await tangents.by(column, output);
        for (const [n, at] of block.entries()) derivatives[n]![c] = derivative[at]!;
      }
      for (const row of derivatives) {
        if (!(await echelon.add(row, breath)))
          throw new Rejection(
            `${path}.rows[${r}]`,
            'a row independent of those before it, for a minor that is not 0',
            rows[r],
          );
        r++;
        breath.done++;
      }
    }
  }
  const determinant = String(echelon.determinant());
  demand(
    determinant === String(lowerBound.determinant),
    `${path}.determinant`,
    JSON.stringify(determinant),
    String(lowerBound.determinant),
  );
}
