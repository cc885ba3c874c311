/**
 * The dimension by brute force: dual numbers mod p = 2^26 − 5, the whole Jacobian, schoolbook elimination.
 *
 * Nothing is shared with the package but the network's shape. Slow and simple on purpose. The number is a lower bound for
 * the dimension at every point, and equals it unless the random point is bad (chance about degree / p).
 */
import type { SingleHeadStack } from '../../src/theory/single-head-stack.ts';

const p = 67108859;

/** x mod p for 0 ≤ x < 2^53: the quotient in floating point is off by one at most. */
function reduce(x: number): number {
  const rest = x - Math.floor(x / p) * p;
  return rest < 0 ? rest + p : rest >= p ? rest - p : rest;
}

function inverse(x: number): number {
  let [power, result] = [x, 1];
  for (let exponent = p - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = reduce(result * power);
    power = reduce(power * power);
  }
  if (reduce(result * x) !== 1) throw new Error(`${x} has no inverse mod ${p}`);
  return result;
}

/** Random residues (Numerical Recipes' 32-bit generator, its high bits). */
function residues(seed: number): () => number {
  let state = seed >>> 0;
  const word = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  return () => reduce(word() * 65536 + word());
}

/** A value followed by its derivatives by all parameters. */
type Dual = Float64Array;

function plus(a: Dual, b: Dual): Dual {
  return a.map((x, i) => reduce(x + b[i]));
}

function times(a: Dual, b: Dual): Dual {
  const product = new Float64Array(a.length);
  product[0] = reduce(a[0] * b[0]);
  for (let i = 1; i < a.length; i++) product[i] = reduce(a[0] * b[i] + a[i] * b[0]);
  return product;
}

/** f(a) from the value and the derivative of f there. */
function chain(a: Dual, value: number, derivative: number): Dual {
  const image = a.map((x) => reduce(derivative * x));
  image[0] = value;
  return image;
}

const total = (terms: Dual[]) => terms.reduce(plus);
const dot = (a: Dual[], b: Dual[]) => total(a.map((x, i) => times(x, b[i])));
const apply = (matrix: Dual[][], vector: Dual[]) => matrix.map((row) => dot(row, vector));

/** A network at a random point mod p. */
export interface Point {
  readonly parameters: number;
  /** The tokens before the first, second, … layer and behind the last, for a new random input. */
  tokens(): Dual[][][];
}

export function randomPoint(network: SingleHeadStack, seed: number): Point {
  const random = residues(seed);
  let width = network.inputDim;
  const shapes = network.layers.map(({ headDim, valueDim, outputDim }) => {
    const values = valueDim === undefined ? [[outputDim, width]] : [[valueDim, width], [outputDim, valueDim]]; // prettier-ignore
    const shape = [[headDim, width], [headDim, width], ...values];
    width = outputDim;
    return shape;
  });
  const parameters = shapes.flat().reduce((sum, [rows, cols]) => sum + rows * cols, 0);
  const constant = () => {
    const dual = new Float64Array(parameters + 1);
    dual[0] = random();
    return dual;
  };
  let index = 0;
  const parameter = () => {
    const dual = constant();
    dual[++index] = 1;
    return dual;
  };
  const matrix = (rows: number, cols: number, entry: () => Dual) =>
    Array.from({ length: rows }, () => Array.from({ length: cols }, entry));
  const weights = shapes.map((layer) => layer.map(([rows, cols]) => matrix(rows, cols, parameter)));

  function layerOutput(layer: number, tokens: Dual[][]): Dual[][] {
    const { normalization, causal } = network.layers[layer];
    const [queryMap, keyMap, ...valueMaps] = weights[layer];
    const queries = tokens.map((token) => apply(queryMap, token));
    const keys = tokens.map((token) => apply(keyMap, token));
    // One unit for each function: arguments that agree at a random point are the same function.
    const units = new Map<number, number>();
    const exponential = (argument: Dual) => {
      if (!units.has(argument[0])) units.set(argument[0], random());
      const unit = units.get(argument[0])!;
      return chain(argument, unit, unit);
    };
    return queries.map((query, i) => {
      const visible = causal ? i + 1 : tokens.length;
      let scores = keys.slice(0, visible).map((key) => dot(key, query));
      if (normalization === 'softmax') {
        scores = scores.map(exponential);
        const sum = total(scores);
        const reciprocal = inverse(sum[0]);
        const factor = chain(sum, reciprocal, reduce((p - reciprocal) * reciprocal));
        scores = scores.map((score) => times(score, factor));
      }
      const mixed = tokens[0].map((_, row) => dot(tokens.slice(0, visible).map((token) => token[row]), scores)); // prettier-ignore
      return valueMaps.reduce((vector, map) => apply(map, vector), mixed);
    });
  }

  return {
    parameters,
    tokens() {
      const all = [matrix(network.sequenceLength, network.inputDim, constant)];
      network.layers.forEach((_, layer) => all.push(layerOutput(layer, all[layer])));
      return all;
    },
  };
}

/** Gaussian elimination, one row at a time. */
export class RowSpace {
  readonly #rows: { pivot: number; row: Float64Array }[] = [];

  get rank(): number {
    return this.#rows.length;
  }

  add(vector: Float64Array): void {
    const rest = vector.slice();
    for (const { pivot, row } of this.#rows) {
      const factor = p - rest[pivot];
      if (factor !== p) row.forEach((x, i) => (rest[i] = reduce(rest[i] + factor * x)));
    }
    const pivot = rest.findIndex((x) => x !== 0);
    if (pivot < 0) return;
    const scale = inverse(rest[pivot]);
    this.#rows.push({ pivot, row: rest.map((x) => reduce(scale * x)) });
  }
}

/** The rank of the Jacobian at a random point: inputs are added until one adds nothing. */
export function bruteForceDimension(network: SingleHeadStack, seed: number): number {
  const point = randomPoint(network, seed);
  const space = new RowSpace();
  for (let before = -1; before < space.rank;) {
    before = space.rank;
    const output = point.tokens().at(-1)!;
    for (const value of output.flat()) space.add(value.slice(1));
  }
  return space.rank;
}
