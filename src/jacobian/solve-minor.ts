import type { Field } from '../field/field.ts';
import { PrimeField } from '../field/prime-field.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import { minorDeterminant } from '../kernel/minor-determinant.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { Point } from '../point/point.ts';
import type { JacobianRank } from './jacobian-rank.ts';
import { NetworkJacobian } from './network-jacobian.ts';

/** A minor that `jacobianRank` found, and where. */
export interface NamedMinor extends JacobianRank {
  readonly prime: number;
  readonly seed: string;
}

/**
 * The solutions x_j of M·x_j = b_j, where M is the minor, r × r: coordinate c of a solution belongs to the column `columns[c]`, coordinate i of a right-hand side to `rows[i]`.
 *
 * M is computed and eliminated anew, beside the right-hand sides (residues). Throws an `Error` unless its determinant is the one that is named. O(r³)
 */
export async function solveMinor(
  network: NetworkGraph,
  minor: NamedMinor,
  rightSides: readonly Uint32Array[],
  pace: Pace,
): Promise<Uint32Array[]> {
  const order = minor.rows.length;
  const field = new PrimeField(minor.prime);
  const kernel = Kernel.create(minor.prime);
  const point = new Point(network, field, minor.seed);
  const echelon = new Echelon(kernel, order + rightSides.length);
  const { at, rowStride } = echelon.openBatch(order);
  const rowBytes = rowStride * kernel.elementBytes;
  await writeMinor(point, minor, { at, rowStride }, kernel, pace);
  for (let i = 0; i < order; i++)
    kernel.write(
      at + i * rowBytes + order * kernel.elementBytes,
      rightSides.map((b) => b[i]!),
    );
  while (!echelon.step()) await pace.pause('witness', 0, order);

  if (echelon.rank < order || minorDeterminant(echelon, field) !== minor.determinant)
    throw new Error('solveMinor: the minor is another than the elimination found');
  return backSubstitution(kernel, echelon, rightSides.length, field, pace);
}

/** Where rows of M go: rows of `rowStride` elements from `at` on. */
interface Target {
  readonly at: number;
  readonly rowStride: number;
}

/** Input by input: its named rows with all columns, of which the named ones are taken. */
async function writeMinor(
  point: Point,
  { rows, columns }: NamedMinor,
  { at, rowStride }: Target,
  kernel: Kernel,
  pace: Pace,
): Promise<void> {
  if (rows.length === 0) return;
  const jacobian = new NetworkJacobian(kernel, point);
  const { rowsPerInput } = jacobian;
  const gathered = kernel.allocateBytes(4 * columns.length);
  new Int32Array(kernel.exports.memory.buffer, gathered, columns.length).set(columns);
  let written = 0;
  for (const input of point.inputs(Math.floor(rows.at(-1)! / rowsPerInput) + 1)) {
    await pace.pause('witness', 0, rows.length);
    const end = (input.index + 1) * rowsPerInput;
    const outputs: number[] = [];
    for (let r = written; r < rows.length && rows[r]! < end; r++) outputs.push(rows[r]! % rowsPerInput);
    if (outputs.length === 0) continue;
    if (!jacobian.evaluate(input)) throw new Error('solveMinor: a row of an input that is skipped');
    const mark = kernel.mark();
    const all = kernel.allocate(outputs.length * jacobian.columns);
    jacobian.write(outputs, { at: all, rowStride: jacobian.columns });
    const target = at + written * rowStride * kernel.elementBytes;
    kernel.exports.gatherColumns(
      outputs.length,
      columns.length,
      gathered,
      all,
      jacobian.columns,
      target,
      rowStride,
    );
    kernel.release(mark);
    written += outputs.length;
  }
  kernel.release(gathered);
}

/** Rows of X that are found before they are taken off all rows above them. */
const blockRows = 128;

/** T·X = B, where the eliminated rows are [T | B], T unit upper triangular up to the order of its columns: from below, block by block. O(r²) for each of the `count` columns of B. */
async function backSubstitution(
  kernel: Kernel,
  { blocks, rowStride, pivotColumns }: Echelon,
  count: number,
  field: Field<number>,
  pace: Pace,
): Promise<Uint32Array[]> {
  const order = pivotColumns.length;
  const { elementBytes } = kernel;
  const columns = kernel.allocateBytes(4 * order);
  new Int32Array(kernel.exports.memory.buffer, columns, order).set(pivotColumns);
  /** X, row by row in the order of the pivots. */
  const x = kernel.allocate(order * count);
  const rowOfX = (i: number): number => x + i * count * elementBytes;
  for (let bottom = order; bottom > 0; bottom -= blockRows) {
    await pace.pause('witness', order - bottom, order);
    const top = Math.max(0, bottom - blockRows);
    const found = order - bottom;
    const upper = blocks[0]!.at + top * rowStride * elementBytes;
    const rows = Array.from({ length: bottom - top }, (_, i) =>
      kernel.read(upper + i * rowStride * elementBytes, order + count),
    );
    for (const [i, row] of rows.entries()) kernel.write(rowOfX(top + i), row.subarray(order));
    const mark = kernel.mark();
    const right = kernel.allocate(rows.length * found);
    kernel.exports.gatherColumns(rows.length, found, columns + 4 * bottom, upper, rowStride, right, found);
    const [below, here] = [rowOfX(bottom), rowOfX(top)];
    kernel.multiply('subtract', rows.length, count, found, right, found, 1, below, count, 1, here, count);
    kernel.release(mark);
    const part = kernel.read(here, rows.length * count);
    for (let i = rows.length - 1; i > 0; i--)
      for (let above = 0; above < i; above++) {
        const factor = rows[above]![pivotColumns[top + i]!]!;
        for (let j = 0; j < count; j++) {
          const at = above * count + j;
          part[at] = field.subtract(part[at]!, field.multiply(factor, part[i * count + j]!));
        }
      }
    kernel.write(here, part);
  }
  const entries = kernel.read(x, order * count);
  return Array.from({ length: count }, (_, j) => {
    const solution = new Uint32Array(order);
    for (const [i, column] of pivotColumns.entries()) solution[column] = entries[i * count + j]!;
    return solution;
  });
}
