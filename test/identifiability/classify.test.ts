import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify, classifyWeights } from '../../src/identifiability/index.ts';
import { attentionStack } from '../../src/network/index.ts';
import { rankOverQ, type RationalMatrix } from '../../src/rational/index.ts';
import { weights } from '../../src/weights/index.ts';

/*
 * The classification against computations that do not use its theorem: functions are tuples of quadratic forms v_o·α_k, in coordinates.
 */

const matrix = (rows: readonly (readonly bigint[])[]): RationalMatrix => ({
  rows: rows.length,
  cols: rows[0]!.length,
  numerators: rows.flat(),
  denominator: 1n,
});
const outer = (x: readonly bigint[], y: readonly bigint[]): bigint[][] => x.map((a) => y.map((b) => a * b));
const rankOf = (rows: readonly (readonly bigint[])[]): number =>
  rankOverQ({ rows: rows.length, cols: rows[0]!.length, data: rows.flat() });

/** Small numbers, often 0, so that special positions come up. */
const small = fc.bigInt({ min: -2n, max: 2n });
const vectorOf = (d: number): fc.Arbitrary<bigint[]> => fc.array(small, { minLength: d, maxLength: d });
const columnsOf = (a: readonly (readonly bigint[])[]): bigint[][] =>
  a[0]!.map((_, j) => a.map((row) => row[j]!));

describe("d = 2, d' = 1, a = 2: two binary quadrics with a common factor", () => {
  /** (x₀, x₁, x₂) stands for x₀s² + x₁st + x₂t². */
  const product = ([a, b]: readonly bigint[], [c, d]: readonly bigint[]): bigint[] => [
    a! * c!,
    a! * d! + b! * c!,
    b! * d!,
  ];
  /** The gradient of their resultant R = (a₀b₂ − a₂b₀)² − (a₀b₁ − a₁b₀)(a₁b₂ − a₂b₁), the equation of the closure. */
  const gradient = ([a0, a1, a2]: readonly bigint[], [b0, b1, b2]: readonly bigint[]): bigint[] => {
    const [p, q, r] = [a0! * b2! - a2! * b0!, a0! * b1! - a1! * b0!, a1! * b2! - a2! * b1!];
    return [
      2n * p * b2! - b1! * r,
      b0! * r - q * b2!,
      -2n * p * b0! + q * b1!,
      -2n * p * a2! + a1! * r,
      -a0! * r + q * a2!,
      2n * p * a0! - q * a1!,
    ];
  };

  test('its gradient vanishes exactly at singular points', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(vectorOf(2), vectorOf(2), vectorOf(2), (v, x, y) => {
        const A = columnsOf([x, y]);
        const [f, g] = columnsOf(A).map((column) => product(v, column)) as [bigint[], bigint[]];
        const isCritical = gradient(f, g).every((entry) => entry === 0n);
        const { kind, reasons } = classify(matrix([v]), matrix(A), 2);
        expect(kind === 'singular').toBe(isCritical);
        kinds.add(reasons.join());
      }),
      { numRuns: 2000 },
    );
    expect([...kinds].sort()).toEqual(['', 'rank-one-pair', 'zero']);
  });
});

describe("d' = a = 1: a symmetric matrix of rank at most 2, times a vector", () => {
  const symmetric = (v: readonly bigint[], k: readonly bigint[]): bigint[][] =>
    v.map((_, i) => v.map((__, j) => v[i]! * k[j]! + v[j]! * k[i]!));

  test.each([2, 3])('d = %i', (d) => {
    fc.assert(
      fc.property(vectorOf(d), vectorOf(d), vectorOf(d), (v, k, q) => {
        const S = symmetric(v, k);
        const isZero = rankOf(S) === 0 || q.every((x) => x === 0n);
        // S ⊗ q with S in Sym², all of it for d = 2; for d = 3 the determinant is the equation, its gradient the adjugate.
        const cofactors = d === 2 ? [1n] : S.flatMap((_, i) => S.map((__, j) => cofactor(S, i, j)));
        const isCritical = isZero || cofactors.every((x) => x === 0n);
        const found = classify(matrix([v]), matrix(outer(k, q)), 1);
        expect(found.kind === 'singular').toBe(isCritical);
        // Forms near a square w², (w + εx)² + ε²y², do not split over the reals.
        expect(found.isBoundary).toBe(isZero || rankOf(S) === 1);
        expect(found.dimension).toBe(3 * d - 2);
        // Symmetric matrices of rank at most 2 are a normal variety.
        expect(found.branches).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });

  const cofactor = (S: readonly (readonly bigint[])[], i: number, j: number): bigint => {
    const [[a, b], [c, e]] = S.filter((_, r) => r !== i).map((row) => row.filter((_, s) => s !== j)) as [
      bigint[],
      bigint[],
    ];
    return a! * e! - b! * c!;
  };
});

describe("a = 1, d' = 2: the rank of the differential, and the number of preimages", () => {
  /** The coefficients of x_i x_j, i ≤ j, of a product of linear forms. */
  const formsProduct = (x: readonly bigint[], y: readonly bigint[]): bigint[] =>
    x.flatMap((_, i) =>
      x.slice(i).map((__, s) => (s === 0 ? x[i]! * y[i]! : x[i]! * y[i + s]! + x[i + s]! * y[i]!)),
    );
  /** (v_o · k)·q_c for all o and c. */
  const functionOf = (
    V: readonly (readonly bigint[])[],
    k: readonly bigint[],
    q: readonly bigint[],
  ): bigint[] => V.flatMap((v) => q.flatMap((x) => formsProduct(v, k).map((y) => x * y)));

  test.each([2, 3])('d = %i', (d) => {
    const unit = (j: number): bigint[] => Array.from({ length: d }, (_, i) => BigInt(Number(i === j)));
    const indices = Array.from({ length: d }, (_, i) => i);
    const none = indices.map(() => 0n);
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        vectorOf(d),
        vectorOf(d),
        vectorOf(d),
        vectorOf(d),
        fc.integer({ min: -2, max: 2 }),
        (x, y, k, q, c) => {
          // Half of them with V of rank 1, often parallel to k.
          const V =
            c === 0
              ? [x, y]
              : c === 1
                ? [k, k.map((e) => 2n * e)]
                : c === 2
                  ? [x, none]
                  : [x, x.map((e) => BigInt(c) * e)];
          const found = classify(matrix(V), matrix(outer(k, q)), 1);
          const derivatives = [
            ...[0, 1].flatMap((o) =>
              indices.map((j) =>
                functionOf(
                  [0, 1].map((r) => (r === o ? unit(j) : none)),
                  k,
                  q,
                ),
              ),
            ),
            ...indices.map((j) => functionOf(V, unit(j), q)),
            ...indices.map((j) => functionOf(V, k, unit(j))),
          ];
          const isZero = functionOf(V, k, q).every((entry) => entry === 0n);
          const isImmersion = rankOf(derivatives) === found.dimension;
          // v may take the place of k: is that another pair?
          const isSwapped = !isZero && rankOf(V) === 1 && rankOf([...V, k]) === 2;
          expect(found.kind === 'smooth').toBe(!isZero && isImmersion && !isSwapped);
          expect(found.preimages).toBe(isZero ? Infinity : isSwapped ? 2 : 1);
          expect(found.branches).toBe(isSwapped ? 2 : 1);
          expect(found.tangentDimension).toBe(found.kind === 'smooth' ? rankOf(derivatives) : null);
          if (isSwapped) {
            const v = V.find((row) => row.some((e) => e !== 0n))!;
            const at = v.findIndex((e) => e !== 0n);
            const u = V.map((row) => row[at]!);
            // u kᵀ and v qᵀ, where u carries v's entry.
            const scaled = functionOf(V, k, q).map((e) => e * v[at]!);
            expect(functionOf(outer(u, k), v, q)).toEqual(scaled);
          }
          kinds.add(`${found.reasons.join()} ${found.isBoundary}`);
        },
      ),
      { numRuns: 1500 },
    );
    expect([...kinds].sort()).toEqual([' false', 'rank-one-pair false', 'rank-one-pair true', 'zero true']);
  });
});

test('a rank below the largest, where that is below d', () => {
  const V = matrix([
    [1n, 0n, 2n],
    [0n, 1n, 1n],
  ]);
  const single = matrix(outer([1n, 2n, 3n], [1n, 1n, 0n]));
  expect(classify(V, single, 2)).toMatchObject({
    kind: 'singular',
    reasons: ['score-rank'],
    isBoundary: false,
    dimension: 13,
    tangentDimension: 14,
    branches: 1,
  });
  // A and all matrices A + E have rank at most 2, for E of rank 1: derivatives in these directions span the tangent space.
  const unit = (i: number): bigint[] => [0, 1, 2].map((j) => BigInt(Number(i === j)));
  const coefficients = (value: RationalMatrix, scores: RationalMatrix): bigint[] =>
    [0, 1].flatMap((o) =>
      [0, 1, 2].flatMap((k) =>
        [0, 1, 2].flatMap((i) =>
          [0, 1, 2].slice(i).map((j) => {
            const at = (r: number, s: number): bigint =>
              value.numerators[3 * o + r]! * scores.numerators[3 * s + k]!;
            return i === j ? at(i, i) : at(i, j) + at(j, i);
          }),
        ),
      ),
    );
  const derivatives = [0, 1, 2].flatMap((i) => [
    ...[0, 1, 2].map((j) => coefficients(V, matrix(outer(unit(i), unit(j))))),
    ...[0, 1].map((o) => coefficients(matrix([0, 1].map((r) => (r === o ? unit(i) : [0n, 0n, 0n]))), single)),
  ]);
  expect(rankOf(derivatives)).toBe(14);
  expect(classify(V, single, 1)).toMatchObject({ kind: 'smooth', reasons: [], dimension: 10 });
  // Where a ≥ d nothing is bounded.
  expect(classify(V, single, 3)).toMatchObject({ kind: 'smooth', reasons: [], dimension: 14 });
});

test('from Q, K and V', () => {
  const stack = attentionStack({ dims: [2, 1], headDims: [2], sequenceLength: 2, normalization: 'none' });
  const [Q, K, V] = [
    matrix([
      [1n, 2n],
      [0n, 1n],
    ]),
    matrix([
      [3n, 0n],
      [1n, 1n],
    ]),
    matrix([[1n, -1n]]),
  ];
  expect(classifyWeights(weights(stack, [Q, K, V]))).toEqual({
    kind: 'smooth',
    reasons: [],
    isBoundary: false,
    dimension: 5,
    tangentDimension: 5,
    branches: 1,
    preimages: 1,
  });
  const other = attentionStack({ dims: [2, 1], headDims: [2], sequenceLength: 1, normalization: 'none' });
  expect(() => classifyWeights(weights(other, [Q, K, V]))).toThrow('at least two tokens');
  expect(() => classify(V, Q, 1)).toThrow('a rank of at most headDim = 1, got 2');
  expect(() => classify(matrix([[1n, 2n, 3n]]), Q, 2)).toThrow('3 × 3');
  expect(() => classify(matrix([[1n]]), matrix([[1n]]), 1)).toThrow('at least 2');
});
