import type { Pace } from '../pace.ts';
import { Breath } from './breath.ts';
import type { Compiled } from './compile.ts';
import { Echelon } from './echelon.ts';
import { Rejection, demand } from './fault.ts';
import { namedInputs } from './named-inputs.ts';
import type { Residues } from './residues.ts';
import type { StatedCertificate } from './shape.ts';
import type { Steps } from './steps.ts';

/**
 * Recomputes the named minor of the Jacobian and its determinant, which must be the stated one and not 0.
 *
 * Only named inputs are evaluated, only named columns differentiated, and rows eliminated input by input.
 */
export async function checkMinor<E extends number | bigint>(
  compiled: Compiled,
  steps: Steps,
  stated: StatedCertificate,
  field: Residues<E>,
  pace: Pace,
): Promise<void> {
  const path = 'certificate.lowerBound';
  const { f } = field;
  const { rows, columns } = stated.lowerBound;
  const breath = new Breath(pace, 'minor', rows.length);
  const echelon = new Echelon(columns.length, f);
  for await (const { tangents, first, outputs } of namedInputs(compiled, steps, stated, field, breath)) {
    const derivatives = outputs.map(() => f.zeros(columns.length));
    for (const [c, column] of columns.entries()) {
      const derivative = await tangents.by(column, compiled.output);
      for (const [n, output] of outputs.entries()) derivatives[n]![c] = derivative[output]!;
    }
    for (const [n, row] of derivatives.entries()) {
      if (!(await echelon.add(row, breath)))
        throw new Rejection(
          `${path}.rows[${first + n}]`,
          'a row independent of those before it, for a minor that is not 0',
          rows[first + n],
        );
      breath.done++;
    }
  }
  const determinant = String(echelon.determinant());
  demand(
    determinant === String(stated.lowerBound.determinant),
    `${path}.determinant`,
    JSON.stringify(determinant),
    String(stated.lowerBound.determinant),
  );
}
