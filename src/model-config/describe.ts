import type { Model, SizedModel } from './model.ts';
import type { ParameterCounts } from './counts.ts';
import type { Part } from './parts.ts';
import type { Reduction } from './scale-down.ts';

/** How far it is known that the dimension is parameters − gauge; everywhere it is at most that, by theorem. */
export type Status = 'certified at this size' | 'certified at the scaled-down size' | 'bound';

/** Proved bounds of a dimension. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** Bounds, and whether they meet. */
export interface ExactBounds extends Bounds {
  readonly exact: boolean;
}

/** What is known of a model, as JSON. */
export interface ModelDescription {
  readonly modelType: string;
  readonly functionSpace: string;
  readonly sequenceLength: number;
  /** Of the whole model. */
  readonly counts: ParameterCounts;
  readonly leftOut: readonly string[];
  /** The parts of the network, which add up to it. */
  readonly parts: readonly Part[];
  readonly parameters: number;
  readonly gauge: number;
  /** Of this network, at its size: `lower` is 0 where nothing of this size was certified. */
  readonly dimension: ExactBounds & { readonly status: Status };
  /** Why `dimension.upper` is an upper bound. */
  readonly upper: { readonly method: 'gauge'; readonly statement: string; readonly errorProbability: 0 };
  readonly scaledDown: {
    readonly reductions: readonly Reduction[];
    readonly factor: number;
    readonly parameters: number;
    readonly gauge: number;
    readonly upper: number;
    /** What was certified; `null` where nothing was. */
    readonly dimension: ExactBounds | null;
  };
}

/** A line of a report. */
export interface DescriptionRow {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

const upperStatement =
  'parameters less the symmetries of each part, counted by formulas (docs/model-configs.md)';

/** Which functions are counted. */
const functionSpace =
  'functions of generic real tokens of the width of the embedding, up to the last normalization; a finite vocabulary of embedded tokens can only lower the dimension';

/**
 * What is known of a model: without computing, or after its scaled-down network was certified.
 *
 * Throws an `Error` where what was certified contradicts the symmetries that are counted: then a formula, or the program, is wrong.
 *
 * @example describeModel(model, (await certify(model.scaledDown.network)).dimension)
 */
export function describeModel(model: Model, certified: Bounds | null = null): ModelDescription {
  const { scaledDown } = model;
  if (certified && certified.lower > scaledDown.upper) {
    throw new Error(
      `the certified lower bound ${certified.lower} is above parameters − gauge = ${scaledDown.upper}: a formula, or the program, is wrong`,
    );
  }
  const isItself = scaledDown.reductions.length === 0;
  const lower = isItself && certified ? certified.lower : 0;
  return {
    modelType: model.architecture.modelType,
    functionSpace,
    sequenceLength: model.sequenceLength,
    counts: model.counts,
    leftOut: model.leftOut,
    parts: model.parts,
    ...numbers(model),
    dimension: { ...exactly(lower, model.upper), status: statusOf(model, certified) },
    upper: { method: 'gauge', statement: upperStatement, errorProbability: 0 },
    scaledDown: {
      reductions: scaledDown.reductions,
      factor: scaledDown.factor,
      ...numbers(scaledDown),
      upper: scaledDown.upper,
      dimension: certified && exactly(certified.lower, Math.min(certified.upper, scaledDown.upper)),
    },
  };
}

function exactly(lower: number, upper: number): ExactBounds {
  return { lower, upper, exact: lower === upper };
}

function numbers({ parameters, gauge }: SizedModel) {
  return { parameters, gauge };
}

function statusOf({ scaledDown }: Model, certified: Bounds | null): Status {
  if (certified?.lower !== scaledDown.upper) return 'bound';
  return scaledDown.reductions.length === 0 ? 'certified at this size' : 'certified at the scaled-down size';
}

const meaning: Readonly<Record<Status, string>> = {
  'certified at this size': 'exact: certified at this size',
  'certified at the scaled-down size':
    'at most, by theorem; that the bound is reached is certified only at the scaled-down size',
  bound: 'at most, by theorem; it is not known to be reached',
};

/** A description in words: its lines, from the model to the scaled-down network. */
export function descriptionRows(description: ModelDescription): readonly DescriptionRow[] {
  const { modelType, counts, parts, dimension, scaledDown, leftOut, sequenceLength } = description;
  const { upper, status } = dimension;
  return [
    { label: 'model', value: modelType, note: `${grouped(counts.total)} parameters` },
    { label: 'left out', value: leftOut.map(groupedIn).join('; ') },
    { label: 'network', value: `${sequenceLength} tokens`, note: description.functionSpace },
    ...parts.map(({ name, count, parameters, gauge, dimension }) => ({
      label: count > 1 ? `${name} (each of ${count})` : name,
      value: grouped(dimension),
      note: `${grouped(parameters)} parameters, gauge dimension ${grouped(gauge)}`,
    })),
    { label: 'parameters', value: grouped(description.parameters) },
    {
      label: 'gauge dimension',
      value: grouped(description.gauge),
      note: 'directions in which parameters move and the function does not',
    },
    { label: 'dimension', value: grouped(upper), note: meaning[status] },
    ...(scaledDown.reductions.length > 0 || scaledDown.dimension
      ? [{ label: 'scaled down', value: scaledDownInWords(scaledDown), note: reductionsInWords(scaledDown) }]
      : []),
  ];
}

function scaledDownInWords({ upper, dimension }: ModelDescription['scaledDown']): string {
  if (!dimension) return `at most ${grouped(upper)}`;
  const { lower } = dimension;
  return lower === dimension.upper ? grouped(lower) : `${grouped(lower)} to ${grouped(dimension.upper)}`;
}

function reductionsInWords({
  reductions,
  factor,
  parameters,
  gauge,
}: ModelDescription['scaledDown']): string {
  const sizes = `${grouped(parameters)} parameters, gauge dimension ${grouped(gauge)}`;
  if (reductions.length === 0) return sizes;
  const changes = reductions.map(({ name, from, to }) => `${name} ${grouped(from)} → ${grouped(to)}`);
  return `${sizes}, one in ${grouped(Math.round(factor))}: ${changes.join(', ')}`;
}

/** 6,738,415,616 */
function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

function groupedIn(text: string): string {
  return text.replace(/\d+/g, (digits) => grouped(Number(digits)));
}
