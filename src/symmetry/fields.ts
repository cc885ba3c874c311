import type { ResidueMatrix } from '../matrix/index.ts';
import { EchelonForm, multiply, nullspace, rankProfiles, type ReducedEchelonForm } from '../matrix/index.ts';
import type { Pace } from '../pace.ts';
import { ResidueStream } from '../point/residue-stream.ts';
import { searchPrime, type Sample } from './sample.ts';

/** A vector field with δθ_to = θ_from for each pair, and 0 otherwise; θ behind the last parameter is 1. */
export type Moves = readonly (readonly [to: number, from: number])[];

/** Fields at a point: a row a field, a column a parameter. */
export function valuesAt(fields: readonly Moves[], theta: Uint32Array): ResidueMatrix {
  const cols = theta.length - 1;
  const data = new Uint32Array(fields.length * cols);
  for (const [k, moves] of fields.entries())
    for (const [to, from] of moves) data[k * cols + to] = (data[k * cols + to]! + theta[from]!) % searchPrime;
  return { rows: fields.length, cols, data };
}

/** Entries that are not 0, by index, modulo `searchPrime`. */
export type SparseVector = readonly (readonly [index: number, value: number])[];

/**
 * A basis of the linear relations, with constant coefficients, between some fields, from their values at random points until one of these adds no
 * condition: the ranks by points are concave at generic points.
 */
export function relationsOf(fields: readonly Moves[]): SparseVector[] {
  const count = fields.length;
  const rowOf = new Map<number, number>();
  for (const moves of fields) for (const [to] of moves) if (!rowOf.has(to)) rowOf.set(to, rowOf.size);
  const stream = new ResidueStream('theta', 'relations', searchPrime);
  const form = new EchelonForm(count, searchPrime);
  const conditions: ResidueMatrix[] = [];
  for (let gained = true; gained && !form.isFull;) {
    const theta = new Map<number, number>();
    const data = new Uint32Array(rowOf.size * count);
    for (const [k, moves] of fields.entries())
      for (const [to, from] of moves) {
        if (!theta.has(from)) theta.set(from, stream.next());
        const at = rowOf.get(to)! * count + k;
        data[at] = (data[at]! + theta.get(from)!) % searchPrime;
      }
    const batch = { rows: rowOf.size, cols: count, data };
    gained = form.append(batch) > 0;
    conditions.push(batch);
  }
  return sparseRows(transposed(nullspace(stacked(conditions, count), 'right', searchPrime)));
}

export function sparseRows({ rows, cols, data }: ResidueMatrix): SparseVector[] {
  return Array.from({ length: rows }, (_, i) => {
    const row: [number, number][] = [];
    for (let j = 0; j < cols; j++) if (data[i * cols + j] !== 0) row.push([j, data[i * cols + j]!]);
    return row;
  });
}

export function denseRows(rows: readonly SparseVector[], cols: number): ResidueMatrix {
  const data = new Uint32Array(rows.length * cols);
  for (const [i, row] of rows.entries()) for (const [j, value] of row) data[i * cols + j] = value;
  return { rows: rows.length, cols, data };
}

/** Samples without any new condition after which the fields count as found. */
const idleSamples = 2;

/** Some fields that satisfy a condition, as combinations of the fields of an ansatz. */
export interface Found {
  /** A basis, a row each. */
  readonly basis: ResidueMatrix;
  /** The samples that were looked at; the last two changed nothing. */
  readonly samples: number;
}

/**
 * The combinations c of `count` fields, with constant coefficients, for which c·condition(sample) = 0 at every sample, and c = 0 at the indices
 * `absent`.
 *
 * One elimination of about as many equations as unknowns, then samples until two change nothing. O(count³)
 */
export async function annihilated(
  count: number,
  sampleOf: (index: number) => Promise<Sample>,
  condition: (sample: Sample) => ResidueMatrix,
  pace: Pace,
  absent: readonly number[] = [],
): Promise<Found> {
  const equations = [
    denseRows(
      absent.map((index) => [[index, 1]]),
      count,
    ),
  ];
  let samples = 0;
  for (let rows = absent.length, last = 1; rows < count && last > 0; samples++) {
    const batch = condition(await sampleOf(samples));
    await pace.pause('symmetries', rows, count);
    equations.push(transposed(batch));
    last = batch.cols;
    rows += last;
  }
  let basis = transposed(nullspace(stacked(equations, count), 'right', searchPrime));
  for (let idle = 0; idle < idleSamples && basis.rows > 0; samples++) {
    await pace.pause('symmetries', count - basis.rows, count);
    const residual = combined(basis, condition(await sampleOf(samples)));
    const kept = nullspace(residual, 'left', searchPrime);
    idle = kept.rows === basis.rows ? idle + 1 : 0;
    if (idle === 0) basis = combined(kept, basis);
  }
  return { basis, samples };
}

/** Matrices with `cols` columns, one below the other. */
export function stacked(matrices: readonly ResidueMatrix[], cols: number): ResidueMatrix {
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const data = new Uint32Array(rows * cols);
  matrices.reduce((at, matrix) => (data.set(matrix.data, at), at + matrix.data.length), 0);
  return { rows, cols, data };
}

function transposed({ rows, cols, data }: ResidueMatrix): ResidueMatrix {
  const result = new Uint32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) result[j * rows + i] = data[i * cols + j]!;
  return { rows: cols, cols: rows, data: result };
}

/** Combinations of rows. */
export function combined(combinations: ResidueMatrix, rows: ResidueMatrix): ResidueMatrix {
  return multiply(combinations, rows, searchPrime);
}

/** Each row that is independent of those before it. */
export function independentRows(matrix: ResidueMatrix): number[] {
  return rankProfiles(matrix, searchPrime).rows;
}

/** J·v of vectors v, given as rows. */
export function derivatives(values: ResidueMatrix, { jacobian }: Sample): ResidueMatrix {
  return multiply(values, transposed(jacobian), searchPrime);
}

/** Vectors, given as rows, modulo the span of others. */
export function moduloSpan(vectors: ResidueMatrix, span: ReducedEchelonForm): ResidueMatrix {
  const { pivots, rank } = span;
  const { rows, cols, data } = vectors;
  const at = new Uint32Array(rows * rank);
  for (let i = 0; i < rows; i++) pivots.forEach((column, k) => (at[i * rank + k] = data[i * cols + column]!));
  const part = multiply({ rows, cols: rank, data: at }, span, searchPrime);
  return { rows, cols, data: data.map((value, k) => (value + searchPrime - part.data[k]!) % searchPrime) };
}
