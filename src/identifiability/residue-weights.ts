import { rangeFault } from '../assert.ts';
import { degreeOf } from '../evaluation/exact.ts';
import { networkGraph } from '../network/graph.ts';
import type { Weights } from '../weights/index.ts';

/**
 * Over F_p functions are polynomial maps of a degree below p: those that are equal at all points of F_p are equal (Alon, Combinatorial Nullstellensatz, Combin. Probab. Comput. 8, 1999, Lemma 2.1),
 * and 2 and 3 are units where a layer attends. Throws a `RangeError` for other networks and smaller primes; nothing is demanded over Q.
 */
export function demandPolynomial({ network, prime }: Weights): void {
  if (prime === undefined) return;
  const degree = degreeOf(networkGraph(network));
  if (degree === Infinity)
    throw rangeFault(
      'network',
      'a polynomial network for weights modulo a prime',
      'softmax, norms, activations or rotary positions',
    );
  if (prime <= degree)
    throw rangeFault('prime', `a prime above the degree ${degree} of the function`, Number(prime));
}
