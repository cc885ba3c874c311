import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parameterBlocks } from '../../src/network/index.ts';
import { ansatz, couplingCount, movesOf, type Coupling } from '../../src/symmetry/couplings.ts';
import { valuesAt } from '../../src/symmetry/fields.ts';
import { searchPrime } from '../../src/symmetry/sample.ts';
import { networkOf } from './networks.ts';

type Rows = number[][];

const times = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
const transpose = (a: Rows): Rows => a[0]!.map((_, j) => a.map((row) => row[j]!));
const unit = (rows: number, cols: number, i: number, j: number): Rows =>
  Array.from({ length: rows }, (_, k) => Array.from({ length: cols }, (_, l) => Number(k === i && l === j)));

/** Stacks of linear maps, whose matrices have all sorts of shapes. */
const stacks = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 })
  .map(([inputDim, ...widths]) =>
    networkOf(
      inputDim!,
      1,
      widths.map((outputDim) => ({ kind: 'linear', outputDim })),
    ),
  );

function matrixAt(theta: ArrayLike<number>, { offset, rows, cols }: Coupling['source']): Rows {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => theta[offset + i * cols + j]!),
  );
}

test('a coupling moves its target by E·N, N·E, or the same with Nᵀ', () => {
  fc.assert(
    fc.property(stacks, (network) => {
      const blocks = parameterBlocks(network);
      const last = blocks.at(-1)!;
      const theta = Uint32Array.from(
        { length: last.offset + last.rows * last.cols + 1 },
        (_, k) => 3 * k + 1,
      );
      const { couplings } = ansatz(blocks, 'all');
      const values = valuesAt(couplings.map(movesOf), theta);
      couplings.forEach((coupling, k) => {
        const { target, side, transposed, i, j } = coupling;
        const source = matrixAt(theta, coupling.source);
        const n = transposed ? transpose(source) : source;
        const moved =
          side === 'left'
            ? times(unit(target.rows, n.length, i, j), n)
            : times(n, unit(n[0]!.length, target.cols, i, j));
        const expected = Array.from({ length: theta.length - 1 }, () => 0);
        moved.flat().forEach((entry, index) => (expected[target.offset + index] = entry));
        expect([...values.data.subarray(k * values.cols, (k + 1) * values.cols)]).toEqual(expected);
      });
    }),
    { numRuns: 30 },
  );
});

test('relations move nothing, at any point', () => {
  fc.assert(
    fc.property(stacks, fc.integer({ min: 2, max: 1000 }), (network, base) => {
      const blocks = parameterBlocks(network);
      const last = blocks.at(-1)!;
      const theta = Uint32Array.from(
        { length: last.offset + last.rows * last.cols + 1 },
        (_, k) => (base * k * k + k) % 9973,
      );
      const { couplings, relations } = ansatz(blocks, 'all');
      const { data, cols } = valuesAt(couplings.map(movesOf), theta);
      for (const relation of relations)
        for (let column = 0; column < cols; column++) {
          const sum = relation.reduce(
            (total, [k, value]) => total + BigInt(value) * BigInt(data[k * cols + column]!),
            0n,
          );
          expect(sum % BigInt(searchPrime)).toBe(0n);
        }
    }),
    { numRuns: 30 },
  );
});

test.each([
  // E·N and N·E meet in the multiples of N: one relation.
  [2, 3, 13 - 1],
  [4, 2, 20 - 1],
  // A square matrix couples to its transpose too; for n ≥ 3 the two spaces meet in 0,
  [3, 3, 2 * (18 - 1)],
  // for n = 2 in three dimensions: A, B, C, D with A·N + N·B = C·Nᵀ + Nᵀ·D, such as A = C = E_12, B = D = E_21.
  [2, 2, 2 * (8 - 1) - 3],
  [1, 1, 1],
])('linear fields of one %i × %i matrix: %i independent ones', (rows, cols, dimension) => {
  const blocks = parameterBlocks(networkOf(cols, 1, [{ kind: 'linear', outputDim: rows }]));
  const { couplings, relations } = ansatz(blocks, 'all');
  expect(couplings.length).toBe(couplingCount(blocks, 'all'));
  expect(couplings.length - relations.length).toBe(dimension);
});
