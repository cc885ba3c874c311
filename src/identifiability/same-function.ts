import { rangeFault } from '../assert.ts';
import type { Fraction } from '../fraction.ts';
import type { AttentionLayer } from '../network/format.ts';
import { Pace, type LongOperation } from '../pace.ts';
import { matricesEqual, type ExactMatrix } from '../exact/exact-matrix.ts';
import { isSingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { weightsEqual } from '../weights/weights.ts';
import { findDifference, type Difference } from './difference.ts';
import { layerForm } from './head-forms.ts';
import { hasCoefficients, lightningCoefficients } from './lightning-coefficients.ts';
import { Parameters } from './parameters.ts';
import { demandPolynomial } from './residue-weights.ts';
import type { Transformation } from './transformation.ts';
import {
  ratiosOf,
  scalesBetween,
  swapped,
  virtualMatrices,
  virtualMatrixSteps,
  type VirtualMatrices,
} from './virtual.ts';
import { headTransformations, stackTransformations } from './witness.ts';

/** Why two functions are equal: docs/identifiability.md. */
export type Reason =
  | 'equal-weights'
  /** The layers are equal as formal sums of heads. */
  | 'equal-heads'
  /** A stack of single heads has equal virtual matrices, up to scales (and a swap). */
  | 'virtual-matrices'
  /** Both are 0. */
  | 'zero'
  /** All coefficients of a lightning layer are equal. */
  | 'equal-coefficients'
  /** Polynomials that agree at a random point. */
  | 'identity-test';

export type Comparison =
  | {
      readonly same: true;
      readonly reason: Reason;
      /** An exponent: the functions differ with a probability of at most 2^−k, if SHA-256 behaves like a random function. Absent: proved. */
      readonly errorExponent?: number;
      /** Turn the weights of a into those of b, entry by entry; null where no such transformations are known. */
      readonly transformations: readonly Transformation[] | null;
      /** For virtual matrices: M'_i = scales[i]·M_i. */
      readonly scales?: readonly Fraction[];
    }
  | { readonly same: false; readonly difference: Difference }
  /** No difference was found: no theorem decides, or (polynomials) a test would take too much work. */
  | { readonly same: null; readonly reason: 'no-theorem' | 'too-much-work' };

/**
 * Whether two weight sets of one network define the same function, exactly over Q.
 *
 * Proved either way for one attention layer (softmax without rotary and ALiBi; lightning), and wherever layers agree head by head or stacks of single heads in
 * their virtual matrices. A difference is always shown by an input, with exact values or enclosures that do not meet. Elsewhere polynomial networks are
 * compared at a random point (error probability 2^−100, if SHA-256 behaves like a random function); `same: null` is left for others, and for work that is
 * too much. Theorems and proofs: docs/identifiability.md.
 *
 * Over F_p the functions are polynomial maps, and p must be above their degree: then they are equal if their values on F_p are.
 *
 * @throws RangeError if the networks or the fields differ; over F_p, if the network is no polynomial one of a degree below p.
 */
export async function sameFunction(a: Weights, b: Weights, options: LongOperation = {}): Promise<Comparison> {
  if (JSON.stringify(a.network) !== JSON.stringify(b.network))
    throw rangeFault('b.network', 'the network of a', 'another one');
  if (a.prime !== b.prime) throw rangeFault('b.prime', `weights ${fieldName(a)}, as a has`, fieldName(b));
  demandPolynomial(a);
  const pace = new Pace(options);
  if (weightsEqual(a, b)) return { same: true, reason: 'equal-weights', transformations: [] };
  return byHeads(a, b) ?? (await byVirtualMatrices(a, b, pace)) ?? bySearch(a, b, pace);
}

function fieldName({ prime }: Weights): string {
  return prime === undefined ? 'over Q' : `modulo ${prime}`;
}

/** Equal formal sums of heads in every attention layer, and equal parameters elsewhere. */
function byHeads(a: Weights, b: Weights): Comparison | null {
  const [before, after] = [new Parameters(a), new Parameters(b)];
  const text = (parameters: Parameters): string => {
    const tied = [...parameters.layers.values()].some(
      (layer) => layer.kind === 'attention' && layer.tiedTo !== undefined,
    );
    const lines: string[] = [];
    for (const [path, layer] of parameters.layers)
      lines.push(
        layer.kind === 'attention' && !tied ? layerForm(parameters, path, layer) : parameters.textOf(path),
      );
    return lines.join('\n\n');
  };
  if (text(before) !== text(after)) return null;
  const transformations = headTransformations(a, b) ?? transformationsOfStack(a, b);
  return { same: true, reason: 'equal-heads', transformations };
}

function transformationsOfStack(a: Weights, b: Weights): readonly Transformation[] | null {
  const { network } = a;
  if (!isSingleHeadStack(network)) return null;
  const [before, after] = [a, b].map((weights) => virtualMatrices(network, new Parameters(weights)));
  return stackTransformations(network, a, b, ratiosOf(before!, after!), false);
}

async function byVirtualMatrices(a: Weights, b: Weights, pace: Pace): Promise<Comparison | null> {
  const { network } = a;
  if (!isSingleHeadStack(network)) return null;
  const virtual = async (weights: Weights): Promise<VirtualMatrices> => {
    const steps = virtualMatrixSteps(network, new Parameters(weights));
    for (let done = 0; ; done++) {
      const step = steps.next();
      if (step.done) return step.value;
      await pace.pause('virtual matrices', done, 4 * network.layers.length);
    }
  };
  const [before, after] = [await virtual(a), await virtual(b)];
  if (before.isZero && after.isZero)
    return {
      same: true,
      reason: 'zero',
      transformations: transformationsOfStack(a, b),
    };
  for (const start of [before, swapped(network, before)]) {
    const scales = start && scalesBetween(network, start, after);
    if (scales)
      return {
        same: true,
        reason: 'virtual-matrices',
        scales,
        transformations: stackTransformations(network, a, b, scales, start !== before),
      };
  }
  return null;
}

async function bySearch(a: Weights, b: Weights, pace: Pace): Promise<Comparison> {
  const coefficients = coefficientsOf(a);
  const others = coefficients && coefficientsOf(b);
  if (coefficients && others && matricesEqual(coefficients, others))
    return { same: true, reason: 'equal-coefficients', transformations: null };
  const search = await findDifference(a, b, pace);
  if (search.found) return { same: false, difference: search.found };
  if (search.errorExponent === null) return { same: null, reason: search.reason };
  const { errorExponent } = search;
  return { same: true, reason: 'identity-test', errorExponent, transformations: null };
}

/** Of a single lightning layer, if they are few enough. */
function coefficientsOf(weights: Weights): ExactMatrix | null {
  const { layers, inputDim, context } = weights.network;
  const layer = layers[0];
  if (layers.length !== 1 || layer?.kind !== 'attention') return null;
  const width = Math.max(inputDim, context?.inputDim ?? 0);
  return hasCoefficients(layer as AttentionLayer, width)
    ? lightningCoefficients(new Parameters(weights), 'layers[0]', layer)
    : null;
}
