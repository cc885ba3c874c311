/*
 * The tensors of a network: docs/point.md, "Equal tensors" and "Symmetric scores". Nothing here knows a residue.
 *
 * A tensor is the result of one operation that is no sum and no rational multiple; sums and multiples are combinations of tensors.
 */
import { add, multiply, one, showFraction, zero, type Fraction } from '../../src/fraction.ts';
import type { ActivationFunction } from '../../src/network/format.ts';

/** A parameter matrix, row-major from column `offset` of the Jacobian on; a vector has one column. */
export interface Block {
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
}

/** c in gelu-tanh: a rational number, or the drawn residue of √(2/π). */
export type GeluConstant = Fraction | 'drawn';

export type Operation =
  | { readonly kind: 'tokens' | 'context' }
  /** W·x + b, token by token. */
  | {
      readonly kind: 'map';
      readonly weight: Block;
      readonly transposed: boolean;
      readonly bias: Block | null;
    }
  /** b_O: the same vector at all tokens. */
  | { readonly kind: 'bias'; readonly bias: Block }
  | { readonly kind: 'positions'; readonly positions: Block }
  | { readonly kind: 'power'; readonly exponent: number }
  /** R_i. */
  | { readonly kind: 'rotation'; readonly base: number; readonly dim: number }
  /** s_{ij} = ⟨q_i, k_j⟩ where j is in visible[i], without the shift of ALiBi. Operands q, k. */
  | { readonly kind: 'scores'; readonly visible: readonly (readonly number[])[] }
  /** w_{ij} of the operand s; `symmetric` where s_{ij} = s_{ji} is known. */
  | {
      readonly kind: 'softmax';
      readonly visible: readonly (readonly number[])[];
      readonly alibi: boolean;
      readonly symmetric: boolean;
    }
  /** h_i = Σ_j w_{ij} v_j. Operands w, v; `queries` if it is the value of an unmasked lightning head with headDim 1. */
  | {
      readonly kind: 'mixture';
      readonly visible: readonly (readonly number[])[];
      readonly queries: Combination | null;
    }
  /** 2c(z + 0.044715 z³). */
  | { readonly kind: 'gelu argument'; readonly constant: GeluConstant }
  /** e^u, entry by entry. */
  | { readonly kind: 'exponential' }
  /** log(1 + e^u): operands u, e^u. */
  | { readonly kind: 'logarithm' }
  /** f(z): operands z, the exponential, and for softplus the logarithm. */
  | { readonly kind: 'activation'; readonly function: ActivationFunction }
  /** Entry by entry. */
  | { readonly kind: 'product' }
  /** √u, one number a token, u = mean(x²) + ε, with x − mean(x) in place of x if `centred`. */
  | { readonly kind: 'roots'; readonly centred: boolean; readonly epsilon: Fraction }
  /** x / (factor·r): operands x, the roots r. */
  | { readonly kind: 'normalized'; readonly centred: boolean; readonly factor: Fraction }
  /** γ ∘ x + β, or (1 + γ) ∘ x + β. */
  | {
      readonly kind: 'affine';
      readonly weight: Block | null;
      readonly unitOffset: boolean;
      readonly bias: Block | null;
    };

export interface Tensor {
  /** Tensors are numbered in the order in which they are computed. */
  readonly id: number;
  readonly operation: Operation;
  readonly operands: readonly Combination[];
  readonly tokens: number;
  readonly width: number;
}

/** Σ coefficient·tensor, without terms that are 0, in the order of the tensors. */
export interface Combination {
  readonly tokens: number;
  readonly width: number;
  readonly terms: readonly { readonly tensor: Tensor; readonly coefficient: Fraction }[];
}

export function combine(parts: readonly (readonly [Fraction, Combination])[]): Combination {
  const { tokens, width } = parts[0]![1];
  const coefficients = new Map<Tensor, Fraction>();
  for (const [factor, part] of parts) {
    if (part.tokens !== tokens || part.width !== width) throw new Error('shapes differ in a sum');
    for (const { tensor, coefficient } of part.terms) {
      coefficients.set(tensor, add(coefficients.get(tensor) ?? zero, multiply(factor, coefficient)));
    }
  }
  const terms = [...coefficients]
    .filter(([, coefficient]) => coefficient.n !== 0n)
    .sort(([x], [y]) => x.id - y.id)
    .map(([tensor, coefficient]) => ({ tensor, coefficient }));
  return { tokens, width, terms };
}

export const sum = (...parts: Combination[]): Combination => combine(parts.map((part) => [one, part]));
export const scale = (factor: Fraction, x: Combination): Combination => combine([[factor, x]]);

/** Two combinations are the same if and only if their keys are. */
export const keyOf = (x: Combination): string =>
  `${x.tokens}×${x.width}:${x.terms.map(({ tensor, coefficient }) => `${showFraction(coefficient)}·${tensor.id}`).join('+')}`;

/** The pairs [i, j] of a softmax that have an argument, with the pair where that argument is met first. */
export function softmaxPairs(softmax: Tensor): { pair: [number, number]; first: [number, number] }[] {
  if (softmax.operation.kind !== 'softmax') throw new Error('no softmax');
  const { visible, symmetric } = softmax.operation;
  return visible.flatMap((keys, i) => {
    if (keys.length === 1) return [];
    return keys.map((j): { pair: [number, number]; first: [number, number] } => {
      const mirrored = symmetric && j < i && visible[j]!.includes(i);
      return { pair: [i, j], first: mirrored ? [j, i] : [i, j] };
    });
  });
}

/** The arguments of a softmax, each where it is met first. */
export function softmaxArguments(softmax: Tensor): [number, number][] {
  return softmaxPairs(softmax)
    .filter(({ pair, first }) => pair[0] === first[0] && pair[1] === first[1])
    .map(({ pair }) => pair);
}

/** A name for the coefficients with which the tokens of x are multiples of one vector; null where no rule says that they are. */
export function parallel(x: Combination): string | null {
  const names = x.terms.map(({ tensor }) => parallelTensor(tensor));
  if (names.length > 0 && names[0] !== null && names.every((name) => name === names[0])) return names[0]!;
  return x.width === 1 ? `combination ${keyOf(x)}` : null;
}

function parallelTensor({ id, operation, operands, width }: Tensor): string | null {
  const own = `tensor ${id}`;
  const operand = operands.length > 0 ? parallel(operands[0]!) : null;
  if (operation.kind === 'map' && !operation.bias && operand !== null) return operand;
  if (operation.kind === 'affine' && !operation.bias && operand !== null) return operand;
  if (operation.kind === 'mixture' && operation.queries) return parallel(operation.queries);
  if (operation.kind === 'mixture' && parallel(operands[1]!) !== null) return own;
  if (operation.kind === 'normalized' && operand !== null) return own;
  return width === 1 ? own : null;
}
