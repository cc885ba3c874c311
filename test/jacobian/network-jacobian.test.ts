import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field } from '../../src/field/field.ts';
import { LargePrimeField } from '../../src/field/large-prime-field.ts';
import { PrimeField } from '../../src/field/prime-field.ts';
import type { Residue } from '../../src/field/residue.ts';
import { NetworkJacobian } from '../../src/jacobian/network-jacobian.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import type { KernelBuild } from '../../src/kernel/load.ts';
import type { Network } from '../../src/network/format.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { Point } from '../../src/point/point.ts';
import { anyNetwork } from '../network/any-network.ts';
import { dualInputs } from '../reference/dual-network.ts';
import { everyLayer } from './every-layer.ts';

/** One for each size of elements, two for the largest sums of products. */
const primes: readonly Residue[] = [4093, 67108859, 2147483647, 2n ** 61n - 1n];
const allOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const parametersOf = (network: Network): number => networkGraph(network).parameters;
/** Slow for the reference beyond that. */
const isSmall = (network: Network): boolean => parametersOf(network) > 0 && parametersOf(network) <= 80;

/** Expects the Jacobian of the reference, row by row; the number of inputs that are not skipped. */
function compare<R extends Residue>(
  network: Network,
  kernel: Kernel<R>,
  field: Field<R>,
  seed: string,
  count: number,
): number {
  const point = new Point(networkGraph(network), field, seed);
  const jacobian = new NetworkJacobian(kernel, point);
  const reference = dualInputs(network, BigInt(field.prime), seed, count);
  for (const input of point.inputs(count)) {
    const expected = reference[input.index]!;
    expect(jacobian.evaluate(input)).toBe(expected !== null);
    if (expected) expect(rowsOf(jacobian, kernel)).toEqual(expected.rows);
  }
  return reference.filter((input) => input !== null).length;
}

/** All rows of the last input, with a stride beyond the columns: what is between the rows must stay 0. */
function rowsOf<R extends Residue>(jacobian: NetworkJacobian<R>, kernel: Kernel<R>): bigint[][] {
  const { columns, rowsPerInput } = jacobian;
  const rowStride = columns + 3;
  const at = kernel.allocate(rowsPerInput * rowStride);
  jacobian.write(allOf(rowsPerInput), { at, rowStride });
  const entries = Array.from(kernel.read(at, rowsPerInput * rowStride) as ArrayLike<Residue>, BigInt);
  return allOf(rowsPerInput).map((row) => {
    const first = row * rowStride;
    expect(entries.slice(first + columns, first + rowStride)).toEqual([0n, 0n, 0n]);
    return entries.slice(first, first + columns);
  });
}

const kernels = new Map<string, Kernel<Residue>>();

/** The same instance for each prime and build, with an empty heap. */
function kernelOf<R extends Residue>(prime: R, build: KernelBuild): Kernel<R> {
  const key = `${prime} ${build}`;
  const kernel = kernels.get(key) ?? Kernel.create(prime as never, build);
  kernels.set(key, kernel);
  kernel.release(kernel.bottom);
  return kernel as Kernel<R>;
}

function compareAt(
  network: Network,
  prime: Residue,
  seed: string,
  count: number,
  build: KernelBuild = 'simd',
): number {
  return typeof prime === 'bigint'
    ? compare(network, kernelOf(prime, build), new LargePrimeField(prime), seed, count)
    : compare(network, kernelOf(prime, build), new PrimeField(prime), seed, count);
}

describe('each kind of layers has the Jacobian of dual numbers', () => {
  test.each(everyLayer)('$name', ({ network }) => {
    for (const prime of primes) expect(compareAt(network, prime, '1', 1)).toBe(1);
  });
});

test.each(['simd', 'scalar'] as const)(
  'layers of all kinds at random have the Jacobian of dual numbers (%s)',
  (build) => {
    let compared = 0;
    fc.assert(
      fc.property(
        anyNetwork().filter(isSmall),
        fc.constantFrom(...primes),
        fc.nat().map(String),
        (network, prime, seed) => {
          compared += compareAt(network, prime, seed, 2, build);
        },
      ),
      { numRuns: 50 },
    );
    expect(compared).toBeGreaterThan(50);
  },
);

test('modulo a small prime most inputs are drawn again or skipped, and the same ones', () => {
  let compared = 0;
  fc.assert(
    fc.property(anyNetwork({ layers: 4 }).filter(isSmall), fc.nat().map(String), (network, seed) => {
      compared += compareAt(network, 31, seed, 3);
    }),
    { numRuns: 25 },
  );
  expect(compared).toBeGreaterThan(25);
});

test('units that are drawn again are not 0', () => {
  const linear = { kind: 'linear', outputDim: 2 };
  const activation = { kind: 'activation', function: 'exp' };
  const layers = [
    linear,
    activation,
    { kind: 'rmsnorm' },
    { kind: 'power', exponent: 2 },
    activation,
    { kind: 'rmsnorm' },
  ];
  const network = parseNetwork({
    format: 'dimcert-network',
    version: 1,
    inputDim: 2,
    sequenceLength: 3,
    layers,
  });
  expect(compareAt(network, 7, '0', 40)).toBeGreaterThan(10);
});

test('some outputs give these rows of the Jacobian, in the order asked for', () => {
  let compared = 0;
  fc.assert(
    fc.property(
      anyNetwork()
        .filter((network) => parametersOf(network) > 0)
        .chain((network) => {
          const { output } = networkGraph(network);
          return fc.record({
            network: fc.constant(network),
            outputs: fc.shuffledSubarray(allOf(output.rows * output.cols)),
          });
        }),
      ({ network, outputs }) => {
        const kernel = Kernel.create(67108859);
        const point = new Point(networkGraph(network), new PrimeField(67108859), '5');
        const jacobian = new NetworkJacobian(kernel, point);
        const { columns } = jacobian;
        const input = [...point.inputs(9)].find((each) => jacobian.evaluate(each));
        if (!input) return;
        const all = rowsOf(jacobian, kernel);
        const at = kernel.allocate(outputs.length * columns);
        jacobian.write(outputs, { at, rowStride: columns });
        const entries = Array.from(kernel.read(at, outputs.length * columns), BigInt);
        expect(entries).toEqual(outputs.flatMap((output) => all[output]!));
        compared++;
      },
    ),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(40);
});
