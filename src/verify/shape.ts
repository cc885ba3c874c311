import { demand } from './fault.ts';
import {
  ascending,
  decimal,
  integer,
  literal,
  maxPrimeDigits,
  maxSeedDigits,
  object,
  statedPoint,
  text,
  type StatedPoint,
} from './fields.ts';
import { statedProbableBound, type StatedProbableBound } from './monte-carlo/shape.ts';
import { statedNetwork, type StatedNetwork } from './network-shape.ts';
import { commitmentOf, statedSolutions, type StatedWitness } from './witness.ts';
import { statedUpperBound, type StatedUpperBound } from './upper-bound.ts';

/*
 * The structure of a certificate, field by field, before anything is computed: types, known fields, canonical numbers, ascending indices.
 */

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
    readonly witness: StatedWitness | null;
  };
  /** `points`: how many points there are, with seeds that follow one another. */
  readonly independence: (StatedPoint & { readonly inputs: number; readonly points: number }) | null;
  readonly upperBound: StatedUpperBound;
  readonly probableUpperBound: StatedProbableBound | null;
  readonly digest: string;
}

function statedClaim(path: string, value: unknown): StatedCertificate['claim'] {
  const fields = object(path, value, ['parameters', 'lower', 'upper', 'exact']);
  const { exact } = fields;
  demand(typeof exact === 'boolean', `${path}.exact`, 'true or false', exact);
  return {
    parameters: integer(`${path}.parameters`, fields['parameters'], 0),
    lower: integer(`${path}.lower`, fields['lower'], 0),
    upper: integer(`${path}.upper`, fields['upper'], 0),
    exact,
  };
}

const evidence = ['method', 'prime', 'point', 'rows', 'columns', 'determinant', 'retries'];

/** `commitment`: computes the digest without the witness. */
function lowerBound(path: string, value: unknown, commitment: () => string): StatedCertificate['lowerBound'] {
  const fields = object(path, value, evidence, ['witness']);
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
    ...statedPoint(path, fields['prime'], fields['point']),
    rows: ascending(`${path}.rows`, fields['rows']),
    columns: ascending(`${path}.columns`, fields['columns']),
    determinant: decimal(`${path}.determinant`, fields['determinant'], maxPrimeDigits),
    witness:
      fields['witness'] === undefined
        ? null
        : {
            solutions: statedSolutions(`${path}.witness`, fields['witness']),
            commitment: commitment(),
          },
  };
}

/** The certificate that a parsed JSON value states; format and version have been checked. Throws a `Rejection`. */
export function statedCertificate(value: unknown): StatedCertificate {
  const path = 'certificate';
  const required = ['format', 'version', 'kind', 'network', 'claim', 'lowerBound', 'upperBound', 'digest'];
  const fields = object(path, value, required, ['independence', 'probableUpperBound']);
  literal(`${path}.kind`, fields['kind'], 'dimension');
  const claim = statedClaim(`${path}.claim`, fields['claim']);
  const network = statedNetwork(`${path}.network`, fields['network']);
  const independence =
    fields['independence'] === undefined
      ? null
      : object(`${path}.independence`, fields['independence'], ['prime', 'point', 'inputs'], ['parameters']);
  const probable = fields['probableUpperBound'];
  return {
    network,
    claim,
    lowerBound: lowerBound(`${path}.lowerBound`, fields['lowerBound'], () => commitmentOf(fields)),
    independence: independence && {
      ...statedPoint(`${path}.independence`, independence['prime'], independence['point']),
      inputs: integer(`${path}.independence.inputs`, independence['inputs'], 1),
      points:
        independence['parameters'] === undefined
          ? 1
          : integer(`${path}.independence.parameters`, independence['parameters'], 2),
    },
    upperBound: statedUpperBound(`${path}.upperBound`, fields['upperBound'], network),
    probableUpperBound:
      probable === undefined ? null : statedProbableBound(`${path}.probableUpperBound`, probable, claim),
    digest: text(`${path}.digest`, fields['digest']),
  };
}
