import type { ParameterRef } from '../graph/tensor.ts';
import { leftKernel, product, transposed } from './dense.ts';
import type { Effective } from './effective.ts';
import { FactoredMatrix } from './factors.ts';
import type { PlainHead } from './heads.ts';
import type { Rows, Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/** Heads of one lightning layer, with what comes in and what is read. */
export interface HeadsInContext {
  readonly heads: readonly PlainHead[];
  /** Of the tokens that queries are of, and of those that keys and values are of. */
  readonly entering: Effective;
  readonly source: Effective;
  /** Functionals of what the layer adds. */
  readonly readers: Rows;
}

/**
 * Heads with keys and values of their own: only Σ_h V_h ⊗ A_h counts, with A_h = K_hᵀQ_h and V_h or O_h·V_h, so δA_h = Σ_k ξ_hk A_k, δV_k = −Σ_h ξ_hk V_h
 * changes nothing. Where a single functional v_h of V_h is read, keys and values enter symmetrically, and δA_h = v_k ⊗ w, δA_k = −v_h ⊗ w changes nothing
 * either (Koszul): docs/gauge.md, "Mixing of heads".
 *
 * The ranks of A_h and V_h must not grow: linear equations for ξ and w, used where they are independent at the point, and so at generic parameters.
 */
export function* tradeFields(context: HeadsInContext, setting: Setting): Generator<Tangent, void, undefined> {
  const { heads, readers } = context;
  const factored = heads.map((head) => factorsOf(head, context, setting));
  if (heads.length < 2 || !factored.every((head) => head !== null)) return;
  const trades = [...mixtures(factored, setting)];
  if (readers.length === 1) trades.push(...koszulTrades(factored, readers[0]!, context, setting));
  const equations = trades.map(({ attention, value }) => [
    ...factored.flatMap((head, h) => head.attention.obstruction(attention.get(h))),
    ...factored.flatMap((head, h) => head.factoredValue?.obstruction(value.get(h)) ?? []),
  ]);
  const count = equations[0]!.length;
  const solutions = leftKernel(setting.field, equations, count);
  if (trades.length - solutions.length !== count) return;
  for (const solution of solutions)
    yield tangentOf(combined(solution, trades, setting), factored, context, setting);
}

interface FactoredHead {
  readonly head: PlainHead;
  /** A_h, on the effective spaces: source × entering. */
  readonly attention: FactoredMatrix;
  /** V_h or O_h·V_h: width × source. */
  readonly value: Rows;
  readonly factoredValue: FactoredMatrix | null;
}

/** Changes of the A_h and the V_h, by head. */
interface Trade {
  readonly attention: ReadonlyMap<number, Rows>;
  readonly value: ReadonlyMap<number, Rows>;
}

function factorsOf(
  head: PlainHead,
  { entering, source }: HeadsInContext,
  setting: Setting,
): FactoredHead | null {
  const { field } = setting;
  const on = (parameter: ParameterRef, space: Effective): number[][] =>
    product(field, setting.rows(parameter), space.basis, space.dim);
  const attention = FactoredMatrix.of(
    field,
    transposed(on(head.keys, source), source.dim),
    on(head.queries, entering),
    entering.dim,
  );
  const values = on(head.values, source);
  const factoredValue =
    head.output && FactoredMatrix.of(field, setting.rows(head.output), values, source.dim);
  if (!attention || (head.output && !factoredValue)) return null;
  return { head, attention, value: factoredValue?.value ?? values, factoredValue };
}

function* mixtures(heads: readonly FactoredHead[], { field }: Setting): Generator<Trade, void, undefined> {
  for (const h of heads.keys())
    for (const k of heads.keys()) {
      if (h === k) continue;
      const value = heads[h]!.value.map((row) => row.map((entry) => field.subtract(0, entry)));
      yield { attention: new Map([[h, heads[k]!.attention.value]]), value: new Map([[k, value]]) };
    }
}

function* koszulTrades(
  heads: readonly FactoredHead[],
  reader: readonly number[],
  { entering, source }: HeadsInContext,
  { field }: Setting,
): Generator<Trade, void, undefined> {
  const functionals = heads.map(({ value }) => product(field, [reader], value, source.dim)[0]!);
  for (const h of heads.keys())
    for (let k = h + 1; k < heads.length; k++)
      for (let e = 0; e < entering.dim; e++) {
        const outer = (v: readonly number[], sign: 1 | -1): number[][] =>
          v.map((entry) =>
            Array.from({ length: entering.dim }, (_, j) =>
              j !== e ? 0 : sign === 1 ? entry : field.subtract(0, entry),
            ),
          );
        const attention = new Map([[h, outer(functionals[k]!, 1)], [k, outer(functionals[h]!, -1)]]); // prettier-ignore
        yield { attention, value: new Map() };
      }
}

/** Σ coefficient·trade */
function combined(coefficients: readonly number[], trades: readonly Trade[], { field }: Setting): Trade {
  const sum = { attention: new Map<number, number[][]>(), value: new Map<number, number[][]>() };
  trades.forEach((trade, n) => {
    const c = coefficients[n]!;
    if (c === 0) return;
    for (const part of ['attention', 'value'] as const)
      for (const [h, change] of trade[part]) {
        const before = sum[part].get(h);
        const scaled = change.map((row, i) =>
          row.map((entry, j) => field.add(before?.[i]![j] ?? 0, field.multiply(c, entry))),
        );
        sum[part].set(h, scaled);
      }
  });
  return sum;
}

function tangentOf(
  { attention, value }: Trade,
  heads: readonly FactoredHead[],
  { entering, source }: HeadsInContext,
  setting: Setting,
): Tangent {
  const { field } = setting;
  const tangent = new TangentBuilder(field);
  /** A change on an effective space as one of the matrix. */
  const add = (parameter: ParameterRef, change: Rows, space: Effective): void =>
    tangent.addMatrix(parameter, product(field, change, space.coordinates, parameter.cols));
  heads.forEach(({ head, attention: scores, factoredValue }, h) => {
    const change = attention.get(h);
    if (change) {
      const { left, right } = scores.factorChanges(change);
      add(head.keys, transposed(left, head.keys.rows), source);
      add(head.queries, right, entering);
    }
    const ofValue = value.get(h);
    if (!ofValue) return;
    if (!factoredValue) return add(head.values, ofValue, source);
    const { left, right } = factoredValue.factorChanges(ofValue);
    tangent.addMatrix(head.output!, left);
    add(head.values, right, source);
  });
  return tangent.tangent;
}
