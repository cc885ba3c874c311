import { rangeFault, typeFault } from '../assert.ts';
import { parsePrime } from '../field/any-prime.ts';
import { fraction, showFraction, type Fraction } from '../fraction.ts';
import type { Network } from '../network/format.ts';
import { groupCount, headCount } from '../network/layers/attention.ts';
import { parameterBlocks, parameterName } from '../network/parameters.ts';
import { parseNetwork } from '../network/parse.ts';
import { entryOf, matrixOfFractions, type ExactMatrix } from '../exact/exact-matrix.ts';
import { isSingleHeadStack } from '../theory/single-head-stack.ts';
import type { Weights } from '../weights/index.ts';
import { weightsEqual, weightsOver } from '../weights/weights.ts';
import { normalForm } from './normal-form.ts';

/** A function by its free numbers: the entries of its normal form that its shape does not say, in the order of the parameters. As JSON it is a file. */
export interface Compressed {
  readonly format: 'dimcert-compressed';
  readonly version: 1;
  readonly network: Network;
  /**
   * What shape the normal form has: of each matrix in reduced echelon form (Q with b_Q; V of a layer that is not the last, or has an O) its pivot
   * columns; of K of a lightning layer the row and column of its entry 1.
   */
  readonly pivots: Readonly<Record<string, readonly number[]>>;
  /** "p" or "p/q" in lowest terms, or residues. */
  readonly numbers: readonly string[];
  /** Of weights over F_p: the prime, in decimal. */
  readonly prime?: string;
}

/**
 * Compresses weights of a stack of plain single heads whose tokens do not become parallel, or of one softmax layer whose heads have keys and values of their
 * own, without rotary positions and ALiBi: their normal form, without what its shape says. On the generic stratum there are as many numbers as the function space has
 * dimensions (one layer of several heads: if a query sees three keys). `decompress` gives the normal form back, which is checked.
 *
 * @throws RangeError for other networks, and for a function 0.
 */
export function compress(weights: Weights): Compressed {
  const { network } = weights;
  demandKind(network);
  const { weights: form, exceptions } = normalForm(weights);
  const refused = exceptions.find((words) => /parallel|function is 0/.test(words));
  if (refused !== undefined)
    throw rangeFault('compress', 'tokens that do not become parallel, and a function other than 0', refused);
  const pivots = pivotsOf(form);
  const numbers: string[] = [];
  for (const [k, pattern] of patterns(network, pivots).entries()) {
    const { cols } = form.matrices[k]!;
    for (const [e, entry] of pattern.entries())
      if (entry === null)
        numbers.push(showFraction(entryOf(form.matrices[k]!, Math.floor(e / cols), e % cols)));
  }
  const prime = weights.prime === undefined ? {} : { prime: String(weights.prime) };
  const found: Compressed = {
    format: 'dimcert-compressed',
    version: 1,
    network,
    ...prime,
    pivots,
    numbers,
  };
  const back = decompress(found);
  if (!weightsEqual(back, form)) throw new Error('compress: the normal form is not what its numbers say');
  return found;
}

/** The weights in normal form. Throws a `TypeError` or `RangeError` that names what is wrong. */
export function decompress(value: unknown): Weights {
  const { network, pivots, numbers, prime } = parse(value);
  const found = patterns(network, pivots);
  const wanted = found.flat().filter((entry) => entry === null).length;
  if (numbers.length !== wanted) throw rangeFault('numbers', `${wanted} numbers`, numbers.length);
  let next = 0;
  const matrices = parameterBlocks(network).map(({ rows, cols }, k): ExactMatrix => {
    const entries = found[k]!.map((entry) => (entry === null ? numbers[next++]! : fraction(BigInt(entry))));
    return matrixOfFractions(rows, cols, entries, prime);
  });
  return weightsOver(network, matrices, prime);
}

function demandKind(network: Network): void {
  const [layer] = network.layers;
  if (isSingleHeadStack(network) && network.layers.length > 0) return;
  const isOne = network.layers.length === 1 && layer?.kind === 'attention';
  if (isOne && layer.normalization === 'softmax' && !layer.rotary && !layer.alibi && !layer.context) {
    const areOwn = groupCount(layer) === headCount(layer);
    if (areOwn && (!layer.bias?.value || layer.bias.output)) return;
  }
  throw rangeFault(
    'compress',
    'a stack of plain single heads, or one softmax layer whose heads have keys and values of their own',
    'another network',
  );
}

/** Of a matrix, row-major: a free number (null), or what the shape says. */
type Pattern = (0 | 1 | null)[];

/** The first columns of the rows that are not 0, of matrices side by side. */
function leadingColumns(matrices: readonly ExactMatrix[]): number[] {
  const found: number[] = [];
  for (let i = 0; i < matrices[0]!.rows; i++) {
    const row = matrices.flatMap(({ cols, numerators }) => numerators.slice(i * cols, (i + 1) * cols));
    const at = row.findIndex((n) => n !== 0n);
    if (at >= 0) found.push(at);
  }
  return found;
}

function pivotsOf({ network, matrices }: Weights): Record<string, number[]> {
  const blocks = parameterBlocks(network);
  const find = (path: string, name: string, head = 0): ExactMatrix[] =>
    blocks.flatMap((block, k) =>
      block.path === path && block.name === name && block.head === head ? [matrices[k]!] : [],
    );
  const pivots: Record<string, number[]> = {};
  for (const block of blocks) {
    const { path, name, head, layer: index } = block;
    const layer = network.layers[index];
    if (layer?.kind !== 'attention') continue;
    const key = parameterName(block);
    if (name === 'Q') pivots[key] = leadingColumns([...find(path, 'Q', head), ...find(path, 'bQ', head)]);
    if (name === 'V' && isEchelon(network, index)) pivots[key] = leadingColumns(find(path, 'V', head));
    if (name === 'K' && layer.normalization === 'none') {
      const [{ rows, cols, numerators }] = find(path, 'K', head) as [ExactMatrix];
      for (let j = 0; j < cols && !pivots[key]; j++)
        for (let i = 0; i < rows && !pivots[key]; i++)
          if (numerators[i * cols + j] !== 0n) pivots[key] = [i, j];
    }
  }
  return pivots;
}

/** Is V in reduced echelon form? All but that of a last layer without O. */
function isEchelon({ layers }: Network, index: number): boolean {
  const layer = layers[index]!;
  return index < layers.length - 1 || (layer.kind === 'attention' && layer.valueDim !== undefined);
}

/** What the matrices of a normal form of this shape are, in their order. */
function patterns(network: Network, pivots: Compressed['pivots']): Pattern[] {
  const blocks = parameterBlocks(network);
  const at = (key: string): readonly number[] => pivots[key] ?? [];
  /** Coordinates of the tokens that are read: the first ones. */
  let width = network.inputDim;
  let widthBehind = width;
  let current = -1;
  return blocks.map((block) => {
    const { path, name, head, rows, cols, layer: index } = block;
    if (index !== current) [width, current] = [index === 0 ? network.inputDim : widthBehind, index];
    const layer = network.layers[index]!;
    if (layer.kind !== 'attention') throw new Error(`${path}: expected attention`);
    const [queries, values] = [at(`${path}.Q[${head}]`), at(`${path}.V[${head}]`)];
    const isLast = index === network.layers.length - 1;
    const hasQueryBias = layer.bias?.query === true;
    const fill = (entry: (i: number, j: number) => 0 | 1 | null): Pattern =>
      Array.from({ length: rows * cols }, (_, e) => entry(Math.floor(e / cols), e % cols));
    switch (name) {
      case 'Q':
        return fill((i, j) => (j < width ? echelon(queries, i, j) : 0));
      case 'bQ':
        return fill((i) => (hasQueryBias ? echelon(queries, i, width) : 0));
      case 'K': {
        const [unitRow = -1, unitColumn = -1] =
          layer.normalization === 'none' ? at(parameterName(block)) : [];
        return fill((i, j) => {
          if (i >= queries.length || j >= width) return 0;
          if (j < unitColumn || (j === unitColumn && i < unitRow)) return 0;
          return j === unitColumn && i === unitRow ? 1 : null;
        });
      }
      case 'V':
        if (!isEchelon(network, index)) return fill((_, j) => (j < width ? null : 0));
        if (!isLast) widthBehind = values.length;
        return fill((i, j) => (j < width ? echelon(values, i, j) : 0));
      case 'O':
        return fill((i, j) => (j >= values.length ? 0 : isLast ? null : i === j ? 1 : 0));
      case 'bO':
        return fill(() => null);
      default:
        return fill(() => 0);
    }
  });
}

/** An entry of a matrix in reduced row echelon form with these pivots. */
function echelon(pivots: readonly number[], i: number, j: number): 0 | 1 | null {
  if (i >= pivots.length || j < pivots[i]!) return 0;
  if (j === pivots[i]) return 1;
  return pivots.includes(j) ? 0 : null;
}

function parse(value: unknown): {
  readonly network: Network;
  readonly pivots: Compressed['pivots'];
  readonly numbers: readonly Fraction[];
  readonly prime: bigint | undefined;
} {
  if (value === null || typeof value !== 'object') throw typeFault('compressed', 'an object', value);
  const { format, version, network: shape, prime, pivots, numbers } = value as Record<string, unknown>;
  if (format !== 'dimcert-compressed') throw rangeFault('compressed.format', '"dimcert-compressed"', format);
  if (version !== 1) throw rangeFault('compressed.version', '1', version);
  const network = parseNetwork(shape, 'compressed.network');
  demandKind(network);
  if (pivots === null || typeof pivots !== 'object')
    throw typeFault('compressed.pivots', 'an object', pivots);
  for (const [name, columns] of Object.entries(pivots as Record<string, unknown>))
    if (!Array.isArray(columns) || !columns.every((x) => Number.isSafeInteger(x) && (x as number) >= 0))
      throw typeFault(`compressed.pivots["${name}"]`, 'a list of integers ≥ 0', columns);
  if (!Array.isArray(numbers)) throw typeFault('compressed.numbers', 'a list', numbers);
  return {
    network,
    prime: prime === undefined ? undefined : BigInt(parsePrime(prime)),
    pivots: pivots as Compressed['pivots'],
    numbers: numbers.map((text: unknown, k) => {
      const parts = typeof text === 'string' ? /^(-?\d+)(?:\/([1-9]\d*))?$/.exec(text) : null;
      if (!parts) throw rangeFault(`compressed.numbers[${k}]`, 'an integer or a fraction in a string', text);
      return fraction(BigInt(parts[1]!), BigInt(parts[2] ?? '1'));
    }),
  };
}
