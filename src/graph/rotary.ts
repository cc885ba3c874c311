import { fraction, lcm, type Fraction } from '../fraction.ts';
import type { Rotation, Tensor } from './tensor.ts';

/** A frequency as an integer multiple of that of its class. */
export interface RotaryFrequency {
  /** The number of the class: the circle point that is drawn. */
  readonly circle: number;
  readonly multiple: bigint;
}

/** The frequencies base^(−2m/dim), m < dim/2, of all rotations of a network, on a Q-basis of them: docs/point.md, "Rotary frequencies". */
export class RotaryFrequencies {
  readonly circles: number;
  readonly #byRotation = new Map<string, readonly RotaryFrequency[]>();

  constructor(tensors: readonly Tensor[]) {
    const classes = new Map<string, { circle: number; denominator: bigint }>();
    const found: { key: string; ratios: { representative: string; ratio: Fraction }[] }[] = [];
    for (const { operation } of tensors) {
      if (operation.kind !== 'rotate') continue;
      const key = keyOf(operation.rotation);
      if (found.some((other) => other.key === key)) continue;
      const ratios = frequencies(operation.rotation);
      found.push({ key, ratios });
      for (const { representative, ratio } of ratios) {
        const known = classes.get(representative);
        if (known) known.denominator = lcm(known.denominator, ratio.d);
        else classes.set(representative, { circle: classes.size, denominator: ratio.d });
      }
    }
    this.circles = classes.size;
    for (const { key, ratios } of found)
      this.#byRotation.set(
        key,
        ratios.map(({ representative, ratio }) => {
          const { circle, denominator } = classes.get(representative)!;
          return { circle, multiple: (ratio.n * denominator) / ratio.d };
        }),
      );
  }

  of(rotation: Rotation): readonly RotaryFrequency[] {
    return this.#byRotation.get(keyOf(rotation))!;
  }
}

function keyOf({ base, dim }: Rotation): string {
  return `${base} ${dim}`;
}

/** base^(−2m/dim) = ratio · representative, where the exponents of the primes in the representative lie in [0, 1). */
function frequencies({ base, dim }: Rotation): { representative: string; ratio: Fraction }[] {
  const factors = primeFactors(base);
  return Array.from({ length: dim / 2 }, (_, m) => {
    let ratio = 1n;
    const parts: string[] = [];
    for (const [prime, power] of factors) {
      // prime^(−2m·power/dim): the exponent is −whole + rest/dim with 0 ≤ rest < dim.
      const numerator = 2 * m * power;
      const whole = Math.ceil(numerator / dim);
      const rest = fraction(BigInt(whole * dim - numerator), BigInt(dim));
      ratio *= BigInt(prime) ** BigInt(whole);
      if (rest.n !== 0n) parts.push(`${prime}^${rest.n}/${rest.d}`);
    }
    return { representative: parts.join(' '), ratio: fraction(1n, ratio) };
  });
}

/** [prime, exponent], ascending. O(√n) */
function primeFactors(n: number): [number, number][] {
  const factors: [number, number][] = [];
  for (let prime = 2; prime * prime <= n; prime++) {
    let power = 0;
    for (; n % prime === 0; n /= prime) power++;
    if (power > 0) factors.push([prime, power]);
  }
  if (n > 1) factors.push([n, 1]);
  return factors;
}
