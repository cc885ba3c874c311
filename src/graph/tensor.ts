import { fraction, type Fraction } from '../fraction.ts';
import type { ActivationFunction } from '../network/format.ts';

/** A matrix or vector of parameters, row-major from `offset` on in the parameter vector; a vector has one column. */
export interface ParameterRef {
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
}

export interface Term {
  readonly factor: Fraction;
  readonly tensor: Tensor;
}

/** Turns of the pairs of coordinates (2m, 2m+1) of each token. */
export interface Rotation {
  readonly base: number;
  readonly dim: number;
}

/** Which keys a query sees. */
export interface Mask {
  readonly causal: boolean;
  /** Infinity: none. */
  readonly window: number;
}

/** The coefficient of the cube in GELU's approximation by tanh: 0.044715. */
export const geluCubic = fraction(8943n, 200000n);

/** How a tensor is computed from others; tokens are rows. */
export type Operation =
  | { readonly kind: 'input'; readonly source: 'tokens' | 'context' }
  /** Σ factor·tensor, at least two terms, or one with a factor other than 1, or none (zero). */
  | { readonly kind: 'combination'; readonly terms: readonly Term[] }
  /** x Wᵀ, or x W if transposed. */
  | {
      readonly kind: 'linear';
      readonly x: Tensor;
      readonly weight: ParameterRef;
      readonly transposed: boolean;
    }
  /** The vector is added to each token. */
  | { readonly kind: 'bias'; readonly x: Tensor; readonly vector: ParameterRef }
  /** The matrix (tokens × width) is added. */
  | { readonly kind: 'positions'; readonly x: Tensor; readonly matrix: ParameterRef }
  /** Each token times the vector (one more than it), entry by entry. */
  | {
      readonly kind: 'gain';
      readonly x: Tensor;
      readonly vector: ParameterRef;
      readonly unitOffset: boolean;
    }
  /** Each token less its mean. */
  | { readonly kind: 'center'; readonly x: Tensor }
  /** Each token over √(mean of its squares + ε). */
  | { readonly kind: 'normalize'; readonly x: Tensor; readonly epsilon: Fraction }
  | { readonly kind: 'power'; readonly x: Tensor; readonly exponent: number }
  | { readonly kind: 'product'; readonly x: Tensor; readonly y: Tensor }
  | {
      readonly kind: 'function';
      readonly x: Tensor;
      readonly function: ActivationFunction;
      /** Of gelu-tanh; null: √(2/π). */
      readonly coefficient: Fraction | null;
    }
  | { readonly kind: 'rotate'; readonly x: Tensor; readonly rotation: Rotation }
  /** q kᵀ: queries × keys. */
  | { readonly kind: 'scores'; readonly q: Tensor; readonly k: Tensor }
  /** Scores, 0 where the key is hidden. */
  | { readonly kind: 'mask'; readonly scores: Tensor; readonly mask: Mask }
  /** Softmax over the visible keys of each query. `alibi`: the slope exponent −8(h+1)/H, which only tells tensors apart. */
  | {
      readonly kind: 'softmax';
      readonly scores: Tensor;
      readonly mask: Mask;
      readonly alibi: Fraction | null;
    }
  /** w v: queries × width. */
  | { readonly kind: 'mix'; readonly w: Tensor; readonly v: Tensor };

/** A value of the network at one input: `rows` tokens (or queries) of `cols` coordinates (or keys). Equal ones are one object. */
export interface Tensor {
  /** Position in the order of computation. */
  readonly id: number;
  readonly rows: number;
  readonly cols: number;
  readonly operation: Operation;
  /** The tensor whose entries are the coefficients of the tokens, if these are known to be parallel; −1 otherwise. */
  readonly parallel: number;
}

/** The tensors that a tensor is computed from. */
export function operands({ operation: op }: Tensor): readonly Tensor[] {
  switch (op.kind) {
    case 'input':
      return [];
    case 'combination':
      return op.terms.map(({ tensor }) => tensor);
    case 'product':
      return [op.x, op.y];
    case 'scores':
      return [op.q, op.k];
    case 'mask':
    case 'softmax':
      return [op.scores];
    case 'mix':
      return [op.w, op.v];
    default:
      return [op.x];
  }
}

/** The parameters that enter a tensor directly. */
export function parameterOf({ operation: op }: Tensor): ParameterRef | null {
  if (op.kind === 'linear') return op.weight;
  if (op.kind === 'bias' || op.kind === 'gain') return op.vector;
  return op.kind === 'positions' ? op.matrix : null;
}

/** Does the query see the key? */
export function isVisible({ causal, window }: Mask, query: number, key: number): boolean {
  return (!causal || key <= query) && Math.abs(query - key) < window;
}
