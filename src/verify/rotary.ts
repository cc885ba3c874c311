import { sum, fraction, floor, zero, type Fraction } from './fraction.ts';

/*
 * Rotary frequencies base^(−2m/dim), by classes of those with rational ratios (docs/point.md, "Rotary frequencies").
 */

/** The angle of one frequency at position 1: a class, and the multiple of its angle as a product of prime powers. */
export interface Angle {
  readonly group: number;
  readonly multiple: readonly (readonly [prime: bigint, exponent: bigint])[];
}

interface Frequency {
  readonly group: number;
  /** The whole part ρ of the frequency: exponents by prime. */
  readonly whole: ReadonlyMap<number, bigint>;
}

/** The angles of each rotary layer, m = 0, 1, …, and the number of classes. O(frequencies · primes of their bases) */
export function rotaryAngles(rotaries: readonly { readonly base: number; readonly dim: number }[]): {
  readonly angles: readonly (readonly Angle[])[];
  readonly groups: number;
} {
  const groups = new Map<string, number>();
  const denominators: Map<number, bigint>[] = [];
  const frequencies = rotaries.map(({ base, dim }) => {
    const primes = factorization(base);
    return Array.from({ length: dim / 2 }, (_, m): Frequency => {
      const exponents = primes.map(([q, n]): [number, Fraction] => [
        q,
        fraction(BigInt(-2 * m * n), BigInt(dim)),
      ]);
      const whole = new Map(exponents.map(([q, exponent]) => [q, floor(exponent)]));
      const parts = exponents
        .map(([q, exponent]): [number, Fraction] => [q, sum(exponent, fraction(-whole.get(q)!))])
        .filter(([, part]) => part.n !== zero.n)
        .sort(([a], [b]) => a - b);
      const key = parts.map(([q, { n, d }]) => `${q}^${n}/${d}`).join(' ');
      let group = groups.get(key);
      if (group === undefined) {
        group = groups.size;
        groups.set(key, group);
        denominators.push(new Map());
      }
      const denominator = denominators[group]!;
      for (const [q, exponent] of whole)
        if (-exponent > (denominator.get(q) ?? 0n)) denominator.set(q, -exponent);
      return { group, whole };
    });
  });
  const angles = frequencies.map((all) =>
    all.map(({ group, whole }): Angle => {
      const multiple = new Map(denominators[group]!);
      for (const [q, exponent] of whole) multiple.set(q, (multiple.get(q) ?? 0n) + exponent);
      return {
        group,
        multiple: Array.from(multiple, ([q, exponent]) => [BigInt(q), exponent] as const).filter(
          ([, exponent]) => exponent !== 0n,
        ),
      };
    }),
  );
  return { angles, groups: groups.size };
}

/** Primes with their exponents, by trial division. O(√n) */
export function factorization(n: number): [prime: number, exponent: number][] {
  const factors: [number, number][] = [];
  let rest = n;
  for (let q = 2; q * q <= rest; q++) {
    let exponent = 0;
    for (; rest % q === 0; rest /= q) exponent++;
    if (exponent > 0) factors.push([q, exponent]);
  }
  if (rest > 1) factors.push([rest, 1]);
  return factors;
}
