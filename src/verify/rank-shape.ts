import { demand } from './fault.ts';
import {
  ascending,
  decimal,
  integer,
  list,
  literal,
  maxPrimeDigits,
  object,
  statedInteger,
  text,
} from './fields.ts';

/*
 * The structure of a certificate of a rank (docs/certificate.md, "Rank of a matrix"). Of a matrix, only its lists and their lengths are checked
 * here: its residues are read when they are needed (`listing.ts`), which costs more than a look at them.
 */

/** A list of what JSON holds, not looked at. */
type Unread = readonly unknown[];

/** A matrix as it is listed: each listed row with its index, and the columns of its entries if they are not all. */
export interface StatedMatrix {
  readonly path: string;
  readonly rows: number;
  readonly cols: number;
  /** Ascending in `row`; `columns` is null where all entries are listed. */
  readonly listed: readonly StatedRow[];
  /** Entries that are listed. */
  readonly entries: number;
  readonly sparse: boolean;
}

export interface StatedRow {
  readonly row: number;
  readonly columns: Unread | null;
  readonly values: Unread;
  /** Of the row in its matrix's list. */
  readonly index: number;
}

export interface StatedRank {
  /** That of the field, or of a rank over Q that of the minor. */
  readonly prime: bigint;
  readonly isRational: boolean;
  readonly matrix: StatedMatrix;
  readonly claim: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  readonly lowerBound: {
    readonly rows: readonly number[];
    readonly columns: readonly number[];
    readonly determinant: bigint;
  };
  readonly upperBound:
    | { readonly method: 'shape' }
    | {
        readonly method: 'row-combinations' | 'column-combinations';
        readonly coefficients: StatedMatrix;
        /** Of a rank over Q: d·line = Σ x·line. Null of others. */
        readonly multipliers: readonly bigint[] | null;
      };
  readonly digest: string;
}

/** The certificate of a rank that a parsed JSON value states; format, version and kind have been checked. Throws a `Rejection`. */
export function statedRank(value: unknown): StatedRank {
  const path = 'certificate';
  const common = ['format', 'version', 'kind', 'matrix', 'claim', 'lowerBound', 'upperBound', 'digest'];
  const { field } = object(path, value, common, ['field', 'prime']);
  const isRational = field !== undefined;
  if (isRational) literal(`${path}.field`, field, 'Q');
  const fields = object(path, value, [...common, isRational ? 'field' : 'prime']);
  const claim = object(`${path}.claim`, fields['claim'], ['lower', 'upper', 'exact']);
  const { exact } = claim;
  demand(typeof exact === 'boolean', `${path}.claim.exact`, 'true or false', exact);
  const lower = object(`${path}.lowerBound`, fields['lowerBound'], [
    'method',
    'rows',
    'columns',
    'determinant',
    ...(isRational ? ['prime'] : []),
  ]);
  const primePath = isRational ? `${path}.lowerBound.prime` : `${path}.prime`;
  literal(`${path}.lowerBound.method`, lower['method'], 'minor');
  return {
    prime: decimal(primePath, (isRational ? lower : fields)['prime'], maxPrimeDigits),
    isRational,
    matrix: matrix(`${path}.matrix`, fields['matrix']),
    claim: {
      lower: integer(`${path}.claim.lower`, claim['lower'], 0),
      upper: integer(`${path}.claim.upper`, claim['upper'], 0),
      exact,
    },
    lowerBound: {
      rows: ascending(`${path}.lowerBound.rows`, lower['rows']),
      columns: ascending(`${path}.lowerBound.columns`, lower['columns']),
      determinant: decimal(`${path}.lowerBound.determinant`, lower['determinant'], maxPrimeDigits),
    },
    upperBound: upperBound(`${path}.upperBound`, fields['upperBound'], isRational),
    digest: text(`${path}.digest`, fields['digest']),
  };
}

function upperBound(path: string, value: unknown, isRational: boolean): StatedRank['upperBound'] {
  const optional = isRational ? ['coefficients', 'multipliers'] : ['coefficients'];
  const { method, coefficients, multipliers } = object(path, value, ['method'], optional);
  if (method === 'shape') {
    object(path, value, ['method']);
    return { method };
  }
  demand(
    method === 'row-combinations' || method === 'column-combinations',
    `${path}.method`,
    '"row-combinations", "column-combinations" or "shape"',
    method,
  );
  return {
    method,
    coefficients: matrix(`${path}.coefficients`, coefficients),
    multipliers: isRational ? statedMultipliers(`${path}.multipliers`, multipliers) : null,
  };
}

function statedMultipliers(path: string, value: unknown): bigint[] {
  return list(path, value, 0).map((entry, i) => {
    const read = statedInteger(entry);
    demand(read !== null && read > 0n, `${path}[${i}]`, 'a positive integer in decimal digits', entry);
    return read;
  });
}

function matrix(path: string, value: unknown): StatedMatrix {
  const fields = object(path, value, ['rows', 'cols'], ['dense', 'sparse']);
  const rows = integer(`${path}.rows`, fields['rows'], 0);
  const cols = integer(`${path}.cols`, fields['cols'], 0);
  const { dense, sparse } = fields;
  demand(
    (dense === undefined) !== (sparse === undefined),
    path,
    'either dense or sparse rows',
    dense === undefined ? 'neither' : 'both',
  );
  const listed =
    dense === undefined ? sparseRows(path, sparse, rows, cols) : denseRows(path, dense, rows, cols);
  let entries = 0;
  for (const { values } of listed) entries += values.length;
  return { path, rows, cols, listed, entries, sparse: dense === undefined };
}

function denseRows(path: string, value: unknown, rows: number, cols: number): StatedRow[] {
  demand(Array.isArray(value), `${path}.dense`, 'an array', value);
  demand(value.length === rows, `${path}.dense`, `as many rows as stated, ${rows}`, value.length);
  return value.map((values: unknown, i) => {
    demand(Array.isArray(values), `${path}.dense[${i}]`, 'an array', values);
    demand(
      values.length === cols,
      `${path}.dense[${i}]`,
      `as many entries as columns, ${cols}`,
      values.length,
    );
    return { row: i, columns: null, values, index: i };
  });
}

function sparseRows(path: string, value: unknown, rows: number, cols: number): StatedRow[] {
  demand(Array.isArray(value), `${path}.sparse`, 'an array', value);
  let before = -1;
  return value.map((entry: unknown, i) => {
    const at = `${path}.sparse[${i}]`;
    demand(Array.isArray(entry) && entry.length === 3, at, 'an array [row, columns, values]', entry);
    const [index, columns, values] = entry as unknown[];
    const row = integer(`${at}[0]`, index, 0);
    demand(row > before && row < rows, `${at}[0]`, `a row above ${before} and below ${rows}`, row);
    before = row;
    demand(Array.isArray(columns) && columns.length > 0, `${at}[1]`, 'a list of columns', columns);
    demand(columns.length <= cols, `${at}[1]`, `at most ${cols} columns`, columns.length);
    demand(Array.isArray(values), `${at}[2]`, 'an array', values);
    demand(
      values.length === columns.length,
      `${at}[2]`,
      `as many values as columns, ${columns.length}`,
      values.length,
    );
    return { row, columns, values, index: i };
  });
}
