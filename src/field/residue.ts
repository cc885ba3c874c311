/** A residue 0 … p − 1: a number modulo a prime below 2³¹, a bigint above. */
export type Residue = number | bigint;

/** How a prime may be given; above 2³¹ − 1 as a bigint or a decimal string. */
export type Prime = number | bigint | string;

/** The residues modulo a prime of this type: a prime that is a number is below 2³¹. */
export type ResidueOf<P extends Prime> = P extends number ? number : Residue;

/** The array of such residues. */
export type ResidueArray<R extends Residue> = [R] extends [number]
  ? Uint32Array
  : [R] extends [bigint]
    ? BigUint64Array
    : Uint32Array | BigUint64Array;

/** What both arrays of residues can do, whichever it is. */
export interface ResidueVector {
  readonly length: number;
  [index: number]: Residue;
  set(source: ArrayLike<Residue>, offset?: number): void;
  subarray(start: number, end: number): ResidueVector;
}

/** `count` zeros. */
export function residueVector(prime: Residue, count: number): ResidueVector {
  return typeof prime === 'number' ? new Uint32Array(count) : new BigUint64Array(count);
}
