import { exactMatrix, subtractMatrices, type ExactMatrix } from '../exact/exact-matrix.ts';
import { maxWordPrime } from '../field/index.ts';
import { nullspace, rank, rankAsync } from '../matrix/index.ts';
import { parameterBlocks, parameterCount } from '../network/parameters.ts';
import type { LongOperation, Pace } from '../pace.ts';
import { nullspaceOverQAsync, rankOverQ } from '../rational/index.ts';
import type { Weights } from '../weights/index.ts';
import { weightsOver } from '../weights/weights.ts';
import { flattened, inOneDenominator } from './flattened.ts';
import type { TangentData } from './tangent-data.ts';

/** The rank of columns of integers over Q, of residues over F_p. */
export function rankOfColumns(
  columns: readonly (readonly bigint[])[],
  rows: number,
  prime: bigint | undefined,
): number {
  const matrix = { rows: columns.length, cols: rows, data: columns.flat() };
  return prime === undefined ? rankOverQ(matrix) : rank(matrix, prime);
}

/** The directions that move data along their scales only. */
export interface DataKernel {
  readonly dimension: number;
  /** Columns; null where it has no more dimensions than were known before. */
  readonly basis: ExactMatrix | null;
}

/**
 * The directions that move the data along their scales only: the kernel of [derivative | scales], without the scales' part. The data are polynomials of
 * degree at most 2 in every parameter, so that half of a central difference is a derivative. If modulo a prime there are no more than the `known` ones,
 * there are none over Q, and no basis is computed.
 */
export async function dataKernel(
  weights: Weights,
  { at, scales }: TangentData,
  known: number,
  pace: Pace,
  options: LongOperation,
): Promise<DataKernel> {
  const { prime } = weights;
  const columns: bigint[][] = [];
  // Every column may be scaled; the kernel is scaled back.
  const multiples: bigint[] = [];
  const parameters = parameterCount(weights.network);
  for (const [k, { rows, cols }] of parameterBlocks(weights.network).entries())
    for (let e = 0; e < rows * cols; e++) {
      const [above, below] = [1n, -1n].map((step) => at(withMoved(weights, k, e, step)));
      const { entries, denominator } = inOneDenominator(
        above!.map((matrix, part) => subtractMatrices(matrix, below![part]!)),
      );
      columns.push(entries);
      multiples.push(denominator);
      await pace.pause('differential', columns.length, parameters);
    }
  // Independent ones: then no vector of the kernel is 0 among the parameters.
  const moving: bigint[][] = [];
  for (const scale of scales) {
    const column = flattened(scale);
    if (rankOfColumns([...moving, column], column.length, prime) > moving.length) moving.push(column);
  }
  columns.push(...moving);
  const height = columns[0]!.length;
  const data = Array.from({ length: height }, (_, i) => columns.map((column) => column[i]!)).flat();
  const matrix = { rows: height, cols: columns.length, data };
  const most = columns.length - (await rankAsync(matrix, prime ?? maxWordPrime, options));
  if (most <= known) return { dimension: known, basis: null };
  const kernel =
    prime === undefined
      ? await nullspaceOverQAsync(matrix, 'right', options)
      : nullspace(matrix, 'right', prime);
  const numerators = multiples.flatMap((multiple, i) =>
    Array.from({ length: kernel.cols }, (_, j) => BigInt(kernel.data[i * kernel.cols + j]!) * multiple),
  );
  return { dimension: kernel.cols, basis: exactMatrix(parameters, kernel.cols, numerators, 1n, prime) };
}

function withMoved({ network, matrices, prime }: Weights, k: number, e: number, step: bigint): Weights {
  const moved = matrices.map((matrix, index) => {
    if (index !== k) return matrix;
    const numerators = [...matrix.numerators];
    numerators[e] = numerators[e]! + step * matrix.denominator;
    return exactMatrix(matrix.rows, matrix.cols, numerators, matrix.denominator, prime);
  });
  return weightsOver(network, moved, prime);
}
