import { parameterOf, type ParameterRef } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';
import type { Progress } from '../pace.ts';
import { largestDoublePrime } from '../point/admissible-prime.ts';
import { basisFields } from './bases.ts';
import { scalingFields } from './scalings.ts';
import { Setting } from './setting.ts';
import type { Tangent } from './tangent.ts';

/** The entries of a field in the last matrix that it moves: [position in the matrix, residue]. */
type Part = readonly (readonly [number, number])[];

/**
 * Parameter matrices, by offset, whose columns of the Jacobian are combinations of earlier ones at the point that `seed` draws modulo `prime`, whatever the inputs: without them no row and no column of
 * the lexicographically first independent ones is lost.
 *
 * J·g = 0 for a field g, so that its last column is a combination of those before. Where changes of basis and scalings that move nothing behind a matrix move it in all directions, all its columns are such:
 * in a plain stack the value matrices after the first, half of all parameters.
 *
 * A prime up to `largestDoublePrime`; modulo larger ones none is found. In slices: yields now and then. O(entries of the fields), and O(r³) for each set of r fields that share columns.
 */
export function* dependentMatrices(
  graph: NetworkGraph,
  prime: number,
  seed: string,
): Generator<Omit<Progress, 'phase'>, ReadonlySet<number>, undefined> {
  if (prime > largestDoublePrime) return new Set();
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
      yield { done: 0, total: matrices.length };
    }
  const dependent = new Set<number>();
  let done = 0;
  for (const [matrix, found] of parts) {
    if (movesAll(found, matrix.rows * matrix.cols, setting)) dependent.add(matrix.offset);
    yield { done: ++done, total: matrices.length };
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
  for (const column of field.keys()) if (column > last) last = column;
  if (last < 0) return null;
  let index = matrices.length - 1;
  while (matrices[index]!.offset > last) index--;
  const matrix = matrices[index]!;
  const part: [number, number][] = [];
  for (const [column, value] of field)
    if (column >= matrix.offset) part.push([column - matrix.offset, value]);
  return { matrix, part };
}

/**
 * Do the parts span all `size` directions? They are taken in sets with disjoint columns, small ones first: one that would join two sets (a scale of the whole matrix) is left out, which can only
 * make the span smaller.
 */
function movesAll(parts: readonly Part[], size: number, setting: Setting): boolean {
  if (parts.length < size) return false;
  const sets: { columns: number[]; parts: Part[] }[] = [];
  /** Of each column the index of its set, and its place in it. */
  const setOf = new Int32Array(size).fill(-1);
  const placeOf = new Int32Array(size);
  for (const part of [...parts].sort((a, b) => a.length - b.length)) {
    let own = -1;
    let joins = false;
    for (const [column] of part) {
      const known = setOf[column]!;
      if (known >= 0 && own >= 0 && known !== own) joins = true;
      if (known >= 0) own = known;
    }
    if (joins) continue;
    if (own < 0) own = sets.push({ columns: [], parts: [] }) - 1;
    const { columns, parts: members } = sets[own]!;
    members.push(part);
    for (const [column] of part) {
      if (setOf[column]! >= 0) continue;
      setOf[column] = own;
      placeOf[column] = columns.push(column) - 1;
    }
  }
  return !setOf.includes(-1) && sets.every((set) => spans(set.parts, set.columns.length, placeOf, setting));
}

/** Do the parts span all directions of their `size` columns? */
function spans(parts: readonly Part[], size: number, placeOf: Int32Array, { field }: Setting): boolean {
  const { prime } = field;
  const pivots: { readonly at: number; readonly row: Float64Array }[] = [];
  for (const part of parts) {
    const row = new Float64Array(size);
    for (const [column, value] of part) row[placeOf[column]!] = value;
    for (const pivot of pivots) {
      const factor = row[pivot.at]!;
      if (factor === 0) continue;
      // Products of residues below 2²⁶ are exact doubles, also plus a residue.
      const negative = prime - factor;
      for (let k = 0; k < size; k++) row[k] = (row[k]! + negative * pivot.row[k]!) % prime;
    }
    const at = row.findIndex((entry) => entry !== 0);
    if (at < 0) continue;
    const inverse = field.inverse(row[at]!);
    pivots.push({ at, row: row.map((entry) => (entry * inverse) % prime) });
    if (pivots.length === size) return true;
  }
  return false;
}
