/**
 * One attention layer in the minimal form: fields with their default value are absent, `outputDim` is always there.
 *
 * Single head; the further fields and kinds of the format are refused by name until they are supported.
 */
export interface AttentionLayer {
  readonly kind: 'attention';
  /** `"none"`: lightning (unnormalized) attention; `"softmax"`: softmax over the visible keys of each query. */
  readonly normalization: 'none' | 'softmax';
  /** Only the keys j ≤ i are visible to the query i. */
  readonly causal?: true;
  /** a: the number of rows of Q and of K. */
  readonly headDim: number;
  /** v: the value map is O·V with O ∈ R^{d'×v}, V ∈ R^{v×d}; absent: one full matrix V ∈ R^{d'×d}. */
  readonly valueDim?: number;
  /** d': the dimension of the tokens that leave the layer. */
  readonly outputDim: number;
}

export type Layer = AttentionLayer;

/** A network in the minimal form (`format: "dimcert-network"`), validated and deeply frozen. */
export interface Network {
  readonly format: 'dimcert-network';
  readonly version: 1;
  /** d_0: the dimension of the tokens that enter. */
  readonly inputDim: number;
  /** t: the number of tokens. */
  readonly sequenceLength: number;
  readonly layers: readonly Layer[];
}
