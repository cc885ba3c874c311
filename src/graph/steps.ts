import { memoryFault } from '../assert.ts';
import { fraction, one } from '../fraction.ts';
import { argumentLattice, type Argument } from './lattice.ts';
import { isVisible, operands, parameterOf, type Tensor } from './tensor.ts';

/*
 * What is drawn at an input while it is computed, and what must be checked: docs/point.md, "Steps".
 */

/** Pairs of query and key: with more of them not even the table of the arguments is made. */
const mostPairs = 2 ** 24;
/** Of an entry of the matrix that shows the arguments to be independent, of as many rows as columns. */
export const argumentBytes = 12;

/** The exponentials of the scores of a head. */
export interface SoftmaxStep {
  readonly kind: 'softmax';
  readonly tensor: Tensor;
  /** queries × keys: the number of the argument, −1 where there is none (a hidden key, or the only visible one). */
  readonly argumentOf: Int32Array;
  /** Different arguments: units drawn. */
  readonly count: number;
  /** Linear in parameters that nothing before depends on: independence may be checked for this step alone. */
  readonly own: boolean;
}

/** The exponential of a function, entry by entry. */
export interface FunctionStep {
  readonly kind: 'function';
  readonly tensor: Tensor;
  /** e^u = ∏ E_k^{n_k}, over the exponentials k that are drawn anywhere: [k, n_k]. */
  readonly powers: readonly (readonly [basis: number, exponent: bigint])[];
  /** The basis element that is drawn here; −1: all were drawn before. */
  readonly basis: number;
  readonly own: boolean;
}

/** The logarithm of softplus, after its exponential. */
export interface LogarithmStep {
  readonly kind: 'logarithm';
  readonly tensor: Tensor;
}

/** The roots of a norm, and what is drawn again where a radicand is no square. */
export interface RootStep {
  readonly kind: 'root';
  readonly tensor: Tensor;
  /** The tensor whose draws the radicands depend on token by token; null: the input is skipped. */
  readonly redrawn: {
    readonly tensor: Tensor;
    readonly what: 'input' | 'softmax' | 'exponential' | 'logarithm';
  } | null;
}

export type Step = SoftmaxStep | FunctionStep | LogarithmStep | RootStep;

/** The steps in the order of computation. O(tensors² + arguments) */
export function stepsOf(tensors: readonly Tensor[]): Step[] {
  const functions = tensors.filter(({ operation }) => operation.kind === 'function');
  const lattice = argumentLattice(functions.map(argumentOfFunction));
  const touched = new Set<number>();
  const steps: Step[] = [];
  for (const tensor of tensors) {
    const { operation: op } = tensor;
    if (op.kind === 'softmax') {
      steps.push({
        kind: 'softmax',
        tensor,
        ...softmaxArguments(tensor),
        own: hasOwnQueries(tensor, touched),
      });
    } else if (op.kind === 'function') {
      const index = functions.indexOf(tensor);
      const powers = lattice.coordinates[index]!.flatMap((n, k) => (n === 0n ? [] : [[k, n] as const]));
      const basis = lattice.independent.indexOf(index);
      steps.push({ kind: 'function', tensor, powers, basis, own: hasOwnWeight(tensor, touched) });
      if (op.function === 'softplus') steps.push({ kind: 'logarithm', tensor });
    } else if (op.kind === 'normalize') {
      steps.push({ kind: 'root', tensor, redrawn: redrawnFor(tensor, tensors, steps) });
    }
    // What a step depends on counts from the step on: parameters that only later tensors use are free.
    if (op.kind === 'softmax' || op.kind === 'function' || op.kind === 'normalize')
      for (const offset of parametersBehind(tensor)) touched.add(offset);
  }
  return steps;
}

/** The argument of the exponential of a function. That of gelu-tanh is no tensor of the network: it stays inside the function. */
export function argumentOfFunction(tensor: Tensor): Argument {
  const { operation: op } = tensor;
  if (op.kind !== 'function') throw new Error('expected the tensor of a function');
  if (op.function === 'gelu-tanh') return { factor: one, tensor, isInside: true };
  return { factor: op.function === 'tanh' ? fraction(2n) : one, tensor: op.x };
}

function softmaxArguments({ rows, cols, operation: op }: Tensor): { argumentOf: Int32Array; count: number } {
  if (op.kind !== 'softmax' || op.scores.operation.kind !== 'scores')
    throw new Error('expected a softmax of scores');
  const { q, k } = op.scores.operation;
  const symmetric = q.parallel >= 0 && q.parallel === k.parallel;
  if (rows * cols > mostPairs) throw memoryFault(argumentBytes * (rows * cols) ** 2);
  const argumentOf = new Int32Array(rows * cols).fill(-1);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    let keys = 0;
    for (let j = 0; j < cols; j++) if (isVisible(op.mask, i, j)) keys++;
    if (keys <= 1) continue;
    for (let j = 0; j < cols; j++) {
      if (!isVisible(op.mask, i, j)) continue;
      const mirrored = symmetric && j < i ? argumentOf[j * cols + i]! : -1;
      argumentOf[i * cols + j] = mirrored >= 0 ? mirrored : count++;
    }
  }
  return { argumentOf, count };
}

/** Are the scores linear in query parameters that no step before depends on? */
function hasOwnQueries({ operation: op }: Tensor, touched: ReadonlySet<number>): boolean {
  if (op.kind !== 'softmax' || op.scores.operation.kind !== 'scores') return false;
  const { k } = op.scores.operation;
  let { q } = op.scores.operation;
  if (q.operation.kind === 'rotate') q = q.operation.x;
  return isOwnLinear(q, touched, parametersBehind(k));
}

/** Is the argument, but for a factor, the output of a linear map with parameters that no step before depends on? */
function hasOwnWeight(tensor: Tensor, touched: ReadonlySet<number>): boolean {
  const { operation: op } = tensor;
  if (op.kind !== 'function' || op.function === 'gelu-tanh') return false;
  let { x } = op;
  if (x.operation.kind === 'combination' && x.operation.terms.length === 1) x = x.operation.terms[0]!.tensor;
  return isOwnLinear(x, touched, new Set());
}

function isOwnLinear(tensor: Tensor, touched: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  const isFree = (offset: number): boolean => !touched.has(offset) && !others.has(offset);
  let x = tensor;
  if (x.operation.kind === 'bias') {
    if (!isFree(x.operation.vector.offset)) return false;
    x = x.operation.x;
  }
  if (x.operation.kind !== 'linear') return false;
  const { offset } = x.operation.weight;
  return isFree(offset) && !parametersBehind(x.operation.x).has(offset);
}

/** The offsets of all parameters that a tensor depends on. */
function parametersBehind(tensor: Tensor): Set<number> {
  const offsets = new Set<number>();
  const seen = new Set<Tensor>();
  const open = [tensor];
  for (let next = open.pop(); next; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const own = parameterOf(next);
    if (own) offsets.add(own.offset);
    open.push(...operands(next));
  }
  return offsets;
}

/** How a tensor depends on what was drawn at another: not at all, token by token, or otherwise. */
type Dependence = 'none' | 'tokens' | 'all';

/** The last draw before the norm that its radicands depend on, if token by token. */
function redrawnFor(norm: Tensor, tensors: readonly Tensor[], steps: readonly Step[]): RootStep['redrawn'] {
  const draws: NonNullable<RootStep['redrawn']>[] = [
    ...tensors
      .filter(({ operation }) => operation.kind === 'input')
      .map((tensor) => ({ tensor, what: 'input' as const })),
    ...steps.flatMap((step): NonNullable<RootStep['redrawn']>[] => {
      const { tensor } = step;
      if (step.kind === 'softmax' && step.count > 0) return [{ tensor, what: 'softmax' }];
      if (step.kind === 'function' && step.basis >= 0) return [{ tensor, what: 'exponential' }];
      return step.kind === 'logarithm' ? [{ tensor, what: 'logarithm' }] : [];
    }),
  ];
  for (const draw of draws.reverse()) {
    const dependence = dependenceOn(draw.tensor, draw.what, norm, tensors, steps);
    if (dependence !== 'none') return dependence === 'tokens' ? draw : null;
  }
  return null;
}

function dependenceOn(
  drawn: Tensor,
  what: NonNullable<RootStep['redrawn']>['what'],
  norm: Tensor,
  tensors: readonly Tensor[],
  steps: readonly Step[],
): Dependence {
  const drawnStep = steps.find((step) => step.tensor === drawn && step.kind === 'function');
  const basis = what === 'exponential' && drawnStep?.kind === 'function' ? drawnStep.basis : -1;
  const known = new Map<Tensor, Dependence>();
  const of = (tensor: Tensor): Dependence => known.get(tensor) ?? 'none';
  const worst = (list: readonly Dependence[]): Dependence =>
    list.includes('all') ? 'all' : list.includes('tokens') ? 'tokens' : 'none';
  for (const tensor of tensors) {
    if (tensor.id > norm.id) break;
    const { operation: op } = tensor;
    let dependence = worst(operands(tensor).map(of));
    if (op.kind === 'scores' && of(op.k) !== 'none') dependence = 'all';
    if (op.kind === 'mix' && of(op.v) !== 'none') dependence = 'all';
    const usesBasis =
      basis >= 0 &&
      op.kind === 'function' &&
      op.function !== 'softplus' &&
      steps.some(
        (step) =>
          step.kind === 'function' && step.tensor === tensor && step.powers.some(([k]) => k === basis),
      );
    const isDrawn =
      tensor === drawn && !(what === 'exponential' && op.kind === 'function' && op.function === 'softplus');
    if (isDrawn || usesBasis) dependence = worst([dependence, 'tokens']);
    // A softmax whose arguments are shared by (i, j) and (j, i) does not draw query by query.
    if (tensor === drawn && op.kind === 'softmax' && sharesArguments(tensor)) dependence = 'all';
    known.set(tensor, dependence);
  }
  return of(norm);
}

function sharesArguments(softmax: Tensor): boolean {
  const { argumentOf, count } = softmaxArguments(softmax);
  return argumentOf.reduce((sum, argument) => sum + Number(argument >= 0), 0) > count;
}
