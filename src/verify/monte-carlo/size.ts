import type { Fraction } from '../fraction.ts';

/**
 * A bound for rational functions over one denominator: the degree of the numerators, log₂ of the sum of the absolute values of the integer coefficients of each,
 * and the same two of the denominator (docs/monte-carlo.md, "Sizes").
 */
export type Size = readonly [
  degree: number,
  bits: number,
  denominatorDegree: number,
  denominatorBits: number,
];

export const constant: Size = [0, 0, 0, 0];

/** Of a variable that is drawn. */
export const drawn: Size = [1, 0, 0, 0];

export function product(...factors: readonly Size[]): Size {
  return factors.reduce(([A, a, C, c], [B, b, E, e]) => [A + B, a + b, C + E, c + e], constant);
}

export const sum = ([A, a, C, c]: Size, [B, b, E, e]: Size): Size => [
  Math.max(A + E, B + C),
  Math.max(a + e, b + c) + 1,
  C + E,
  c + e,
];

/** Of a sum of n such functions over the same denominator. */
export const times = (n: number, [A, a, C, c]: Size): Size => [A, a + Math.log2(n), C, c];

/** Of n such functions that have denominators of their own, over one. */
export const together = (n: number, [A, a, C, c]: Size): Size => [
  A + (n - 1) * C,
  a + (n - 1) * c,
  n * C,
  n * c,
];

export const power = (n: number, [A, a, C, c]: Size): Size => [n * A, n * a, n * C, n * c];

/** Of a rational number that is not 0. */
export const rational = ({ n, d }: Fraction): Size => [0, log2(n), 0, log2(d)];

/** log₂ |n|, also where n is no double. */
function log2(n: bigint): number {
  const magnitude = n < 0n ? -n : n;
  const beyond = Math.max(0, magnitude.toString(2).length - 64);
  return beyond + Math.log2(Number(magnitude >> BigInt(beyond)));
}

/** Of a derivative; null where it is 0. */
export type DerivativeSize = Size | null;

/** Of a sum of derivatives, in their order. */
export function derivativeSum(...parts: readonly DerivativeSize[]): DerivativeSize {
  return parts.reduce(
    (total, part) => (total === null ? part : part === null ? total : sum(total, part)),
    null,
  );
}

/** Of the product of functions with a derivative. */
export const scaled = (derivative: DerivativeSize, ...factors: readonly Size[]): DerivativeSize =>
  derivative && product(...factors, derivative);

export const mapped = (derivative: DerivativeSize, size: (of: Size) => Size): DerivativeSize =>
  derivative && size(derivative);
