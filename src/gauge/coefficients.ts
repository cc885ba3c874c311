import type { ParameterRef } from '../graph/tensor.ts';
import { product, transposed, rightKernel } from './dense.ts';
import type { Effective } from './effective.ts';
import type { HeadsInContext } from './trades.ts';
import type { Rows, Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/** Which of the three tokens in a coefficient are one: keys and values always are; queries too where a query sees itself only, or tokens are parallel. */
export type Symmetry = 'keys' | 'all';

/**
 * A lightning layer is a tensor T(key, value, query) of coefficients, on the effective spaces. Where the heads fill the whole space of such tensors, every change of
 * the parameters that keeps T is a field: the rank of T's Jacobian cannot be larger at other parameters. docs/gauge.md, "Full layers".
 */
export function* coefficientFields(
  context: HeadsInContext,
  symmetry: Symmetry,
  setting: Setting,
): Generator<Tangent, void, undefined> {
  const { entering, source, readers } = context;
  const indices = monomials(source.dim, entering.dim, symmetry);
  const size = readers.length * indices.count;
  const parameters = context.heads.flatMap(({ queries, keys, values, output }) =>
    output ? [queries, keys, values, output] : [queries, keys, values],
  );
  const total = parameters.reduce((sum, { rows, cols }) => sum + rows * cols, 0);
  if (size >= total) return;
  const { field } = setting;
  const rows = jacobianOfCoefficients(context, indices, setting);
  const kernel = rightKernel(field, transposed(rows, size), total);
  if (total - kernel.length !== size) return;
  for (const vector of kernel) {
    const tangent = new TangentBuilder(field);
    let at = 0;
    for (const parameter of parameters)
      for (let i = 0; i < parameter.rows; i++)
        for (let j = 0; j < parameter.cols; j++) tangent.add(parameter, i, j, vector[at++]!);
    yield tangent.tangent;
  }
}

interface Monomials {
  readonly count: number;
  /** The coefficient that (value, key, query) belongs to. */
  of(b: number, c: number, e: number): number;
}

function monomials(source: number, entering: number, symmetry: Symmetry): Monomials {
  const index = new Map<string, number>();
  const of = (b: number, c: number, e: number): number => {
    const [x, y, z] =
      symmetry === 'all' ? [b, c, e].sort((p, q) => p - q) : [Math.min(b, c), Math.max(b, c), e];
    const key = `${x} ${y} ${z}`;
    if (!index.has(key)) index.set(key, index.size);
    return index.get(key)!;
  };
  for (let b = 0; b < source; b++)
    for (let c = 0; c < source; c++) for (let e = 0; e < entering; e++) of(b, c, e);
  return { count: index.size, of };
}

/** A row a parameter, in the order Q, K, V, O of each head. O(parameters · coefficients) */
function jacobianOfCoefficients(
  { heads, entering, source, readers }: HeadsInContext,
  indices: Monomials,
  setting: Setting,
): number[][] {
  const { field } = setting;
  const size = readers.length * indices.count;
  const jacobian: number[][] = [];
  const on = (parameter: ParameterRef, space: Effective): number[][] =>
    product(field, setting.rows(parameter), space.basis, space.dim);
  /** Σ value ⊗ key ⊗ query, given with its readers. */
  const coefficients = (value: Rows, attention: Rows): number[] => {
    const row = Array.from({ length: size }, () => 0);
    value.forEach((ofValue, o) =>
      ofValue.forEach((v, b) => {
        if (v === 0) return;
        attention.forEach((ofKey, c) =>
          ofKey.forEach((a, e) => {
            const at = o * indices.count + indices.of(b, c, e);
            row[at] = field.add(row[at]!, field.multiply(v, a));
          }),
        );
      }),
    );
    return row;
  };
  for (const { queries, keys, values, output } of heads) {
    const [Q, K, V] = [on(queries, entering), on(keys, source), on(values, source)];
    const read = output ? product(field, readers, setting.rows(output), output.cols) : readers;
    const value = product(field, read, V, source.dim);
    const attention = product(field, transposed(K, source.dim), Q, entering.dim);
    for (let i = 0; i < queries.rows; i++)
      for (let j = 0; j < queries.cols; j++)
        jacobian.push(coefficients(value, outer(field, K[i]!, entering.basis[j]!)));
    for (let i = 0; i < keys.rows; i++)
      for (let j = 0; j < keys.cols; j++)
        jacobian.push(coefficients(value, outer(field, source.basis[j]!, Q[i]!)));
    for (let i = 0; i < values.rows; i++)
      for (let j = 0; j < values.cols; j++)
        jacobian.push(
          coefficients(
            outer(
              field,
              read.map((row) => row[i]!),
              source.basis[j]!,
            ),
            attention,
          ),
        );
    if (!output) continue;
    for (let i = 0; i < output.rows; i++)
      for (let j = 0; j < output.cols; j++)
        jacobian.push(
          coefficients(
            outer(
              field,
              readers.map((row) => row[i]!),
              V[j]!,
            ),
            attention,
          ),
        );
  }
  return jacobian;
}

function outer(field: Setting['field'], a: readonly number[], b: readonly number[]): number[][] {
  return a.map((x) => b.map((y) => field.multiply(x, y)));
}
