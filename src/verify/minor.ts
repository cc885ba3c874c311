import type { Pace } from '../pace.ts';
import type { Arithmetic } from './arithmetic.ts';
import { Breath } from './breath.ts';
import { Echelon } from './echelon.ts';
import { Rejection, demand } from './fault.ts';
import { evaluate } from './forward.ts';
import { Point } from './point.ts';
import type { StatedCertificate } from './shape.ts';
import { tangents } from './tangents.ts';

/**
 * Recomputes the named minor of the Jacobian and its determinant, which must be the stated one and not 0.
 *
 * Only named inputs are evaluated, only named columns differentiated, and rows eliminated as they come.
 */
export async function checkMinor<E>(
  { network, lowerBound }: StatedCertificate,
  f: Arithmetic<E>,
  pace: Pace,
): Promise<void> {
  const path = 'certificate.lowerBound';
  const { rows, columns } = lowerBound;
  const t = network.tokens;
  const rowsPerInput = t * network.layers.at(-1)!.outputDim;
  const breath = new Breath(pace, 'minor', rows.length);
  const point = await Point.draw(network, lowerBound, f, breath);
  const echelon = new Echelon(columns.length, f);
  let input = 0;
  for (let r = 0; r < rows.length;) {
    const named = Math.floor(rows[r]! / rowsPerInput);
    for (; input < named; input++) await point.skipInput(breath);
    const values = await evaluate(point.layers, await point.nextInput(breath), t, f, breath);
    input++;
    if (values === null)
      throw new Rejection(`${path}.rows[${r}]`, 'a row of an input without vanishing denominators', rows[r]);
    const derivatives = await tangents(point.layers, values, columns, t, f, breath);
    for (; r < rows.length && rows[r]! < input * rowsPerInput; r++) {
      const row = f.zeros(columns.length);
      const inBlock = rows[r]! - named * rowsPerInput;
      for (let c = 0; c < columns.length; c++) row[c] = derivatives[c * rowsPerInput + inBlock]!;
      if (!(await echelon.add(row, breath)))
        throw new Rejection(
          `${path}.rows[${r}]`,
          'a row independent of those before it, for a minor that is not 0',
          rows[r],
        );
      breath.done++;
    }
  }
  const determinant = echelon.determinant();
  demand(
    BigInt(determinant as bigint | number) === lowerBound.determinant,
    `${path}.determinant`,
    JSON.stringify(String(determinant)),
    String(lowerBound.determinant),
  );
}
