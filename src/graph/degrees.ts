import type { Operation } from './tensor.ts';

/** The degrees of polynomials, in what is not told here. */
export type Degrees = ReadonlySet<number>;

/** With more degrees, or higher ones, a space of polynomials is too large to bound anything. */
const mostDegrees = 64;
const highestDegree = 2 ** 30;
/** With more of them a space has more dimensions than any network has parameters. */
export const mostMonomials = 1n << 60n;

/** The degrees of a tensor whose operands have these degrees; null where it is no polynomial in them, token by token, or there are too many. */
export function degreesOf(op: Operation, operands: readonly Degrees[]): Degrees | null {
  const degrees = unlimitedDegrees(op, operands);
  if (!degrees || degrees.size > mostDegrees || Math.max(...degrees) > highestDegree) return null;
  return degrees;
}

function unlimitedDegrees(op: Operation, operands: readonly Degrees[]): Degrees | null {
  const [x, y = x] = operands;
  switch (op.kind) {
    case 'linear':
    case 'gain':
    case 'center':
      return x!;
    case 'combination':
      return new Set(operands.flatMap((degrees) => [...degrees]));
    case 'bias':
    case 'positions':
      return new Set([...x!, 0]);
    case 'power': {
      if (x!.size === 1) return new Set([...x!].map((degree) => degree * op.exponent));
      if (op.exponent > mostDegrees) return null;
      let degrees: Degrees = new Set([0]);
      for (let n = 0; n < op.exponent; n++) degrees = sums(degrees, x!);
      return degrees;
    }
    case 'product':
      return sums(x!, y!);
    default:
      return null;
  }
}

function sums(a: Degrees, b: Degrees): Degrees {
  return new Set([...a].flatMap((x) => [...b].map((y) => x + y)));
}

/** Monomials of these degrees in so many variables; a number above `mostMonomials` where there are more. */
export function monomialCount(degrees: Degrees, variables: number): bigint {
  return [...degrees].reduce((sum, degree) => sum + binomial(variables + degree - 1, degree), 0n);
}

function binomial(n: number, k: number): bigint {
  const least = Math.min(k, n - k);
  let result = 1n;
  for (let i = 1; i <= least && result <= mostMonomials; i++)
    result = (result * BigInt(n - least + i)) / BigInt(i);
  return result;
}
