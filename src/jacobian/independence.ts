import { memoryFault, mostBytes } from '../assert.ts';
import { residueOfFraction } from '../field/fraction.ts';
import { PrimeField } from '../field/prime-field.ts';
import { SquareRoots } from '../field/square-root.ts';
import { combinationOf } from '../graph/combination.ts';
import {
  argumentBytes,
  type FunctionStep,
  type LogarithmStep,
  type SoftmaxStep,
  type Step,
} from '../graph/steps.ts';
import { geluCubic } from '../graph/tensor.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { evidencePrime } from '../point/admissible-prime.ts';
import { Point } from '../point/point.ts';
import { Evaluation } from './evaluation.ts';
import { radicands } from './operations/norm.ts';

/** At this many inputs beyond the number of columns a matrix of generic full column rank has it, but for a chance of about p⁻⁸. */
const spareInputs = 8;
/** The same for a matrix over F_2, but for a chance of 2⁻²⁰. */
const spareSigns = 20;
/** Where inputs are skipped, more of them are needed. */
const mostInputsPerRow = 64;

/** Seeds that are tried before the arguments are called dependent. */
const seedsTried = 3;
/** More points of the parameter space than that are not tried: at each point as many arguments are independent as tokens have coordinates. */
const mostParameters = 1024;

/** Evidence that the exponentials are algebraically independent and the radicands independent modulo squares. */
export interface Independence {
  readonly prime: string;
  readonly point: { readonly seed: string };
  /** The inputs at each point that give all matrices full column rank, skipped ones included. */
  readonly inputs: number;
  /** The number of points, with ascending seeds; absent: 1. */
  readonly parameters?: number;
}

/**
 * Shows that a point of a network is a ring homomorphism, whatever its residues: the exponent arguments are linearly independent over Q modulo functions of the
 * parameters, so that the exponentials of any number of inputs are algebraically independent (Ax 1971), and no product of radicands is a square;
 * null if the network has neither.
 *
 * What is checked: docs/point.md, "Independence"; why that is enough: docs/lower-bound.md. Throws a `RangeError` if it cannot be shown: then no lower bound may rest
 * on independent units and roots. O(n) evaluations and O(n³) for the elimination, where n is the largest number of arguments that are checked together.
 */
export async function proveIndependence(
  network: NetworkGraph,
  seed: string,
  pace: Pace,
): Promise<Independence | null> {
  assertNewLogarithms(network.steps);
  const checks = checksOf(network.steps);
  if (checks.length === 0) return null;
  assertMemory(checks);
  const prime = evidencePrime(network);
  let failed: Check | null = null;
  for (let retry = 0; retry < seedsTried; retry++) {
    const first = BigInt(seed) + BigInt(retry);
    let rankBefore = -1;
    for (let parameters = 1; parameters <= mostParameters; parameters *= 2) {
      const found = await inputsToFullRank(network, prime, first, parameters, checks, pace);
      if (typeof found === 'number') {
        const evidence = { prime: String(prime), point: { seed: String(first) }, inputs: found };
        return parameters === 1 ? evidence : { ...evidence, parameters };
      }
      failed = found.check;
      // Beyond the indicators of the points a relation leaves the rank where it is.
      const rank = found.rank - parameters;
      if (rank <= rankBefore) break;
      rankBefore = rank;
    }
  }
  throw new RangeError(
    failed!.step.kind === 'root'
      ? `network: expected radicands of norms that are independent modulo squares, got a relation between them at ${seedsTried} random points`
      : `network: expected exponent arguments that are independent over Q, got a relation between them at ${seedsTried} random points`,
  );
}

/** One matrix that must have full column rank, beside the indicators of the points: a row an input. */
interface Check {
  readonly step: Step;
  readonly columns: number;
  /** The exponentials whose arguments are its columns; of roots: none, the columns are signs. */
  readonly exponentials: readonly (SoftmaxStep | FunctionStep)[];
  /** Logarithms whose entries are columns too: e^{log(1 + e^u)} is no new function. */
  readonly logarithms: readonly LogarithmStep[];
}

function checksOf(steps: readonly Step[]): Check[] {
  const before: (SoftmaxStep | FunctionStep)[] = [];
  const logarithmsBefore: LogarithmStep[] = [];
  return steps.flatMap((step): Check[] => {
    if (step.kind === 'root') return [{ step, columns: step.tensor.rows, exponentials: [], logarithms: [] }];
    if (step.kind === 'logarithm') {
      logarithmsBefore.push(step);
      return [];
    }
    if (argumentCount(step) === 0) return [];
    before.push(step);
    const exponentials = step.own ? [step] : [...before];
    const logarithms = step.own ? [] : [...logarithmsBefore];
    const columns =
      exponentials.reduce((sum, other) => sum + argumentCount(other), 0) +
      logarithms.reduce((sum, { tensor }) => sum + tensor.rows * tensor.cols, 0);
    return [{ step, columns, exponentials, logarithms }];
  });
}

/** Throws where a softplus is that of 0, a number, or differs from another one by its argument: log(1 + e^{−u}) = log(1 + e^u) − u. */
function assertNewLogarithms(steps: readonly Step[]): void {
  const met = new Set<string>();
  for (const { kind, tensor } of steps) {
    const { operation: op } = tensor;
    if (kind !== 'logarithm' || op.kind !== 'function') continue;
    const terms = combinationOf(op.x);
    const key = (sign: bigint): string =>
      terms.map(({ factor: { n, d }, tensor: { id } }) => `${sign * n}/${d} ${id}`).join();
    if (terms.length === 0 || met.has(key(-1n)))
      throw new RangeError(
        `network: expected softplus of arguments that are not 0, nor those of another softplus times -1, got softplus of ${terms.length === 0 ? '0' : 'u and of -u'}`,
      );
    met.add(key(1n));
  }
}

/** Throws a `RangeError` if a matrix, which has more rows than columns, would not fit. */
function assertMemory(checks: readonly Check[]): void {
  const columns = Math.max(...checks.map((check) => check.columns));
  const bytes = argumentBytes * columns ** 2;
  if (bytes > mostBytes) throw memoryFault(bytes);
}

function argumentCount(step: SoftmaxStep | FunctionStep): number {
  if (step.kind === 'softmax') return step.count;
  return step.basis < 0 ? 0 : step.tensor.rows * step.tensor.cols;
}

/** The number of inputs, at each of the points, at which all matrices have full column rank, or the first that has not and its rank. */
async function inputsToFullRank(
  network: NetworkGraph,
  prime: number,
  seed: bigint,
  parameters: number,
  checks: readonly Check[],
  pace: Pace,
): Promise<number | { check: Check; rank: number }> {
  const kernel = Kernel.create(prime);
  const field = new PrimeField(prime);
  const roots = new SquareRoots(field);
  const rows = new Map<Step, number[][]>(checks.map(({ step }) => [step, []]));
  const needed = checks.map(({ step, columns }) => columns + (step.kind === 'root' ? spareSigns : 0));
  const least = Math.ceil((Math.max(...needed) + parameters) / parameters);
  const points = Array.from({ length: parameters }, (_, m) => {
    const point = new Point(network, field, String(seed + BigInt(m)));
    const indicator = Array.from({ length: parameters }, (__, k) => Number(k === m));
    const samples = point.inputs(mostInputsPerRow * (least + spareInputs));
    return { point, indicator, samples };
  });
  const mark = kernel.mark();
  let drawn = 0;
  let failed = { check: checks[0]!, rank: 0 };
  for (const wanted of [least, least + spareInputs, 4 * least + spareInputs, mostInputsPerRow * least]) {
    const inputs = wanted - drawn;
    for (const [m, { point, indicator, samples }] of points.entries()) {
      const evaluation = new Evaluation(kernel, point);
      for (let n = drawn; n < wanted; n++) {
        const { value: input } = samples.next();
        evaluation.evaluate(input!, (step) => {
          const check = checks.find((candidate) => candidate.step === step);
          if (!check) return;
          const row = step.kind === 'root' ? signs(evaluation, step, roots) : argumentRow(evaluation, check);
          if (row) rows.get(step)!.push([...indicator, ...row]);
        });
        await pace.pause('independence', m * inputs + n - drawn, parameters * inputs);
      }
      kernel.release(mark);
    }
    drawn = wanted;
    const lacking = await firstDependent(checks, parameters, rows, kernel, pace);
    if (lacking === null) return wanted;
    failed = lacking;
    // More inputs help only where some gave no row, and signs, which are few.
    const { step } = failed.check;
    if (wanted > least && rows.get(step)!.length >= wanted * parameters && step.kind !== 'root') break;
  }
  return failed;
}

async function firstDependent(
  checks: readonly Check[],
  parameters: number,
  rows: ReadonlyMap<Step, readonly number[][]>,
  kernel: Kernel,
  pace: Pace,
): Promise<{ check: Check; rank: number } | null> {
  for (const check of checks) {
    const matrix = rows.get(check.step)!;
    const columns = parameters + check.columns;
    const rank =
      check.step.kind === 'root' ? rankOverF2(matrix) : await rankOf(matrix, columns, kernel, pace);
    if (rank !== columns) return { check, rank };
  }
  return null;
}

async function rankOf(
  rows: readonly number[][],
  columns: number,
  kernel: Kernel,
  pace: Pace,
): Promise<number> {
  const mark = kernel.mark();
  const echelon = new Echelon(kernel, columns);
  const { at, rowStride } = echelon.openBatch(rows.length);
  for (const [i, row] of rows.entries()) kernel.write(at + i * rowStride * kernel.elementBytes, row);
  while (!echelon.step()) await pace.pause('independence', echelon.rank, columns);
  kernel.release(mark);
  return echelon.rank;
}

/** The arguments of the exponentials, then the logarithms. A rational factor of an argument changes no rank, and is left out. */
function argumentRow(evaluation: Evaluation, { exponentials, logarithms }: Check): number[] {
  const row: number[] = [];
  for (const step of exponentials) {
    const { operation: op } = step.tensor;
    if (step.kind === 'softmax' && op.kind === 'softmax') {
      const scores = evaluation.read(op.scores);
      const first = row.length;
      step.argumentOf.forEach((argument, pair) => {
        if (argument >= 0) row[first + argument] = scores[pair]!;
      });
    } else if (op.kind === 'function') {
      const z = evaluation.read(op.x);
      row.push(...(op.function === 'gelu-tanh' ? geluArguments(evaluation, z) : z));
    }
  }
  for (const { tensor } of logarithms) row.push(...evaluation.read(tensor));
  return row;
}

/** z + 0.044715 z³ */
function geluArguments({ field }: Evaluation, z: Uint32Array): number[] {
  const cubic = residueOfFraction(field, geluCubic);
  return Array.from(z, (x) => field.add(x, field.multiply(cubic, field.power(x, 3))));
}

/** χ, χ_i = 1 where the radicand i is no square; null if one is 0. */
function signs(evaluation: Evaluation, { tensor }: Step, roots: SquareRoots<number>): number[] | null {
  if (tensor.operation.kind !== 'normalize') return null;
  const u = radicands(evaluation, tensor.operation);
  return u.includes(0) ? null : u.map((radicand) => Number(!roots.isSquare(radicand)));
}

function rankOverF2(rows: readonly number[][]): number {
  const pivots: bigint[] = [];
  for (const row of rows) {
    let bits = BigInt(`0b${row.join('')}`);
    for (const pivot of pivots) if ((bits ^ pivot) < bits) bits ^= pivot;
    if (bits !== 0n) pivots.push(bits);
  }
  return pivots.length;
}
