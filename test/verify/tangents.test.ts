import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../src/pace.ts';
import { bigArithmetic, smallArithmetic, type Arithmetic } from '../../src/verify/arithmetic.ts';
import { Breath } from '../../src/verify/breath.ts';
import { Evaluation } from '../../src/verify/evaluate.ts';
import { Point } from '../../src/verify/point.ts';
import { Residues } from '../../src/verify/residues.ts';
import { stepsOf } from '../../src/verify/steps.ts';
import { Tangents } from '../../src/verify/tangents.ts';
import { anyNetwork } from './any-network.ts';
import { lightning, stack, type Stack } from './networks.ts';
import { compiled } from './produce.ts';
import { drawPoint, evaluateDual, jacobianColumns, parameterCount, power } from './reference.ts';

/** Outputs and derivatives by src/verify at the n-th input; null where a denominator vanishes. */
async function atInput<E extends number | bigint>(
  network: Stack,
  seed: string,
  prime: bigint,
  skipped: number,
  columns: readonly number[],
  f: Arithmetic<E>,
) {
  const breath = new Breath(new Pace({}), 'test', 1);
  const { program, output } = compiled(network);
  const steps = stepsOf(program);
  const point = await Point.draw(program, steps, { prime, seed }, new Residues(f, prime), breath);
  for (let n = 0; n < skipped; n++) await point.skipInput(breath);
  const evaluation = new Evaluation(program, steps, point);
  if (!(await evaluation.at(await point.nextInput(breath), breath))) return null;
  const tangents = new Tangents(evaluation.values, breath);
  const big = (from: ArrayLike<E>): bigint[] => Array.from(from, (entry) => BigInt(entry));
  const derivatives: bigint[][] = [];
  for (const column of columns) derivatives.push(big(await tangents.by(column, output)));
  return { outputs: big(evaluation.values.of[output]!), derivatives };
}

test('values and derivatives agree with dual numbers as a ring, at small and large primes, also at later inputs', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyNetwork,
      fc.nat(1000),
      fc.nat(3),
      fc.constantFrom(3n, 5n, 4093n, 67108859n, 67108879n, 18446744073709551557n),
      fc.infiniteStream(fc.boolean()),
      async (network, seed, skipped, p, chosen) => {
        const columns = Array.from({ length: parameterCount(network) }, (_, c) => c).filter(
          () => chosen.next().value,
        );
        const point = await drawPoint(network, String(seed), p);
        let drawn = await point.next();
        for (let n = 0; n < skipped; n++) drawn = await point.next();
        const { input, units } = drawn;
        const expected = jacobianColumns(network, point.theta, input, units, columns, p);
        const plain = evaluateDual(
          network,
          point.theta.map((x) => [x, 0n] as const),
          input,
          units,
          p,
        );
        const mine =
          p < 2n ** 26n
            ? await atInput(network, String(seed), p, skipped, columns, smallArithmetic(Number(p)))
            : await atInput(network, String(seed), p, skipped, columns, bigArithmetic(p));
        if (plain.outputs === null) return void expect(mine).toBe(null);
        expect(mine!.outputs).toEqual(plain.outputs.map(([value]) => value));
        expect(mine!.derivatives).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});

test('lightning: along a line the derivative is that of the interpolated polynomial', async () => {
  const p = 2n ** 61n - 1n;
  const network = stack(2, 2, lightning(2, 3, { causal: true }), lightning(1, 2, { valueDim: 2 }));
  const { theta, next } = await drawPoint(network, '9', p);
  const { input } = await next();
  const direction = theta.map((_, i) => BigInt(i * i + 3));
  const all = theta.map((_, c) => c);
  const { derivatives } = (await atInput(network, '9', p, 0, all, bigArithmetic(p)))!;
  const directional = derivatives[0]!.map(
    (_, row) => derivatives.reduce((sum, column, c) => sum + direction[c]! * column[row]!, 0n) % p,
  );
  // f(θ + x·v): degree 3 in the parameters of layer 1, three times that and 4 behind layer 2.
  const degree = 13;
  const nodes = Array.from({ length: degree + 1 }, (_, x) => BigInt(x));
  const samples = nodes.map((x) =>
    evaluateDual(
      network,
      theta.map((entry, i) => [(entry + x * direction[i]!) % p, 0n] as const),
      input,
      [],
      p,
    ).outputs!.map(([value]) => value),
  );
  // The coefficient of x in Σ_k f(k)·ℓ_k(x): ℓ_k'(0) by multiplying out the numerators.
  const slopes = nodes.map((k) => {
    let [constant, slope, denominator] = [1n, 0n, 1n];
    for (const m of nodes)
      if (m !== k) {
        [constant, slope] = [(constant * (p - m)) % p, (slope * (p - m) + constant) % p];
        denominator = (denominator * (((k - m) % p) + p)) % p;
      }
    return (slope * power(denominator, p - 2n, p)) % p;
  });
  const interpolated = samples[0]!.map(
    (_, row) => samples.reduce((sum, at, k) => sum + at[row]! * slopes[k]!, 0n) % p,
  );
  expect(directional).toEqual(interpolated);
  expect(directional.some((entry) => entry !== 0n)).toBe(true);
});
