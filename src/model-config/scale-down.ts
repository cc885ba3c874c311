import { rangeFault } from '../assert.ts';
import type { Architecture } from './architecture.ts';
import { networkParameters } from './parts.ts';

/** Narrower tokens are special: normalized ones lie on a line or a circle. */
const smallestWidth = 4;

const reducible = [
  'numLayers',
  'numHeads',
  'numKeyValueHeads',
  'headDim',
  'hiddenSize',
  'intermediateSize',
] as const;

/** A number of a model that was made smaller. */
export interface Reduction {
  readonly name: (typeof reducible)[number] | 'rotaryDim';
  readonly from: number;
  readonly to: number;
}

/** What the rule chooses; all other sizes follow from it. */
interface Choice {
  readonly layers: number;
  readonly groups: number;
  readonly headDim: number;
}

/** The size nearest to another one that is on the same side of it as the real sizes are. */
function onTheSameSide(real: number, realOther: number, other: number): number {
  return Math.min(real, other + Math.sign(real - realOther));
}

function rotaryDim(real: NonNullable<Architecture['rotary']>, realHeadDim: number, headDim: number): number {
  if (real.dim === realHeadDim) return headDim;
  return Math.max(2, 2 * Math.floor((real.dim * headDim) / (2 * realHeadDim)));
}

/** Two heads of a group stand for more. */
function sharing({ numHeads, numKeyValueHeads }: Architecture): number {
  return Math.min(2, numHeads / numKeyValueHeads);
}

/** The architecture of a choice: docs/model-configs.md, "Scaling down". */
function shrunk(real: Architecture, { layers, groups, headDim }: Choice): Architecture {
  const numHeads = groups * sharing(real);
  const hiddenSize = Math.max(
    onTheSameSide(real.hiddenSize, real.numHeads * real.headDim, numHeads * headDim),
    Math.min(smallestWidth, real.hiddenSize),
  );
  const step = layers === 1 ? 0 : (real.numLayers - 1) / (layers - 1);
  return {
    ...real,
    numLayers: layers,
    numHeads,
    numKeyValueHeads: groups,
    headDim,
    hiddenSize,
    intermediateSize: onTheSameSide(real.intermediateSize, real.hiddenSize, hiddenSize),
    ...(real.rotary && { rotary: { ...real.rotary, dim: rotaryDim(real.rotary, real.headDim, headDim) } }),
    windows: Array.from({ length: layers }, (_, layer) => real.windows[Math.round(layer * step)]!),
  };
}

/** The smallest head dimension that keeps what the model has: pairs that turn, coordinates that do not, and the width's side of H·a. */
function smallestHeadDim(real: Architecture, numHeads: number): number {
  const narrower = real.hiddenSize < real.numHeads * real.headDim;
  const width = Math.min(smallestWidth, real.hiddenSize) + (narrower ? 1 : 0);
  let headDim = real.rotary !== undefined && real.rotary.dim < real.headDim ? 4 : 2;
  while (numHeads * headDim < width) headDim += 2;
  return Math.min(headDim, real.headDim);
}

/**
 * An architecture of the same shape whose network has at most `budget` parameters: docs/model-configs.md, "Scaling down". One that is small enough
 * is returned as it is.
 *
 * Throws a `RangeError` for a budget below the smallest network of the shape.
 */
export function scaleDown(real: Architecture, budget: number, sequenceLength: number): Architecture {
  const size = (architecture: Architecture) => networkParameters(architecture, sequenceLength);
  if (size(real) <= budget) return real;
  const groups = sharing(real) === 1 ? Math.min(real.numKeyValueHeads, 2) : 1;
  let best: Choice = { layers: 1, groups, headDim: smallestHeadDim(real, groups * sharing(real)) };
  const least = size(shrunk(real, best));
  if (least > budget) {
    throw rangeFault(
      'options.budget',
      `at least ${least}, the parameters of the smallest network of this shape`,
      budget,
    );
  }
  const grow = (wish: Partial<Choice>): boolean => {
    const wished = { ...best, ...wish };
    if (
      wished.layers > real.numLayers ||
      wished.groups > real.numKeyValueHeads ||
      wished.headDim > real.headDim ||
      size(shrunk(real, wished)) > budget
    )
      return false;
    best = wished;
    return true;
  };
  grow({ layers: 2 });
  grow({ groups: 2 });
  for (let grown = true; grown;) {
    const wider = grow({ headDim: best.headDim + 2 });
    // ALiBi has its slopes for powers of 2.
    const more = grow({ groups: real.alibi ? 2 * best.groups : best.groups + 1 });
    grown = wider || more;
  }
  return Object.freeze(shrunk(real, best));
}

/** Which numbers of an architecture are smaller in another one. */
export function reductionsOf(real: Architecture, small: Architecture): readonly Reduction[] {
  const sizes = [
    ...reducible.map((name) => ({ name, from: real[name], to: small[name] })),
    { name: 'rotaryDim' as const, from: real.rotary?.dim ?? 0, to: small.rotary?.dim ?? 0 },
  ];
  return sizes.filter(({ from, to }) => from !== to);
}
