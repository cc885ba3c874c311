/*
 * A network in the minimal form (`format: "dimcert-network"`): validated, deeply frozen, fields with their default value absent, but `outputDim` always
 * there. What each layer computes: docs/networks.md.
 */

/** Parameters that several layers share: `tiedTo` names the `label` of an earlier layer of the same kind and shape. */
export interface Tying {
  readonly label?: string;
  /** All parameters of this layer are those of the layer with this label. */
  readonly tiedTo?: string;
}

/** Which maps of an attention layer have a bias. */
export interface AttentionBias {
  readonly query?: true;
  readonly key?: true;
  readonly value?: true;
  readonly output?: true;
}

/** Rotary positions: the pair of coordinates (2i, 2i+1), i < dim/2, of queries and keys at position n turns by n·base^(−2i/dim). */
export interface Rotary {
  readonly base: number;
  /** Even; absent: `headDim`. */
  readonly dim?: number;
}

export interface AttentionLayer extends Tying {
  readonly kind: 'attention';
  /** `"none"`: lightning (unnormalized) attention; `"softmax"`: softmax over the visible keys of each query. */
  readonly normalization: 'none' | 'softmax';
  /** H; absent: 1. */
  readonly numHeads?: number;
  /** G, a divisor of H: head h has the keys and values of group ⌊h·G/H⌋; absent: H. */
  readonly numKeyValueHeads?: number;
  /** a: the number of rows of each Q_h and K_h. */
  readonly headDim: number;
  /** v: the value map of head h is O_h·V_h with O_h ∈ R^{d'×v}, V_h ∈ R^{v×d}; absent: one full matrix V_h ∈ R^{d'×d}. */
  readonly valueDim?: number;
  /** d': the dimension of the tokens that leave the layer. */
  readonly outputDim: number;
  /** Only the keys j ≤ i are visible to the query i. */
  readonly causal?: true;
  /** Only the keys with |i − j| < window are visible to the query i. */
  readonly window?: number;
  /** Scores are shifted by −2^{−8(h+1)/H}·|i − j|; softmax only. */
  readonly alibi?: true;
  readonly rotary?: Rotary;
  /** Keys and values are read from the second input. */
  readonly context?: true;
  readonly bias?: AttentionBias;
}

/** y = W·x (+ b), token by token. */
export interface LinearLayer extends Tying {
  readonly kind: 'linear';
  readonly outputDim: number;
  readonly bias?: true;
  /** With `tiedTo`: the weight is the transpose of that layer's; the bias, if any, is this layer's own. */
  readonly transposed?: true;
}

/** y = x^exponent, entry by entry. */
export interface PowerLayer {
  readonly kind: 'power';
  readonly exponent: number;
}

export type ActivationFunction = 'exp' | 'sigmoid' | 'silu' | 'tanh' | 'softplus' | 'gelu-tanh';

/** y = f(x), entry by entry. */
export interface ActivationLayer {
  readonly kind: 'activation';
  readonly function: ActivationFunction;
  /** gelu-tanh only: a rational number in place of √(2/π). */
  readonly coefficient?: string;
}

/** y = D·(f(G·x + b_G) ∘ (U·x + b_U)) + b_D, token by token. */
export interface GatedLayer extends Tying {
  readonly kind: 'gated';
  readonly function: ActivationFunction | 'identity';
  readonly coefficient?: string;
  readonly hiddenDim: number;
  readonly outputDim: number;
  readonly bias?: true;
}

/** y = γ ∘ x / √(mean(x²) + ε), token by token. */
export interface RmsNormLayer extends Tying {
  readonly kind: 'rmsnorm';
  /** A rational number in lowest terms; absent: 0. */
  readonly epsilon?: string;
  /** No γ. */
  readonly weight?: false;
  /** 1 + γ in place of γ. */
  readonly unitOffset?: true;
}

/** y = γ ∘ (x − mean(x)) / √(mean((x − mean(x))²) + ε) + β, token by token. */
export interface LayerNormLayer extends Tying {
  readonly kind: 'layernorm';
  readonly epsilon?: string;
  readonly weight?: false;
  readonly bias?: true;
}

/** y_i = x_i + P_i with a learned P ∈ R^{t×d}. */
export interface PositionsLayer extends Tying {
  readonly kind: 'positions';
}

/** y = factor·x. */
export interface ScaleLayer {
  readonly kind: 'scale';
  /** A rational number in lowest terms, not 0. */
  readonly factor: string;
}

/** y = x + layers(x). */
export interface ResidualLayer {
  readonly kind: 'residual';
  readonly layers: readonly Layer[];
}

/** y = Σ_b branches_b(x); an empty branch is the identity. */
export interface SumLayer {
  readonly kind: 'sum';
  readonly branches: readonly (readonly Layer[])[];
}

export type Layer =
  | AttentionLayer
  | LinearLayer
  | PowerLayer
  | ActivationLayer
  | GatedLayer
  | RmsNormLayer
  | LayerNormLayer
  | PositionsLayer
  | ScaleLayer
  | ResidualLayer
  | SumLayer;

/** A network in the minimal form (`format: "dimcert-network"`), validated and deeply frozen. */
export interface Network {
  readonly format: 'dimcert-network';
  readonly version: 1;
  /** d_0: the dimension of the tokens that enter. */
  readonly inputDim: number;
  /** t: the number of tokens. */
  readonly sequenceLength: number;
  /** A second input, which attention layers with `context` read. */
  readonly context?: { readonly inputDim: number; readonly sequenceLength: number };
  readonly layers: readonly Layer[];
}
