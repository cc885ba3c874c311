import { residueOfFraction } from '../field/fraction.ts';
import type { Fraction } from '../fraction.ts';
import { operands, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import { LinearSystem, type Equation } from './linear-system.ts';
import type { Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Scalings of the coordinates of each tensor that the parameters can undo: docs/gauge.md, "Scalings".
 *
 * The rate of each coordinate is an unknown, of scores one for all; operations are linear equations between them with integer coefficients (a power multiplies rates, a
 * product adds them), solved over Q. The bias before an exponential gives a rate of its own.
 */
export function* scalingFields(setting: Setting): Generator<Tangent, void, undefined> {
  const scalings = new Scalings(setting);
  for (const solution of scalings.solutions()) yield scalings.tangent(solution);
}

type Solution = ReadonlyMap<number, Fraction>;

class Scalings {
  readonly #setting: Setting;
  readonly #first = new Map<Tensor, number>();
  /** Of an exponential that may shift its bias: the first of the rates of the shifts. */
  readonly #shifts = new Map<Tensor, number>();
  /** Of each unknown. */
  readonly #tensorOf: Tensor[] = [];
  readonly #system = new LinearSystem();

  constructor(setting: Setting) {
    this.#setting = setting;
    const { tensors, graph } = setting;
    const unknowns = (tensor: Tensor, count: number): number => {
      const first = this.#tensorOf.length;
      for (let i = 0; i < count; i++) this.#tensorOf.push(tensor);
      return first;
    };
    for (const tensor of tensors) {
      this.#first.set(tensor, unknowns(tensor, isScores(tensor) ? 1 : tensor.cols));
      if (isShiftedExponential(tensor, setting)) this.#shifts.set(tensor, unknowns(tensor, tensor.cols));
    }
    for (const tensor of tensors) this.#constrain(tensor);
    this.#fix(graph.output);
    for (const tensor of tensors) this.#tie(tensor);
  }

  solutions(): Iterable<Solution> {
    return this.#system.solutions(this.#tensorOf.length);
  }

  tangent(solution: Solution): Tangent {
    const { field, tensors } = this.#setting;
    const tangent = new TangentBuilder(field);
    const rates = new Map(
      [...solution].map(([variable, rate]) => [variable, residueOfFraction(field, rate)]),
    );
    const rate = (tensor: Tensor, i: number): number => rates.get(this.#rate(tensor, i)) ?? 0;
    const scale = (parameter: ParameterRef, i: number, j: number, factor: number): void =>
      tangent.add(parameter, i, j, field.multiply(factor, this.#setting.value(parameter, i, j)));
    const moved = new Set([...solution.keys()].map((variable) => this.#tensorOf[variable]!));
    for (const tensor of tensors) {
      const { operation: op } = tensor;
      if (!moved.has(tensor) && !operands(tensor).some((operand) => moved.has(operand))) continue;
      if (op.kind === 'linear' && this.#isFirstUse(op.weight, tensor)) {
        for (let i = 0; i < op.weight.rows; i++)
          for (let j = 0; j < op.weight.cols; j++) {
            const [written, read] = op.transposed ? [j, i] : [i, j];
            scale(op.weight, i, j, field.subtract(rate(tensor, written), rate(op.x, read)));
          }
      } else if (op.kind === 'bias' && this.#isFirstUse(op.vector, tensor)) {
        for (let i = 0; i < tensor.cols; i++) scale(op.vector, i, 0, rate(tensor, i));
      } else if (op.kind === 'positions' && this.#isFirstUse(op.matrix, tensor)) {
        for (let n = 0; n < tensor.rows; n++)
          for (let i = 0; i < tensor.cols; i++) scale(op.matrix, n, i, rate(tensor, i));
      } else if (op.kind === 'gain' && this.#isFirstUse(op.vector, tensor)) {
        this.#setting.gains(tensor).forEach((gain, i) => {
          const factor = field.subtract(rate(tensor, i), rate(op.x, i));
          tangent.add(op.vector, i, 0, field.multiply(factor, gain));
        });
      }
    }
    for (const [{ operation: op }, first] of this.#shifts) {
      const vector = op.kind === 'function' && op.x.operation.kind === 'bias' ? op.x.operation.vector : null;
      for (let i = 0; i < vector!.rows; i++) tangent.add(vector!, i, 0, rates.get(first + i) ?? 0);
    }
    return tangent.tangent;
  }

  #constrain(tensor: Tensor): void {
    const { operation: op } = tensor;
    switch (op.kind) {
      case 'input':
        return this.#fix(tensor);
      case 'combination':
      case 'bias':
      case 'positions':
        return operands(tensor).forEach((x) => this.#equate(x, tensor));
      case 'center':
        this.#unify(op.x);
        return this.#equate(op.x, tensor);
      case 'normalize':
        this.#unify(op.x);
        if (op.epsilon.n !== 0n) this.#fix(op.x);
        return this.#fix(tensor);
      case 'rotate':
        for (let i = 0; i < op.rotation.dim; i += 2)
          this.#add([[this.#rate(op.x, i), 1], [this.#rate(op.x, i + 1), -1]]); // prettier-ignore
        return this.#equate(op.x, tensor);
      case 'power':
        return this.#eachOf(tensor, (i) => [[this.#rate(tensor, i), 1], [this.#rate(op.x, i), -op.exponent]]); // prettier-ignore
      case 'product':
        return this.#eachOf(tensor, (i) => [[this.#rate(tensor, i), 1], [this.#rate(op.x, i), -1], [this.#rate(op.y, i), -1]]); // prettier-ignore
      case 'function': {
        this.#fix(op.x);
        const shift = this.#shifts.get(tensor);
        if (shift === undefined) return this.#fix(tensor);
        return this.#eachOf(tensor, (i) => [[this.#rate(tensor, i), 1], [shift + i, -1]]); // prettier-ignore
      }
      case 'scores':
        return this.#eachOf(op.q, (i) => [[this.#rate(tensor, 0), 1], [this.#rate(op.q, i), -1], [this.#rate(op.k, i), -1]]); // prettier-ignore
      case 'mask':
        return this.#add([[this.#rate(tensor, 0), 1], [this.#rate(op.scores, 0), -1]]); // prettier-ignore
      case 'softmax':
        if (this.#first.has(op.scores)) this.#fix(op.scores);
        return this.#fix(tensor);
      case 'mix':
        return this.#eachOf(tensor, (i) => [[this.#rate(tensor, i), 1], [this.#rate(op.v, i), -1], [this.#rate(op.w, 0), -1]]); // prettier-ignore
      case 'linear':
      case 'gain':
    }
  }

  /** A parameter that enters in several places changes in one way. */
  #tie(tensor: Tensor): void {
    const first = (parameter: ParameterRef): Tensor => this.#setting.usesOf(parameter)[0]!;
    const { operation: op } = tensor;
    if (op.kind === 'bias') this.#equate(first(op.vector), tensor);
    else if (op.kind === 'positions') this.#equate(first(op.matrix), tensor);
    else if (op.kind === 'gain') {
      const use = first(op.vector);
      this.#eachOf(tensor, (i) => [...this.#gained(tensor, i, 1), ...this.#gained(use, i, -1)]);
    } else if (op.kind === 'linear') {
      const use = first(op.weight);
      for (let i = 0; i < op.weight.rows; i++)
        this.#add([...this.#scaled(tensor, i, 0, 1), ...this.#scaled(use, i, 0, -1)]);
      for (let j = 1; j < op.weight.cols; j++)
        this.#add([...this.#scaled(tensor, 0, j, 1), ...this.#scaled(use, 0, j, -1)]);
    }
  }

  /** The rate of the entry (i, j) of a linear map's weight. */
  #scaled(tensor: Tensor, i: number, j: number, sign: number): Equation {
    const { operation: op } = tensor;
    if (op.kind !== 'linear') throw new Error('expected a linear map');
    const [written, read] = op.transposed ? [j, i] : [i, j];
    return [[this.#rate(tensor, written), sign], [this.#rate(op.x, read), -sign]]; // prettier-ignore
  }

  #gained(tensor: Tensor, i: number, sign: number): Equation {
    const { operation: op } = tensor;
    if (op.kind !== 'gain') throw new Error('expected a gain');
    return [[this.#rate(tensor, i), sign], [this.#rate(op.x, i), -sign]]; // prettier-ignore
  }

  #isFirstUse(parameter: ParameterRef, tensor: Tensor): boolean {
    return this.#setting.usesOf(parameter)[0] === tensor;
  }

  #rate(tensor: Tensor, i: number): number {
    return this.#first.get(tensor)! + (isScores(tensor) ? 0 : i);
  }

  #add(equation: Equation): void {
    this.#system.add(equation);
  }

  #eachOf(tensor: Tensor, equation: (i: number) => Equation): void {
    for (let i = 0; i < tensor.cols; i++) this.#add(equation(i));
  }

  #equate(a: Tensor, b: Tensor): void {
    if (a !== b) this.#eachOf(b, (i) => [[this.#rate(a, i), 1], [this.#rate(b, i), -1]]); // prettier-ignore
  }

  #unify(tensor: Tensor): void {
    this.#eachOf(tensor, (i) => [[this.#rate(tensor, 0), 1], [this.#rate(tensor, i), -1]]); // prettier-ignore
  }

  #fix(tensor: Tensor): void {
    this.#eachOf(tensor, (i) => [[this.#rate(tensor, i), 1]]); // prettier-ignore
  }
}

/** One rate for all entries: scores and weights. */
function isScores({ operation: { kind } }: Tensor): boolean {
  return kind === 'scores' || kind === 'mask' || kind === 'softmax';
}

/** e^{x + b} = e^b·e^x, where the bias serves nothing else. */
function isShiftedExponential({ operation: op }: Tensor, setting: Setting): boolean {
  if (op.kind !== 'function' || op.function !== 'exp' || op.x.operation.kind !== 'bias') return false;
  return setting.isOwn(op.x.operation.vector) && setting.consumersOf(op.x).length === 1;
}
