import type { Field } from '../field/field.ts';
import { residueVector, type Residue, type ResidueVector } from '../field/residue.ts';
import { Echelon } from '../kernel/echelon.ts';
import { minorDeterminant } from '../kernel/minor-determinant.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Pace } from '../pace.ts';
import { others } from './indices.ts';
import { assertMatrix, residueOfEntry, type Matrix, type Residues } from './matrix.ts';
import { placeRows } from './place.ts';
import { returnKernel, takeKernel } from './pool.ts';
import { sortedProfiles, type RankProfiles } from './rank.ts';

/** Products (multiply-adds) between two pauses, about: some tens of milliseconds. */
const productsPerSlab = 2 ** 28;

/** What proves a rank: a minor that is not 0, and the lines outside it as combinations of those within. */
export interface RankEvidence extends RankProfiles {
  /** Of the minor of `rows` and `columns`, 1 … p − 1. */
  readonly determinant: Residue;
  /**
   * Of the shorter side, `rows` if they are as many: each line outside the profile, ascending, as a combination of those of the profile,
   * (lines − rank) × rank. Null if the rank is the number of lines.
   */
  readonly combinations: {
    readonly side: 'rows' | 'columns';
    readonly coefficients: Residues;
  } | null;
}

/** A copy of a matrix as residues. Throws like `rank` for a bad shape or entry. */
export function residueMatrix(matrix: Matrix, field: Field<Residue>): Residues {
  assertMatrix(matrix);
  const { rows, cols } = matrix;
  const data = residueVector(field.prime, rows * cols);
  for (let i = 0; i < rows * cols; i++) data[i] = residueOfEntry(matrix, i, field);
  return { rows, cols, data };
}

/**
 * Proves the rank of a matrix A of residues: an elimination of A, and one of its rank profile as r long rows, whose reduced echelon form has the
 * coefficients.
 *
 * The combinations are multiplied back before they are returned. O(rows · cols · rank).
 */
export async function rankEvidence(
  matrix: Residues,
  field: Field<Residue>,
  pace: Pace,
): Promise<RankEvidence> {
  const kernel = takeKernel(field.prime);
  const echelon = new Echelon(kernel, matrix.cols);
  const { at, rowStride } = echelon.openBatch(matrix.rows);
  placeRows(kernel, matrix, 'matrix', at, rowStride);
  const shorter = Math.min(matrix.rows, matrix.cols);
  while (!echelon.step()) await pace.pause('elimination', echelon.rank, shorter);
  kernel.release(kernel.bottom);

  const profiles = sortedProfiles(echelon);
  const determinant = minorDeterminant(echelon, field);
  const side = matrix.rows <= matrix.cols ? 'rows' : 'columns';
  const combinations =
    profiles.rank === shorter
      ? null
      : ({ side, coefficients: await coefficientsOf(matrix, profiles, side, kernel, field, pace) } as const);
  returnKernel(kernel);
  return { ...profiles, determinant, combinations };
}

/** The lines of one side outside the profile as combinations of those within, (lines − rank) × rank. The kernel's heap is empty. */
async function coefficientsOf(
  matrix: Residues,
  { rank, rows, columns }: RankProfiles,
  side: 'rows' | 'columns',
  kernel: Kernel<Residue>,
  field: Field<Residue>,
  pace: Pace,
): Promise<Residues> {
  const byRows = side === 'rows';
  const lines = byRows ? matrix.rows : matrix.cols;
  const across = byRows ? matrix.cols : matrix.rows;
  /** Some of the lines across, each with an entry for every line. */
  const picked = (indices: ArrayLike<number>): Residues =>
    byRows ? columnsOf(matrix, indices) : rowsOf(matrix, indices);
  const profile = byRows ? rows : columns;
  const free = others(profile, lines);
  const width = free.length;
  const coefficients = residueVector(kernel.prime, width * rank);
  if (rank === 0) {
    if (!isZero(matrix.data)) throw failedCheck();
    return { rows: width, cols: 0, data: coefficients };
  }

  // With B the lines across of the profile, r × lines, U its pivot rows and T = U_P their columns of the profile: B_F = B_P·T⁻¹·U_F.
  const echelon = new Echelon(kernel, lines);
  const { at, rowStride } = echelon.openBatch(rank);
  placeRows(kernel, picked(byRows ? columns : rows), 'matrix', at, rowStride);
  while (!echelon.step()) await pace.pause('combinations', 0, rank);
  if (echelon.pivotColumns.some((pivot, i) => pivot !== profile[i])) throw failedCheck();
  const atProfile = placedIndices(kernel, profile);
  const atFree = placedIndices(kernel, free);
  const gather = (count: number, indices: number, length: number, from: number, stride: number): number => {
    const to = kernel.allocate(count * length);
    kernel.exports.gatherColumns(count, length, indices, from, stride, to, length);
    return to;
  };
  const triangle = gather(rank, atProfile, rank, at, rowStride);
  const right = gather(rank, atFree, width, at, rowStride);
  const reduced = kernel.allocate(rank * width);
  for (const [top, count] of slabs(rank, rank * (rank + width))) {
    const mark = kernel.mark();
    const inverse = kernel.allocate(count * rank);
    for (let i = 0; i < count; i++)
      kernel.write(inverse + (i * rank + top + i) * kernel.elementBytes, [field.reduce(1)]);
    kernel.exports.solveUpperFromRight(count, rank, inverse, rank, triangle, rank);
    const target = reduced + top * width * kernel.elementBytes;
    kernel.multiply('set', count, width, rank, inverse, rank, 1, right, width, 1, target, width);
    const found = kernel.read(target, count * width);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < width; j++) coefficients[j * rank + top + i] = found[i * width + j]!;
    kernel.release(mark);
    await pace.pause('combinations', top + count, rank);
  }

  for (const [top, count] of slabs(across, rank * width + lines)) {
    const mark = kernel.mark();
    const atSlab = kernel.allocate(count * lines);
    placeRows(kernel, picked(Array.from({ length: count }, (_, i) => top + i)), 'matrix', atSlab, lines);
    const left = gather(count, atProfile, rank, atSlab, lines);
    const rest = gather(count, atFree, width, atSlab, lines);
    kernel.multiply('subtract', count, width, rank, left, rank, 1, reduced, width, 1, rest, width);
    if (!isZero(kernel.read(rest, count * width))) throw failedCheck();
    kernel.release(mark);
    await pace.pause('check', top + count, across);
  }
  return { rows: width, cols: rank, data: coefficients };
}

function isZero(residues: ArrayLike<Residue>): boolean {
  for (let i = 0; i < residues.length; i++) if (Number(residues[i]) !== 0) return false;
  return true;
}

function failedCheck(): Error {
  return new Error('rankEvidence: the combinations failed their check');
}

/** Cuts 0 … count into pieces [start, length] of about `productsPerSlab`. */
function* slabs(count: number, productsEach: number): Generator<[number, number]> {
  const length = Math.max(16, Math.floor(productsPerSlab / Math.max(1, productsEach)));
  for (let start = 0; start < count; start += length) yield [start, Math.min(length, count - start)];
}

function placedIndices(kernel: Kernel<Residue>, indices: readonly number[]): number {
  const at = kernel.allocateBytes(4 * indices.length);
  new Int32Array(kernel.exports.memory.buffer, at, indices.length).set(indices);
  return at;
}

/** Zeros, in an array of the same kind. */
function vectorLike(data: ResidueVector, length: number): ResidueVector {
  return data instanceof BigUint64Array ? new BigUint64Array(length) : new Uint32Array(length);
}

/** Some rows of a matrix. */
function rowsOf({ cols, data }: Residues, indices: ArrayLike<number>): Residues {
  const target = vectorLike(data, indices.length * cols);
  for (let n = 0; n < indices.length; n++) {
    const start = indices[n]! * cols;
    target.set(data.subarray(start, start + cols), n * cols);
  }
  return { rows: indices.length, cols, data: target };
}

/** Some columns of a matrix, as rows. */
function columnsOf({ rows, cols, data }: Residues, indices: ArrayLike<number>): Residues {
  const target = vectorLike(data, indices.length * rows);
  for (let i = 0; i < rows; i++)
    for (let n = 0; n < indices.length; n++) target[n * rows + i] = data[i * cols + indices[n]!]!;
  return { rows: indices.length, cols: rows, data: target };
}
