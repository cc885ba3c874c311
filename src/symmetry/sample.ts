import { PrimeField } from '../field/prime-field.ts';
import { basisFields } from '../gauge/bases.ts';
import { gaugeFields } from '../gauge/gauge-bound.ts';
import { scalingFields } from '../gauge/scalings.ts';
import { Setting } from '../gauge/setting.ts';
import { NetworkJacobian } from '../jacobian/network-jacobian.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { Family, GaugeField, Tangent } from '../gauge/tangent.ts';
import { rref, type ReducedEchelonForm, type ResidueMatrix } from '../matrix/index.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { largestDoublePrime } from '../point/admissible-prime.ts';
import { Point } from '../point/point.ts';
import { ResidueStream } from '../point/residue-stream.ts';

/** Symmetries are sought modulo this prime. */
export const searchPrime = largestDoublePrime;

/** Parameters that are held at an integer, by their column. */
export type Fixed = ReadonlyMap<number, number>;

/** The Jacobian and the known symmetries at a random point of the parameter space. */
export interface Sample {
  /** One residue a parameter; behind them a 1, by which constants move. */
  readonly theta: Uint32Array;
  /** A basis of the space that the rows of the Jacobian span; columns are parameters. */
  readonly jacobian: ResidueMatrix;
  /** The known symmetries at the point: a basis of their span, in reduced echelon form, in the same columns. */
  known(): ReducedEchelonForm;
  /** The known symmetries at the point that one family explains. */
  knownOf(family: Family): ReducedEchelonForm;
}

/** Inputs that are drawn for each one that is used, before a point is given up. */
const drawsPerInput = 4096;

/** The sample that `seed` draws modulo `searchPrime`. O(rank² · parameters) */
export async function sampleAt(
  graph: NetworkGraph,
  seed: string,
  pace: Pace,
  fixed: Fixed = new Map(),
): Promise<Sample> {
  const point = new Point(graph, new PrimeField(searchPrime), seed);
  hold(point.theta, fixed);
  let fields: GaugeField[] | undefined;
  const tangents = (family?: Family): Tangent[] => {
    fields ??= [...gaugeFields(new HeldSetting(graph, seed, fixed))];
    return fields
      .filter((field) => family === undefined || field.family === family)
      .map(({ tangent }) => tangent);
  };
  let all: ReducedEchelonForm | undefined;
  return {
    theta: heldThetaAt(graph, seed, fixed),
    jacobian: await jacobianBasis(point, pace),
    known: () => (all ??= spanOf(tangents(), graph.parameters)),
    knownOf: (family) => spanOf(tangents(family), graph.parameters),
  };
}

/** Samples by their index, each drawn once. */
export function samplesOf(draw: (index: number) => Promise<Sample>): (index: number) => Promise<Sample> {
  const drawn: Promise<Sample>[] = [];
  return (index) => (drawn[index] ??= draw(index));
}

/** The changes of basis and scalings at the point that `seed` draws: fields without denominators, so that every point will do. */
export function basisSpanAt(graph: NetworkGraph, seed: string, fixed: Fixed): ReducedEchelonForm {
  const setting = new HeldSetting(graph, seed, fixed);
  return spanOf([...basisFields(setting), ...scalingFields(setting)], graph.parameters);
}

/** The parameters that `seed` draws, a 1 behind them. */
export function heldThetaAt(graph: NetworkGraph, seed: string, fixed: Fixed): Uint32Array {
  const theta = new Uint32Array(graph.parameters + 1).fill(1);
  theta.set(new ResidueStream('theta', seed, searchPrime).take(graph.parameters));
  hold(theta, fixed);
  return theta;
}

/** Puts the parameters that are held at their integers. */
export function hold(theta: Uint32Array | BigUint64Array, fixed: Fixed): void {
  const target = theta as { [column: number]: number | bigint };
  const isLarge = theta instanceof BigUint64Array;
  for (const [column, value] of fixed) target[column] = isLarge ? BigInt(value) : value;
}

class HeldSetting extends Setting {
  override readonly theta: Uint32Array;

  constructor(graph: NetworkGraph, seed: string, fixed: Fixed) {
    super(graph, searchPrime, seed);
    this.theta = heldThetaAt(graph, seed, fixed);
  }
}

/** Inputs come until one of them, with all its rows, adds nothing: the ranks by complete inputs are concave. */
async function jacobianBasis(point: Point, pace: Pace): Promise<ResidueMatrix> {
  const kernel = Kernel.create(searchPrime);
  const jacobian = new NetworkJacobian(kernel, point);
  const { columns, rowsPerInput } = jacobian;
  const echelon = new Echelon(kernel, columns);
  const outputs = Array.from({ length: rowsPerInput }, (_, output) => output);
  const inputs = point.inputs(drawsPerInput * (columns + 1));
  for (let gained = true; gained && echelon.rank < columns;) {
    const { value: input } = inputs.next();
    if (!input)
      throw new RangeError(`network: expected inputs modulo ${searchPrime} where it is defined, got none`);
    await pace.pause('Jacobian', echelon.rank, columns);
    if (!jacobian.evaluate(input)) continue;
    const before = echelon.rank;
    jacobian.write(outputs, echelon.openBatch(rowsPerInput));
    while (!echelon.step()) await pace.pause('Jacobian', before, columns);
    gained = echelon.rank > before;
  }
  return pivotRows(echelon);
}

function spanOf(tangents: readonly Tangent[], parameters: number): ReducedEchelonForm {
  const data = new Uint32Array(tangents.length * parameters);
  for (const [i, tangent] of tangents.entries())
    for (const [column, value] of tangent) data[i * parameters + column] = value;
  return rref({ rows: tangents.length, cols: parameters, data }, searchPrime);
}

function pivotRows({ kernel, blocks, columns, rank, rowStride }: Echelon): ResidueMatrix {
  const data = new Uint32Array(rank * columns);
  let row = 0;
  for (const block of blocks)
    for (let i = 0; i < block.rank; i++, row++)
      data.set(kernel.read(block.at + i * rowStride * kernel.elementBytes, columns), row * columns);
  return { rows: rank, cols: columns, data };
}
