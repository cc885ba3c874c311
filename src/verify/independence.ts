import type { Pace } from '../pace.ts';
import type { Vector } from './arithmetic.ts';
import { Breath } from './breath.ts';
import type { Compiled } from './compile.ts';
import { Echelon } from './echelon.ts';
import { Evaluation } from './evaluate.ts';
import { Rejection } from './fault.ts';
import { noArgument } from './mask.ts';
import { Point } from './point.ts';
import type { Id, Program } from './program.ts';
import type { Residues } from './residues.ts';
import type { StatedCertificate } from './shape.ts';
import { columnsOf, type Steps } from './steps.ts';
import { SignMatrix } from './signs.ts';
import type { Values } from './values.ts';

/**
 * Re-establishes that the exponentials are algebraically independent, and the radicands independent modulo squares (docs/point.md, "Independence"):
 * for each step the matrix of its rows, at the first inputs of each point, has full column rank.
 */
export async function checkIndependence<E extends number | bigint>(
  { program }: Compiled,
  steps: Steps,
  { inputs, points, prime, seed }: NonNullable<StatedCertificate['independence']>,
  field: Residues<E>,
  pace: Pace,
): Promise<void> {
  const breath = new Breath(pace, 'independence', points * inputs);
  const matrices = new Matrices(program, steps, points, field, breath);
  for (let n = 0; n < points; n++) {
    const stated = { prime, seed: String(BigInt(seed) + BigInt(n)) };
    const point = await Point.draw(program, steps, stated, field, breath);
    const evaluation = new Evaluation(program, steps, point);
    for (let input = 0; input < inputs && !matrices.areComplete; input++, breath.done++)
      await evaluation.at(await point.nextInput(breath), breath, (id) =>
        matrices.observe(id, n, evaluation.values),
      );
  }
  matrices.demandComplete('certificate.independence');
}

/** The matrices of the steps: a column for each point, then the arguments, or the signs of the radicands. */
class Matrices<E extends number | bigint> {
  readonly #program: Program;
  readonly #steps: Steps;
  readonly #points: number;
  readonly #field: Residues<E>;
  readonly #breath: Breath;
  readonly #columns: readonly number[];
  readonly #arguments: readonly Echelon<E>[];
  readonly #signs: readonly SignMatrix[];
  /** Of steps and roots, by their tensors. */
  readonly #argumentNumbers: ReadonlyMap<Id, number>;
  readonly #rootNumbers: ReadonlyMap<Id, number>;

  constructor(program: Program, steps: Steps, points: number, field: Residues<E>, breath: Breath) {
    this.#program = program;
    this.#steps = steps;
    this.#points = points;
    this.#field = field;
    this.#breath = breath;
    this.#columns = columnsOf(steps, points);
    this.#arguments = this.#columns.map((count) => new Echelon(count, field.f));
    this.#signs = steps.roots.map((id) => new SignMatrix(program.tensor(id).tokens + points));
    this.#argumentNumbers = new Map(steps.argumentSteps.map(({ step }, n) => [step, n]));
    this.#rootNumbers = new Map(steps.roots.map((id, n) => [id, n]));
  }

  get areComplete(): boolean {
    return (
      this.#arguments.every(({ rank }, n) => rank === this.#columns[n]) &&
      this.#signs.every(({ isComplete }) => isComplete)
    );
  }

  /** Takes the row of a tensor that is reached for the first time, if it is a step. */
  async observe(id: Id, point: number, values: Values<E>): Promise<void> {
    const root = this.#rootNumbers.get(id);
    if (root !== undefined) this.#addSigns(root, point, values.radicands);
    const step = this.#argumentNumbers.get(id);
    if (step !== undefined) await this.#addArguments(step, point, values);
  }

  #addSigns(root: number, point: number, radicands: Vector<E>): void {
    const { f } = this.#field;
    const all = Array.from({ length: radicands.length }, (_, i) => radicands[i]!);
    if (all.includes(f.zero)) return;
    const ofPoint = Array.from({ length: this.#points }, (_, n) => n === point);
    this.#signs[root]!.add([...ofPoint, ...all.map((u) => !this.#field.isSquare(u))]);
  }

  async #addArguments(step: number, point: number, values: Values<E>): Promise<void> {
    const echelon = this.#arguments[step]!;
    if (echelon.rank === this.#columns[step]) return;
    const { f } = this.#field;
    const row = f.zeros(this.#columns[step]!);
    row[point] = f.one;
    let at = this.#points;
    const { argumentSteps } = this.#steps;
    for (let n = argumentSteps[step]!.joint ? 0 : step; n <= step; n++) {
      copyArguments(this.#program, argumentSteps[n]!.step, values, (argument, value) => {
        row[at + argument] = value;
      });
      at += argumentSteps[n]!.count;
    }
    await echelon.add(row, this.#breath);
  }

  demandComplete(path: string): void {
    for (const [n, { rank }] of this.#arguments.entries())
      if (rank < this.#columns[n]!)
        throw new Rejection(path, `exponent arguments of step ${n} of rank ${this.#columns[n]}`, rank);
    for (const [n, { rank, columns, isComplete }] of this.#signs.entries())
      if (!isComplete) throw new Rejection(path, `signs of norm ${n} of rank ${columns}`, rank);
  }
}

/** The arguments of a step, with their numbers. */
function copyArguments<E extends number | bigint>(
  program: Program,
  step: Id,
  values: Values<E>,
  write: (argument: number, value: E) => void,
): void {
  const { operation } = program.tensor(step);
  if (operation.kind === 'softmax')
    values.coefficients.table(operation).forEach((argument, at) => {
      if (argument !== noArgument) write(argument, values.of[operation.scores]![at]!);
    });
  if (operation.kind === 'exponential') {
    const x = values.of[operation.x]!;
    for (let n = 0; n < x.length; n++) write(n, x[n]!);
  }
}
