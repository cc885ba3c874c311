import type { Residue } from './residue.ts';

/** A prime field on residues 0 … p − 1. Arguments are not checked: they must be residues. Every operation is exact. */
export interface Field<R extends Residue> {
  readonly prime: R;
  /** The residue of any safe integer or bigint; a `RangeError` for another number. */
  reduce(value: number | bigint): R;
  add(a: R, b: R): R;
  subtract(a: R, b: R): R;
  multiply(a: R, b: R): R;
  /** a^exponent for an integer exponent ≥ 0; 0⁰ = 1. */
  power(a: R, exponent: number): R;
  /** The inverse of a residue, multiplied back before it is returned; a `RangeError` for 0. */
  inverse(a: R): R;
}
