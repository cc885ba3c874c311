import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { NetworkJacobian } from '../../src/jacobian/network-jacobian.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { Point } from '../../src/point/point.ts';
import { dualColumn } from './dual-reference.ts';
import { arbitraryNetwork } from '../theory/random-network.ts';

const allOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

for (const build of ['simd', 'scalar'] as const)
  test(`every entry of the Jacobian agrees with dual numbers over BigInt (${build})`, () => {
    fc.assert(
      fc.property(
        arbitraryNetwork({ layers: 3, width: 4, tokens: 3 }),
        fc.constantFrom(5, 4093, 8191, 67108859, 2147483647),
        fc.nat(),
        (network, prime, seed) => {
          const point = new Point(network, new PrimeField(prime), String(seed));
          const kernel = Kernel.create(prime, build);
          const jacobian = new NetworkJacobian(kernel, point);
          const { columns, rowsPerInput } = jacobian;
          for (const input of [...point.inputs(3)].slice(0, 2)) {
            // A row stride beyond the columns: the padding must stay untouched.
            const rowStride = columns + 3;
            const at = kernel.allocate(rowsPerInput * rowStride);
            jacobian.write(input, allOf(rowsPerInput), { at, rowStride });
            const entries = kernel.read(at, rowsPerInput * rowStride);
            for (let column = 0; column < rowStride; column++) {
              const expected =
                column < columns
                  ? dualColumn(network, point.theta, input, column, prime)
                  : Array(rowsPerInput).fill(0);
              const got = Array.from({ length: rowsPerInput }, (_, row) => entries[row * rowStride + column]);
              expect(got).toEqual(expected);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

test('rows that go backward in several chunks are the same rows', () => {
  // t·R·max(d, …) is far above the chunk size here, and the last chunk is a partial one.
  const layer = { kind: 'attention', normalization: 'none', headDim: 2, outputDim: 24 } as const;
  const network = {
    format: 'dimcert-network',
    version: 1,
    inputDim: 24,
    sequenceLength: 41,
    layers: [layer, layer],
  } as const;
  const prime = 4093;
  const point = new Point(network, new PrimeField(prime), '1');
  const kernel = Kernel.create(prime);
  const jacobian = new NetworkJacobian(kernel, point);
  const { columns, rowsPerInput } = jacobian;
  const at = kernel.allocate(rowsPerInput * columns);
  const [input] = point.inputs(1);
  jacobian.write(input!, allOf(rowsPerInput), { at, rowStride: columns });
  const entries = kernel.read(at, rowsPerInput * columns);
  for (const column of [0, 700, columns - 1])
    expect(Array.from({ length: rowsPerInput }, (_, row) => entries[row * columns + column])).toEqual(
      dualColumn(network, point.theta, input!, column, prime),
    );
});

test('some outputs give these rows of the Jacobian, in the order asked for', () => {
  fc.assert(
    fc.property(
      arbitraryNetwork({ layers: 3, width: 4, tokens: 3 }).chain((network) => {
        const count = network.sequenceLength * network.layers.at(-1)!.outputDim;
        return fc.record({ network: fc.constant(network), outputs: fc.shuffledSubarray(allOf(count)) });
      }),
      ({ network, outputs }) => {
        const kernel = Kernel.create(4093);
        const point = new Point(network, new PrimeField(4093), '5');
        const jacobian = new NetworkJacobian(kernel, point);
        const { columns, rowsPerInput } = jacobian;
        const [input] = [...point.inputs(9)];
        const rows = (chosen: number[]): Uint32Array[] => {
          const at = kernel.allocate(chosen.length * columns);
          jacobian.write(input!, chosen, { at, rowStride: columns });
          return chosen.map((_, i) => kernel.read(at + i * columns * kernel.elementBytes, columns));
        };
        const all = rows(allOf(rowsPerInput));
        expect(rows(outputs)).toEqual(outputs.map((output) => all[output]));
      },
    ),
    { numRuns: 40 },
  );
});
