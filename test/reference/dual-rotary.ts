/* The classes of rotary frequencies: docs/point.md, "Rotary frequencies". */
import type { Layer, Rotary } from '../../src/network/format.ts';
import { floor, fraction, lcm, multiply, type Fraction } from '../../src/fraction.ts';

/** The frequency base^(−2m/dim), as `multiple` (an integer, ρ·D) times the frequency of a class. */
export interface Frequency {
  readonly classIndex: number;
  readonly multiple: bigint;
}

export interface RotaryClasses {
  /** The number of classes. */
  readonly count: number;
  frequency(base: number, dim: number, m: number): Frequency;
}

function primePowers(base: number): [prime: number, exponent: number][] {
  const powers: [number, number][] = [];
  let rest = base;
  for (let q = 2; q * q <= rest; q++) {
    let exponent = 0;
    for (; rest % q === 0; rest /= q) exponent++;
    if (exponent > 0) powers.push([q, exponent]);
  }
  if (rest > 1) powers.push([rest, 1]);
  return powers;
}

/** The class, as text, and the positive rational ρ. */
function split(base: number, dim: number, m: number): { name: string; ratio: Fraction } {
  const parts: string[] = [];
  let ratio = fraction(1n);
  for (const [q, n] of primePowers(base)) {
    const exponent = fraction(BigInt(-2 * m * n), BigInt(dim));
    const whole = floor(exponent);
    const rest = exponent.n - whole * exponent.d;
    if (rest !== 0n) parts.push(`${q}^(${rest}/${exponent.d})`);
    const prime = BigInt(q);
    ratio = multiply(ratio, whole < 0n ? fraction(1n, prime ** -whole) : fraction(prime ** whole));
  }
  return { name: parts.join('·'), ratio };
}

/** All rotary positions of a network, in the order of its layers, with the head dimension for an absent `dim`. */
function rotaries(layers: readonly Layer[]): { rotary: Rotary; headDim: number }[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'residual') return rotaries(layer.layers);
    if (layer.kind === 'sum') return layer.branches.flatMap(rotaries);
    if (layer.kind === 'attention' && layer.rotary) return [{ rotary: layer.rotary, headDim: layer.headDim }];
    return [];
  });
}

export function rotaryClasses(layers: readonly Layer[]): RotaryClasses {
  const names: string[] = [];
  const denominators: bigint[] = [];
  for (const { rotary, headDim } of rotaries(layers)) {
    const dim = rotary.dim ?? headDim;
    for (let m = 0; m < dim / 2; m++) {
      const { name, ratio } = split(rotary.base, dim, m);
      if (!names.includes(name)) names.push(name);
      const index = names.indexOf(name);
      denominators[index] = lcm(denominators[index] ?? 1n, ratio.d);
    }
  }
  return {
    count: names.length,
    frequency(base, dim, m) {
      const { name, ratio } = split(base, dim, m);
      const classIndex = names.indexOf(name);
      const multiple = multiply(ratio, fraction(denominators[classIndex]!));
      if (multiple.d !== 1n) throw new Error('the multiple is no integer');
      return { classIndex, multiple: multiple.n };
    },
  };
}
