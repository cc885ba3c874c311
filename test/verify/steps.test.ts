import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../src/pace.ts';
import { bigArithmetic } from '../../src/verify/arithmetic.ts';
import { Breath } from '../../src/verify/breath.ts';
import { Evaluation } from '../../src/verify/evaluate.ts';
import { argumentTable, countArguments, noArgument } from '../../src/verify/mask.ts';
import { Point } from '../../src/verify/point.ts';
import type { Operation } from '../../src/verify/program.ts';
import { Residues } from '../../src/verify/residues.ts';
import { stepsOf } from '../../src/verify/steps.ts';
import { anyNetwork } from './any-network.ts';
import { lightning, softmax, stack, type Stack } from './networks.ts';
import { compiled } from './produce.ts';
import { profiles, shares } from './reference.ts';

const softmaxes = (network: Stack): Extract<Operation, { kind: 'softmax' }>[] =>
  compiled(network).program.tensors.flatMap(({ operation }) =>
    operation.kind === 'softmax' ? [operation] : [],
  );

test('counts and tables agree with each other and with the reference', () => {
  fc.assert(
    fc.property(anyNetwork, (network) => {
      const numbers = shares(network).filter((_, n) => network.layers[n]!.normalization === 'softmax');
      const found = softmaxes(network);
      expect(found.length).toBe(numbers.length);
      const t = network.sequenceLength;
      for (const [n, { mask, symmetric }] of found.entries()) {
        const table = argumentTable(mask, symmetric);
        expect(countArguments(mask, symmetric)).toBe(Math.max(noArgument, ...table) + 1);
        for (let i = 0; i < t; i++)
          for (let j = 0; j < t; j++)
            expect(table[i * t + j]).toBe(numbers[n]?.get(`${i},${j}`) ?? noArgument);
      }
    }),
  );
});

test('examples of the document', () => {
  const tables = (network: Stack) =>
    softmaxes(network).map(({ mask, symmetric }) => Array.from(argumentTable(mask, symmetric)));
  expect(tables(stack(2, 2, softmax(1, 2)))).toEqual([[0, 1, 2, 3]]);
  expect(tables(stack(1, 2, softmax(1, 2)))).toEqual([[0, 1, 1, 2]]);
  expect(tables(stack(2, 3, softmax(1, 2, { causal: true })))).toEqual([[-1, -1, -1, 0, 1, -1, 2, 3, 4]]);
  expect(tables(stack(1, 3, softmax(1, 2, { causal: true })))).toEqual([[-1, -1, -1, 0, 1, -1, 2, 3, 4]]);
  expect(tables(stack(2, 1, softmax(1, 2)))).toEqual([[-1]]);
  expect(tables(stack(2, 2, lightning(1, 2), softmax(1, 2)))).toEqual([[0, 1, 1, 2]]);
  expect(tables(stack(2, 2, lightning(1, 2, { causal: true }), softmax(1, 2)))).toEqual([[0, 1, 2, 3]]);
});

test('windows: as many arguments as pairs of different tokens within reach, and the tokens themselves', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 2, max: 12 }),
      fc.boolean(),
      (t, window, causal) => {
        const layer = { ...softmax(1, 1, causal ? { causal: true } : {}), window };
        const [{ mask, symmetric }] = softmaxes(stack(1, t, layer)) as [ReturnType<typeof softmaxes>[number]];
        const pairs = new Set<string>();
        for (let i = 0; i < t; i++)
          for (let j = 0; j < t; j++)
            if (Math.abs(i - j) < window && !(causal && j > i))
              pairs.add(causal ? `${i} ${j}` : `${Math.min(i, j)} ${Math.max(i, j)}`);
        if (causal) pairs.delete('0 0');
        expect(countArguments(mask, symmetric)).toBe(pairs.size);
        expect(new Set(argumentTable(mask, symmetric)).size - (causal || window < t ? 1 : 0)).toBe(
          pairs.size,
        );
      },
    ),
  );
});

test('tokens are parallel exactly where the document says so, at a generic point', async () => {
  const p = 2n ** 61n - 1n;
  const f = bigArithmetic(p);
  await fc.assert(
    fc.asyncProperty(anyNetwork, async (network) => {
      fc.pre(network.sequenceLength > 1);
      const breath = new Breath(new Pace({}), 'test', 1);
      const { program } = compiled(network);
      const steps = stepsOf(program);
      const point = await Point.draw(program, steps, { prime: p, seed: '3' }, new Residues(f, p), breath);
      const evaluation = new Evaluation(program, steps, point);
      expect(await evaluation.at(await point.nextInput(breath), breath)).toBe(true);
      for (const [layer, query] of Array.from(program.maps).entries()) {
        const { x } = program.tensor(query).operation as Extract<Operation, { kind: 'linear' }>;
        const { tokens, width, coefficients } = program.tensor(x);
        const values = Array.from({ length: tokens }, (_, i) =>
          Array.from({ length: width }, (_, c) => evaluation.values.of[x]![i * width + c]!),
        );
        expect([layer, coefficients !== null]).toEqual([layer, profiles(values, p).rank === 1]);
      }
    }),
    { numRuns: 60 },
  );
});
