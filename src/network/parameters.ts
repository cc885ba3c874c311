import type { Layer, Network } from './format.ts';
import { kindOf, outputDim, ownParameters } from './layers/index.ts';
import type { ParameterShape } from './layers/kind.ts';

/** One parameter matrix of a network, stored row-major in the parameter vector from `offset` on; a vector has one column. */
export interface ParameterBlock extends ParameterShape {
  /** The index of the outermost layer that has it, from 0. */
  readonly layer: number;
  /** The layer that has it, as `layers[1].layers[0]`. */
  readonly path: string;
  /** The column of the Jacobian that belongs to the entry (0, 0). */
  readonly offset: number;
}

/** What the parameters of a network depend on. */
type Shape = Pick<Network, 'inputDim' | 'layers'> & Partial<Network>;

/**
 * Calls `visit` for each layer in the order of the parameter vector, the layers inside a layer after it, with the width of the tokens that enter.
 */
export function walkLayers(
  network: Shape,
  visit: (layer: Layer, path: string, width: number, outermost: number) => void,
): void {
  const walk = (layers: readonly Layer[], path: string, entering: number, outermost: number | null): void => {
    let width = entering;
    for (const [index, layer] of layers.entries()) {
      const here = `${path}[${index}]`;
      const top = outermost ?? index;
      visit(layer, here, width, top);
      for (const { step, layers: inside } of kindOf(layer).inner?.(layer) ?? [])
        walk(inside, `${here}.${step}`, width, top);
      width = outputDim(layer, width);
    }
  };
  walk(network.layers, 'layers', network.inputDim, null);
}

/**
 * The parameter matrices of a network, in the order of the parameter vector: layer by layer, each as docs/networks.md lists them. A tied layer has none of its
 * own.
 *
 * O(parameter matrices).
 */
export function parameterBlocks(network: Shape): ParameterBlock[] {
  const blocks: ParameterBlock[] = [];
  let offset = 0;
  const { sequenceLength = 1, context } = network;
  walkLayers(network, (layer, path, width, outermost) => {
    for (const shape of ownParameters(layer, width, { sequenceLength, ...(context && { context }) })) {
      blocks.push({ layer: outermost, path, ...shape, offset });
      offset += shape.rows * shape.cols;
    }
  });
  return blocks;
}

/** The name of a parameter matrix, as files and results have it: `layers[0].Q[1]`, with the head or group where there are several, `layers[2].W`. */
export function parameterName({ path, name, head }: ParameterBlock): string {
  return head === undefined ? `${path}.${name}` : `${path}.${name}[${head}]`;
}

/** The number of parameters of a network: the number of columns of its Jacobian. */
export function parameterCount(network: Shape): number {
  const last = parameterBlocks(network).at(-1);
  return last === undefined ? 0 : last.offset + last.rows * last.cols;
}

/** The dimension of the tokens that leave a network. */
export function networkOutputDim({ inputDim, layers }: Shape): number {
  return layers.reduce((width, layer) => outputDim(layer, width), inputDim);
}
