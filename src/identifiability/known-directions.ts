import type { AttentionLayer } from '../network/format.ts';
import { groupCount, headCount, headsOf } from '../network/layers/attention.ts';
import { parameterBlocks } from '../network/parameters.ts';
import {
  kernelMatrix,
  multiplyMatrices,
  scaleMatrix,
  selectColumns,
  subtractMatrices,
  transposeMatrix,
  zeroMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { Weights } from '../weights/index.ts';
import { isSingleHeadStack, type SingleHeadStack } from '../theory/single-head-stack.ts';
import { reachOf } from './reach.ts';
import { Parameters, pathBehind, type MatrixName } from './parameters.ts';
import type { Transformation } from './transformation.ts';

/** A direction in which the transformations of one kind move the weights: what is not named stays. */
export interface KnownDirection {
  readonly kind: Transformation['kind'];
  /** All parameters in their order. */
  readonly direction: readonly ExactMatrix[];
}

/** Gathers how the matrices of a direction follow from the weights. */
interface Collector {
  set(
    path: string,
    name: MatrixName,
    head: number | undefined,
    by: (matrix: ExactMatrix) => ExactMatrix,
  ): void;
  direction(): ExactMatrix[];
}

const minusOne = { n: -1n, d: 1n };

/** The derivatives of the transformations of docs/identifiability.md at the identity: they span what the known symmetries contribute to the tangent space of the fibre. */
export function* knownDirections(weights: Weights): Generator<KnownDirection, void, undefined> {
  const parameters = new Parameters(weights);
  const blocks = parameterBlocks(weights.network);
  const collect = (): Collector => {
    const moved = new Parameters({
      network: weights.network,
      matrices: blocks.map(({ rows, cols }) => zeroMatrix(rows, cols)),
      ...(weights.prime !== undefined && { prime: weights.prime }),
    });
    return {
      set: (path, name, head, by) => {
        if (parameters.has(path, name, head))
          moved.set(path, name, head, by(parameters.get(path, name, head)));
      },
      direction: () => [...moved.weights().matrices],
    };
  };
  for (const [path, layer] of parameters.layers) {
    if (layer.kind !== 'attention' || layer.tiedTo !== undefined) continue;
    for (let group = 0; group < groupCount(layer); group++) {
      const members = headsOf(layer, group);
      if (!layer.rotary)
        for (const unit of units(layer.headDim)) {
          const { set, direction } = collect();
          for (const head of members)
            for (const name of ['Q', 'bQ'] as const) set(path, name, head, (x) => multiplyMatrices(unit, x));
          for (const name of ['K', 'bK'] as const)
            set(path, name, group, (x) => scaleMatrix(multiplyMatrices(transposeMatrix(unit), x), minusOne));
          yield { kind: 'query-key', direction: direction() };
        }
      if (layer.valueDim !== undefined)
        for (const unit of units(layer.valueDim)) {
          const { set, direction } = collect();
          for (const name of ['V', 'bV'] as const) set(path, name, group, (x) => multiplyMatrices(unit, x));
          for (const head of members)
            set(path, 'O', head, (x) => scaleMatrix(multiplyMatrices(x, unit), minusOne));
          yield { kind: 'value-output', direction: direction() };
        }
      if (layer.normalization === 'none') {
        const { set, direction } = collect();
        for (const name of ['K', 'bK'] as const) set(path, name, group, (x) => scaleMatrix(x, minusOne));
        for (const name of ['V', 'bV'] as const) set(path, name, group, (x) => x);
        yield { kind: 'rescale', direction: direction() };
      } else {
        for (let i = 0; layer.bias?.key && !layer.rotary && i < layer.headDim; i++) {
          const { set, direction } = collect();
          set(path, 'bK', group, (x) => unitVector(x.rows, i));
          yield { kind: 'key-bias', direction: direction() };
        }
        const valueRows = layer.valueDim ?? layer.outputDim;
        for (let i = 0; layer.bias?.value && layer.bias.output && i < valueRows; i++) {
          const { set, direction } = collect();
          set(path, 'bV', group, (x) => unitVector(x.rows, i));
          const moved = members.map((head) =>
            layer.valueDim === undefined
              ? unitVector(layer.outputDim, i)
              : multiplyMatrices(parameters.get(path, 'O', head), unitVector(valueRows, i)),
          );
          set(path, 'bO', undefined, ({ rows }) => moved.reduce(subtractMatrices, zeroMatrix(rows, 1)));
          yield { kind: 'value-bias', direction: direction() };
        }
      }
    }
    yield* interfaceDirections(parameters, path, layer, collect);
  }
  if (isSingleHeadStack(weights.network)) yield* unreadDirections(weights.network, parameters, collect);
}

/** Of a stack of single heads: what may be added to a matrix because nothing that enters, or nothing behind, sees it. */
function* unreadDirections(
  stack: SingleHeadStack,
  parameters: Parameters,
  collect: () => Collector,
): Generator<KnownDirection, void, undefined> {
  for (const [index, { valueDim }] of stack.layers.entries()) {
    const path = `layers[${index}]`;
    const { entering, reading } = reachOf(stack, parameters, index);
    const get = (name: MatrixName): ExactMatrix => parameters.get(path, name, 0);
    // Of each matrix: columns that what is on its right spans, and rows that what is on its left does.
    const between: [MatrixName, ExactMatrix, ExactMatrix | null][] = [
      ['Q', entering, null],
      ['K', entering, null],
      ['V', entering, valueDim === undefined ? reading : multiplyMatrices(reading, get('O'))],
    ];
    if (valueDim !== undefined) between.push(['O', multiplyMatrices(get('V'), entering), reading]);
    for (const [name, right, left] of between) {
      const { rows, cols } = get(name);
      const unseen: ExactMatrix[] = [];
      const outer = (x: ExactMatrix, y: ExactMatrix): void =>
        void unseen.push(multiplyMatrices(x, transposeMatrix(y)));
      for (const y of columnsOf(kernelMatrix(transposeMatrix(right))))
        for (let i = 0; i < rows; i++) outer(unitVector(rows, i), y);
      for (const x of left ? columnsOf(kernelMatrix(left)) : [])
        for (let j = 0; j < cols; j++) outer(x, unitVector(cols, j));
      for (const matrix of unseen) {
        const { set, direction } = collect();
        set(path, name, 0, () => matrix);
        yield { kind: 'unread', direction: direction() };
      }
    }
  }
}

function columnsOf(matrix: ExactMatrix): ExactMatrix[] {
  return Array.from({ length: matrix.cols }, (_, j) => selectColumns(matrix, [j]));
}

function* interfaceDirections(
  parameters: Parameters,
  path: string,
  layer: AttentionLayer,
  collect: () => Collector,
): Generator<KnownDirection, void, undefined> {
  const next = pathBehind(path);
  const reader = parameters.layer(next);
  if (reader?.kind !== 'attention' || reader.context || reader.tiedTo !== undefined) return;
  for (const unit of units(layer.outputDim)) {
    const { set, direction } = collect();
    for (let head = 0; head < headCount(layer); head++)
      for (const name of layer.valueDim === undefined ? (['V', 'bV'] as const) : (['O'] as const))
        set(path, name, head, (x) => multiplyMatrices(unit, x));
    set(path, 'bO', undefined, (x) => multiplyMatrices(unit, x));
    for (let head = 0; head < headCount(reader); head++)
      for (const name of ['Q', 'K', 'V'] as const)
        set(next, name, head, (x) => scaleMatrix(multiplyMatrices(x, unit), minusOne));
    yield { kind: 'interface', direction: direction() };
  }
}

function* units(order: number): Generator<ExactMatrix, void, undefined> {
  for (let e = 0; e < order ** 2; e++) {
    const unit = zeroMatrix(order, order);
    unit.numerators[e] = 1n;
    yield unit;
  }
}

function unitVector(rows: number, at: number): ExactMatrix {
  const vector = zeroMatrix(rows, 1);
  vector.numerators[at] = 1n;
  return vector;
}
