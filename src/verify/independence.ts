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
import { argumentChecks, logarithmChecks, type IndependenceCheck, type Steps } from './steps.ts';
import { SignMatrix } from './signs.ts';
import type { Values } from './values.ts';

/**
 * Re-establishes that the exponentials are algebraically independent, and the radicands independent modulo squares (docs/point.md, "Independence"):
 * for each step the matrix of its rows, at the first inputs of each point, has full column rank.
 */
export async function checkIndependence<E extends number | bigint>(
  { program }: Compiled,
  steps: Steps,
  stated: NonNullable<StatedCertificate['independence']>,
  field: Residues<E>,
  pace: Pace,
): Promise<void> {
  const breath = new Breath(pace, 'independence', stated.points * stated.inputs);
  const matrices = new Matrices(program, argumentChecks(steps), steps.roots, stated.points, field, breath);
  await fill(matrices, program, steps, stated, field, breath);
  matrices.demandComplete('certificate.independence', 'exponent arguments');

  const checks = logarithmChecks(steps);
  if (checks.length === 0) return;
  // No certificate says how many points and inputs this takes: as many as it needs, up to a point for each column.
  const most = Math.max(...checks.map(({ count }) => count));
  for (let { points } = stated; ; points = Math.min(2 * points, most)) {
    const inputs = logarithmInputs(most, points);
    const again = new Breath(pace, 'independence', points * inputs);
    const withLogarithms = new Matrices(program, checks, [], points, field, again);
    await fill(withLogarithms, program, steps, { ...stated, points, inputs }, field, again);
    if (points >= most)
      withLogarithms.demandComplete('certificate.network', 'exponent arguments and logarithms');
    if (withLogarithms.areComplete) return;
  }
}

/** Inputs a point that are enough for a matrix with so many columns and those of the points, though some may be skipped. */
export function logarithmInputs(columns: number, points: number): number {
  return 2 * Math.ceil((columns + points) / points) + 8;
}

async function fill<E extends number | bigint>(
  matrices: Matrices<E>,
  program: Program,
  steps: Steps,
  { inputs, points, prime, seed }: NonNullable<StatedCertificate['independence']>,
  field: Residues<E>,
  breath: Breath,
): Promise<void> {
  for (let n = 0; n < points && !matrices.areComplete; n++) {
    const stated = { prime, seed: String(BigInt(seed) + BigInt(n)) };
    const point = await Point.draw(program, steps, stated, field, breath);
    const evaluation = new Evaluation(program, steps, point);
    for (let input = 0; input < inputs && !matrices.areComplete; input++, breath.done++)
      await evaluation.at(await point.nextInput(breath), breath, (id) =>
        matrices.observe(id, n, evaluation.values),
      );
  }
}

/** The matrices of the steps: a column for each point, then the arguments, or the signs of the radicands. */
class Matrices<E extends number | bigint> {
  readonly #program: Program;
  readonly #checks: readonly IndependenceCheck[];
  readonly #points: number;
  readonly #field: Residues<E>;
  readonly #breath: Breath;
  readonly #columns: readonly number[];
  readonly #arguments: readonly Echelon<E>[];
  readonly #signs: readonly SignMatrix[];
  /** Of checks and roots, by their tensors. */
  readonly #checkNumbers: ReadonlyMap<Id, number>;
  readonly #rootNumbers: ReadonlyMap<Id, number>;

  constructor(
    program: Program,
    checks: readonly IndependenceCheck[],
    roots: readonly Id[],
    points: number,
    field: Residues<E>,
    breath: Breath,
  ) {
    this.#program = program;
    this.#checks = checks;
    this.#points = points;
    this.#field = field;
    this.#breath = breath;
    this.#columns = checks.map(({ count }) => points + count);
    this.#arguments = this.#columns.map((count) => new Echelon(count, field.f));
    this.#signs = roots.map((id) => new SignMatrix(program.tensor(id).tokens + points));
    this.#checkNumbers = new Map(checks.map(({ step }, n) => [step, n]));
    this.#rootNumbers = new Map(roots.map((id, n) => [id, n]));
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
    const check = this.#checkNumbers.get(id);
    if (check !== undefined) await this.#addArguments(check, point, values);
  }

  #addSigns(root: number, point: number, radicands: Vector<E>): void {
    const { f } = this.#field;
    const all = Array.from({ length: radicands.length }, (_, i) => radicands[i]!);
    if (all.includes(f.zero)) return;
    const ofPoint = Array.from({ length: this.#points }, (_, n) => n === point);
    this.#signs[root]!.add([...ofPoint, ...all.map((u) => !this.#field.isSquare(u))]);
  }

  async #addArguments(check: number, point: number, values: Values<E>): Promise<void> {
    const echelon = this.#arguments[check]!;
    if (echelon.rank === this.#columns[check]) return;
    const { f } = this.#field;
    const row = f.zeros(this.#columns[check]!);
    row[point] = f.one;
    let at = this.#points;
    for (const { step, count } of this.#checks[check]!.parts) {
      copyEntries(this.#program, step, values, (n, value) => {
        row[at + n] = value;
      });
      at += count;
    }
    await echelon.add(row, this.#breath);
  }

  demandComplete(path: string, what: string): void {
    for (const [n, { rank }] of this.#arguments.entries())
      if (rank < this.#columns[n]!)
        throw new Rejection(path, `${what} of matrix ${n} of rank ${this.#columns[n]}`, rank);
    for (const [n, { rank, columns, isComplete }] of this.#signs.entries())
      if (!isComplete) throw new Rejection(path, `signs of norm ${n} of rank ${columns}`, rank);
  }
}

/** The arguments of a step, or its logarithms, with their numbers. */
function copyEntries<E extends number | bigint>(
  program: Program,
  step: Id,
  values: Values<E>,
  write: (n: number, value: E) => void,
): void {
  const { operation } = program.tensor(step);
  if (operation.kind === 'softmax')
    values.coefficients.table(operation).forEach((argument, at) => {
      if (argument !== noArgument) write(argument, values.of[operation.scores]![at]!);
    });
  if (operation.kind === 'exponential' || operation.kind === 'logarithm') {
    const x = values.of[operation.kind === 'logarithm' ? step : operation.x]!;
    for (let n = 0; n < x.length; n++) write(n, x[n]!);
  }
}
