import { GraphBuilder, type Graph } from '../graph/builder.ts';
import { stepsOf, type Step } from '../graph/steps.ts';
import type { ParameterRef, Tensor } from '../graph/tensor.ts';
import type { Layer, Network } from './format.ts';
import { kindOf } from './layers/index.ts';
import type { ParameterShape } from './layers/kind.ts';
import { parameterBlocks, walkLayers, type ParameterBlock } from './parameters.ts';

/** A network as operations on tensors at one input, with what is drawn and checked on the way. */
export interface NetworkGraph extends Graph {
  readonly network: Network;
  readonly steps: readonly Step[];
  /** t · d_0, and the same of the context (0: none). */
  readonly inputSize: number;
  readonly contextSize: number;
  /** Is √(2/π) drawn? */
  readonly needsConstant: boolean;
}

/** The operations of a network in their order, each layer from its definition. Not checked: that the network is valid. */
export function networkGraph(network: Network): NetworkGraph {
  const { sequenceLength, inputDim, context } = network;
  const graph = new GraphBuilder();
  const blocks = parameterBlocks(network);
  const find = parameterFinder(network, blocks);
  const tokens = graph.input('tokens', sequenceLength, inputDim);
  const second = context ? graph.input('context', context.sequenceLength, context.inputDim) : null;
  const through = (layers: readonly Layer[], path: string, x: Tensor): Tensor =>
    layers.reduce((entering, layer, index) => {
      const here = `${path}[${index}]`;
      return kindOf(layer).build(layer, entering, {
        graph,
        context: second,
        parameter: (name, head) => find(layer, here, name, head),
        through: (step, inside, z) => through(inside, `${here}.${step}`, z),
      });
    }, x);
  const output = through(network.layers, 'layers', tokens);
  const { tensors, divisors } = graph;
  const last = blocks.at(-1);
  return {
    network,
    tensors,
    divisors,
    output,
    steps: stepsOf(tensors),
    parameters: last === undefined ? 0 : last.offset + last.rows * last.cols,
    inputSize: sequenceLength * inputDim,
    contextSize: context ? context.sequenceLength * context.inputDim : 0,
    needsConstant: tensors.some(
      ({ operation: op }) => op.kind === 'function' && op.function === 'gelu-tanh' && op.coefficient === null,
    ),
  };
}

/** Finds a layer's matrix: its own, or that of the layer that it is tied to. */
function parameterFinder(network: Network, blocks: readonly ParameterBlock[]) {
  const byName = new Map<string, ParameterBlock>();
  const key = (path: string, name: string, head: number | undefined): string =>
    `${path} ${name} ${head ?? ''}`;
  for (const block of blocks) byName.set(key(block.path, block.name, block.head), block);
  const labelled = new Map<string, string>();
  walkLayers(network, (layer, path) => {
    if ('label' in layer && layer.label !== undefined) labelled.set(layer.label, path);
  });
  return (layer: Layer, path: string, name: ParameterShape['name'], head?: number): ParameterRef => {
    const tied = 'tiedTo' in layer && layer.tiedTo !== undefined ? labelled.get(layer.tiedTo)! : path;
    const found = byName.get(key(path, name, head)) ?? byName.get(key(tied, name, head));
    if (!found) throw new TypeError(`${path}: expected a parameter matrix ${name}, got none`);
    return found;
  };
}
