import { rangeFault } from '../assert.ts';
import { isPrime } from '../field/primality.ts';
import { maxWordPrime } from '../field/prime-field.ts';
import type { Fraction } from '../fraction.ts';
import { geluCubic, type Operation } from '../graph/tensor.ts';
import type { NetworkGraph } from '../network/graph.ts';

/**
 * The largest prime below 2²⁶, where a product of residues is an exact double, so that a verifier in any language is quick. What is shown modulo this prime once serves
 * every other: independence over Q, the rank of symmetries.
 */
export const largestDoublePrime = 67108859;

/** A rational constant of a network, with the words for a message. */
interface Constant {
  readonly denominator: bigint;
  readonly words: string;
}

/** Throws a `RangeError` if a constant of the network has no residue modulo `prime`, or the prime is not above all exponents (docs/point.md, "Values"). O(tensors) */
export function assertAdmissiblePrime(graph: NetworkGraph, prime: number): void {
  const exponent = largestExponent(graph);
  if (prime <= exponent) throw rangeFault('prime', `a prime above the exponent ${exponent}`, prime);
  const constant = constantWithoutResidue(graph, prime);
  if (constant) throw rangeFault('prime', `a prime that does not divide ${constant.words}`, prime);
}

/** The largest admissible prime up to `most`; null if there is none. */
export function largestAdmissiblePrime(graph: NetworkGraph, most: number): number | null {
  const least = Math.max(3, largestExponent(graph) + 1);
  for (let prime = most; prime >= least; prime--)
    if (isPrime(prime) && !constantWithoutResidue(graph, prime)) return prime;
  return null;
}

/** The prime of evidence that serves every other: `largestDoublePrime`, if it is admissible, or another one. A `RangeError` for exponents above all primes. */
export function evidencePrime(graph: NetworkGraph): number {
  const prime =
    largestAdmissiblePrime(graph, largestDoublePrime) ?? largestAdmissiblePrime(graph, maxWordPrime);
  if (prime !== null) return prime;
  throw rangeFault('network', `exponents below ${maxWordPrime}`, largestExponent(graph));
}

function largestExponent({ tensors }: NetworkGraph): number {
  return tensors.reduce(
    (most, { operation: op }) => (op.kind === 'power' ? Math.max(most, op.exponent) : most),
    1,
  );
}

function constantWithoutResidue({ tensors, divisors }: NetworkGraph, prime: number): Constant | undefined {
  const ofNorms = divisors.map((n) => ({ denominator: n, words: `the factor ${n} before a norm` }));
  return [...tensors.flatMap(({ operation }) => constantsOf(operation)), ...ofNorms].find(
    ({ denominator }) => denominator % BigInt(prime) === 0n,
  );
}

/** What an operation divides by, apart from what is drawn. */
function constantsOf(op: Operation): Constant[] {
  switch (op.kind) {
    case 'combination':
      return op.terms.map(({ factor }) => ofFraction(factor, 'a factor'));
    case 'center':
      return [ofWidth(op.x.cols)];
    case 'normalize':
      return [ofWidth(op.x.cols), ofFraction(op.epsilon, 'an epsilon')];
    case 'function':
      if (op.function !== 'gelu-tanh') return [];
      return [geluCubic, ...(op.coefficient ? [op.coefficient] : [])].map((constant) =>
        ofFraction(constant, 'a coefficient of tanh-GELU'),
      );
    default:
      return [];
  }
}

function ofWidth(width: number): Constant {
  return { denominator: BigInt(width), words: `the width ${width} of a norm` };
}

function ofFraction({ d }: Fraction, words: string): Constant {
  return { denominator: d, words: `the denominator ${d} of ${words}` };
}
