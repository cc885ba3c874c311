import type { Field } from '../../field/field.ts';
import type { Residue, ResidueArray } from '../../field/residue.ts';
import type { ParameterRef, Tensor } from '../../graph/tensor.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { InputDraws, Point } from '../../point/point.ts';
import type { Cotangents } from '../cotangents.ts';

/*
 * Every tensor is computed by one operation, with a forward and a backward half, as matrix products in the kernel. Tokens are rows.
 *
 * Backward, R cotangents at once. A cotangent of a t × c value is stored token by token, [token][cotangent][coordinate], so that
 * the same memory is the matrix (t·R) × c for products with a weight and t × (R·c) for products over the tokens, and nothing
 * is ever transposed.
 */

/** What all operations of a network at a point share. */
export interface Setting<R extends Residue> {
  readonly kernel: Kernel<R>;
  readonly field: Field<R>;
  readonly point: Point<R>;
  /** Heap offset of the parameters. */
  readonly theta: number;
  /** Heap offset of the value of a tensor. */
  valueAt(tensor: Tensor): number;
  /** The residues of a tensor's value, row-major. */
  read(tensor: Tensor): ResidueArray<R>;
  /** Room for good, for constants and for what forward keeps for backward. */
  allocate(count: number): number;
}

/** Where the derivatives by the parameters go: cotangent r writes to the row at `at` + r·`rowStride` elements. */
export interface JacobianRows {
  readonly at: number;
  readonly rowStride: number;
}

/** What a computation meets: a value, a denominator that is 0, or tokens whose radicand is 0 or no square. */
export type Outcome = 'done' | 'vanishing' | readonly number[];

/** One operation at a point. */
export interface OperationAtPoint<R extends Residue> {
  /** Computes the value of the tensor from those of its operands. */
  forward(draws: InputDraws<R>): Outcome;
  /** Adds to the cotangents of the operands, and writes the derivatives by the operation's own parameters; the tensor has a cotangent at `g`. */
  pullBack(g: number, cotangents: Cotangents<R>): void;
}

/** Heap offset of a parameter matrix. */
export function parameterAt<R extends Residue>(
  { theta, kernel }: Setting<R>,
  { offset }: ParameterRef,
): number {
  return theta + offset * kernel.elementBytes;
}
