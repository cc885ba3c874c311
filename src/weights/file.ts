import { rangeFault, typeFault } from '../assert.ts';
import { fraction, showFraction, type Fraction } from '../fraction.ts';
import { readNumbers } from '../matrix-file/index.ts';
import type { Network } from '../network/format.ts';
import { parseJson } from '../network/json.ts';
import {
  parameterBlocks,
  parameterCount,
  parameterName,
  type ParameterBlock,
} from '../network/parameters.ts';
import { parseNetwork, parseNetworkText } from '../network/parse.ts';
import { entryOf, matrixOfFractions, type ExactMatrix } from '../exact/exact-matrix.ts';
import { matrixOfNumbers } from './dyadic.ts';
import { looksLikeSafetensors, readSafetensors, type FileTensor } from './safetensors.ts';
import { weightsModulo, type Weights } from './weights.ts';

/** Digits of an integer, numerator or denominator in a file, at most. */
const mostDigits = 2 ** 17;
const rational = /^-?\d+(?:\/\d+)?$/;
const decimal = /^(-?\d+)\.(\d+)$/;

/**
 * Reads weights from a file: `dimcert-weights` (JSON: integers, "p/q" or decimals in strings; with a `prime` taken modulo it), safetensors (tensors by their names here, as `layers[0].Q[0]`),
 * or an .npy vector of all parameters in their order. The format is found by its content. Floats are read as the rational numbers that they are.
 *
 * `network`: whose weights they are, if the file does not say (JSON: the field `network`; safetensors: its metadata `network`). Throws a `TypeError` or
 * `RangeError` that names the place.
 */
export async function readWeights(bytes: Uint8Array, network?: Network): Promise<Weights> {
  if (bytes[0] === 0x93) return ofVector(demanded(network, '.npy'), await readNumbers([bytes]));
  if (looksLikeSafetensors(bytes)) {
    const { tensors, metadata } = readSafetensors(bytes);
    const own = metadata.get('network');
    const found = own === undefined ? network : parseNetworkText(own, 'safetensors.__metadata__.network');
    return ofTensors(demanded(found, 'safetensors'), tensors);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError('weights: expected JSON, safetensors or .npy, got other bytes');
  }
  return parseWeights(parseJson(text, 'weights'), network);
}

/** Weights from a JSON value of the format `dimcert-weights`. */
export function parseWeights(value: unknown, network?: Network): Weights {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw typeFault('weights', 'an object', value);
  const { format, version, network: own, prime, parameters, ...rest } = value as Record<string, unknown>;
  if (format !== 'dimcert-weights') throw rangeFault('weights.format', '"dimcert-weights"', format);
  if (version !== 1) throw rangeFault('weights.version', '1', version);
  for (const key of Object.keys(rest)) throw rangeFault(`weights.${key}`, 'no such field', rest[key]);
  const found = demanded(
    own === undefined ? network : parseNetwork(own, 'weights.network'),
    'weights.network',
  );
  if (parameters === null || typeof parameters !== 'object' || Array.isArray(parameters))
    throw typeFault('weights.parameters', 'an object', parameters);
  const given = parameters as Record<string, unknown>;
  const blocks = parameterBlocks(found);
  refuseOthers('weights.parameters', Object.keys(given), blocks);
  const matrices = blocks.map((block) => {
    const name = parameterName(block);
    return parseMatrix(`weights.parameters["${name}"]`, given[name], block);
  });
  const read = { network: found, matrices };
  if (prime === undefined) return read;
  if (typeof prime !== 'string') throw typeFault('weights.prime', 'a prime as a decimal string', prime);
  try {
    return weightsModulo(read, prime);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`weights.${error.message}`) : error;
  }
}

/** The canonical JSON of weights with their network: the same bytes for the same weights. */
export function serializeWeights({ network, matrices, prime }: Weights): string {
  const parameters = Object.fromEntries(
    parameterBlocks(network).map((block, k) => {
      const matrix = matrices[k]!;
      const rows = Array.from({ length: matrix.rows }, (_, i) =>
        Array.from({ length: matrix.cols }, (_, j) => showFraction(entryOf(matrix, i, j))),
      );
      return [parameterName(block), rows];
    }),
  );
  const field = prime === undefined ? {} : { prime: String(prime) };
  return `${JSON.stringify({ format: 'dimcert-weights', version: 1, network, ...field, parameters })}\n`;
}

function demanded(network: Network | undefined, title: string): Network {
  if (network === undefined) throw rangeFault(title, 'a network, in the file or beside it', 'none');
  return network;
}

function refuseOthers(title: string, names: readonly string[], blocks: readonly ParameterBlock[]): void {
  const known = new Set(blocks.map(parameterName));
  for (const name of names)
    if (!known.has(name))
      throw rangeFault(
        `${title}["${name}"]`,
        `a parameter of the network, as ${[...known][0] ?? 'none'}`,
        name,
      );
}

function parseMatrix(title: string, value: unknown, { rows, cols }: ParameterBlock): ExactMatrix {
  if (!Array.isArray(value)) throw typeFault(title, `${rows} rows`, value);
  if (value.length !== rows) throw rangeFault(title, `${rows} rows`, value.length);
  const entries = value.flatMap((row: unknown, i) => {
    // A vector may be written as a list of numbers.
    const list: unknown = cols === 1 && !Array.isArray(row) ? [row] : row;
    if (!Array.isArray(list)) throw typeFault(`${title}[${i}]`, `${cols} entries`, row);
    if (list.length !== cols) throw rangeFault(`${title}[${i}]`, `${cols} entries`, list.length);
    return list.map((entry: unknown, j) => parseEntry(`${title}[${i}][${j}]`, entry));
  });
  return matrixOfFractions(rows, cols, entries);
}

function parseEntry(title: string, value: unknown): Fraction {
  const expected = 'an integer, or a rational number in a string, as "1/2" or "0.5"';
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw rangeFault(title, expected, value);
    return { n: BigInt(value), d: 1n };
  }
  if (typeof value !== 'string') throw typeFault(title, expected, value);
  if (value.length > mostDigits) throw rangeFault(title, `at most ${mostDigits} digits`, value.length);
  if (rational.test(value)) {
    const [n, d = '1'] = value.split('/');
    if (BigInt(d) !== 0n) return fraction(BigInt(n!), BigInt(d));
  }
  const parts = decimal.exec(value);
  if (parts) return fraction(BigInt(parts[1]! + parts[2]!), 10n ** BigInt(parts[2]!.length));
  throw rangeFault(title, expected, value);
}

function ofTensors(network: Network, tensors: ReadonlyMap<string, FileTensor>): Weights {
  const blocks = parameterBlocks(network);
  refuseOthers('safetensors', [...tensors.keys()], blocks);
  return {
    network,
    matrices: blocks.map((block) => {
      const name = parameterName(block);
      const tensor = tensors.get(name);
      if (!tensor)
        throw rangeFault(`safetensors["${name}"]`, `a tensor ${block.rows} × ${block.cols}`, 'none');
      const { rows, cols } = block;
      const shape = tensor.shape.join(' × ');
      if (shape !== `${rows} × ${cols}` && !(cols === 1 && shape === `${rows}`))
        throw rangeFault(`safetensors["${name}"]`, `a tensor ${rows} × ${cols}`, shape);
      return matrixOfNumbers(rows, cols, tensor.entries);
    }),
  };
}

function ofVector(network: Network, entries: readonly (number | bigint)[]): Weights {
  const count = parameterCount(network);
  if (entries.length !== count) throw rangeFault('.npy', `${count} parameters`, entries.length);
  return {
    network,
    matrices: parameterBlocks(network).map(({ rows, cols, offset }) =>
      matrixOfNumbers(rows, cols, entries.slice(offset, offset + rows * cols)),
    ),
  };
}
