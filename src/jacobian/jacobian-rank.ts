import { PrimeField } from '../field/prime-field.ts';
import { Echelon } from '../kernel/echelon.ts';
import { Kernel } from '../kernel/kernel.ts';
import { minorDeterminant } from '../kernel/minor-determinant.ts';
import { ascending } from '../matrix/indices.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Pace } from '../pace.ts';
import { Point, type InputDraws } from '../point/point.ts';
import { NetworkJacobian } from './network-jacobian.ts';

/** The rank of the Jacobian at a point, and the minor that shows it. */
export interface JacobianRank {
  readonly rank: number;
  /** The lexicographically first independent rows of those that were taken, ascending; row (s·t + i)·d_out + o is of input s, token i, coordinate o. */
  readonly rows: number[];
  /** The lexicographically first independent columns, ascending. */
  readonly columns: number[];
  /** The determinant mod p of the minor with these rows and columns. */
  readonly determinant: number;
}

/** Rows of the Jacobian that are eliminated together, about; twice as many after a batch of which every row was independent: larger products are faster. */
const leastRowsPerBatch = 512;
const mostRowsPerBatch = 1024;
/** Batches without gain after which the rank counts as stable; the last of them has all rows of its inputs. */
const idleBatches = 2;

/**
 * The rank of the Jacobian of `network` at the point that `seed` draws modulo `prime`: a proved lower bound of the dimension.
 *
 * Rows come in batches of inputs and are eliminated as they come, until the rank reaches `bound` or two batches bring no gain. A batch is always
 * finished: a rank above `bound` would show. Of a batch only those outputs are differentiated that were independent in the last input of the
 * batch before: an output that depends on the others at an input depends on them at every later one, at generic points. (Without
 * that, most rows would be dependent: lightning, d = 32, l = 3, t = 4 takes 12,288 rows for the rank 2365.) Where this brings no
 * gain, a batch with all outputs follows.
 *
 * `dependent`: offsets of parameter matrices whose columns are known to be combinations of earlier ones at this point (`dependentMatrices`); they are left out. Not checked.
 */
export async function jacobianRank(
  network: NetworkGraph,
  prime: number,
  seed: string,
  bound: number,
  pace: Pace,
  dependent: ReadonlySet<number> = new Set(),
): Promise<JacobianRank> {
  const field = new PrimeField(prime);
  const kernel = Kernel.create(prime);
  const point = new Point(network, field, seed);
  const jacobian = new NetworkJacobian(kernel, point, dependent);
  const echelon = new Echelon(kernel, jacobian.columns);
  const samples = point.inputs(drawsPerInput(network) * (bound + 64));
  const allOutputs = Array.from({ length: jacobian.rowsPerInput }, (_, output) => output);
  /** Of each row that was eliminated: its number in the Jacobian; −1 of a row of zeros, where no input was left. */
  const rowNumbers: number[] = [];
  let evaluated = 0;
  let outputs = allOutputs;
  let rowsPerBatch = leastRowsPerBatch;
  for (let idle = 0, exhausted = false; echelon.rank < bound && idle < idleBatches && !exhausted;) {
    const before = echelon.rank;
    const rowsWanted = Math.min(rowsPerBatch, bound - before);
    const inputs = Math.ceil(rowsWanted / outputs.length);
    const { at, rowStride } = echelon.openBatch(inputs * outputs.length);
    for (let i = 0; i < inputs; i++) {
      const input = await nextInput(jacobian, samples, () => pace.pause('Jacobian', before, bound));
      const first = at + i * outputs.length * rowStride * kernel.elementBytes;
      if (input) {
        jacobian.write(outputs, { at: first, rowStride });
        evaluated++;
      } else exhausted = true;
      for (const output of outputs)
        rowNumbers.push(input ? input.index * jacobian.rowsPerInput + output : -1);
    }
    while (!echelon.step()) await pace.pause('elimination', before, bound);

    idle = echelon.rank > before ? 0 : idle + 1;
    const allGained = echelon.rank - before === inputs * outputs.length;
    rowsPerBatch = allGained ? Math.min(2 * rowsPerBatch, mostRowsPerBatch) : leastRowsPerBatch;
    const lastInput = rowNumbers.length - outputs.length;
    const independent = ascending(echelon.pivotRows.slice(before)).filter((row) => row >= lastInput);
    const gained = independent.map((row) => rowNumbers[row]! % jacobian.rowsPerInput);
    outputs = gained.length > 0 ? gained : allOutputs;
  }
  if (evaluated === 0 && bound > 0)
    throw new RangeError(
      `network: expected inputs modulo ${prime} at which no denominator is 0 and all radicands are squares, got none`,
    );
  const { pivotRows, pivotColumns } = echelon;
  return {
    rank: echelon.rank,
    rows: ascending(pivotRows).map((row) => rowNumbers[row]!),
    columns: jacobian.parametersOf(ascending(pivotColumns)),
    determinant: minorDeterminant(echelon, field),
  };
}

/** Inputs drawn for each one that is used, before a point is given up. */
function drawsPerInput({ steps }: NetworkGraph): number {
  const hasChance = steps.some((step) => step.kind === 'root' && step.redrawn === null);
  return hasChance ? 4096 : 64;
}

/** The next input that need not be skipped, evaluated; undefined if none is left. */
async function nextInput(
  jacobian: NetworkJacobian,
  samples: Iterator<InputDraws, void>,
  pause: () => Promise<void>,
): Promise<InputDraws | undefined> {
  for (;;) {
    await pause();
    const { value: input } = samples.next();
    if (!input || jacobian.evaluate(input)) return input ?? undefined;
  }
}
