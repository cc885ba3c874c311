import type { Tensor } from '../graph/tensor.ts';
import { nullspace } from '../matrix/nullspace.ts';
import { ResidueStream } from '../point/residue-stream.ts';
import { derivativesAt, partBetween, type PolynomialPart } from './polynomial-part.ts';
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
 * The largest first; a part inside one that is used has no more fields.
 */
export function* polynomialFields(setting: Setting): Generator<Tangent, void, undefined> {
  const parts: PolynomialPart[] = [];
  for (const to of setting.tensors)
    for (const from of setting.tensors) {
      if (from.id >= to.id) break;
      const part = partBetween(from, to, setting);
      if (part && hasSurplus(part)) parts.push(part);
    }
  parts.sort((a, b) => b.parameterCount - a.parameterCount);
  const used: ReadonlySet<Tensor>[] = [];
  for (const part of parts) {
    if (used.some((larger) => part.inner.every((tensor) => larger.has(tensor)))) continue;
    const fields = kernelOf(part, setting);
    if (!fields) continue;
    used.push(new Set(part.inner));
    yield* fields;
  }
}

/** More parameters than coefficients, and few enough of both. */
function hasSurplus({ parameterCount, coefficientCount }: PolynomialPart): boolean {
  return (
    coefficientCount < parameterCount &&
    parameterCount <= mostParameters &&
    coefficientCount * parameterCount <= mostEntries
  );
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
