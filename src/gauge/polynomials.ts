import type { Tensor } from '../graph/tensor.ts';
import { nullspace } from '../matrix/nullspace.ts';
import { ResidueStream } from '../point/residue-stream.ts';
import { derivativesAt, descend, partFrom, type PolynomialPart } from './polynomial-part.ts';
import type { Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';

/** Parts with more parameters, or entries of the Jacobian of their coefficients, are left alone. */
const mostParameters = 2 ** 12;
const mostEntries = 2 ** 22;
/** Points beyond as many as there are coefficients: then the values at random points tell all coefficients, but for a chance of about p⁻⁴. */
const sparePoints = 4;

/**
 * Polynomial parts whose parameters reach all coefficients that their degrees allow: what changes no coefficient changes no value. docs/gauge.md, "Polynomial parts".
 *
 * Larger parts come before those inside them, which have no more fields: the last ends first, and of each end the farthest cut.
 */
export function* polynomialFields(setting: Setting): Generator<Tangent, void, undefined> {
  const used: { readonly from: Tensor; readonly inner: ReadonlySet<Tensor> }[] = [];
  for (const to of [...setting.tensors].reverse()) {
    const descent = descend(to, mostParameters, setting);
    for (const cut of [...descent.cuts].reverse()) {
      const isInside = used.some(
        ({ from, inner }) => inner.has(to) && (cut.from === from || inner.has(cut.from)),
      );
      if (isInside) break;
      const part = partFrom(cut, descent);
      const fields = part && hasSurplus(part) ? kernelOf(part, setting) : null;
      if (!fields) continue;
      used.push({ from: cut.from, inner: new Set(part!.inner) });
      yield* fields;
      break;
    }
  }
}

/** More parameters than coefficients, and few enough of both. */
function hasSurplus({ parameterCount, coefficientCount }: PolynomialPart): boolean {
  return coefficientCount < parameterCount && coefficientCount * parameterCount <= mostEntries;
}

/** The kernel of the Jacobian of the coefficients, if that has as many independent rows as there are coefficients, which is the most that it can have at any parameters; null otherwise. */
function kernelOf(part: PolynomialPart, setting: Setting): Tangent[] | null {
  const { from, to, parameters, parameterCount: cols, coefficientCount } = part;
  const { field } = setting;
  const tokens = new ResidueStream('input', setting.seed, field.prime);
  const points = coefficientCount / to.cols + sparePoints;
  const data: number[] = [];
  for (let n = 0; n < points; n++)
    for (const row of derivativesAt(part, Array.from(tokens.take(from.cols)), setting)) data.push(...row);
  const kernel = nullspace({ rows: data.length / cols, cols, data }, 'right', field.prime);
  if (cols - kernel.cols !== coefficientCount) return null;
  const columns = parameters.flatMap(({ offset, rows, cols: width }) =>
    Array.from({ length: rows * width }, (_, n) => offset + n),
  );
  return Array.from({ length: kernel.cols }, (_, k) => {
    const entries = columns.map((column, n) => [column, kernel.data[n * kernel.cols + k]!] as const);
    return new Map(entries.filter(([, value]) => value !== 0));
  });
}
