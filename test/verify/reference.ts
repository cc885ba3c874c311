import type { Loose } from './json-type.ts';
import type { Stack } from './networks.ts';

/*
 * A second reading of docs/certificate.md and docs/point.md for stacks of single-head attention layers, slow and plain, which shares nothing with src: the hash of Web Crypto, bigints, and dual numbers
 * as a ring in which the network is evaluated as it is defined.
 */

const mod = (x: bigint, p: bigint): bigint => ((x % p) + p) % p;

export function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  let square = mod(base, p);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

export async function sha256Bytes(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

export async function digestOf(certificate: Loose): Promise<string> {
  const { digest: _, ...body } = certificate;
  const bytes = await sha256Bytes(canonicalText(body));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function canonicalText(value: Loose): string {
  return JSON.stringify(value, (_, field) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(
          Object.keys(field)
            .sort()
            .map((key) => [key, field[key]]),
        )
      : field,
  );
}

/** A stream of residues by the words of the document. */
export async function* residues(domain: string, seed: string, p: bigint): AsyncGenerator<bigint, never> {
  for (let counter = 0; ; counter++) {
    const view = new DataView((await sha256Bytes(`dimcert/1/${domain}/${seed}/${counter}`)).buffer);
    for (let at = 0; at < 32; at += 8) {
      const word = view.getBigUint64(at);
      if (word < p * (2n ** 64n / p) && !(domain === 'unit' && word % p === 0n)) yield word % p;
    }
  }
}

async function take(stream: AsyncGenerator<bigint, never>, count: number): Promise<bigint[]> {
  const taken: bigint[] = [];
  while (taken.length < count) taken.push((await stream.next()).value);
  return taken;
}

/** a + ε·b with ε² = 0. */
type Dual = readonly [a: bigint, b: bigint];

/** What one evaluation leaves behind: the output tokens, and all exponent arguments. */
interface Evaluated {
  /** Null where a denominator vanishes. */
  readonly outputs: Dual[] | null;
  /** Of each softmax layer that is reached. */
  readonly args: bigint[][];
}

/** The number of exponent arguments, layer by layer, and which (i, j) share. */
export function shares(network: Stack): (Map<string, number> | null)[] {
  const t = network.sequenceLength;
  let width = network.inputDim;
  let parallel = false;
  return network.layers.map((layer) => {
    parallel ||= width === 1;
    const numbers = new Map<string, number>();
    let count = 0;
    for (let i = 0; i < t; i++) {
      const keys = layer.causal ? i + 1 : t;
      if (keys > 1)
        for (let j = 0; j < keys; j++)
          numbers.set(
            `${i},${j}`,
            (parallel && !layer.causal ? numbers.get(`${j},${i}`) : undefined) ?? count++,
          );
    }
    parallel ||=
      layer.valueDim === 1 || (layer.normalization === 'none' && !layer.causal && layer.headDim === 1);
    width = layer.outputDim;
    return layer.normalization === 'softmax' && count > 0 ? numbers : null;
  });
}

const sizeOf = (numbers: Map<string, number> | null): number =>
  numbers ? Math.max(...numbers.values()) + 1 : 0;

export const argumentCount = (network: Stack): number =>
  shares(network).reduce((sum, numbers) => sum + sizeOf(numbers), 0);

/** The number of exponent arguments of the layer that has most. */
export const largestArgumentCount = (network: Stack): number => Math.max(...shares(network).map(sizeOf));

/** The network on dual numbers. */
export function evaluateDual(
  network: Stack,
  theta: readonly Dual[],
  input: readonly bigint[],
  units: readonly bigint[],
  p: bigint,
): Evaluated {
  const t = network.sequenceLength;
  const add = (x: Dual, y: Dual): Dual => [(x[0] + y[0]) % p, (x[1] + y[1]) % p];
  const times = (x: Dual, y: Dual): Dual => [(x[0] * y[0]) % p, (x[0] * y[1] + x[1] * y[0]) % p];
  const inverse = ([a, b]: Dual): Dual => {
    const i = power(a, p - 2n, p);
    return [i, mod(-b * i * i, p)];
  };
  const inner = (x: Dual[], y: Dual[]): Dual =>
    x.reduce<Dual>((sum, entry, i) => add(sum, times(entry, y[i]!)), [0n, 0n]);
  let used = 0;
  const matrix = (rows: number, cols: number): Dual[][] =>
    Array.from({ length: rows }, () => theta.slice(used, (used += cols)));
  const apply = (m: Dual[][], x: Dual[]): Dual[] => m.map((row) => inner(row, x));
  let d = network.inputDim;
  let tokens: Dual[][] = Array.from({ length: t }, (_, i) =>
    input.slice(i * d, (i + 1) * d).map((entry): Dual => [entry, 0n]),
  );
  const args: bigint[][] = [];
  let unitsUsed = 0;
  const shared = shares(network);
  for (const [index, layer] of network.layers.entries()) {
    const q = matrix(layer.headDim, d);
    const k = matrix(layer.headDim, d);
    const v = matrix(layer.valueDim ?? layer.outputDim, d);
    const o = layer.valueDim === undefined ? null : matrix(layer.outputDim, layer.valueDim);
    const numbers = shared[index]!;
    const next: Dual[][] = [];
    const layerArgs: bigint[] = [];
    const scores = tokens.map((x, i) =>
      tokens.slice(0, layer.causal ? i + 1 : t).map((key) => inner(apply(q, x), apply(k, key))),
    );
    for (const [i, row] of scores.entries())
      for (const [j, [s]] of row.entries()) {
        const number = numbers?.get(`${i},${j}`);
        if (number !== undefined) layerArgs[number] = s;
      }
    if (layerArgs.length > 0) args.push(layerArgs);
    for (const i of tokens.keys()) {
      const keys = tokens.slice(0, layer.causal ? i + 1 : t);
      let weights = scores[i]!;
      if (layer.normalization === 'softmax') {
        const exponentials = weights.map(([, ds], j): Dual => {
          const number = numbers?.get(`${i},${j}`);
          if (number === undefined) return [1n, ds];
          const unit = units[unitsUsed + number]!;
          return [unit, (unit * ds) % p];
        });
        const sum = exponentials.reduce(add);
        if (sum[0] === 0n) return { outputs: null, args };
        weights = exponentials.map((e) => times(e, inverse(sum)));
      }
      const values = keys.map((key) => apply(v, key));
      const mixed = values[0]!.map((_, c) =>
        inner(
          weights,
          values.map((value) => value[c]!),
        ),
      );
      next.push(o ? apply(o, mixed) : mixed);
    }
    unitsUsed += sizeOf(numbers);
    tokens = next;
    d = layer.outputDim;
  }
  return { outputs: tokens.flat(), args };
}

export function parameterCount(network: Stack): number {
  let d = network.inputDim;
  let count = 0;
  for (const { headDim, valueDim, outputDim } of network.layers) {
    count += 2 * headDim * d + (valueDim === undefined ? outputDim * d : valueDim * (d + outputDim));
    d = outputDim;
  }
  return count;
}

/** A point drawn by the document. */
export async function drawPoint(network: Stack, seed: string, p: bigint) {
  const theta = await take(residues('theta', seed, p), parameterCount(network));
  const inputs = residues('input', seed, p);
  const units = residues('unit', seed, p);
  return {
    theta,
    next: async () => ({
      input: await take(inputs, network.sequenceLength * network.inputDim),
      units: await take(units, argumentCount(network)),
    }),
  };
}

/** For each column the derivative of the outputs at one input; null where a denominator vanishes. */
export function jacobianColumns(
  network: Stack,
  theta: readonly bigint[],
  input: readonly bigint[],
  units: readonly bigint[],
  columns: readonly number[],
  p: bigint,
): bigint[][] | null {
  const made = columns.map((column) =>
    evaluateDual(
      network,
      theta.map((entry, i): Dual => [entry, i === column ? 1n : 0n]),
      input,
      units,
      p,
    ),
  );
  const outputs = made.flatMap((at) => (at.outputs === null ? [] : [at.outputs]));
  return outputs.length < made.length ? null : outputs.map((of) => of.map(([, derivative]) => derivative));
}

/** Row and column rank profiles and, of a square matrix, the determinant, by schoolbook elimination. */
export function profiles(matrix: readonly (readonly bigint[])[], p: bigint) {
  const kept: { row: bigint[]; pivot: number }[] = [];
  const rows: number[] = [];
  for (const [index, original] of matrix.entries()) {
    const row = original.map((entry) => mod(entry, p));
    for (const { row: other, pivot } of kept) {
      const factor = row[pivot]! * power(other[pivot]!, p - 2n, p);
      for (let c = 0; c < row.length; c++) row[c] = mod(row[c]! - factor * other[c]!, p);
    }
    const pivot = row.findIndex((entry) => entry !== 0n);
    if (pivot < 0) continue;
    kept.push({ row, pivot });
    rows.push(index);
  }
  // By Leibniz's rule for triangular matrices, with the sign of the pivots' order.
  const pivots = kept.map(({ pivot }) => pivot);
  const inversions = pivots.flatMap((a, i) => pivots.slice(i + 1).filter((b) => b < a)).length;
  const product = kept.reduce((sum, { row, pivot }) => (sum * row[pivot]!) % p, 1n);
  const square = kept.length === matrix.length && matrix.every((row) => row.length === matrix.length);
  return {
    rank: kept.length,
    rows,
    determinant: square ? mod(inversions % 2 === 0 ? product : -product, p) : 0n,
  };
}

const transposed = (matrix: readonly (readonly bigint[])[]): bigint[][] =>
  matrix.length === 0 ? [] : matrix[0]!.map((_, c) => matrix.map((row) => row[c]!));

/** Lexicographically first independent rows and columns. */
export function rankProfiles(matrix: readonly (readonly bigint[])[], p: bigint) {
  const { rows } = profiles(matrix, p);
  const chosen = rows.map((row) => matrix[row]!);
  const columns = profiles(transposed(chosen), p).rows;
  return {
    rows,
    columns,
    determinant: profiles(
      chosen.map((row) => columns.map((c) => row[c]!)),
      p,
    ).determinant,
  };
}

/** The determinant of the minor that a certificate names, at its point; null if a row belongs to a skipped input. */
export async function namedDeterminant(certificate: Loose): Promise<bigint | null> {
  const minor = await namedMinor(certificate);
  return minor && profiles(minor, BigInt(certificate.lowerBound.prime)).determinant;
}

/** The rows of that minor. */
export async function namedMinor(certificate: Loose): Promise<bigint[][] | null> {
  const { network, lowerBound } = certificate;
  const { rows, columns } = lowerBound as { rows: number[]; columns: number[] };
  const p = BigInt(lowerBound.prime);
  const perInput = network.sequenceLength * network.layers.at(-1).outputDim;
  const point = await drawPoint(network, lowerBound.point.seed, p);
  const minor: bigint[][] = [];
  for (let input = 0; minor.length < rows.length; input++) {
    const drawn = await point.next();
    const named = rows.filter((row) => Math.floor(row / perInput) === input);
    if (named.length === 0) continue;
    const derivatives = jacobianColumns(network, point.theta, drawn.input, drawn.units, columns, p);
    if (derivatives === null) return null;
    minor.push(...named.map((row) => derivatives.map((column) => column[row - input * perInput]!)));
  }
  return minor;
}

/** Whether (1, arguments) has full column rank for every softmax layer, at the first `inputs` inputs, each as far as it goes. */
export async function argumentsIndependent(
  network: Stack,
  seed: string,
  p: bigint,
  inputs: number,
): Promise<boolean> {
  const point = await drawPoint(network, seed, p);
  const theta = point.theta.map((entry): Dual => [entry, 0n]);
  const counts = shares(network)
    .map(sizeOf)
    .filter((count) => count > 0);
  const rows: bigint[][][] = counts.map(() => []);
  for (let n = 0; n < inputs; n++) {
    const drawn = await point.next();
    const { args } = evaluateDual(network, theta, drawn.input, drawn.units, p);
    for (const [layer, values] of args.entries()) rows[layer]!.push([1n, ...values]);
  }
  return counts.every((count, layer) => profiles(rows[layer]!, p).rank === count + 1);
}
