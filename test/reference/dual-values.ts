/* The value of a tensor at an input, as dual numbers: docs/point.md, "Values", followed to the letter, entry by entry. */
import { fraction } from '../../src/fraction.ts';
import type { Dual, Residues } from './dual-arithmetic.ts';
import {
  softmaxArguments,
  softmaxPairs,
  type Combination,
  type Operation,
  type Tensor,
} from './dual-tensors.ts';
import type { FunctionUnits } from './dual-units.ts';

/** What a value depends on beside the operands. */
export interface Given {
  readonly field: Residues;
  readonly units: FunctionUnits;
  /** What was drawn at a tensor, token by token; of a softmax query by query. */
  readonly draws: ReadonlyMap<Tensor, readonly (readonly bigint[])[]>;
  /** √(2/π), where an activation needs it. */
  readonly constant: bigint | null;
  parameter(index: number): Dual;
  /** (cos, sin) of the angle position·base^(−2m/dim). */
  turn(base: number, dim: number, m: number, position: number): readonly [bigint, bigint];
}

export type Values = Map<Tensor, Dual[][]>;

/** The input is skipped: a denominator is 0. */
export class Vanishing extends Error {}

/** The radicands of a norm are 0 or no squares at these tokens. */
export class NoRoots extends Error {
  readonly norm: Tensor;
  readonly tokens: readonly number[];

  constructor(norm: Tensor, tokens: readonly number[]) {
    super('no roots');
    this.norm = norm;
    this.tokens = tokens;
  }
}

export function valueOf(x: Combination, values: Values, field: Residues): Dual[][] {
  const terms = x.terms.map(({ tensor, coefficient }) => ({
    value: values.get(tensor)!,
    factor: field.constant(field.fraction(coefficient)),
  }));
  return table(x, (i, c) =>
    field.sum(terms.map(({ value, factor }) => field.multiply(factor, value[i]![c]!))),
  );
}

function table(
  { tokens, width }: { readonly tokens: number; readonly width: number },
  entry: (i: number, c: number) => Dual,
): Dual[][] {
  return Array.from({ length: tokens }, (_, i) => Array.from({ length: width }, (__, c) => entry(i, c)));
}

/** The value of a tensor, where those of its operands are known; throws `Vanishing` or `NoRoots`. */
export function computed(tensor: Tensor, values: Values, given: Given): Dual[][] {
  const { operation, operands } = tensor;
  const { field, draws, parameter } = given;
  const one = field.constant(1n);
  const entries = (entry: (i: number, c: number) => Dual): Dual[][] => table(tensor, entry);
  const [x, y] = operands.map((operand) => valueOf(operand, values, field)) as [Dual[][], Dual[][]];

  switch (operation.kind) {
    case 'tokens':
    case 'context':
      return entries((i, c) => field.constant(draws.get(tensor)![i]![c]!));

    case 'map': {
      const { weight, transposed, bias } = operation;
      const entryAt = (row: number, col: number): Dual =>
        parameter(weight.offset + (transposed ? col * weight.cols + row : row * weight.cols + col));
      return entries((i, c) => {
        const product = field.sum(x[i]!.map((entry, k) => field.multiply(entryAt(c, k), entry)));
        return bias ? field.add(product, parameter(bias.offset + c)) : product;
      });
    }

    case 'bias':
      return entries((_, c) => parameter(operation.bias.offset + c));

    case 'positions': {
      const { offset, cols } = operation.positions;
      return entries((i, c) => field.add(x[i]![c]!, parameter(offset + i * cols + c)));
    }

    case 'power':
      return entries((i, c) =>
        Array.from({ length: operation.exponent }, () => x[i]![c]!).reduce((a, b) => field.multiply(a, b)),
      );

    case 'rotation':
      return entries((i, c) => {
        if (c >= operation.dim) return x[i]![c]!;
        const m = Math.floor(c / 2);
        const [cos, sin] = given
          .turn(operation.base, operation.dim, m, i)
          .map((part) => field.constant(part));
        const [u, v] = [x[i]![2 * m]!, x[i]![2 * m + 1]!];
        return c % 2 === 0
          ? field.subtract(field.multiply(u, cos!), field.multiply(v, sin!))
          : field.add(field.multiply(u, sin!), field.multiply(v, cos!));
      });

    case 'scores':
      return entries((i, j) =>
        operation.visible[i]!.includes(j) ? field.dot(x[i]!, y[j]!) : field.constant(0n),
      );

    case 'softmax': {
      const drawn = draws.get(tensor)?.flat();
      const unitOf = new Map(softmaxArguments(tensor).map((pair, n) => [`${pair}`, drawn![n]!]));
      const firstOf = new Map(softmaxPairs(tensor).map(({ pair, first }) => [`${pair}`, `${first}`]));
      const exponential = (i: number, j: number): Dual =>
        field.exponential(unitOf.get(firstOf.get(`${[i, j]}`)!)!, x[i]![j]!);
      return entries((i, j) => {
        const keys = operation.visible[i]!;
        if (!keys.includes(j)) return field.constant(0n);
        if (keys.length === 1) return one;
        return quotient(field, exponential(i, j), field.sum(keys.map((k) => exponential(i, k))));
      });
    }

    case 'mixture':
      return entries((i, c) =>
        field.sum(operation.visible[i]!.map((j) => field.multiply(x[i]![j]!, y[j]![c]!))),
      );

    case 'gelu argument': {
      const { constant } = operation;
      const twice = field.constant(2n * (constant === 'drawn' ? given.constant! : field.fraction(constant)));
      const cubic = field.constant(field.fraction(fraction(8943n, 200000n)));
      return entries((i, c) => {
        const z = x[i]![c]!;
        const cube = field.multiply(z, field.multiply(z, z));
        return field.multiply(twice, field.add(z, field.multiply(cubic, cube)));
      });
    }

    case 'exponential': {
      const exponents = given.units.exponents(operands[0]!);
      return entries((i, c) => {
        const powers = exponents.map((n, k) =>
          n === 0n ? 1n : field.power(draws.get(given.units.steps[k]!)![i]![c]!, n),
        );
        return field.exponential(
          powers.reduce((product, power) => field.mod(product * power), 1n),
          x[i]![c]!,
        );
      });
    }

    case 'logarithm':
      // d log(1 + e^u) = e^u/(1 + e^u) du; y is e^u.
      return entries((i, c) => {
        const exponential = field.constant(y[i]![c]![0]);
        const slope = quotient(field, exponential, field.add(one, exponential))[0];
        return [draws.get(tensor)![i]![c]!, field.mod(slope * x[i]![c]![1])];
      });

    case 'activation': {
      const third = operands[2] && valueOf(operands[2], values, field);
      return entries((i, c) => {
        const z = x[i]![c]!;
        const exponential = y[i]![c]!;
        const over = (numerator: Dual): Dual => quotient(field, numerator, field.add(exponential, one));
        switch (operation.function) {
          case 'exp':
            return exponential;
          case 'sigmoid':
            return over(exponential);
          case 'tanh':
            return over(field.subtract(exponential, one));
          case 'softplus':
            return third![i]![c]!;
          case 'silu':
          case 'gelu-tanh':
            return over(field.multiply(z, exponential));
        }
      });
    }

    case 'product':
      return entries((i, c) => field.multiply(x[i]![c]!, y[i]![c]!));

    case 'roots': {
      const radicands = x.map((token) => radicand(field, token, operation));
      const failing = radicands.flatMap(([u], i) => (u === 0n || !field.isSquare(u) ? [i] : []));
      if (failing.length > 0) throw new NoRoots(tensor, failing);
      // d√u = du/(2√u).
      return radicands.map(([u, du]) => {
        const root = field.root(u);
        return [[root, field.mod(du * field.inverse(2n * root))]];
      });
    }

    case 'normalized': {
      const factor = field.constant(field.fraction(operation.factor));
      const numerators = operation.centred ? x.map((token) => centre(field, token)) : x;
      return entries((i, c) => field.divide(numerators[i]![c]!, field.multiply(factor, y[i]![0]!)));
    }

    case 'affine': {
      const { weight, bias, unitOffset } = operation;
      return entries((i, c) => {
        const gamma = weight ? parameter(weight.offset + c) : one;
        const scaled = field.multiply(unitOffset ? field.add(one, gamma) : gamma, x[i]![c]!);
        return bias ? field.add(scaled, parameter(bias.offset + c)) : scaled;
      });
    }
  }
}

/** Throws `Vanishing` if the denominator is 0. */
function quotient(field: Residues, x: Dual, y: Dual): Dual {
  if (y[0] === 0n) throw new Vanishing('a denominator is 0');
  return field.divide(x, y);
}

function mean(field: Residues, token: readonly Dual[]): Dual {
  return field.divide(field.sum(token), field.constant(BigInt(token.length)));
}

function centre(field: Residues, token: readonly Dual[]): Dual[] {
  const average = mean(field, token);
  return token.map((entry) => field.subtract(entry, average));
}

/** mean(x²) + ε */
function radicand(
  field: Residues,
  token: readonly Dual[],
  { centred, epsilon }: Extract<Operation, { kind: 'roots' }>,
): Dual {
  const entries = centred ? centre(field, token) : token;
  const square = mean(
    field,
    entries.map((entry) => field.multiply(entry, entry)),
  );
  return field.add(square, field.constant(field.fraction(epsilon)));
}
