import { expect, test } from 'vitest';
import { gaugeBound } from '../../src/gauge/gauge-bound.ts';
import { inverse, multiply, rank, transpose, type Matrix } from '../../src/matrix/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parameterBlocks, type Network, type ParameterBlock } from '../../src/network/index.ts';
import { Pace } from '../../src/pace.ts';
import { moduloSpan, stacked } from '../../src/symmetry/fields.ts';
import { sampleAt, searchPrime } from '../../src/symmetry/sample.ts';
import { softmaxPair } from './networks.ts';

// docs/symmetries.md, "Two tokens": the fields are built here in all parameters, as in the proof, without the normal form.

const shapes = [
  { d: 2, first: 2, second: 2, outputDim: 3 },
  { d: 2, first: 2, second: 1, outputDim: 1 },
  { d: 3, first: 2, second: 1, outputDim: 1 },
  { d: 2, first: 3, second: 1, outputDim: 2 },
];

/** Of second-layer heads, of pairs of a head b and a head a > 0 of the first layer, of skew forms. */
function predicted({ d, first, second }: (typeof shapes)[number]): number {
  return (second * first * (first - 1) * d * (d - 1)) / 2;
}

/** δQ = K^−ᵀ·𝒱^−ᵀ·B·𝒱^−1 with B = J in the block (0, b), −J in the block (a, b), for every J = E_ij − E_ji. */
function skewFields(network: Network, theta: Uint32Array, { d, first, second }: (typeof shapes)[number]) {
  const blocks = parameterBlocks(network);
  const parameters = theta.length - 1;
  const matrix = (layer: number, name: string, head: number): Matrix & { readonly block: ParameterBlock } => {
    const block = blocks.find((one) => one.layer === layer && one.name === name && one.head === head)!;
    const { rows, cols, offset } = block;
    return { rows, cols, block, data: theta.subarray(offset, offset + rows * cols) };
  };
  const width = first * d;
  const values = Array.from({ length: first }, (_, head) => matrix(0, 'V', head));
  // [V_1 … V_first]ᵀ, one below the other.
  const inverseT = inverse(
    { rows: width, cols: width, data: values.flatMap((v) => [...transpose(v).data]) },
    searchPrime,
  )!;
  const fields: Uint32Array[] = [];
  for (let head = 0; head < second; head++) {
    const keys = matrix(1, 'K', head);
    const { offset } = matrix(1, 'Q', head).block;
    const keysInverseT = inverse(transpose(keys), searchPrime)!;
    for (let b = 0; b < first; b++)
      for (let a = 1; a < first; a++)
        for (let i = 0; i < d; i++)
          for (let j = 0; j < i; j++) {
            const form = Array.from({ length: width * width }, () => 0);
            const put = (row: number, column: number, value: number): void => {
              form[row * width + column] = value;
            };
            // Keys are rows of B, queries columns: what multiplies z_0 − z_1 is the key.
            put(b * d + i, j, 1);
            put(b * d + j, i, -1);
            put(b * d + i, a * d + j, -1);
            put(b * d + j, a * d + i, 1);
            const inside = { rows: width, cols: width, data: form };
            const product = [inverseT, inside, transpose(inverseT)].reduce<Matrix>(
              (left, right) => multiply(left, right, searchPrime),
              keysInverseT,
            );
            const field = new Uint32Array(parameters);
            field.set(product.data as Uint32Array, offset);
            fields.push(field);
          }
  }
  return stacked(
    fields.map((data) => ({ rows: 1, cols: parameters, data })),
    parameters,
  );
}

test.each(shapes)(
  'd = $d, $first heads before $second: skew forms change nothing at t = 2, and nothing else is missing',
  async (shape) => {
    const network = softmaxPair(shape.d, shape.first, shape.second, shape.outputDim, 2);
    const graph = networkGraph(network);
    for (const seed of ['0', '1']) {
      const sample = await sampleAt(graph, seed, new Pace({}));
      const fields = skewFields(network, sample.theta, shape);
      expect(fields.rows).toBe(predicted(shape));
      const changes = multiply(sample.jacobian, transpose(fields), searchPrime);
      expect(changes.data.every((entry) => entry === 0)).toBe(true);
      expect(rank(moduloSpan(fields, sample.known()), searchPrime)).toBe(fields.rows);
      expect(sample.jacobian.rows).toBe(graph.parameters - gaugeBound(graph, seed)!.rank - fields.rows);
    }
  },
);

test.each(shapes)('d = $d, $first heads before $second: at t = 3 they change something', async (shape) => {
  const network = softmaxPair(shape.d, shape.first, shape.second, shape.outputDim, 3);
  const sample = await sampleAt(networkGraph(network), '0', new Pace({}));
  const fields = skewFields(network, sample.theta, shape);
  const changes = multiply(sample.jacobian, transpose(fields), searchPrime);
  expect(rank(changes, searchPrime)).toBe(fields.rows);
});
