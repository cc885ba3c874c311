import type { NetworkGraph } from '../network/graph.ts';
import { operands, type Tensor } from '../graph/tensor.ts';

/** The space of all functions of a network's shape. */
export interface AmbientSpace {
  readonly dimension: bigint;
  /** The space in words. */
  readonly statement: string;
}

/** Degrees of the polynomials that a token's coordinates are in those of the token that entered, and whether all tokens have the same ones. */
interface Polynomials {
  readonly degrees: ReadonlySet<number>;
  readonly isCommon: boolean;
}

/** With more degrees, or higher ones, the space is too large to bound anything. */
const mostDegrees = 64;
const highestDegree = 2 ** 30;
/** With more of them the space has more dimensions than any network has parameters. */
const mostMonomials = 1n << 60n;

/**
 * The polynomial maps that the network's function is one of, if each token that leaves is a polynomial in the token that entered; `null` otherwise.
 *
 * O(tensors · degrees²). Source: docs/gauge.md, "Polynomial networks".
 */
export function ambientSpace({ tensors, output, network }: NetworkGraph): AmbientSpace | null {
  const found = new Map<Tensor, Polynomials | null>();
  for (const tensor of tensors)
    found.set(
      tensor,
      polynomialsOf(tensor, (x) => found.get(x) ?? null),
    );
  const polynomials = found.get(output);
  if (!polynomials) return null;
  const degrees = [...polynomials.degrees].sort((a, b) => a - b);
  const monomials = degrees.reduce(
    (sum, degree) => sum + binomial(network.inputDim + degree - 1, degree),
    0n,
  );
  if (monomials > mostMonomials) return null;
  const copies = polynomials.isCommon ? 1 : network.sequenceLength;
  return {
    dimension: monomials * BigInt(output.cols) * BigInt(copies),
    statement: `all polynomial maps of a token: degrees ${degrees.join(', ')} in ${network.inputDim} variables, ${output.cols} coordinates${copies > 1 ? `, ${copies} tokens` : ''}`,
  };
}

function polynomialsOf(tensor: Tensor, of: (x: Tensor) => Polynomials | null): Polynomials | null {
  const { operation: op } = tensor;
  if (op.kind === 'input') return op.source === 'tokens' ? { degrees: new Set([1]), isCommon: true } : null;
  const parts = operands(tensor).map(of);
  if (!parts.every((part) => part !== null)) return null;
  const isCommon = parts.every((part) => part.isCommon);
  const degrees = degreesOf(
    tensor,
    parts.map((part) => part.degrees),
  );
  if (!degrees || degrees.size > mostDegrees || Math.max(...degrees) > highestDegree) return null;
  return { degrees, isCommon: isCommon && op.kind !== 'positions' };
}

function degreesOf(
  { operation: op }: Tensor,
  parts: readonly ReadonlySet<number>[],
): ReadonlySet<number> | null {
  switch (op.kind) {
    case 'linear':
    case 'gain':
    case 'center':
      return parts[0]!;
    case 'combination':
      return new Set(parts.flatMap((part) => [...part]));
    case 'bias':
    case 'positions':
      return new Set([...parts[0]!, 0]);
    case 'power': {
      let degrees: ReadonlySet<number> = new Set([0]);
      if (op.exponent > mostDegrees && parts[0]!.size > 1) return null;
      if (parts[0]!.size === 1) return new Set([...parts[0]!].map((degree) => degree * op.exponent));
      for (let n = 0; n < op.exponent; n++) degrees = sums(degrees, parts[0]!);
      return degrees;
    }
    case 'product':
      return sums(parts[0]!, parts[1] ?? parts[0]!);
    default:
      return null;
  }
}

function sums(a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...a].flatMap((x) => [...b].map((y) => x + y)));
}

/** A number above `mostMonomials` where it is one. */
function binomial(n: number, k: number): bigint {
  const least = Math.min(k, n - k);
  let result = 1n;
  for (let i = 1; i <= least && result <= mostMonomials; i++)
    result = (result * BigInt(n - least + i)) / BigInt(i);
  return result;
}
