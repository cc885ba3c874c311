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

/** The part between two tensors; null if `to` depends on anything but `from`, or if something on the way serves something else. */
export function partBetween(from: Tensor, to: Tensor, setting: Setting): PolynomialPart | null {
  const inner = new Set<Tensor>();
  const open = [to];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next === from || inner.has(next)) continue;
    if (next.id < from.id || !isTokenwise(next, setting)) return null;
    inner.add(next);
    open.push(...operands(next));
  }
  const isInside = (tensor: Tensor): boolean =>
    tensor === to || setting.consumersOf(tensor).every((reader) => inner.has(reader));
  if (inner.size === 0 || ![...inner].every(isInside)) return null;
  const ordered = [...inner].sort((a, b) => a.id - b.id);
  const degrees = degreesBetween(from, ordered);
  if (!degrees) return null;
  const parameters = ordered.flatMap((tensor) => parameterOf(tensor) ?? []);
  return {
    from,
    to,
    inner: ordered,
    parameters,
    parameterCount: parameters.reduce((sum, { rows, cols }) => sum + rows * cols, 0),
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
