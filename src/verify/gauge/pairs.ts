import type { GaugeNode } from './graph.ts';
import type { Change, Parameters } from './fields.ts';
import { boundOf, rowsOf, type Read } from './read.ts';
import { kernel } from './matrix.ts';

/** Fields of scores that see their symmetric part alone: δK = AQ, δQ = AK with A antisymmetric; docs/gauge.md, "Parallel tokens". */
export function* parallelChanges(at: Parameters): Generator<Change> {
  const { nodes } = at.graph;
  for (const { step } of nodes) {
    if (step.kind !== 'scores') continue;
    const q = ownMap(at, nodes[step.q]!);
    const k = ownMap(at, nodes[step.k]!);
    if (!q || !k || step.q === step.k || q.x !== k.x || nodes[q.x]!.parallel === null) continue;
    const { width } = nodes[step.q]!;
    for (const [i, j] of pairs(width))
      for (const [target, source] of [
        [k.block, q.block],
        [q.block, k.block],
      ] as const) {
        const change = at.none();
        addRow(at, change, target, i, source, j, 1);
        addRow(at, change, target, j, source, i, at.f.subtract(0, 1));
        yield change;
      }
  }
}

/** Fields that turn what is squared and then summed with weights w: δz = D⁻¹Az; docs/gauge.md, "Squares". */
export function* squareChanges(at: Parameters, reads: readonly Read[]): Generator<Change> {
  const { f, graph } = at;
  for (const [n, { step, width }] of graph.nodes.entries()) {
    if (step.kind !== 'power' || step.exponent !== 2) continue;
    const z = graph.nodes[step.x]!;
    const bias = z.step.kind === 'shift' ? z.step : null;
    const isOwn = bias === null || (graph.blocks[bias.block]!.rows === 1 && isOwnNode(at, z));
    const map = bias === null ? ownMap(at, z) : ownMap(at, graph.nodes[bias.x]!);
    if (!isOwn || !map || boundOf(reads[n]!, width) !== 1) continue;
    const rows = rowsOf(reads[n]!, width);
    if (kernel(rows, f).rank !== 1) continue;
    const r = Array.from({ length: rows.rows }, (_, i) => i).find((i) =>
      rows.entries.subarray(i * width, (i + 1) * width).every((entry) => entry !== 0),
    );
    if (r === undefined) continue;
    for (const [i, j] of pairs(width)) {
      const change = at.none();
      const [a, b] = [i, j].map((c) => f.inverse(rows.entries[r * width + c]!)) as [number, number];
      addRow(at, change, map.block, i, map.block, j, a);
      addRow(at, change, map.block, j, map.block, i, f.subtract(0, b));
      if (bias) {
        const { entries } = at.blocks[bias.block]!;
        at.add(change, bias.block, 0, i, f.multiply(a, entries[j]!));
        at.add(change, bias.block, 0, j, f.multiply(f.subtract(0, b), entries[i]!));
      }
      yield change;
    }
  }
}

/** The map W·x with an own W that makes a tensor with one reader. */
export function ownMap(
  at: Parameters,
  node: GaugeNode,
): { readonly x: number; readonly block: number } | null {
  return node.step.kind === 'linear' && !node.step.transposed && isOwnNode(at, node) ? node.step : null;
}

const isOwnNode = ({ graph }: Parameters, { step, readers }: GaugeNode): boolean =>
  'block' in step && graph.uses[step.block]!.length === 1 && readers.length === 1;

function* pairs(width: number): Generator<readonly [number, number]> {
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) yield [i, j];
}

/** Adds a multiple of a row of one matrix to a row of the change of another. */
function addRow(
  at: Parameters,
  change: Change,
  target: number,
  row: number,
  source: number,
  from: number,
  factor: number,
): void {
  const { cols, entries } = at.blocks[source]!;
  for (let c = 0; c < cols; c++)
    at.add(change, target, row, c, at.f.multiply(factor, entries[from * cols + c]!));
}
