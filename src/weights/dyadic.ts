import { exactMatrix, type ExactMatrix } from '../exact/exact-matrix.ts';

/** A floating-point number as n·2^exponent. */
interface Dyadic {
  readonly n: bigint;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/** The rational number that a finite double is, exactly: every double is one. */
function dyadic(x: number): Dyadic {
  if (Number.isSafeInteger(x)) return { n: BigInt(x), exponent: 0 };
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  const field = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(view.getUint32(4));
  const magnitude = field === 0 ? fraction : fraction | (1n << 52n);
  return { n: x < 0 ? -magnitude : magnitude, exponent: Math.max(field, 1) - 1075 };
}

/** A matrix of doubles and integers of any size, row-major, as the rational numbers that they are. Not checked: that they are finite. */
export function matrixOfNumbers(
  rows: number,
  cols: number,
  entries: readonly (number | bigint)[],
): ExactMatrix {
  const parts = entries.map((x) => (typeof x === 'bigint' ? { n: x, exponent: 0 } : dyadic(x)));
  const least = parts.reduce((least, { n, exponent }) => (n === 0n ? least : Math.min(least, exponent)), 0);
  const numerators = parts.map(({ n, exponent }) => (n === 0n ? 0n : n << BigInt(exponent - least)));
  return exactMatrix(rows, cols, numerators, 1n << BigInt(-least));
}
