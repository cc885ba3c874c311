import type { Network } from '../../src/network/format.ts';
import type { SampledInput } from '../../src/point/point.ts';

/** a + b·ε with ε² = 0, over the integers modulo p. */
type Dual = readonly [bigint, bigint];

/**
 * The derivative of all outputs of a network by its parameter number `column`, with BigInt dual numbers, entry by entry from the
 * definition: no matrix, no reverse mode. Outputs token by token.
 */
export function dualColumn(
  network: Network,
  theta: ArrayLike<number>,
  input: SampledInput,
  column: number,
  prime: number,
): number[] {
  const p = BigInt(prime);
  const mod = (x: bigint): bigint => ((x % p) + p) % p;
  const add = (x: Dual, y: Dual): Dual => [mod(x[0] + y[0]), mod(x[1] + y[1])];
  const multiply = (x: Dual, y: Dual): Dual => [mod(x[0] * y[0]), mod(x[0] * y[1] + x[1] * y[0])];
  const power = (x: bigint, e: bigint): bigint => {
    let result = 1n;
    for (let base = x; e > 0n; e >>= 1n, base = mod(base * base)) if (e & 1n) result = mod(result * base);
    return result;
  };
  const divide = (x: Dual, y: Dual): Dual => {
    const inverse = power(y[0], p - 2n);
    return multiply(x, [inverse, mod(-y[1] * inverse * inverse)]);
  };
  const dot = (x: Dual[], y: Dual[]): Dual => x.map((a, i) => multiply(a, y[i]!)).reduce(add, [0n, 0n]);

  let next = 0;
  const matrix = (rows: number, cols: number): Dual[][] =>
    Array.from({ length: rows }, () =>
      Array.from({ length: cols }, (): Dual => {
        const index = next++;
        return [BigInt(theta[index]!), index === column ? 1n : 0n];
      }),
    );

  const t = network.sequenceLength;
  let tokens = Array.from({ length: t }, (_, i) =>
    Array.from(input.tokens.slice(i * network.inputDim, (i + 1) * network.inputDim), (x): Dual => [
      BigInt(x),
      0n,
    ]),
  );
  let width = network.inputDim;
  for (const [index, layer] of network.layers.entries()) {
    const q = matrix(layer.headDim, width);
    const k = matrix(layer.headDim, width);
    const v = matrix(layer.valueDim ?? layer.outputDim, width);
    const o = layer.valueDim === undefined ? null : matrix(layer.outputDim, layer.valueDim);
    const apply = (m: Dual[][], x: Dual[]): Dual[] => m.map((row) => dot(row, x));
    const weights = input.weights[index] ?? null;
    const current = tokens;
    tokens = current.map((x, i) => {
      const visible = current.slice(0, layer.causal ? i + 1 : t);
      const scores = visible.map((y) => dot(apply(q, x), apply(k, y)));
      // The weights of the point are units E up to a common factor: E·(1 + ε·ds) over their sum.
      const units =
        weights &&
        visible.map((_, j): Dual => multiply([BigInt(weights[i * t + j]!), 0n], [1n, scores[j]![1]]));
      const total = units?.reduce(add);
      const mixed = visible
        .map((y, j) =>
          apply(v, y).map((entry) => multiply(units ? divide(units[j]!, total!) : scores[j]!, entry)),
        )
        .reduce((a, b) => a.map((entry, c) => add(entry, b[c]!)));
      return o ? apply(o, mixed) : mixed;
    });
    width = layer.outputDim;
  }
  return tokens.flat().map(([, derivative]) => Number(derivative));
}
