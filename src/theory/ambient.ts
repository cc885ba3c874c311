import { degreesOf, monomialCount, mostMonomials, type Degrees } from '../graph/degrees.ts';
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
  readonly degrees: Degrees;
  readonly isCommon: boolean;
}

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
  const monomials = monomialCount(polynomials.degrees, network.inputDim);
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
    op,
    parts.map((part) => part.degrees),
  );
  return degrees && { degrees, isCommon: isCommon && op.kind !== 'positions' };
}
