import type { AttentionLayer, Network } from './format.ts';

/** One parameter matrix of a network, stored row-major in the parameter vector from `offset` on. */
export interface ParameterBlock {
  /** The layer's index, from 0. */
  readonly layer: number;
  readonly name: 'Q' | 'K' | 'V' | 'O';
  readonly rows: number;
  readonly cols: number;
  /** The column of the Jacobian that belongs to the entry (0, 0). */
  readonly offset: number;
}

/** The shapes of a layer's matrices, in the parameter order, for tokens of dimension `width`. */
function shapes(layer: AttentionLayer, width: number): [ParameterBlock['name'], number, number][] {
  const { headDim, valueDim, outputDim } = layer;
  return [
    ['Q', headDim, width],
    ['K', headDim, width],
    ...(valueDim === undefined
      ? ([['V', outputDim, width]] as const)
      : ([
          ['V', valueDim, width],
          ['O', outputDim, valueDim],
        ] as const)),
  ].map(([name, rows, cols]) => [name, rows, cols] as [ParameterBlock['name'], number, number]);
}

/**
 * The parameter matrices of a network, in the order of the parameter vector: layer by layer Q, K, V and, where the value
 * map is factored, O.
 *
 * O(layers). Source: docs/certificate.md, "Columns".
 */
export function parameterBlocks(network: Pick<Network, 'inputDim' | 'layers'>): ParameterBlock[] {
  const blocks: ParameterBlock[] = [];
  let width = network.inputDim;
  let offset = 0;
  network.layers.forEach((layer, index) => {
    for (const [name, rows, cols] of shapes(layer, width)) {
      blocks.push({ layer: index, name, rows, cols, offset });
      offset += rows * cols;
    }
    width = layer.outputDim;
  });
  return blocks;
}

/** The number of parameters of a network: the number of columns of its Jacobian. */
export function parameterCount(network: Pick<Network, 'inputDim' | 'layers'>): number {
  const last = parameterBlocks(network).at(-1);
  return last === undefined ? 0 : last.offset + last.rows * last.cols;
}
