import { demand } from './fault.ts';
import { step } from './json.ts';

/*
 * The structure of a certificate, field by field, before anything is computed: types, known fields, canonical numbers, ascending indices.
 */

export interface StatedLayer {
  /** The dimension of the tokens that enter: not stated in the layer, but before it. */
  readonly inputDim: number;
  readonly softmax: boolean;
  readonly causal: boolean;
  readonly headDim: number;
  readonly valueDim: number | null;
  readonly outputDim: number;
}

export interface StatedNetwork {
  readonly inputDim: number;
  readonly tokens: number;
  readonly layers: readonly StatedLayer[];
}

export interface StatedPoint {
  readonly prime: bigint;
  readonly seed: string;
}

export interface StatedCertificate {
  readonly network: StatedNetwork;
  readonly claim: {
    readonly parameters: number;
    readonly lower: number;
    readonly upper: number;
    readonly exact: boolean;
  };
  readonly lowerBound: StatedPoint & {
    readonly rows: readonly number[];
    readonly columns: readonly number[];
    readonly determinant: bigint;
  };
  readonly independence: (StatedPoint & { readonly inputs: number }) | null;
  readonly upperBound: {
    readonly statement: string;
    readonly terms: {
      readonly scores: number;
      readonly flag: number;
      readonly output: number;
      readonly scales: number;
    };
  };
  readonly digest: string;
}

/** Digits of a seed: 128 bits. */
const maxSeedDigits = 39;
/** Digits of 2⁶⁴ − 1. */
export const maxPrimeDigits = 20;

type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object that has all of `required`, maybe some of `optional`, and no other. */
export function object(
  path: string,
  value: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): Fields {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'an object', value);
  const known = [...required, ...optional];
  for (const [key, field] of Object.entries(value))
    demand(known.includes(key), path + step(key), `no field but ${known.join(', ')}`, field);
  for (const key of required) demand(Object.hasOwn(value, key), `${path}.${key}`, 'a value', undefined);
  return value as Fields;
}

export function integer(path: string, value: unknown, least: number): number {
  demand(
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least,
    path,
    `an integer ≥ ${least}`,
    value,
  );
  return value;
}

export function text(path: string, value: unknown): string {
  demand(typeof value === 'string', path, 'a string', value);
  return value;
}

export function literal(path: string, value: unknown, expected: string | number): void {
  demand(value === expected, path, JSON.stringify(expected), value);
}

/** A natural number as decimal digits, below 10^`digits`. */
export function decimal(path: string, value: unknown, digits: number): bigint {
  const expected = `decimal digits without leading zeros, at most ${digits}`;
  demand(
    typeof value === 'string' && value.length <= digits && /^(0|[1-9][0-9]*)$/.test(value),
    path,
    expected,
    value,
  );
  return BigInt(value);
}

export function ascending(path: string, value: unknown): number[] {
  demand(Array.isArray(value), path, 'an array', value);
  for (let i = 0; i < value.length; i++) {
    integer(`${path}[${i}]`, value[i], 0);
    demand(i === 0 || value[i] > value[i - 1], `${path}[${i}]`, `an index above ${value[i - 1]}`, value[i]);
  }
  return value as number[];
}

function point(path: string, prime: unknown, value: unknown): StatedPoint {
  const fields = object(`${path}.point`, value, ['seed']);
  const seed = decimal(`${path}.point.seed`, fields['seed'], maxSeedDigits);
  return { prime: decimal(`${path}.prime`, prime, maxPrimeDigits), seed: String(seed) };
}

function network(path: string, value: unknown): StatedNetwork {
  const fields = object(path, value, ['format', 'version', 'inputDim', 'sequenceLength', 'layers']);
  literal(`${path}.format`, fields['format'], 'dimcert-network');
  literal(`${path}.version`, fields['version'], 1);
  const layers = fields['layers'];
  demand(Array.isArray(layers) && layers.length > 0, `${path}.layers`, 'at least one layer', layers);
  const inputDim = integer(`${path}.inputDim`, fields['inputDim'], 1);
  const tokens = integer(`${path}.sequenceLength`, fields['sequenceLength'], 1);
  let width = inputDim;
  const read = layers.map((entry, i) => {
    const stated = layer(`${path}.layers[${i}]`, entry, width);
    width = stated.outputDim;
    return stated;
  });
  return { inputDim, tokens, layers: read };
}

function layer(path: string, value: unknown, inputDim: number): StatedLayer {
  const fields = object(
    path,
    value,
    ['kind', 'normalization', 'headDim', 'outputDim'],
    ['causal', 'valueDim'],
  );
  literal(`${path}.kind`, fields['kind'], 'attention');
  const normalization = fields['normalization'];
  demand(
    normalization === 'none' || normalization === 'softmax',
    `${path}.normalization`,
    '"none" or "softmax"',
    normalization,
  );
  const causal = fields['causal'];
  demand(causal === undefined || causal === true, `${path}.causal`, 'true, or no such field', causal);
  return {
    inputDim,
    softmax: normalization === 'softmax',
    causal: causal === true,
    headDim: integer(`${path}.headDim`, fields['headDim'], 1),
    valueDim: fields['valueDim'] === undefined ? null : integer(`${path}.valueDim`, fields['valueDim'], 1),
    outputDim: integer(`${path}.outputDim`, fields['outputDim'], 1),
  };
}

function lowerBound(path: string, value: unknown): StatedCertificate['lowerBound'] {
  const fields = object(path, value, [
    'method',
    'prime',
    'point',
    'rows',
    'columns',
    'determinant',
    'retries',
  ]);
  literal(`${path}.method`, fields['method'], 'jacobian-minor');
  const retries = fields['retries'];
  demand(Array.isArray(retries), `${path}.retries`, 'an array', retries);
  for (const [i, retry] of retries.entries()) {
    const at = `${path}.retries[${i}]`;
    const record = object(at, retry, ['prime', 'seed', 'rank']);
    decimal(`${at}.prime`, record['prime'], maxPrimeDigits);
    decimal(`${at}.seed`, record['seed'], maxSeedDigits);
    integer(`${at}.rank`, record['rank'], 0);
  }
  return {
    ...point(path, fields['prime'], fields['point']),
    rows: ascending(`${path}.rows`, fields['rows']),
    columns: ascending(`${path}.columns`, fields['columns']),
    determinant: decimal(`${path}.determinant`, fields['determinant'], maxPrimeDigits),
  };
}

/** The certificate that a parsed JSON value states; format and version have been checked. Throws a `Rejection`. */
export function statedCertificate(value: unknown): StatedCertificate {
  const path = 'certificate';
  const required = ['format', 'version', 'kind', 'network', 'claim', 'lowerBound', 'upperBound', 'digest'];
  const fields = object(path, value, required, ['independence']);
  literal(`${path}.kind`, fields['kind'], 'dimension');
  const claim = object(`${path}.claim`, fields['claim'], ['parameters', 'lower', 'upper', 'exact']);
  const { exact } = claim;
  demand(typeof exact === 'boolean', `${path}.claim.exact`, 'true or false', exact);
  const upper = object(`${path}.upperBound`, fields['upperBound'], ['method', 'statement', 'terms']);
  literal(`${path}.upperBound.method`, upper['method'], 'closed-form');
  const terms = object(`${path}.upperBound.terms`, upper['terms'], ['scores', 'flag', 'output', 'scales']);
  const term = (name: string): number => integer(`${path}.upperBound.terms.${name}`, terms[name], 0);
  const independence =
    fields['independence'] === undefined
      ? null
      : object(`${path}.independence`, fields['independence'], ['prime', 'point', 'inputs']);
  return {
    network: network(`${path}.network`, fields['network']),
    claim: {
      parameters: integer(`${path}.claim.parameters`, claim['parameters'], 1),
      lower: integer(`${path}.claim.lower`, claim['lower'], 0),
      upper: integer(`${path}.claim.upper`, claim['upper'], 0),
      exact,
    },
    lowerBound: lowerBound(`${path}.lowerBound`, fields['lowerBound']),
    independence: independence && {
      ...point(`${path}.independence`, independence['prime'], independence['point']),
      inputs: integer(`${path}.independence.inputs`, independence['inputs'], 1),
    },
    upperBound: {
      statement: text(`${path}.upperBound.statement`, upper['statement']),
      terms: { scores: term('scores'), flag: term('flag'), output: term('output'), scales: term('scales') },
    },
    digest: text(`${path}.digest`, fields['digest']),
  };
}
