import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { gaugeFields } from '../../src/gauge/gauge-bound.ts';
import { Setting } from '../../src/gauge/setting.ts';
import { families } from '../../src/gauge/tangent.ts';
import { NetworkJacobian } from '../../src/jacobian/network-jacobian.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import type { Network } from '../../src/network/format.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { largestAdmissiblePrime } from '../../src/point/admissible-prime.ts';
import { Point } from '../../src/point/point.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networkOf } from '../symmetry/networks.ts';
import { networks } from './networks.ts';

const largePrime = 67108859;

/** The rows of the Jacobian at a few inputs, at the point where the fields are. */
function jacobianRows(network: Network, seed: string, wanted: number, prime: number): Uint32Array[] {
  const kernel = Kernel.create(prime);
  const point = new Point(networkGraph(network), new PrimeField(prime), seed);
  const jacobian = new NetworkJacobian(kernel, point);
  const { columns, rowsPerInput } = jacobian;
  const outputs = Array.from({ length: rowsPerInput }, (_, i) => i);
  const rows: Uint32Array[] = [];
  for (const input of point.inputs(40)) {
    if (rows.length >= wanted * rowsPerInput) break;
    if (!jacobian.evaluate(input)) continue;
    const at = kernel.allocate(rowsPerInput * columns);
    jacobian.write(outputs, { at, rowStride: columns });
    for (const i of outputs) rows.push(kernel.read(at + i * columns * kernel.elementBytes, columns));
  }
  return rows;
}

/** The families of the fields; each field must be annihilated by the Jacobian. */
function checkedFamilies(network: Network, seed: string, prime = largePrime): Set<string> {
  const field = new PrimeField(prime);
  const rows = jacobianRows(network, seed, 2, prime);
  const seen = new Set<string>();
  for (const { family, tangent } of gaugeFields(new Setting(networkGraph(network), prime, seed))) {
    for (const row of rows) {
      const change = [...tangent].reduce(
        (sum, [column, value]) => field.add(sum, field.multiply(row[column]!, value)),
        0,
      );
      if (change !== 0) throw new Error(`a field of the family ${family} changes the values`);
    }
    if (tangent.size > 0) seen.add(family);
  }
  return seen;
}

// Small primes meet gains that are 0, and matrices that drop rank.
test('no field that is used at a bad point changes a value there', () => {
  const gained = networkOf(3, 2, [
    { kind: 'linear', outputDim: 3 },
    { kind: 'rmsnorm' },
    { kind: 'linear', outputDim: 3 },
  ]);
  for (let seed = 0; seed < 20; seed++) checkedFamilies(gained, String(seed), 5);
  fc.assert(
    fc.property(
      anyNetwork({ layers: 4 }),
      fc.nat(),
      fc.constantFrom(11, 13, 17, 101),
      (network, seed, prime) => {
        fc.pre(largestAdmissiblePrime(networkGraph(network), prime) === prime);
        checkedFamilies(network, String(seed), prime);
      },
    ),
    { numRuns: 100 },
  );
});

test('no known field changes a value, of any network', () => {
  fc.assert(
    fc.property(anyNetwork({ layers: 4 }), fc.nat(), (network, seed) => {
      checkedFamilies(network, String(seed));
    }),
    { numRuns: 150 },
  );
});

test('each family occurs, and changes no value, in networks that were made for it', () => {
  const seen = new Set<string>();
  for (const network of networks) for (const family of checkedFamilies(network, '7')) seen.add(family);
  expect([...seen].sort()).toEqual(Object.keys(families).sort());
});
