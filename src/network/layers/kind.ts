import type { GraphBuilder } from '../../graph/builder.ts';
import type { ParameterRef, Tensor } from '../../graph/tensor.ts';
import type { Layer, Network } from '../format.ts';
import type { Fields } from '../record.ts';

/** One parameter matrix of a layer; a vector has one column. */
export interface ParameterShape {
  /** As in docs/networks.md: Q, K, V, O of attention, W of linear, G, U, D of gated, a `b` before each for its bias, P of positions. */
  readonly name:
    | 'Q'
    | 'bQ'
    | 'K'
    | 'bK'
    | 'V'
    | 'bV'
    | 'O'
    | 'bO'
    | 'W'
    | 'b'
    | 'G'
    | 'bG'
    | 'U'
    | 'bU'
    | 'D'
    | 'bD'
    | 'gamma'
    | 'beta'
    | 'P';
  /** Attention only, and not of bO: the head h of Q, bQ and O, the group g of K, bK, V and bV. */
  readonly head?: number;
  readonly rows: number;
  readonly cols: number;
}

/** What enters a network beside its width. */
export type Inputs = Pick<Network, 'sequenceLength' | 'context'>;

/** What a layer may need of the network around it while it is parsed. */
export interface Scope extends Inputs {
  /** The layers of an array, in the minimal form, frozen, for tokens of dimension `width`, and the width that leaves the last of them. */
  parseLayers(
    path: string,
    value: unknown,
    width: number,
  ): { readonly layers: readonly Layer[]; readonly width: number };
}

/** Layers inside a layer, which follow one another; `step` is the field that holds them. */
export interface InnerLayers {
  readonly step: string;
  readonly layers: readonly Layer[];
}

/** What a layer is built from. */
export interface Building {
  readonly graph: GraphBuilder;
  /** The second input, if the network has one. */
  readonly context: Tensor | null;
  /** The layer's matrix of this name (and head), its own or the one that it is tied to; a `TypeError` if there is none. */
  parameter(name: ParameterShape['name'], head?: number): ParameterRef;
  /** What the layers inside compute of `x`. */
  through(step: string, layers: readonly Layer[], x: Tensor): Tensor;
}

/** Everything that the network format says of one kind of layers; `width` is the dimension of the tokens that enter. */
export interface LayerKind<L extends Layer> {
  readonly kind: L['kind'];
  /** The fields beside `kind`. */
  readonly keys: readonly string[];
  /** The layer in the minimal form, frozen, from fields whose keys are known; throws as `parseNetwork` does. */
  parse(path: string, fields: Fields, width: number, scope: Scope): L;
  /** The dimension of the tokens that leave; `through` gives it for layers inside. */
  outputDim(layer: L, width: number, through: (layers: readonly Layer[], width: number) => number): number;
  /** The layer's own matrices in the order of the parameter vector, without those of the layers inside. */
  parameters(layer: L, width: number, inputs: Inputs): readonly ParameterShape[];
  /** The tokens that leave, as operations on those that enter: the layer's definition, from which values and derivatives follow. */
  build(layer: L, x: Tensor, building: Building): Tensor;
  /** The layers inside, in the order of the parameter vector; absent: none. */
  inner?(layer: L): readonly InnerLayers[];
}
