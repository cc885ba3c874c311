import type { Pace } from '../pace.ts';
import type { Arithmetic } from './arithmetic.ts';
import { Breath } from './breath.ts';
import { Echelon } from './echelon.ts';
import { noArgument } from './exponents.ts';
import { demand, Rejection } from './fault.ts';
import { evaluate } from './forward.ts';
import { maxInputsDrawn } from './limits.ts';
import { Point } from './point.ts';
import type { StatedCertificate } from './shape.ts';

/**
 * Re-establishes that no rational combination of the exponent arguments depends on θ alone: for each layer that has any, the matrix with the
 * rows (1, its arguments), at the stated number of inputs, has full column rank (docs/lower-bound.md says why the layers are enough).
 */
export async function checkIndependence<E>(
  { network }: StatedCertificate,
  stated: NonNullable<StatedCertificate['independence']>,
  f: Arithmetic<E>,
  pace: Pace,
): Promise<void> {
  const path = 'certificate.independence';
  const t = network.tokens;
  const breath = new Breath(pace, 'independence', stated.inputs);
  const point = await Point.draw(network, stated, f, breath);
  const echelons = point.argumentCounts.map((count) => (count > 0 ? new Echelon(count + 1, f) : null));
  const incomplete = (): number =>
    echelons.findIndex((echelon, layer) => echelon !== null && echelon.rank <= point.argumentCounts[layer]!);
  const drawable = maxInputsDrawn(stated.inputs);
  for (let drawn = 0; breath.done < stated.inputs && incomplete() >= 0; drawn++) {
    demand(
      drawn < drawable,
      `${path}.inputs`,
      `as many inputs without vanishing denominators among the first ${drawable}`,
      breath.done,
    );
    const values = await evaluate(point.layers, await point.nextInput(breath), t, f, breath);
    if (values === null) continue;
    for (const [index, echelon] of echelons.entries()) {
      const count = point.argumentCounts[index]!;
      if (echelon === null || echelon.rank > count) continue;
      const row = f.zeros(count + 1);
      row[0] = f.one;
      point.layers[index]!.argumentTable!.forEach((argument, at) => {
        if (argument !== noArgument) row[1 + argument] = values[index]!.scores[at]!;
      });
      await echelon.add(row, breath);
    }
    breath.done++;
  }
  const layer = incomplete();
  if (layer < 0) return;
  const expected = `(1, exponent arguments of layer ${layer}) of rank ${point.argumentCounts[layer]! + 1}`;
  throw new Rejection(path, expected, echelons[layer]!.rank);
}
