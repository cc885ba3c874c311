import {
  aboveMatrix,
  identityMatrix,
  multiplyMatrices,
  transposeMatrix,
  type ExactMatrix,
} from '../exact/exact-matrix.ts';
import type { SingleHeadStack } from '../theory/single-head-stack.ts';
import type { MatrixName, Parameters } from './parameters.ts';
import { symmetrized, virtualMatrices } from './virtual.ts';

/** What a layer of a stack of single heads has to do with the others. */
export interface Reach {
  /** Tokens that enter are combinations of the columns: P_{i−1}. */
  readonly entering: ExactMatrix;
  /** What matters of its scores: all, the symmetric part where tokens that enter are parallel, or nothing where they are equal. */
  readonly scores: 'all' | 'symmetric' | 'none';
  /** What leaves is seen as its products with these rows: Q, K and V of the next layer, or all of it. */
  readonly reading: ExactMatrix;
}

export function reachOf(stack: SingleHeadStack, parameters: Parameters, index: number): Reach {
  const { maps, scores, areParallel } = virtualMatrices(
    { ...stack, layers: stack.layers.slice(0, index + 1) },
    parameters,
  );
  const next = stack.layers[index + 1];
  const names: readonly MatrixName[] = ['Q', 'K', 'V'];
  const reading = next
    ? names.map((name) => parameters.get(`layers[${index + 1}]`, name, 0)).reduce(aboveMatrix)
    : identityMatrix(stack.layers[index]!.outputDim);
  return {
    entering: maps[index]!,
    scores: scores[index] === null ? 'none' : areParallel[index] ? 'symmetric' : 'all',
    reading,
  };
}

/** All that is seen of the matrices of a layer: what matters of KᵀQ on tokens that enter, and what is read of OV on them. */
export function seenOf(
  parameters: Parameters,
  path: string,
  { entering, scores, reading }: Reach,
): readonly ExactMatrix[] {
  const from = (name: MatrixName): ExactMatrix => multiplyMatrices(parameters.get(path, name, 0), entering);
  const values = parameters.has(path, 'O', 0)
    ? multiplyMatrices(parameters.get(path, 'O', 0), from('V'))
    : from('V');
  const form = multiplyMatrices(transposeMatrix(from('K')), from('Q'));
  const kept = { all: [form], symmetric: [symmetrized(form)], none: [] }[scores];
  return [...kept, multiplyMatrices(reading, values)];
}
