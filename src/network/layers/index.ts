import type { Layer } from '../format.ts';
import { activation } from './activation.ts';
import { attention } from './attention.ts';
import { gated } from './gated.ts';
import type { Inputs, LayerKind, ParameterShape } from './kind.ts';
import { layernorm } from './layernorm.ts';
import { linear } from './linear.ts';
import { positions } from './positions.ts';
import { power } from './power.ts';
import { residual } from './residual.ts';
import { rmsnorm } from './rmsnorm.ts';
import { scale } from './scale.ts';
import { sum } from './sum.ts';

const kinds: { readonly [K in Layer['kind']]: LayerKind<Extract<Layer, { readonly kind: K }>> } = {
  attention,
  linear,
  power,
  activation,
  gated,
  rmsnorm,
  layernorm,
  positions,
  scale,
  residual,
  sum,
};

const byName: ReadonlyMap<string, LayerKind<Layer>> = new Map(Object.entries(kinds));

/** The words that `kind` may be. */
export const kindNames: readonly string[] = [...byName.keys()];

/** The kind of that name, if there is one. */
export function findKind(name: string): LayerKind<Layer> | undefined {
  return byName.get(name);
}

/** The kind of a layer. */
export function kindOf<L extends Layer>(layer: L): LayerKind<L> {
  return kinds[layer.kind] as unknown as LayerKind<L>;
}

/** The dimension of the tokens that leave the last of several layers, if tokens of dimension `width` enter the first. */
export function widthThrough(layers: readonly Layer[], width: number): number {
  return layers.reduce((before, layer) => outputDim(layer, before), width);
}

/** The dimension of the tokens that leave a layer. */
export function outputDim(layer: Layer, width: number): number {
  return kindOf(layer).outputDim(layer, width, widthThrough);
}

/** A layer's own matrices in the order of the parameter vector, without those of the layers inside. */
export function ownParameters(layer: Layer, width: number, inputs: Inputs): readonly ParameterShape[] {
  return kindOf(layer).parameters(layer, width, inputs);
}
