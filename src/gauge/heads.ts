import { showFraction } from '../fraction.ts';
import type { Mask, ParameterRef, Tensor } from '../graph/tensor.ts';
import type { Setting } from './setting.ts';

/** A head of lightning attention: Σ_j ⟨q_i, k_j⟩ v_j, then O, if the value map is factored. */
export interface LightningHead {
  /** What it adds to its layer. */
  readonly term: Tensor;
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly output: ParameterRef | null;
  /** `null`: every key is visible. */
  readonly mask: Mask | null;
}

/** A head whose maps are linear, without bias and rotation, in parameters that enter nowhere else. */
export interface PlainHead {
  readonly queries: ParameterRef;
  readonly keys: ParameterRef;
  readonly values: ParameterRef;
  readonly output: ParameterRef | null;
}

/** Heads with one mask whose sum alone counts. */
export function lightningHeads(setting: Setting): LightningHead[][] {
  const layers = new Map<string, LightningHead[]>();
  for (const tensor of setting.tensors) {
    const { operation: op } = tensor;
    if (op.kind !== 'mix') continue;
    const scored = scoresOf(op.w);
    if (!scored || setting.consumersOf(op.w).length > 1) continue;
    const [reader, ...others] = setting.consumersOf(tensor);
    const isFactored =
      reader?.operation.kind === 'linear' && !reader.operation.transposed && others.length === 0;
    const term = isFactored ? reader : tensor;
    const output = reader?.operation.kind === 'linear' && isFactored ? reader.operation.weight : null;
    const layer = layerKey(term, scored.mask, setting);
    layers.set(layer, [...(layers.get(layer) ?? []), { term, ...scored, v: op.v, output }]);
  }
  return [...layers.values()];
}

/** The heads that are plain, by the tokens that queries and keys are of. */
export function plainHeads(
  heads: readonly LightningHead[],
  setting: Setting,
): {
  readonly x: Tensor;
  readonly source: Tensor;
  readonly heads: readonly PlainHead[];
}[] {
  const groups = new Map<string, { x: Tensor; source: Tensor; heads: PlainHead[] }>();
  for (const { q, k, v, output } of heads) {
    const [ofQ, ofK, ofV] = [q, k, v].map((tensor) => ownLinear(tensor, setting));
    if (!ofQ || !ofK || !ofV || ofK.x !== ofV.x || (output && !setting.isOwn(output))) continue;
    const key = `${ofQ.x.id} ${ofK.x.id}`;
    const group = groups.get(key) ?? { x: ofQ.x, source: ofK.x, heads: [] };
    group.heads.push({ queries: ofQ.weight, keys: ofK.weight, values: ofV.weight, output });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** x and W, if a tensor is x Wᵀ, read in one place only, with a W that enters nowhere else. */
export function ownLinear(tensor: Tensor, setting: Setting): { x: Tensor; weight: ParameterRef } | null {
  const { operation: op } = tensor;
  if (op.kind !== 'linear' || op.transposed || !setting.isOwn(op.weight)) return null;
  return setting.consumersOf(tensor).length === 1 && tensor !== setting.graph.output ? op : null;
}

/** Of the weights of lightning attention. */
export function scoresOf(weights: Tensor): { q: Tensor; k: Tensor; mask: Mask | null } | null {
  const mask = weights.operation.kind === 'mask' ? weights.operation.mask : null;
  const scores = weights.operation.kind === 'mask' ? weights.operation.scores : weights;
  return scores.operation.kind === 'scores' ? { ...scores.operation, mask } : null;
}

/** Terms with one key are added with the same factors to the same sums, and nothing else reads them. */
function layerKey(term: Tensor, mask: Mask | null, setting: Setting): string {
  const sums = setting
    .consumersOf(term)
    .map(({ id, operation: op }) =>
      op.kind === 'combination'
        ? `${id}*${showFraction(op.terms.find(({ tensor }) => tensor === term)!.factor)}`
        : null,
    );
  if (term === setting.graph.output || sums.includes(null)) return `alone ${term.id}`;
  return [...sums, showMask(mask)].join(' ');
}

export function showMask(mask: Mask | null): string {
  return mask ? `${mask.causal} ${mask.window}` : 'all';
}
