import type { AttentionLayer, Layer, Network } from '../../src/network/index.ts';
import { parameterBlocks } from '../../src/network/index.ts';
import type { RationalMatrix } from '../../src/rational/index.ts';
import type { Weights } from '../../src/weights/index.ts';

/*
 * The functions of attention networks from their definition (docs/networks.md), in residues or in doubles: nothing here is shared with the
 * package but the names of the parameters.
 */

interface Numbers<E> {
  of(n: bigint, d: bigint): E;
  add(a: E, b: E): E;
  multiply(a: E, b: E): E;
  /** Softmax of some scores. */
  softmax(scores: E[]): E[];
}

const largePrime = 2n ** 61n - 1n;

function residuesModulo(p: bigint): Numbers<bigint> {
  const modulo = (x: bigint): bigint => ((x % p) + p) % p;
  const power = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    for (let b = modulo(base), e = exponent; e > 0n; e >>= 1n, b = modulo(b * b))
      if (e & 1n) result = modulo(result * b);
    return result;
  };
  return {
    of: (n, d) => modulo(n * power(d, p - 2n)),
    add: (a, b) => modulo(a + b),
    multiply: (a, b) => modulo(a * b),
    softmax: () => {
      throw new Error('softmax has no residues');
    },
  };
}

/** Of the softmax layers so far: an exponent's rounding is an exponential's relative error. */
let largestScore = 0;

const doubles: Numbers<number> = {
  of: (n, d) => Number(n) / Number(d),
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  softmax: (scores) => {
    const largest = Math.max(...scores);
    const exponentials = scores.map((s) => Math.exp(s - largest));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return exponentials.map((e) => e / sum);
  },
};

/** Of absolute values: bounds of what doubles add up, a weight being at most 1. */
const bounds: Numbers<number> = {
  ...doubles,
  softmax: (scores) => {
    largestScore = Math.max(largestScore, ...scores);
    return scores.map(() => 1);
  },
};

type Grid<E> = E[][];

function evaluate<E>({ of, add, multiply, softmax }: Numbers<E>, weights: Weights, tokens: Grid<E>): Grid<E> {
  const { network } = weights;
  const zero = of(0n, 1n);
  const matrices = new Map(
    parameterBlocks(network).map(({ path, name, head }, k) => [
      `${path} ${name} ${head ?? ''}`,
      grid(weights.matrices[k]!, of),
    ]),
  );
  const find = (path: string, name: string, head: number | '' = ''): Grid<E> | undefined =>
    matrices.get(`${path} ${name} ${head}`);
  const dot = (x: E[], y: E[]): E => x.reduce((sum, a, i) => add(sum, multiply(a, y[i]!)), zero);
  const apply = (matrix: Grid<E>, x: E[]): E[] => matrix.map((row) => dot(row, x));
  const plus = (x: E[], y: E[]): E[] => x.map((a, i) => add(a, y[i]!));
  const shifted = (x: E[], vector: Grid<E> | undefined): E[] =>
    vector
      ? plus(
          x,
          vector.map(([b]) => b!),
        )
      : x;

  const attention = (layer: AttentionLayer, path: string, x: Grid<E>): Grid<E> => {
    const heads = layer.numHeads ?? 1;
    const groups = layer.numKeyValueHeads ?? heads;
    return x.map((query, i) => {
      let y = Array<E>(layer.outputDim).fill(zero);
      for (let h = 0; h < heads; h++) {
        const g = Math.floor((h * groups) / heads);
        const seen = x.filter(
          (_, j) => (!layer.causal || j <= i) && Math.abs(i - j) < (layer.window ?? Infinity),
        );
        const q = shifted(apply(find(path, 'Q', h)!, query), find(path, 'bQ', h));
        const scores = seen.map((key) =>
          dot(shifted(apply(find(path, 'K', g)!, key), find(path, 'bK', g)), q),
        );
        const weights = layer.normalization === 'softmax' ? softmax(scores) : scores;
        const values = seen.map((key) => shifted(apply(find(path, 'V', g)!, key), find(path, 'bV', g)));
        let mixed = values[0]!.map(() => zero);
        values.forEach((v, j) => {
          mixed = plus(
            mixed,
            v.map((a) => multiply(a, weights[j]!)),
          );
        });
        const output = find(path, 'O', h);
        y = plus(y, output ? apply(output, mixed) : mixed);
      }
      return shifted(y, find(path, 'bO'));
    });
  };

  const through = (layers: readonly Layer[], path: string, x: Grid<E>): Grid<E> => {
    layers.forEach((layer, index) => {
      const here = `${path}[${index}]`;
      if (layer.kind === 'attention') x = attention(layer, here, x);
      else if (layer.kind === 'linear')
        x = x.map((token) => shifted(apply(find(here, 'W')!, token), find(here, 'b')));
      else if (layer.kind === 'power')
        x = x.map((token) => token.map((a) => Array<E>(layer.exponent).fill(a).reduce(multiply)));
      else if (layer.kind === 'residual') {
        const inner = through(layer.layers, `${here}.layers`, x);
        x = x.map((token, i) => plus(token, inner[i]!));
      } else throw new Error(`${layer.kind}: not in this oracle`);
    });
    return x;
  };
  return through(network.layers, 'layers', tokens);
}

function grid<E>({ rows, cols, numerators, denominator }: RationalMatrix, of: Numbers<E>['of']): Grid<E> {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => of(numerators[i * cols + j]!, denominator)),
  );
}

/** Values modulo the prime of the weights, or 2⁶¹ − 1, or another one, at rational tokens. */
export function valuesModuloP(
  weights: Weights,
  tokens: RationalMatrix,
  prime = weights.prime ?? largePrime,
): bigint[] {
  const residues = residuesModulo(prime);
  return evaluate(residues, weights, grid(tokens, residues.of)).flat();
}

export function valuesInDoubles(weights: Weights, tokens: RationalMatrix): number[] {
  return evaluate(doubles, weights, grid(tokens, doubles.of)).flat();
}

export function residueOf(n: bigint, d: bigint, prime = largePrime): bigint {
  return residuesModulo(prime).of(n, d);
}

export const isSoftmax = ({ layers }: Network): boolean =>
  layers.some((layer) => layer.kind === 'attention' && layer.normalization === 'softmax');

/** Do the functions agree at random inputs? Modulo p (above 27) an error has a probability of about 2⁻⁵⁰; in doubles 10⁻¹² of the size that the values and the
 * scores could have is a difference. */
export function agree(a: Weights, b: Weights, random: (below: number) => number): boolean {
  const { network } = a;
  const count = network.sequenceLength * network.inputDim;
  const tokens = (entry: () => bigint, denominator: bigint): RationalMatrix => ({
    rows: network.sequenceLength,
    cols: network.inputDim,
    numerators: Array.from({ length: count }, entry),
    denominator,
  });
  if (!isSoftmax(network)) {
    // A polynomial of degree 27 at most.
    const trials = Math.ceil(50 / Math.log2(Number(a.prime ?? largePrime) / 27));
    for (let trial = 0; trial < trials; trial++) {
      const at = tokens(
        () => BigInt(random(2 ** 30)) * BigInt(random(2 ** 30)) + BigInt(random(2 ** 30)),
        1n,
      );
      const y = valuesModuloP(b, at);
      if (!valuesModuloP(a, at).every((x, e) => x === y[e])) return false;
    }
    return true;
  }
  for (const denominator of [64n, 16n, 8n, 4n])
    for (let trial = 0; trial < 3; trial++) {
      const at = tokens(() => BigInt(random(17) - 8), denominator);
      const y = valuesInDoubles(b, at);
      const rounding = Math.max(roundingAt(a, at), roundingAt(b, at));
      if (valuesInDoubles(a, at).some((x, e) => Math.abs(x - y[e]!) > rounding)) return false;
    }
  return true;
}

/** What the values in doubles may be wrong by: 10⁻¹² of the size that they and the scores could have. */
export function roundingAt(weights: Weights, tokens: RationalMatrix): number {
  largestScore = 0;
  const size = Math.max(...boundsOfValues(weights, tokens), 1e-9);
  return 1e-12 * size * (1 + largestScore);
}

function absolutes(matrix: RationalMatrix): RationalMatrix {
  return { ...matrix, numerators: matrix.numerators.map((x) => (x < 0n ? -x : x)) };
}

function boundsOfValues({ network, matrices }: Weights, tokens: RationalMatrix): number[] {
  const weights = { network, matrices: matrices.map(absolutes) };
  return evaluate(bounds, weights, grid(absolutes(tokens), bounds.of)).flat();
}
