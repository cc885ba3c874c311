import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generator } from '../kernel/matrices.ts';
import { numberField, schoolbookProfiles } from './field.ts';
import { disagreement } from './polynomial-disagreement.ts';
import { formsDimension, largestRank } from './polynomial-rank.ts';
import { readTable } from './polynomial-table.ts';

const table = readTable(readFileSync('test/sweep/polynomial-networks-2-1.txt', 'utf8'));
const small = table.filter(({ widths }) => widths.length <= 5 && Math.max(...widths) <= 10);

/** Neither a prime nor a point of the program. */
const prime = 33554393;

/** A form in two variables: the coefficients of X^n, X^(n−1)·Y, …, Y^n. */
type Form = readonly number[];

/**
 * The dimension from the coefficients of the network's form: each is differentiated by each weight, at random weights. No inputs are drawn, and
 * nothing goes backward.
 */
function dimensionFromCoefficients(widths: readonly number[], seed: number): number {
  const field = numberField(prime, generator(seed));
  const sum = (forms: readonly Form[]): Form =>
    forms.reduce((a, b) => a.map((coefficient, k) => field.add(coefficient, b[k]!)));
  const scaled = (c: number, form: Form): Form => form.map((coefficient) => field.multiply(c, coefficient));
  const product = (a: Form, b: Form): Form => {
    const result = Array.from({ length: a.length + b.length - 1 }, () => 0);
    for (const [i, x] of a.entries())
      for (const [j, y] of b.entries()) result[i + j] = field.add(result[i + j]!, field.multiply(x, y));
    return result;
  };
  const apply = (matrix: readonly (readonly number[])[], forms: readonly Form[]): Form[] =>
    matrix.map((row) => sum(row.map((entry, j) => scaled(entry, forms[j]!))));

  const weights = widths
    .slice(1)
    .map((rows, l) =>
      Array.from({ length: rows }, () => Array.from({ length: widths[l]! }, () => field.random())),
    );
  /** What enters each linear map, and what leaves it. */
  const entering: Form[][] = [];
  const leaving: Form[][] = [];
  let forms: Form[] = [
    [1, 0],
    [0, 1],
  ];
  for (const matrix of weights) {
    entering.push(forms);
    leaving.push(apply(matrix, forms));
    forms = leaving.at(-1)!.map((form) => product(form, form));
  }
  const derivatives: Form[] = [];
  for (const [l, matrix] of weights.entries())
    for (const i of matrix.keys())
      for (const form of entering[l]!) {
        let tangents = leaving[l]!.map((left, k): Form => (k === i ? form : left.map(() => 0)));
        for (let next = l + 1; next < weights.length; next++) {
          const squares = tangents.map((tangent, k) => scaled(2, product(leaving[next - 1]![k]!, tangent)));
          tangents = apply(weights[next]!, squares);
        }
        derivatives.push(tangents[0]!);
      }
  return schoolbookProfiles(derivatives, field).rows.length;
}

describe('the table of polynomial networks', () => {
  test('has every network once, with a dimension that its parameters and the space of forms allow', () => {
    expect(table).toHaveLength(12907);
    expect(new Set(table.map(({ widths }) => String(widths))).size).toBe(12907);
    for (const { widths, dimension } of table) {
      const parameters = widths.slice(1).reduce((total, width, l) => total + width * widths[l]!, 0);
      expect(dimension).toBeLessThanOrEqual(Math.min(parameters, formsDimension(widths)));
    }
  });

  test('agrees with the coefficients of the forms, up to four linear maps', () => {
    expect(small.length).toBeGreaterThan(40);
    for (const { widths, dimension } of small)
      expect([widths, dimensionFromCoefficients(widths, 1)]).toEqual([widths, dimension]);
  });

  test.each(['2-3-1', '2-3-1 ', '2-3-1 04', '2-03-1 4', '3-3-1 4', '2-3-2 4', '2-3-1 4 5', '2 - 3 - 1 4'])(
    'refuses the line %j',
    (line) => {
      expect(() => readTable(`# comment\n2-2-1 3\n${line}\n`)).toThrow(RangeError);
    },
  );
});

describe('the largest rank', () => {
  test('is the dimension from the coefficients', async () => {
    const hidden = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(hidden, fc.nat(), async (between, seed) => {
        const widths = [2, ...between, 1];
        const { rank } = await largestRank(widths, Infinity, BigInt(seed));
        expect(rank).toBe(dimensionFromCoefficients(widths, seed));
      }),
      { numRuns: 60 },
    );
  });

  test('is not cut off at what is expected', async () => {
    for (const { widths, dimension } of small)
      expect([widths, (await largestRank(widths, 1, 0n)).rank]).toEqual([widths, dimension]);
  });

  test('survives a bad point: at seed 0 this network loses 27', async () => {
    const widths = [2, 29, 3, 40, 5, 5, 3, 1];
    expect((await largestRank(widths, 36, 0n)).rank).toBe(36);
    expect(await largestRank(widths, 63, 0n)).toEqual({ rank: 63, prime: 4093, seed: '1' });
    expect((await largestRank(widths, 64, 0n)).rank).toBe(63);
  });
});

describe('a disagreement', () => {
  const widths = [2, 3, 2, 1];
  const dimension = dimensionFromCoefficients(widths, 1);
  const at = { prime: 4093, seed: '0' };

  test.each([
    [dimension - 1, 'the published one is too small'],
    [dimension + 1, 'the published one is too large'],
  ])('with a published %i says which number is wrong, and why', async (published, verdict) => {
    const text = await disagreement({ widths, dimension: published }, { ...at, rank: dimension });
    const [line, certificate] = text.split('\n');
    expect(line).toContain(
      `2-3-2-1: published ${published}, rank ${dimension} (p = 4093, seed 0): ${verdict}`,
    );
    expect(JSON.parse(certificate!)).toMatchObject({ claim: { lower: dimension, upper: dimension } });
  });

  test('of a network that is too wide for a certificate refutes only a smaller number', async () => {
    const wide = [2, 50, 100, 1];
    const found = { ...at, rank: 5 };
    expect(await disagreement({ widths: wide, dimension: 4 }, found)).toMatch(
      /too small\n  no certificate: 5200/,
    );
    expect(await disagreement({ widths: wide, dimension: 6 }, found)).toMatch(
      /open.*\n  no certificate: 5200/,
    );
  });
});
