import { parameterOf, type ParameterRef } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';
import { basisFields } from './bases.ts';
import { scalingFields } from './scalings.ts';
import { Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';

/** The entries of a field in the last matrix that it moves: residues by position in the matrix. */
type Part = ReadonlyMap<number, number>;

/**
 * Parameter matrices, by offset, whose columns of the Jacobian are combinations of earlier ones at the point that `seed` draws modulo `prime`, whatever the inputs: without them no row and no column of
 * the lexicographically first independent ones is lost.
 *
 * J·g = 0 for a field g, so that its last column is a combination of those before. Where changes of basis and scalings that move nothing behind a matrix move it in all directions, all its columns are such:
 * in a plain stack the value matrices after the first, half of all parameters.
 *
 * In slices: yields now and then. O(entries of the fields), and O(r³) for each set of r fields that share columns.
 */
export function* dependentMatrices(
  graph: NetworkGraph,
  prime: number,
  seed: string,
): Generator<void, ReadonlySet<number>, undefined> {
  const setting = new Setting(graph, prime, seed);
  const matrices = matricesOf(graph);
  const parts = new Map<ParameterRef, Part[]>();
  for (const fields of [basisFields(setting), scalingFields(setting)])
    for (const field of fields) {
      const last = lastPart(field, matrices);
      if (last) {
        const found = parts.get(last.matrix);
        if (found) found.push(last.part);
        else parts.set(last.matrix, [last.part]);
      }
      yield;
    }
  const dependent = new Set<number>();
  for (const [matrix, found] of parts) {
    if (movesAll(found, matrix.rows * matrix.cols, setting)) dependent.add(matrix.offset);
    yield;
  }
  return dependent;
}

/** In the order of their columns. */
function matricesOf({ tensors }: NetworkGraph): ParameterRef[] {
  const byOffset = new Map<number, ParameterRef>();
  for (const tensor of tensors) {
    const parameter = parameterOf(tensor);
    if (parameter) byOffset.set(parameter.offset, parameter);
  }
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset);
}

function lastPart(
  field: Tangent,
  matrices: readonly ParameterRef[],
): { readonly matrix: ParameterRef; readonly part: Part } | null {
  let last = -1;
  for (const column of field.keys()) last = Math.max(last, column);
  if (last < 0) return null;
  let index = matrices.length - 1;
  while (matrices[index]!.offset > last) index--;
  const matrix = matrices[index]!;
  const { offset } = matrix;
  const entries = [...field].filter(([column]) => column >= offset);
  return { matrix, part: new Map(entries.map(([column, value]) => [column - offset, value])) };
}

/**
 * Do the parts span all `size` directions? They are taken in sets with disjoint columns, small ones first: one that would join two sets (a scale of the whole matrix) is left out, which can only
 * make the span smaller.
 */
function movesAll(parts: readonly Part[], size: number, setting: Setting): boolean {
  if (parts.length < size) return false;
  const setOf = new Map<number, { columns: number[]; parts: Part[] }>();
  for (const part of [...parts].sort((a, b) => a.size - b.size)) {
    const columns = [...part.keys()];
    const [known, other] = new Set(columns.flatMap((column) => setOf.get(column) ?? []));
    if (other) continue;
    const set = known ?? { columns: [], parts: [] };
    set.parts.push(part);
    for (const column of columns) {
      if (setOf.has(column)) continue;
      set.columns.push(column);
      setOf.set(column, set);
    }
  }
  return setOf.size === size && [...new Set(setOf.values())].every((set) => spans(set, setting));
}

function spans(
  { columns, parts }: { readonly columns: readonly number[]; readonly parts: readonly Part[] },
  { field }: Setting,
): boolean {
  const pivots: { readonly at: number; readonly row: number[] }[] = [];
  for (const part of parts) {
    const row = columns.map((column) => part.get(column) ?? 0);
    for (const pivot of pivots) {
      const factor = row[pivot.at]!;
      if (factor === 0) continue;
      pivot.row.forEach((entry, k) => (row[k] = field.subtract(row[k]!, field.multiply(factor, entry))));
    }
    const at = row.findIndex((entry) => entry !== 0);
    if (at < 0) continue;
    const inverse = field.inverse(row[at]!);
    pivots.push({ at, row: row.map((entry) => field.multiply(entry, inverse)) });
    if (pivots.length === columns.length) return true;
  }
  return false;
}
