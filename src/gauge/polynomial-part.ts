import { residueOfFraction } from '../field/fraction.ts';
import { degreesOf, monomialCount, type Degrees } from '../graph/degrees.ts';
import { operands, parameterOf, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import type { Setting } from './setting.ts';

/** A tensor as a polynomial map of another, token by token, with parameters that enter nowhere else. */
export interface PolynomialPart {
  readonly from: Tensor;
  readonly to: Tensor;
  /** What is computed on the way, `to` last, in the order of computation. */
  readonly inner: readonly Tensor[];
  readonly parameters: readonly ParameterRef[];
  readonly parameterCount: number;
  /** The coefficients that the degrees allow. */
  readonly coefficientCount: number;
}

/** A tensor that another one is a polynomial map of, and how many tensors, with how many parameters, lie on the way. */
export interface Cut {
  readonly from: Tensor;
  readonly innerCount: number;
  readonly parameterCount: number;
}

/** What a tensor is computed from, from the last operation back, and the cuts on the way, each farther than those before. */
export interface Descent {
  readonly to: Tensor;
  readonly inner: readonly Tensor[];
  readonly cuts: readonly Cut[];
}

/**
 * All tensors that `to` is a polynomial map of, with at most so many parameters on the way that serves nothing else.
 *
 * Against the order of computation: a tensor is met after all that read it. Where one source is left, it is a cut. O(tensors before it, and operands of those on the way)
 */
export function descend(to: Tensor, mostParameters: number, setting: Setting): Descent {
  const open = new Set([to]);
  const inside = new Set<Tensor>();
  const inner: Tensor[] = [];
  const cuts: Cut[] = [];
  let parameterCount = 0;
  for (let id = to.id; open.size > 0; id--) {
    const last = setting.graph.tensors[id]!;
    if (!open.has(last)) continue;
    if (last !== to && open.size === 1) cuts.push({ from: last, innerCount: inner.length, parameterCount });
    const servesOthers = last !== to && !setting.consumersOf(last).every((reader) => inside.has(reader));
    if (servesOthers || !isTokenwise(last, setting)) break;
    const parameter = parameterOf(last);
    if (parameter) parameterCount += parameter.rows * parameter.cols;
    if (parameterCount > mostParameters) break;
    open.delete(last);
    inside.add(last);
    inner.push(last);
    for (const operand of operands(last)) open.add(operand);
  }
  return { to, inner, cuts };
}

/** The part from a cut on; null if its degrees are too many. */
export function partFrom(
  { from, innerCount, parameterCount }: Cut,
  { to, inner }: Descent,
): PolynomialPart | null {
  const ordered = inner.slice(0, innerCount).reverse();
  const degrees = degreesBetween(from, ordered);
  if (!degrees) return null;
  return {
    from,
    to,
    inner: ordered,
    parameters: ordered.flatMap((tensor) => parameterOf(tensor) ?? []),
    parameterCount,
    coefficientCount: Number(monomialCount(degrees, from.cols)) * to.cols,
  };
}

function isTokenwise(tensor: Tensor, setting: Setting): boolean {
  const { operation: op } = tensor;
  // Zero depends on nothing.
  if (op.kind === 'combination') return op.terms.length > 0;
  const parameter = parameterOf(tensor);
  const isOwn = parameter === null || setting.isOwn(parameter);
  return isOwn && ['linear', 'bias', 'gain', 'center', 'power', 'product'].includes(op.kind);
}

function degreesBetween(from: Tensor, inner: readonly Tensor[]): Degrees | null {
  const found = new Map<Tensor, Degrees>([[from, new Set([1])]]);
  let last: Degrees | null = null;
  for (const tensor of inner) {
    last = degreesOf(
      tensor.operation,
      operands(tensor).map((operand) => found.get(operand)!),
    );
    if (!last) return null;
    found.set(tensor, last);
  }
  return last;
}

/** The derivatives of the coordinates of `to` by the parameters of a part, where `from` has the value `token`: a row a coordinate. */
export function derivativesAt(
  { from, to, inner, parameters, parameterCount }: PolynomialPart,
  token: readonly number[],
  setting: Setting,
): number[][] {
  const values = new Map<Tensor, readonly number[]>([[from, token]]);
  for (const tensor of inner) values.set(tensor, valueOf(tensor, values, setting));
  const first = new Map<number, number>();
  let count = 0;
  for (const { offset, rows, cols } of parameters) {
    first.set(offset, count);
    count += rows * cols;
  }
  return Array.from({ length: to.cols }, (_, coordinate) => {
    const row = Array.from({ length: parameterCount }, () => 0);
    const cotangents = new Map<Tensor, number[]>([[to, unit(to.cols, coordinate)]]);
    for (const tensor of [...inner].reverse()) {
      const g = cotangents.get(tensor);
      if (g) pullBack(tensor, g, values, cotangents, row, first, setting);
    }
    return row;
  });
}

const unit = (size: number, at: number): number[] => Array.from({ length: size }, (_, i) => Number(i === at));

type Values = ReadonlyMap<Tensor, readonly number[]>;

function valueOf(tensor: Tensor, values: Values, setting: Setting): number[] {
  const { operation: op } = tensor;
  const { field } = setting;
  const of = (x: Tensor): readonly number[] => values.get(x)!;
  switch (op.kind) {
    case 'linear':
      return Array.from({ length: tensor.cols }, (_, i) =>
        of(op.x).reduce(
          (sum, x, j) =>
            field.add(
              sum,
              field.multiply(
                x,
                op.transposed ? setting.value(op.weight, j, i) : setting.value(op.weight, i, j),
              ),
            ),
          0,
        ),
      );
    case 'bias':
      return of(op.x).map((x, i) => field.add(x, setting.value(op.vector, i)));
    case 'gain': {
      const gains = setting.gains(tensor);
      return of(op.x).map((x, i) => field.multiply(x, gains[i]!));
    }
    case 'combination':
      return Array.from({ length: tensor.cols }, (_, i) =>
        op.terms.reduce(
          (sum, { factor, tensor: x }) =>
            field.add(sum, field.multiply(residueOfFraction(field, factor), of(x)[i]!)),
          0,
        ),
      );
    case 'center': {
      const centering = setting.centering(tensor.cols);
      return centering.map((row) =>
        row.reduce((sum, c, j) => field.add(sum, field.multiply(c, of(op.x)[j]!)), 0),
      );
    }
    case 'power':
      return of(op.x).map((x) => field.power(x, op.exponent));
    case 'product':
      return of(op.x).map((x, i) => field.multiply(x, of(op.y)[i]!));
    default:
      throw new Error('expected an operation of a polynomial part');
  }
}

/** Adds to the cotangents of the operands, and to the derivatives by the operation's own parameters. */
function pullBack(
  tensor: Tensor,
  g: readonly number[],
  values: Values,
  cotangents: Map<Tensor, number[]>,
  row: number[],
  first: ReadonlyMap<number, number>,
  setting: Setting,
): void {
  const { operation: op } = tensor;
  const { field } = setting;
  const give = (x: Tensor, entries: readonly number[]): void => {
    const before = cotangents.get(x);
    cotangents.set(x, before ? before.map((entry, i) => field.add(entry, entries[i]!)) : [...entries]);
  };
  const times = (a: readonly number[], b: readonly number[]): number[] =>
    a.map((entry, i) => field.multiply(entry, b[i]!));
  switch (op.kind) {
    case 'linear': {
      const { offset, cols } = op.weight;
      const x = values.get(op.x)!;
      const back = x.map(() => 0);
      g.forEach((gi, i) => {
        if (gi === 0) return;
        x.forEach((xj, j) => {
          const [r, c] = op.transposed ? [j, i] : [i, j];
          row[first.get(offset)! + r * cols + c] = field.multiply(gi, xj);
          back[j] = field.add(back[j]!, field.multiply(gi, setting.value(op.weight, r, c)));
        });
      });
      return give(op.x, back);
    }
    case 'bias':
      g.forEach((gi, i) => (row[first.get(op.vector.offset)! + i] = gi));
      return give(op.x, g);
    case 'gain':
      times(g, values.get(op.x)!).forEach((entry, i) => (row[first.get(op.vector.offset)! + i] = entry));
      return give(op.x, times(g, setting.gains(tensor)));
    case 'combination':
      for (const { factor, tensor: x } of op.terms) {
        const c = residueOfFraction(field, factor);
        give(
          x,
          g.map((gi) => field.multiply(gi, c)),
        );
      }
      return;
    case 'center': {
      const centering = setting.centering(tensor.cols);
      return give(
        op.x,
        centering.map((r) => r.reduce((sum, c, j) => field.add(sum, field.multiply(c, g[j]!)), 0)),
      );
    }
    case 'power': {
      const exponent = field.reduce(op.exponent);
      const slopes = values.get(op.x)!.map((x) => field.multiply(exponent, field.power(x, op.exponent - 1)));
      return give(op.x, times(g, slopes));
    }
    case 'product':
      give(op.x, times(g, values.get(op.y)!));
      return give(op.y, times(g, values.get(op.x)!));
    default:
      throw new Error('expected an operation of a polynomial part');
  }
}
