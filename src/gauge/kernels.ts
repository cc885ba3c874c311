import { parameterOf, type ParameterRef, type Tensor } from '../graph/tensor.ts';
import { rightKernel, transposed } from './dense.ts';
import { columnsOf, type Incoming } from './incoming.ts';
import { rankOf, rowsOf, type Outgoing } from './outgoing.ts';
import type { Setting, Spaces } from './setting.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Changes Z of a parameter matrix with R·Z = 0 or Z·P = 0, where its inputs lie in the column space of P and only R of its outputs is read: docs/gauge.md, "Kernels".
 *
 * A kernel is a family of vector fields only where the matrix has the rank that it has at generic parameters; it is used where the rank at this point equals a bound of that one.
 */
export function* kernelFields(
  setting: Setting,
  incoming: Spaces<Incoming>,
  outgoing: Spaces<Outgoing>,
): Generator<Tangent, void, undefined> {
  for (const column of unusedColumns(setting)) yield new Map([[column, 1]]);
  const seen = new Set<number>();
  for (const tensor of setting.tensors) {
    const parameter = changeable(tensor);
    if (!parameter || seen.has(parameter.offset)) continue;
    seen.add(parameter.offset);
    const uses = setting.usesOf(parameter).map((use) => spacesAround(use, incoming, outgoing));
    const unread = kernel(
      setting,
      uses.map(({ read }) => read),
      parameter.rows,
    );
    const absent = kernel(
      setting,
      uses.map(({ entering }) => entering),
      parameter.cols,
    );
    for (const n of unread)
      for (let j = 0; j < parameter.cols; j++) yield outer(setting, parameter, n, unit(parameter.cols, j));
    for (const z of absent)
      for (let i = 0; i < parameter.rows; i++) yield outer(setting, parameter, unit(parameter.rows, i), z);
  }
}

/** Parameters that enter nothing that the output depends on. */
function* unusedColumns({ tensors, graph }: Setting): Generator<number, void, undefined> {
  const isUsed = new Uint8Array(graph.parameters);
  for (const tensor of tensors) {
    const parameter = parameterOf(tensor);
    if (parameter) isUsed.fill(1, parameter.offset, parameter.offset + parameter.rows * parameter.cols);
  }
  for (let column = 0; column < graph.parameters; column++) if (!isUsed[column]) yield column;
}

/** Vectors, with a bound of the rank that they have at generic parameters. */
interface Span {
  readonly vectors: readonly (readonly number[])[];
  readonly rank: number;
}

/** Of a parameter, what is read of its rows' side and what enters at its columns' side, at one use. */
function spacesAround(
  tensor: Tensor,
  incoming: Spaces<Incoming>,
  outgoing: Spaces<Outgoing>,
): { read: Span; entering: Span } {
  const { operation: op } = tensor;
  const read = { vectors: rowsOf(outgoing.get(tensor)!), rank: rankOf(outgoing.get(tensor)!) };
  if (op.kind === 'linear') {
    const columns = columnsOf(incoming.get(op.x)!);
    const entering = {
      vectors: transposed(columns, columns[0]?.length ?? 0),
      rank: incoming.get(op.x)!.rank,
    };
    return op.transposed ? { read: entering, entering: read } : { read, entering };
  }
  // A vector is a matrix that is applied to 1; the rows of positions are vectors, stored as rows.
  const one: Span = { vectors: [[1]], rank: 1 };
  if (op.kind === 'positions') return { read: { vectors: [], rank: -1 }, entering: read };
  return { read, entering: one };
}

function changeable({ operation: op }: Tensor): ParameterRef | null {
  if (op.kind === 'linear') return op.weight;
  if (op.kind === 'bias') return op.vector;
  return op.kind === 'positions' ? op.matrix : null;
}

/** The vectors that all spans annihilate, if their rank is generic; else none. */
function kernel({ field }: Setting, spans: readonly Span[], width: number): number[][] {
  const rank = Math.min(
    width,
    spans.reduce((total, span) => total + span.rank, 0),
  );
  if (rank >= width || spans.some((span) => span.rank < 0)) return [];
  const basis = rightKernel(
    field,
    spans.flatMap(({ vectors }) => vectors),
    width,
  );
  return width - basis.length === rank ? basis : [];
}

function unit(n: number, i: number): number[] {
  return Array.from({ length: n }, (_, k) => Number(k === i));
}

function outer(
  { field }: Setting,
  parameter: ParameterRef,
  column: readonly number[],
  row: readonly number[],
): Tangent {
  const tangent = new TangentBuilder(field);
  tangent.addOuter(parameter, column, row);
  return tangent.tangent;
}
