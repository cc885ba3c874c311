import { residueOfFraction } from '../field/fraction.ts';
import { isOne, showFraction } from '../fraction.ts';
import { operands, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import { identity, leftKernel, product, rightKernel, transposed } from './dense.ts';
import { columnsOf, constant, type Incoming } from './incoming.ts';
import type { Rows, Setting, Spaces } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Constants that are added to all tokens of a tensor and come to nothing: taken back by other biases, or not seen by softmax or a layernorm. docs/gauge.md, "Shifts".
 *
 * A constant comes from a bias, or from a linear map of tokens that lie in an affine space beside 0. Where constants arrive that would change a value, linear equations say that they
 * add up to 0; these are used where they are independent at the point, and so at generic parameters.
 */
export function* shiftFields(
  setting: Setting,
  incoming: Spaces<Incoming>,
): Generator<Tangent, void, undefined> {
  const origins = [...originsOf(setting, incoming)];
  for (const { members, places } of components(origins, obstructions(origins, setting)))
    yield* fieldsOf(members, places, origins, setting);
}

/** Where constants come from: as many numbers as the tensor is wide. */
interface Origin {
  readonly tensor: Tensor;
  readonly parameter: ParameterRef;
  /** The parameter changes by (constant)·rowᵀ, or of positions by column·(constant)ᵀ, and the tensor by level·constant. */
  readonly row?: readonly number[];
  readonly column?: readonly number[];
  readonly level: number;
}

function* originsOf(setting: Setting, incoming: Spaces<Incoming>): Generator<Origin, void, undefined> {
  for (const tensor of setting.tensors) {
    const { operation: op } = tensor;
    if (op.kind === 'bias' && setting.isOwn(op.vector))
      yield { tensor, parameter: op.vector, row: [1], level: 1 };
    if (op.kind === 'positions' && setting.isOwn(op.matrix)) {
      const column = Array.from({ length: op.matrix.rows }, () => 1);
      yield { tensor, parameter: op.matrix, column, level: 1 };
    }
    if (op.kind === 'linear' && !op.transposed && setting.isOwn(op.weight))
      for (const { functional, level } of levelFunctionals(incoming.get(op.x)!, setting))
        if (level !== 0) yield { tensor, parameter: op.weight, row: functional, level };
  }
}

/** The functionals that take one value at all tokens, its level: a basis, if it is one at generic parameters too. */
function levelFunctionals(
  entering: Incoming,
  { field }: Setting,
): { functional: readonly number[]; level: number }[] {
  const direction = entering.from.get(constant);
  if (!direction) return [];
  const varying = columnsOf(entering, false);
  const kernel = leftKernel(field, varying, varying[0]?.length ?? 0);
  if (entering.width - kernel.length !== entering.varying) return [];
  return kernel.map((functional) => ({
    functional,
    level: product(field, [functional], direction.matrix, 1)[0]![0]!,
  }));
}

/** What arrives of an origin: a matrix applied to its constant. Equal paths have equal matrices. */
interface Arrival {
  readonly path: number;
  readonly matrix: Rows;
}

/** By the number of the origin. */
type Arrivals = ReadonlyMap<number, Arrival>;

/** The arrivals that must add up to 0, each place once: what comes on the same paths to two places is one equation. */
function obstructions(origins: readonly Origin[], setting: Setting): Arrivals[] {
  const { field } = setting;
  const places = new Map<string, Arrivals>();
  const arriving = new Map<Tensor, Arrivals>();
  const obstruct = (arrivals: Arrivals): void => {
    const signature = [...arrivals]
      .map(([n, { path }]) => `${n}: ${path}`)
      .sort()
      .join('; ');
    if (arrivals.size > 0) places.set(signature, arrivals);
  };
  const of = (x: Tensor): Arrivals => arriving.get(x) ?? new Map();
  const paths = new Paths();
  const through = (x: Tensor, step: string, map: Rows): Arrivals =>
    new Map(
      [...of(x)].map(([n, { path, matrix }]) => [
        n,
        {
          path: paths.of(`${step} ${path}`),
          matrix: product(field, map, matrix, origins[n]!.tensor.cols),
        },
      ]),
    );
  for (const tensor of setting.tensors) {
    const passed = pass(tensor, setting, { of, through, obstruct, paths });
    const own = new Map<number, Arrival>();
    origins.forEach(({ tensor: from, level }, n) => {
      const matrix = identity(tensor.cols).map((row) => row.map((entry) => field.multiply(entry, level)));
      if (from === tensor) own.set(n, { path: paths.of('origin'), matrix });
    });
    if (own.size + passed.size > 0) arriving.set(tensor, new Map([...passed, ...own]));
  }
  obstruct(of(setting.graph.output));
  return [...places.values()];
}

/** What arrives at a tensor, goes through a map, or must add up to 0. */
interface Passage {
  readonly of: (x: Tensor) => Arrivals;
  readonly through: (x: Tensor, step: string, map: Rows) => Arrivals;
  readonly obstruct: (arrivals: Arrivals) => void;
  readonly paths: Paths;
}

/** Numbers of paths: written out, a path doubles with every residual that it goes through. */
class Paths {
  readonly #numbers = new Map<string, number>();

  /** Of the last step, and the numbers of the paths before. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** How constants go through an operation, or end there. */
function pass(tensor: Tensor, setting: Setting, { of, through, obstruct, paths }: Passage): Arrivals {
  const { operation: op } = tensor;
  const nothing: Arrivals = new Map();
  switch (op.kind) {
    case 'bias':
    case 'positions':
      return of(op.x);
    case 'combination':
      return op.terms
        .map(({ factor, tensor: x }) => {
          if (isOne(factor)) return of(x);
          const c = residueOfFraction(setting.field, factor);
          return through(x, showFraction(factor), diagonal(identity(x.cols).map(() => c)));
        })
        .reduce((a, b) => sumOf(a, b, setting, paths), nothing);
    case 'linear': {
      const weight = setting.rows(op.weight);
      const map = op.transposed ? transposed(weight, op.weight.cols) : weight;
      return through(op.x, `${op.transposed ? 'transposed ' : ''}${op.weight.offset}`, map);
    }
    case 'gain':
      return through(op.x, `gain ${op.vector.offset} ${op.unitOffset}`, diagonal(setting.gains(tensor)));
    case 'center':
      // The rows of C·v add up to 0: the last says nothing new. What is centered is normalized, where no constant passes.
      return through(op.x, 'center', setting.centering(tensor.cols).slice(0, -1));
    case 'mix':
      if (op.w.operation.kind === 'softmax') return of(op.v);
      obstruct(of(op.v));
      return nothing;
    case 'scores':
      obstruct(of(op.q));
      if (!setting.isSoftmaxOnly(tensor)) obstruct(of(op.k));
      return nothing;
    default:
      for (const x of operands(tensor)) obstruct(of(x));
      return nothing;
  }
}

function sumOf(a: Arrivals, b: Arrivals, { field }: Setting, paths: Paths): Arrivals {
  const sum = new Map(a);
  for (const [n, { path, matrix }] of b) {
    const before = sum.get(n);
    if (!before) sum.set(n, { path, matrix });
    else
      sum.set(n, {
        path: paths.of(`${before.path} + ${path}`),
        matrix: matrix.map((row, i) => row.map((entry, j) => field.add(entry, before.matrix[i]![j]!))),
      });
  }
  return sum;
}

/** Origins that meet nowhere have equations of their own. */
function components(
  origins: readonly Origin[],
  places: readonly Arrivals[],
): { members: number[]; places: Arrivals[] }[] {
  let open = origins.map((_, n) => ({ members: [n], places: [] as Arrivals[] }));
  for (const place of places) {
    const touched = open.filter(({ members }) => members.some((n) => place.has(n)));
    const merged = {
      members: touched.flatMap(({ members }) => members),
      places: [...touched.flatMap((part) => part.places), place],
    };
    open = [...open.filter((part) => !touched.includes(part)), merged];
  }
  return open;
}

function* fieldsOf(
  members: readonly number[],
  places: readonly Arrivals[],
  origins: readonly Origin[],
  setting: Setting,
): Generator<Tangent, void, undefined> {
  const { field } = setting;
  const equations = places.flatMap((place) => {
    const height = [...place.values()][0]!.matrix.length;
    return Array.from({ length: height }, (_, i) =>
      members.flatMap(
        (n) => place.get(n)?.matrix[i] ?? Array.from({ length: origins[n]!.tensor.cols }, () => 0),
      ),
    );
  });
  const unknowns = members.reduce((sum, n) => sum + origins[n]!.tensor.cols, 0);
  const solutions = rightKernel(field, equations, unknowns);
  if (unknowns - solutions.length < equations.length) return;
  for (const solution of solutions) {
    const tangent = new TangentBuilder(field);
    let at = 0;
    for (const n of members) {
      const { parameter, tensor, row, column } = origins[n]!;
      const part = solution.slice(at, (at += tensor.cols));
      if (column) tangent.addOuter(parameter, column, part);
      else tangent.addOuter(parameter, part, row!);
    }
    yield tangent.tangent;
  }
}

function diagonal(entries: readonly number[]): number[][] {
  return entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));
}
