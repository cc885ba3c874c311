import { add, multiply, showFraction, type Fraction } from '../../fraction.ts';
import {
  classifyWeights,
  fibreAt,
  sameFunction,
  type Classification,
  type Comparison,
  type LocalFibre,
  type SingularReason,
  type Transformation,
  type Value,
} from '../../identifiability/index.ts';
import { entryOf, type ExactMatrix } from '../../exact/exact-matrix.ts';
import type { Weights } from '../../weights/index.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, secondsSince, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { ProgressLine } from '../progress.ts';
import { inputName } from '../read-input.ts';
import { duration, reportBlock, type ReportRow } from '../report.ts';
import { networkFile, weightsFile } from '../weights-input.ts';

export interface FibreCommandOptions {
  readonly network?: string;
  readonly prime?: string;
  readonly json?: boolean;
}

/** `dimcert fibre`: do two weight files define the same function, and by which symmetry? Of one file: the fibre through its weights. */
export async function fibreCommand(
  a: string,
  b: string | undefined,
  { network: source, prime, json }: FibreCommandOptions,
  context: Context,
): Promise<number> {
  const inputs = [a, b, source].filter((input) => input === '-');
  if (inputs.length > 1) throw new InputError('-: expected stdin once, got it twice');
  const network = source === undefined ? undefined : await networkFile(source, context);
  const first = await weightsFile(a, network, prime, context);
  if (b === undefined) return localFibre(first, inputName(a), json, context);
  const second = await weightsFile(b, network, prime, context);
  const start = performance.now();
  const progress = new ProgressLine(context.console.stderr);
  const signal = context.interruptions.listen();
  let found: Comparison;
  try {
    found = await inWordsOf(
      {
        'b.network': `${inputName(b)}: network`,
        'b.prime': `${inputName(b)}: prime`,
        network: `${inputName(a)}: network`,
        prime: `${inputName(a)}: prime`,
        memory: `${inputName(a)}: memory`,
      },
      () => sameFunction(first, second, { signal, onProgress: progress.report }),
    );
  } finally {
    progress.clear();
  }
  signal.throwIfAborted();
  const seconds = secondsSince(start);
  if (json) await printJson(context, { ...asJson(found), seconds });
  else await print(context.console.stdout, asText(found, seconds, context));
  return exitCodes.done;
}

async function localFibre(
  weights: Weights,
  name: string,
  json: boolean | undefined,
  context: Context,
): Promise<number> {
  const start = performance.now();
  const progress = new ProgressLine(context.console.stderr);
  const signal = context.interruptions.listen();
  let found: LocalFibre;
  try {
    found = await inWordsOf(
      { fibreAt: name, network: `${name}: network`, prime: `${name}: prime`, memory: `${name}: memory` },
      () => fibreAt(weights, { signal, onProgress: progress.report }),
    );
  } finally {
    progress.clear();
  }
  signal.throwIfAborted();
  const seconds = secondsSince(start);
  const place = placeOf(weights);
  if (json)
    await printJson(context, { ...localFibreAsJson(found), ...(place && { function: place }), seconds });
  else await print(context.console.stdout, localFibreAsText(found, place, seconds, context));
  return exitCodes.done;
}

/** Where theory knows it (one lightning layer): what the set of all functions looks like at this one. */
function placeOf(weights: Weights): Classification | null {
  try {
    return classifyWeights(weights);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const singularities: Readonly<Record<SingularReason, string>> = {
  zero: 'the function 0',
  'score-rank': 'the scores have a smaller rank than they could have',
  'rank-one-pair': 'V and KᵀQ have rank 1',
};

function placeInWords({ kind, reasons: why, branches, isBoundary }: Classification): string {
  const place = `${kind} point of the function space`;
  const cause = why.map((reason) => singularities[reason]).join(', ');
  return (
    [place, ...(cause ? [cause] : [])].join(': ') +
    (branches > 1 ? `; ${branches} branches meet` : '') +
    (isBoundary ? '; on its boundary' : '')
  );
}

function localFibreAsText(
  found: LocalFibre,
  place: Classification | null,
  seconds: number,
  { console }: Context,
): string {
  const { parameters, rank, errorExponent, dimension, generic, symmetries, kinds, reasons } = found;
  const range = ({ lower, upper }: { lower: number; upper: number }): string =>
    lower === upper ? String(lower) : `${lower} to ${upper}`;
  const spans = Object.entries(kinds)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`);
  const rows: ReportRow[] = [
    { label: 'parameters', value: String(parameters) },
    {
      label: 'rank here',
      value: range(rank),
      note: rank.exact ? 'of the differential: both bounds are proved' : 'of the differential: proved bounds',
    },
    ...(errorExponent === null
      ? []
      : [
          {
            label: '',
            value: String(rank.lower),
            note: `but for a probability of at most 2^-${errorExponent}`,
          },
        ]),
    { label: 'fibre', value: range(dimension), note: 'dimension of its tangent space here' },
    { label: 'generic', value: `≥ ${generic}`, note: 'dimension of a generic fibre' },
    {
      label: 'symmetries',
      value: String(symmetries),
      note: `of these dimensions: ${spans.join(', ') || 'none'}`,
    },
    ...(rank.exact && dimension.lower > symmetries
      ? [
          {
            label: 'left over',
            value: String(dimension.lower - symmetries),
            note: 'dimensions of no symmetry that is known',
          },
        ]
      : []),
    ...(place ? [{ label: 'function', value: '', note: placeInWords(place) }] : []),
    ...reasons.map((words) => ({ label: 'special', value: '', note: words })),
    { label: 'time', value: duration(seconds) },
  ];
  return reportBlock(rows, colorsOf(console.stdout, console.env), console.stdout.columns);
}

function localFibreAsJson({ basis, errorExponent, ...rest }: LocalFibre): object {
  const error = errorExponent === null ? {} : { errorProbability: 2 ** -errorExponent };
  return { ...rest, ...error, basis: basis && rowsOf(basis) };
}

const reasons: Readonly<Record<Extract<Comparison, { same: true }>['reason'], string>> = {
  'equal-weights': 'the weights are equal',
  'equal-heads': 'every attention layer is the same sum of heads, up to symmetries inside of it',
  'virtual-matrices': 'the virtual score matrices and the map are equal, up to scales that cancel',
  zero: 'both functions are 0',
  'equal-coefficients': 'all coefficients of the cubic map are equal',
  'identity-test': 'the polynomials agree at a random point',
};

const undecided = {
  'no-theorem': 'no theorem decides',
  'too-much-work': 'an exact comparison would take too much work',
} as const;

function asText(found: Comparison, seconds: number, { console }: Context): string {
  const colors = colorsOf(console.stdout, console.env);
  const { columns } = console.stdout;
  const rows: ReportRow[] = [];
  const after: string[] = [];
  if (found.same === null) {
    rows.push({
      label: 'functions',
      value: 'undecided',
      note: `no difference found; ${undecided[found.reason]}`,
    });
  } else if (found.same) {
    const certainty =
      found.errorExponent === undefined ? 'proved' : `error probability at most 2^-${found.errorExponent}`;
    rows.push({ label: 'functions', value: 'the same', note: `${certainty}: ${reasons[found.reason]}` });
    if (found.scales && !found.transformations)
      rows.push({
        label: 'scales',
        value: found.scales.map(showFraction).join(', '),
        note: 'M′_i = c_i·M_i',
      });
    if (found.transformations && found.transformations.length > 0) {
      rows.push({
        label: 'witness',
        value: `${found.transformations.length} transformation${found.transformations.length > 1 ? 's' : ''}`,
        note: 'from a to b, applied and checked',
      });
      after.push(...found.transformations.map((step) => `  ${inWords(step)}`));
    }
  } else {
    const { tokens, token, coordinate, values } = found.difference;
    rows.push(
      {
        label: 'functions',
        value: 'different',
        note: `at token ${token}, coordinate ${coordinate} (from 0)`,
      },
      { label: 'a', value: shownValue(values[0]) },
      { label: 'b', value: shownValue(values[1]) },
      { label: 'input', value: shownMatrix(tokens) },
    );
    const { context } = found.difference;
    if (context) rows.push({ label: 'context', value: shownMatrix(context) });
  }
  rows.push({ label: 'time', value: duration(seconds) });
  return reportBlock(rows, colors, columns) + after.map((line) => `${line}\n`).join('');
}

function inWords(step: Transformation): string {
  const where = 'group' in step ? `${step.path}, group ${step.group}` : step.path;
  switch (step.kind) {
    case 'query-key':
      return `${where}: Q → G·Q, K → G⁻ᵀ·K with G = ${shownMatrix(step.matrix)}`;
    case 'value-output':
      return `${where}: V → G·V, O → O·G⁻¹ with G = ${shownMatrix(step.matrix)}`;
    case 'key-bias':
      return `${where}: b_K + ${shownMatrix(step.vector)}`;
    case 'value-bias':
      return `${where}: b_V + ${shownMatrix(step.vector)}, and b_O less what that adds`;
    case 'rescale':
      return `${where}: V → c·V, K → K/c with c = ${shown(step.factor)}`;
    case 'permute-heads':
      return `${where}: heads in the order ${step.order.join(', ')}`;
    case 'interface':
      return `behind ${where}: writers → C·, readers → ·C⁻¹ with C = ${shownMatrix(step.matrix)}`;
    case 'unread':
      return `${where}: other ${Object.keys(step.matrices).join(', ')}, of which the same is seen (see --json)`;
    case 'swap':
      return `${where}: V = u·vᵀ and KᵀQ = k·qᵀ become u·kᵀ and v·qᵀ`;
  }
}

/** Longer texts are left to --json. */
const mostCharacters = 160;

function shownMatrix(matrix: ExactMatrix): string {
  const text = JSON.stringify(rowsOf(matrix)).replaceAll('"', '').replaceAll(',', ', ');
  return text.length <= mostCharacters ? text : `a ${matrix.rows} × ${matrix.cols} matrix (see --json)`;
}

/** Exact where that is short. */
function shown(value: Fraction): string {
  const bits = bitLength(value.n) + bitLength(value.d);
  return bits <= mostBits ? showFraction(value) : `about ${approximately(value)} (exact: --json)`;
}

/** Of a number in 60 digits. */
const mostBits = 200;

function shownValue(value: Value): string {
  if ('n' in value) return shown(value);
  if ('residue' in value) return `${value.residue} modulo ${value.prime}`;
  const middle = multiply(add(value.above, value.below), { n: 1n, d: 2n });
  return `about ${approximately(middle)} (enclosed in an interval: --json)`;
}

/** Twelve digits, in scientific notation where JavaScript would use it. Linear in the length but for a division. */
function approximately({ n, d }: Fraction): string {
  if (n === 0n) return '0';
  const magnitude = n < 0n ? -n : n;
  const shift = 12 - Math.floor((bitLength(magnitude) - bitLength(d)) * Math.log10(2));
  const power = 10n ** BigInt(Math.abs(shift));
  const digits = (shift < 0 ? magnitude / (d * power) : (magnitude * power) / d).toString();
  const rounded = Number(`${digits[0]}.${digits.slice(1)}`).toPrecision(12);
  const exponent = digits.length - 1 - shift;
  const sign = n < 0n ? '-' : '';
  if (Math.abs(exponent) < 300) return sign + String(Number(`${rounded}e${exponent}`));
  return `${sign}${Number(rounded)}e${exponent < 0 ? '' : '+'}${exponent}`;
}

function bitLength(x: bigint): number {
  return (x < 0n ? -x : x).toString(16).length * 4;
}

function rowsOf(matrix: ExactMatrix): string[][] {
  return Array.from({ length: matrix.rows }, (_, i) =>
    Array.from({ length: matrix.cols }, (_, j) => showFraction(entryOf(matrix, i, j))),
  );
}

function asJson(found: Comparison): object {
  if (found.same === null) return found;
  if (found.same)
    return {
      same: true,
      reason: found.reason,
      errorProbability: found.errorExponent === undefined ? 0 : 2 ** -found.errorExponent,
      ...(found.scales && { scales: found.scales.map(showFraction) }),
      transformations: found.transformations?.map(transformationAsJson) ?? null,
    };
  const { tokens, context, token, coordinate, values } = found.difference;
  return {
    same: false,
    difference: {
      tokens: rowsOf(tokens),
      ...(context && { context: rowsOf(context) }),
      token,
      coordinate,
      values: values.map(valueAsJson),
    },
  };
}

function valueAsJson(value: Value): string | string[] | object {
  if ('n' in value) return showFraction(value);
  if ('residue' in value) return { residue: String(value.residue), prime: String(value.prime) };
  return [showFraction(value.above), showFraction(value.below)];
}

function transformationAsJson(step: Transformation): object {
  const fields = Object.entries(step).map(([key, value]: [string, unknown]) => {
    if (key === 'matrix' || key === 'vector') return [key, rowsOf(value as ExactMatrix)];
    if (key === 'matrices')
      return [
        key,
        Object.fromEntries(
          Object.entries(value as object).map(([name, matrix]) => [name, rowsOf(matrix as ExactMatrix)]),
        ),
      ];
    return [key, key === 'factor' ? showFraction(value as Fraction) : value];
  });
  return Object.fromEntries(fields) as object;
}
