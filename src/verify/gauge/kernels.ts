import { columnsOf, type Incoming } from './incoming.ts';
import { boundOf, rowsOf, type Read } from './read.ts';
import type { Change, Parameters } from './fields.ts';
import { above, kernel, transpose, type Matrix } from './matrix.ts';

/** Rows that vectors must be orthogonal to, with a bound of their rank. */
interface Conditions {
  readonly rows: Matrix;
  readonly bound: number;
}

/** Fields that change what a matrix does with tokens that never come, or what nothing reads: docs/gauge.md, "Kernels". */
export function* kernelChanges(
  at: Parameters,
  comes: readonly Incoming[],
  reads: readonly Read[],
): Generator<Change> {
  for (const [block, { rows, cols }] of at.graph.blocks.entries()) {
    const { steps, isGain } = usesOf(at, block);
    if (isGain) continue;
    const read = (n: number): Conditions => {
      const { width } = at.graph.nodes[n]!;
      return { rows: rowsOf(reads[n]!, width), bound: boundOf(reads[n]!, width) };
    };
    const comesIn = (n: number): Conditions => {
      const { width } = at.graph.nodes[n]!;
      return { rows: transpose(columnsOf(comes[n]!, width)), bound: comes[n]!.bound };
    };
    const onCols: Conditions[] = [];
    const onRows: Conditions[] = [];
    let isAdded = false;
    for (const [n, step] of steps) {
      if (step.kind === 'shift') {
        isAdded = true;
        onCols.push(read(n));
      } else if (step.kind === 'linear') {
        const [input, output] = [comesIn(step.x), read(n)];
        onCols.push(step.transposed ? output : input);
        onRows.push(step.transposed ? input : output);
      }
    }
    for (const z of orthogonal(at, onCols, cols))
      for (let r = 0; r < rows; r++) {
        const change = at.none();
        for (let c = 0; c < cols; c++) at.add(change, block, r, c, z[c]!);
        yield change;
      }
    if (isAdded) continue;
    for (const z of orthogonal(at, onRows, rows))
      for (let c = 0; c < cols; c++) {
        const change = at.none();
        for (let r = 0; r < rows; r++) at.add(change, block, r, c, z[r]!);
        yield change;
      }
  }
}

function usesOf({ graph }: Parameters, block: number) {
  const steps = graph.uses[block]!.map((n) => [n, graph.nodes[n]!.step] as const);
  return { steps, isGain: steps.some(([, { kind }]) => kind === 'gain') };
}

/** The vectors on which all conditions vanish; none if their rank is smaller here than it may be elsewhere. */
function* orthogonal(
  at: Parameters,
  conditions: readonly Conditions[],
  width: number,
): Generator<Float64Array> {
  const rows = above(
    width,
    conditions.map((condition) => condition.rows),
  );
  const bound = Math.min(
    width,
    conditions.reduce((sum, condition) => sum + condition.bound, 0),
  );
  if (bound === width) return;
  at.spend(rows.rows * width * Math.min(rows.rows, width));
  const { rank, basis } = kernel(rows, at.f);
  if (rank !== bound) return;
  for (let n = 0; n < basis.rows; n++) yield basis.entries.subarray(n * width, (n + 1) * width);
}
