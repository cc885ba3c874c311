import type { Loose } from '../verify/json-type.ts';

/** A change that makes a certificate wrong, and why it must be rejected. */
export interface Rejected {
  /** What the certificate shows that is changed. */
  readonly of: string;
  readonly reason: string;
  /** Default: 1. */
  readonly exitCode?: 1 | 2;
  /** Changes the copy, or returns another one. */
  readonly change?: (c: Loose) => Loose | void;
  readonly changeText?: (text: string) => string;
  /** Default: the digest is made anew, so that nothing but the change is wrong. */
  readonly keepDigest?: boolean;
}

const lightning = 'one lightning layer';
const softmax = 'softmax';
const witness = 'a witness';
const block = 'every kind: blocks with norms';
const interval = 'an interval with a probable upper bound';
const polynomial = 'polynomial maps of one degree';
const rows = 'rank: combinations of rows';
const columns = 'rank: combinations of columns';
const sparse = 'rank: sparse';
const rational = 'rank: over Q, combinations of rows';

const set =
  (...keys: (string | number)[]) =>
  (value: Loose) =>
  (c: Loose): void => {
    const last = keys.pop()!;
    keys.reduce((inner, key) => inner[key], c)[last] = value;
    keys.push(last);
  };
const layer =
  (fields: object) =>
  (c: Loose): void =>
    void Object.assign(c.network.layers[0], fields);
const next = (decimal: string): string => String(BigInt(decimal) + 1n);

export const rejections: readonly Rejected[] = [
  // The file
  {
    of: lightning,
    reason: 'the digest of another certificate',
    change: set('digest')('0'.repeat(64)),
    keepDigest: true,
  },
  {
    of: lightning,
    reason: 'a digest in capitals',
    change: (c) => void (c.digest = c.digest.toUpperCase()),
    keepDigest: true,
  },
  { of: lightning, reason: 'no digest', change: (c) => void delete c.digest, keepDigest: true },
  {
    of: lightning,
    reason: 'a claim that was changed and not sealed',
    change: (c) => void c.claim.lower--,
    keepDigest: true,
  },
  {
    of: lightning,
    reason: 'a text that ends too early',
    exitCode: 2,
    changeText: (text) => text.slice(0, -3),
  },
  { of: lightning, reason: 'no text', exitCode: 2, changeText: () => '\n' },
  { of: lightning, reason: 'an array', exitCode: 2, changeText: (text) => `[${text}]` },
  { of: lightning, reason: 'another format', exitCode: 2, change: set('format')('dimcert-network') },
  { of: lightning, reason: 'another version', exitCode: 2, change: set('version')(2) },
  { of: lightning, reason: 'a version that is a text', exitCode: 2, change: set('version')('1') },
  { of: lightning, reason: 'another kind', change: set('kind')('det') },
  { of: lightning, reason: 'an unknown field', change: set('note')('trust me') },
  {
    of: lightning,
    reason: 'a key that is there twice',
    changeText: (text) => text.replace('"exact":', '"exact":true,"exact":'),
  },
  {
    of: lightning,
    reason: 'a size with a fraction of zero',
    changeText: (text) => text.replace('"inputDim":3', '"inputDim":3.0'),
  },
  {
    of: lightning,
    reason: 'a size with an exponent',
    changeText: (text) => text.replace('"inputDim":3', '"inputDim":3e0'),
  },
  {
    of: lightning,
    reason: 'an index that is negative zero',
    changeText: (text) => text.replace('"rows":[0', '"rows":[-0'),
  },
  {
    of: lightning,
    reason: 'ten thousand levels',
    changeText: (text) => text.replace('"retries":[]', `"retries":${'['.repeat(10000)}${']'.repeat(10000)}`),
  },

  // The network
  {
    of: lightning,
    reason: 'a layer of an unknown kind',
    change: set('network', 'layers', 0, 'kind')('relu'),
  },
  { of: lightning, reason: 'no layers', change: set('network', 'layers')([]) },
  { of: lightning, reason: 'an unknown field of a layer', change: set('network', 'layers', 0, 'dropout')(1) },
  {
    of: lightning,
    reason: 'a field with its default value',
    change: set('network', 'layers', 0, 'causal')(false),
  },
  { of: lightning, reason: 'another width', change: set('network', 'layers', 0, 'outputDim')(4) },
  {
    of: lightning,
    reason: 'another normalization',
    change: set('network', 'layers', 0, 'normalization')('softmax'),
  },
  { of: lightning, reason: 'a size of zero', change: set('network', 'layers', 0, 'headDim')(0) },
  {
    of: lightning,
    reason: 'a network that is too large',
    change: set('network', 'layers', 0, 'headDim')(10 ** 12),
  },
  { of: lightning, reason: 'a network of another version', change: set('network', 'version')(2) },
  {
    of: block,
    reason: 'a residual of another width',
    change: set('network', 'layers', 0, 'layers', 1, 'outputDim')(3),
  },
  {
    of: block,
    reason: 'a fraction that is not in lowest terms',
    change: set('network', 'layers', 2, 'epsilon')('2/200000'),
  },
  {
    of: block,
    reason: 'a fraction without a denominator',
    change: set('network', 'layers', 2, 'epsilon')('1/0'),
  },
  { of: block, reason: 'a negative epsilon', change: set('network', 'layers', 2, 'epsilon')('-1/100000') },
  { of: block, reason: 'another epsilon', change: set('network', 'layers', 2, 'epsilon')('1/100001') },
  {
    of: 'every kind: a tie',
    reason: 'a tie to no label',
    change: set('network', 'layers', 2, 'tiedTo')('b'),
  },
  {
    of: 'every kind: a tie',
    reason: 'a label that is there twice',
    change: (c) => void (c.network.layers[2] = { ...c.network.layers[0] }),
  },
  {
    of: 'every kind: a tie',
    reason: 'a tie to a layer of another shape',
    change: set('network', 'layers', 2, 'outputDim')(3),
  },
  {
    of: 'every kind: context',
    reason: 'a context that no network has',
    change: (c) => void delete c.network.context,
  },
  {
    of: 'every kind: rotary, base 10000',
    reason: 'an odd rotary dim',
    change: set('network', 'layers', 0, 'rotary', 'dim')(3),
  },

  // The claim
  { of: lightning, reason: 'a larger lower bound', change: (c) => void c.claim.lower++ },
  { of: lightning, reason: 'a smaller upper bound', change: (c) => void c.claim.upper-- },
  { of: lightning, reason: 'an exact claim that is called inexact', change: set('claim', 'exact')(false) },
  { of: interval, reason: 'an interval that is called exact', change: set('claim', 'exact')(true) },
  { of: lightning, reason: 'another number of parameters', change: (c) => void c.claim.parameters++ },

  // The minor
  { of: lightning, reason: 'a prime that is none', change: set('lowerBound', 'prime')('4095') },
  {
    of: lightning,
    reason: 'a strong pseudoprime to the bases up to 31',
    change: set('lowerBound', 'prime')('3825123056546413051'),
  },
  { of: lightning, reason: 'the prime 2', change: set('lowerBound', 'prime')('2') },
  { of: lightning, reason: 'a prime above 2^64', change: set('lowerBound', 'prime')('18446744073709551629') },
  { of: lightning, reason: 'a prime with a leading zero', change: set('lowerBound', 'prime')('04093') },
  { of: lightning, reason: 'another prime', change: set('lowerBound', 'prime')('4099') },
  { of: lightning, reason: 'another seed', change: set('lowerBound', 'point', 'seed')('1') },
  {
    of: lightning,
    reason: 'another determinant',
    change: (c) => void (c.lowerBound.determinant = next(c.lowerBound.determinant)),
  },
  { of: lightning, reason: 'the determinant 0', change: set('lowerBound', 'determinant')('0') },
  {
    of: lightning,
    reason: 'a determinant that is no residue',
    change: (c) => void (c.lowerBound.determinant = String(BigInt(c.lowerBound.determinant) + 4093n)),
  },
  { of: lightning, reason: 'rows that do not ascend', change: (c) => void c.lowerBound.rows.reverse() },
  { of: lightning, reason: 'a row twice', change: (c) => void (c.lowerBound.rows[1] = c.lowerBound.rows[0]) },
  {
    of: lightning,
    reason: 'a column that no parameter has',
    change: (c) => void (c.lowerBound.columns[c.lowerBound.columns.length - 1] = c.claim.parameters),
  },
  { of: lightning, reason: 'fewer columns than rows', change: (c) => void c.lowerBound.columns.pop() },
  {
    of: lightning,
    reason: 'a row of a distant input',
    change: (c) => void (c.lowerBound.rows[c.lowerBound.rows.length - 1] = 10 ** 14),
  },
  { of: lightning, reason: 'another method', change: set('lowerBound', 'method')('jacobian') },
  {
    of: lightning,
    reason: 'a retry without a rank',
    change: set('lowerBound', 'retries')([{ prime: '4093', seed: '0' }]),
  },
  {
    of: lightning,
    reason: 'a minor that is 0',
    change: (c) => {
      const { columns } = c.lowerBound;
      const free = Array.from({ length: c.claim.parameters }, (_, n) => n).filter(
        (n) => !columns.includes(n),
      );
      c.lowerBound.columns = [...columns.filter((n: number) => n !== 0), free.at(-1)].sort((a, b) => a - b);
    },
  },

  // Independence
  { of: softmax, reason: 'no evidence of independence', change: (c) => void delete c.independence },
  {
    of: lightning,
    reason: 'evidence where nothing must be independent',
    change: set('independence')({ prime: '67108859', point: { seed: '0' }, inputs: 3 }),
  },
  { of: softmax, reason: 'too few inputs for independence', change: set('independence', 'inputs')(1) },
  {
    of: softmax,
    reason: 'a prime of independence that is none',
    change: set('independence', 'prime')('67108861'),
  },
  {
    of: softmax,
    reason: 'more inputs for independence than there is time for',
    change: set('independence', 'inputs')(10 ** 12),
  },
  {
    of: block,
    reason: 'one point that is written as the default',
    change: set('independence', 'parameters')(1),
  },

  // The witness
  {
    of: witness,
    reason: 'a solution that is none',
    change: (c) =>
      void (c.lowerBound.witness.solutions[0][0] = String(
        (BigInt(c.lowerBound.witness.solutions[0][0]) + 1n) % 4093n,
      )),
  },
  {
    of: witness,
    reason: 'solutions of another order',
    change: (c) => void c.lowerBound.witness.solutions.reverse(),
  },
  { of: witness, reason: 'too few solutions', change: (c) => void c.lowerBound.witness.solutions.pop() },
  {
    of: witness,
    reason: 'a solution that is too short',
    change: (c) => void c.lowerBound.witness.solutions[3].pop(),
  },
  {
    of: witness,
    reason: 'a solution that is no residue',
    change: set('lowerBound', 'witness', 'solutions', 0, 0)('4093'),
  },
  {
    of: witness,
    reason: 'a witness with another method',
    change: set('lowerBound', 'witness', 'method')('lu'),
  },

  // The upper bound
  {
    of: lightning,
    reason: 'another term of the closed form',
    change: (c) => void (c.upperBound.terms.output--, c.upperBound.terms.scores++),
  },
  { of: lightning, reason: 'another statement', change: set('upperBound', 'statement')('proved') },
  {
    of: lightning,
    reason: 'the number of parameters where there is a closed form',
    change: (c) => void (c.upperBound = { method: 'ambient', statement: 'the number of parameters' }),
  },
  { of: block, reason: 'more symmetries than the claim says', change: (c) => void c.upperBound.rank++ },
  {
    of: block,
    reason: 'more symmetries than there are parameters',
    change: (c) => void (c.upperBound.rank = c.claim.parameters + 1),
  },
  {
    of: block,
    reason: 'symmetries modulo a prime that is too large',
    change: set('upperBound', 'prime')('67108879'),
  },
  {
    of: block,
    reason: 'an upper bound below the dimension',
    change: (c) => {
      c.upperBound.rank += 1;
      c.claim.upper -= 1;
      c.claim.lower -= 1;
      c.lowerBound.rows.pop();
      c.lowerBound.columns.pop();
    },
  },
  {
    of: polynomial,
    reason: 'polynomial maps of another degree',
    change: (c) => void (c.upperBound.statement = c.upperBound.statement.replace('degrees 2', 'degrees 1')),
  },
  {
    of: interval,
    reason: 'a probable bound outside the claim',
    change: (c) => void (c.probableUpperBound.upper = c.claim.upper),
  },
  {
    of: interval,
    reason: 'a probable bound below the dimension',
    change: (c) => {
      c.lowerBound.rows.pop();
      c.lowerBound.columns.pop();
      c.claim.lower -= 1;
      c.probableUpperBound.upper = c.claim.lower;
      c.probableUpperBound.inputs = 1;
    },
  },
  {
    of: interval,
    reason: 'a probable bound after too few inputs',
    change: set('probableUpperBound', 'inputs')(0),
  },
  {
    of: interval,
    reason: 'a probable bound modulo a small prime',
    change: set('probableUpperBound', 'prime')('4093'),
  },
  {
    of: lightning,
    reason: 'a probable bound beside an exact one',
    change: set('probableUpperBound')({
      method: 'probabilistic',
      statement: '',
      upper: 1,
      errorProbability: '2^-40',
      prime: '7',
      point: { seed: '0' },
      inputs: 0,
    }),
  },

  // Ranks of matrices
  {
    of: rows,
    reason: 'an entry of the matrix that was changed',
    change: (c) => void (c.matrix.dense[4][5] = String((BigInt(c.matrix.dense[4][5]) + 1n) % 4093n)),
  },
  { of: rows, reason: 'an entry that is no residue', change: set('matrix', 'dense', 0, 0)('4093') },
  { of: rows, reason: 'a row that is too short', change: (c) => void c.matrix.dense[0].pop() },
  {
    of: rows,
    reason: 'a coefficient that was changed',
    change: (c) =>
      void (c.upperBound.coefficients.dense[0][0] = String(
        (BigInt(c.upperBound.coefficients.dense[0][0]) + 1n) % 4093n,
      )),
  },
  { of: rows, reason: 'a smaller rank', change: (c) => void c.claim.upper-- },
  { of: rows, reason: 'a rank that is called inexact', change: set('claim', 'exact')(false) },
  { of: rows, reason: 'no coefficients', change: set('upperBound')({ method: 'shape' }) },
  {
    of: rows,
    reason: 'combinations of the other lines',
    change: set('upperBound', 'method')('column-combinations'),
  },
  {
    of: columns,
    reason: 'a row of the coefficients that is missing',
    change: (c) => void (c.upperBound.coefficients.dense.pop(), c.upperBound.coefficients.rows--),
  },
  { of: rows, reason: 'multipliers modulo a prime', change: set('upperBound', 'multipliers')(['1', '1']) },
  { of: sparse, reason: 'a sparse entry that is 0', change: (c) => void (c.matrix.sparse[0][2][0] = '0') },
  {
    of: sparse,
    reason: 'sparse columns that do not ascend',
    change: (c) => void (c.matrix.sparse[0] = [c.matrix.sparse[0][0], [1, 1], ['1', '2']]),
  },
  { of: sparse, reason: 'sparse rows that do not ascend', change: (c) => void c.matrix.sparse.reverse() },
  { of: sparse, reason: 'both kinds of rows', change: set('matrix', 'dense')([]) },
  {
    of: rational,
    reason: 'a coefficient that is right modulo the prime alone',
    change: set('upperBound', 'coefficients', 'dense', 0, 0)('2147483649'),
  },
  {
    of: rational,
    reason: 'a multiplier that is 0',
    change: (c) =>
      void ((c.upperBound.multipliers = ['0']), (c.upperBound.coefficients.dense = [['0', '0']])),
  },
  {
    of: rational,
    reason: 'a negative multiplier',
    change: (c) =>
      void ((c.upperBound.multipliers = ['-1']), (c.upperBound.coefficients.dense = [['-2', '-3']])),
  },
  { of: rational, reason: 'an integer with a leading zero', change: set('matrix', 'dense', 0, 0)('02') },
  { of: rational, reason: 'another field', change: set('field')('R') },
  { of: rational, reason: 'a prime beside the field', change: set('prime')('2147483647') },
  { of: rational, reason: 'a minor that is 0 modulo its prime', change: set('lowerBound', 'prime')('3') },
  // More work than anybody will do: each must be seen before it begins
  { of: lightning, reason: 'heads of a huge dimension', change: layer({ headDim: 1e9 }) },
  { of: lightning, reason: 'a huge number of heads', change: layer({ numHeads: 1e9, valueDim: 1 }) },
  {
    of: lightning,
    reason: 'a sequence of a huge length',
    change: set('network', 'sequenceLength')(1e14),
  },
  {
    of: lightning,
    reason: 'tokens of a huge dimension',
    change: (c) => {
      c.network.inputDim = 1e12;
      c.network.layers[0].outputDim = 1e12;
    },
  },
  {
    of: lightning,
    reason: 'a row of an input that is far away',
    change: (c) => void (c.lowerBound.rows[c.lowerBound.rows.length - 1] = 40_000_000),
  },
  { of: softmax, reason: 'a huge number of inputs', change: set('independence', 'inputs')(3_000_000) },
  { of: softmax, reason: 'a huge number of points', change: set('independence', 'parameters')(1_000_000) },
  {
    of: lightning,
    reason: 'a huge exponent',
    change: (c) => void c.network.layers.push({ kind: 'power', exponent: 1e14 }),
  },
  {
    of: lightning,
    reason: 'a degree that doubles with every layer',
    change: (c) =>
      void c.network.layers.push(...Array.from({ length: 200 }, () => ({ kind: 'power', exponent: 2 }))),
  },
  {
    of: softmax,
    reason: 'fractions that grow with every layer',
    change: (c) => {
      const scale = { kind: 'scale', factor: '12345678901234567890/98765432109876543211' };
      const residuals = Array.from({ length: 200 }, () => ({ kind: 'residual', layers: [scale] }));
      c.network.layers.push(...residuals, { kind: 'activation', function: 'exp' });
    },
  },
  {
    of: softmax,
    reason: 'exponentials of exponentials',
    change: (c) => {
      const exp = { kind: 'activation', function: 'exp' };
      c.network.layers.push(...Array.from({ length: 100 }, () => ({ kind: 'residual', layers: [exp] })));
    },
  },
  {
    of: sparse,
    reason: 'a matrix of a huge shape',
    change: (c) => void ((c.matrix.rows = 1e14), (c.matrix.cols = 1e14)),
  },
  {
    of: rational,
    reason: 'entries of a huge length',
    change: (c) =>
      void (c.matrix.dense = c.matrix.dense.map((row: unknown[]) => row.map(() => '9'.repeat(1000)))),
  },
];
