import { residueOfFraction } from '../../field/fraction.ts';
import type { Residue } from '../../field/residue.ts';
import { isOne } from '../../fraction.ts';
import type { FunctionStep, LogarithmStep, Step } from '../../graph/steps.ts';
import { geluCubic, type Operation, type Tensor } from '../../graph/tensor.ts';
import { productOfPowers, type InputDraws } from '../../point/point.ts';
import type { Cotangents } from '../cotangents.ts';
import type { OperationAtPoint, Outcome, Setting } from './operation.ts';

type Of<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

/** Σ factor·tensor. */
export function combination<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { terms }: Of<'combination'>,
): OperationAtPoint<R> {
  const { kernel, field } = setting;
  const size = tensor.rows * tensor.cols;
  const places = terms.map(({ factor, tensor: operand }) => ({
    operand,
    /** A row of the factor; none for 1. */
    factors: isOne(factor) ? null : filledRow(setting, tensor.cols, residueOfFraction(field, factor)),
  }));
  return {
    forward() {
      const y = setting.valueAt(tensor);
      kernel.zero(y, 1, size, size);
      for (const { operand, factors } of places) {
        const x = setting.valueAt(operand);
        if (factors === null) kernel.addElements(size, x, y);
        else kernel.scaleColumns('add', tensor.rows, tensor.cols, x, factors, y);
      }
      return 'done';
    },
    pullBack(g, cotangents) {
      for (const { operand, factors } of places) {
        if (!cotangents.isWanted(operand)) continue;
        if (factors === null) {
          cotangents.add(operand, g);
          continue;
        }
        const { at, mode } = cotangents.open(operand);
        kernel.scaleColumns(mode, tensor.rows * cotangents.count, tensor.cols, g, factors, at);
      }
    },
  };
}

/** x ∘ y. */
export function product<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, y }: Of<'product'>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const { rows: t, cols } = tensor;
  return {
    forward() {
      kernel.scaleColumns(
        'set',
        1,
        t * cols,
        setting.valueAt(x),
        setting.valueAt(y),
        setting.valueAt(tensor),
      );
      return 'done';
    },
    pullBack(g, cotangents) {
      scaleTokens(setting, cotangents, tensor, g, setting.valueAt(y), x);
      scaleTokens(setting, cotangents, tensor, g, setting.valueAt(x), y);
    },
  };
}

/** x^exponent, entry by entry. */
export function power<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, exponent }: Of<'power'>,
): OperationAtPoint<R> {
  const { field } = setting;
  const factor = field.reduce(exponent);
  return entrywise(setting, tensor, x, () => (z) => {
    const below = field.power(z, exponent - 1);
    return { value: field.multiply(below, z), slope: field.multiply(factor, below) };
  });
}

/** f(x), entry by entry, for a function with an exponential: docs/point.md, "Exponentials of functions". */
export function activation<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  { x, function: name, coefficient }: Of<'function'>,
): OperationAtPoint<R> {
  const { field, point } = setting;
  const { multiply, add, subtract } = bound(field);
  const one = field.reduce(1);
  const { steps } = point.graph;
  const step = steps.find((s): s is FunctionStep => s.kind === 'function' && s.tensor === tensor)!;
  const logarithm = steps.find((s): s is LogarithmStep => s.kind === 'logarithm' && s.tensor === tensor);
  const sources = step.powers.map(([basis, exponent]) => ({
    step: steps.find((s): s is FunctionStep => s.kind === 'function' && s.basis === basis)! as Step,
    exponent,
  }));
  return entrywise(setting, tensor, x, (draws) => {
    const factors = sources.map((source) => ({
      units: draws.units.get(source.step)! as unknown as ArrayLike<R>,
      exponent: source.exponent,
    }));
    const logarithms = logarithm && (draws.logarithms.get(logarithm)! as unknown as ArrayLike<R>);
    return (z, index) => {
      const e = productOfPowers(field, factors, index);
      if (name === 'exp') return { value: e, slope: e };
      const denominator = add(e, one);
      if (Number(denominator) === 0) return null;
      const inverse = field.inverse(denominator);
      /** E/(1 + E), and its derivative by the argument. */
      const sigma = multiply(e, inverse);
      const dSigma = multiply(sigma, inverse);
      switch (name) {
        case 'sigmoid':
          return { value: sigma, slope: dSigma };
        case 'silu':
          return { value: multiply(z, sigma), slope: add(sigma, multiply(z, dSigma)) };
        case 'tanh':
          return { value: multiply(subtract(e, one), inverse), slope: multiply(field.reduce(4), dSigma) };
        case 'softplus':
          return { value: logarithms![index]!, slope: sigma };
        case 'gelu-tanh': {
          // The argument is 2c(z + κz³), κ = 0.044715.
          const c = point.constant(coefficient);
          const cubic = residueOfFraction(field, geluCubic);
          const derivative = multiply(
            add(c, c),
            add(one, multiply(multiply(field.reduce(3), cubic), multiply(z, z))),
          );
          return {
            value: multiply(z, sigma),
            slope: add(sigma, multiply(z, multiply(dSigma, derivative))),
          };
        }
      }
    };
  });
}

/** What a function is at an entry, and its derivative; null where a denominator vanishes. */
type Entry<R> = { readonly value: R; readonly slope: R } | null;

/** An operation entry by entry: values and derivatives are computed outside the kernel. */
function entrywise<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  x: Tensor,
  prepare: (draws: InputDraws<R>) => (z: R, index: number) => Entry<R>,
): OperationAtPoint<R> {
  const { kernel } = setting;
  const size = tensor.rows * tensor.cols;
  const slopes = setting.allocate(size);
  return {
    forward(draws): Outcome {
      const at = prepare(draws);
      const z = setting.read(x) as unknown as ArrayLike<R>;
      const values: R[] = [];
      const derivatives: R[] = [];
      for (let index = 0; index < size; index++) {
        const entry = at(z[index]!, index);
        if (entry === null) return 'vanishing';
        values.push(entry.value);
        derivatives.push(entry.slope);
      }
      kernel.write(setting.valueAt(tensor), values);
      kernel.write(slopes, derivatives);
      return 'done';
    },
    pullBack(g, cotangents) {
      scaleTokens(setting, cotangents, tensor, g, slopes, x);
    },
  };
}

/** Adds g ∘ s to the cotangent of an operand, where s is a value of the tensor's shape. */
function scaleTokens<R extends Residue>(
  { kernel }: Setting<R>,
  cotangents: Cotangents<R>,
  { rows, cols }: Tensor,
  g: number,
  s: number,
  operand: Tensor,
): void {
  if (!cotangents.isWanted(operand)) return;
  const { at, mode } = cotangents.open(operand);
  const width = cols * kernel.elementBytes;
  for (let i = 0; i < rows; i++) {
    const shift = i * cotangents.count * width;
    kernel.scaleColumns(mode, cotangents.count, cols, g + shift, s + i * width, at + shift);
  }
}

function filledRow<R extends Residue>({ kernel, allocate }: Setting<R>, count: number, value: R): number {
  const at = allocate(count);
  kernel.write(
    at,
    Array.from({ length: count }, () => value),
  );
  return at;
}

function bound<R extends Residue>(field: Setting<R>['field']) {
  return {
    multiply: (a: R, b: R) => field.multiply(a, b),
    add: (a: R, b: R) => field.add(a, b),
    subtract: (a: R, b: R) => field.subtract(a, b),
  };
}
