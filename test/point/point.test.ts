import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LargePrimeField } from '../../src/field/large-prime-field.ts';
import { PrimeField } from '../../src/field/prime-field.ts';
import { networkGraph, type NetworkGraph } from '../../src/network/graph.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { Point, type CirclePoint } from '../../src/point/point.ts';
import { anyNetwork } from '../network/any-network.ts';
import { Stream } from '../reference/dual-streams.ts';

const primes = [5, 4093, 67108859, 2147483647];
const take = (stream: Stream, count: number): bigint[] => Array.from({ length: count }, () => stream.next());
const bigints = (residues: ArrayLike<number> | null): bigint[] => Array.from(residues ?? [], BigInt);

test('parameters, tokens, units and logarithms are the residues of their streams, in order, of skipped inputs too', () => {
  fc.assert(
    fc.property(anyNetwork(), fc.constantFrom(...primes), fc.nat().map(String), (network, prime, seed) => {
      const point = new Point(networkGraph(network), new PrimeField(prime), seed);
      const stream = (domain: string): Stream => new Stream(domain, seed, BigInt(prime));
      expect(bigints(point.theta)).toEqual(take(stream('theta'), parameterCount(network)));
      const [inputStream, unitStream, logStream] = [stream('input'), stream('unit'), stream('log')];
      let index = 0;
      for (const input of point.inputs(3)) {
        expect(input.index).toBe(index);
        const { inputDim, sequenceLength, context } = network;
        expect(bigints(input.tokens)).toEqual(take(inputStream, inputDim * sequenceLength));
        const contextSize = context ? context.inputDim * context.sequenceLength : 0;
        expect(bigints(input.context)).toEqual(take(inputStream, contextSize));
        for (const residues of input.units.values())
          expect(bigints(residues)).toEqual(Array.from(residues, () => unitStream.nextUnit()));
        for (const residues of input.logarithms.values())
          expect(bigints(residues)).toEqual(take(logStream, residues.length));
        expect(BigInt(input.again.next())).toBe(stream(`redraw-${index}`).next());
        index++;
      }
      expect(index).toBe(3);
    }),
    { numRuns: 60 },
  );
});

const graphOf = (layer: object): NetworkGraph =>
  networkGraph(
    parseNetwork({ format: 'dimcert-network', version: 1, inputDim: 2, sequenceLength: 2, layers: [layer] }),
  );

test('√(2/π) is drawn, and not 0; a rational coefficient is itself', () => {
  for (const prime of [3, ...primes]) {
    const field = new PrimeField(prime);
    const graph = graphOf({ kind: 'activation', function: 'gelu-tanh' });
    const drawn = new Stream('constant', '7', BigInt(prime)).nextUnit();
    expect(BigInt(new Point(graph, field, '7').constant(null))).toBe(drawn);
    expect(field.multiply(new Point(graph, field, '7').constant({ n: 2n, d: 7n }), 7 % prime)).toBe(2);
  }
});

test('turns are points of the circle, the angles of positions add up, and rational frequencies share their point', () => {
  const layer = { kind: 'attention', normalization: 'none', headDim: 8, rotary: { base: 10000 } };
  const rotation = { base: 10000, dim: 8 };
  const graph = graphOf(layer);
  fc.assert(
    fc.property(
      fc.constantFrom(31, 4093, 67108859, 2147483647),
      fc.nat().map(String),
      fc.nat({ max: 50 }),
      fc.nat({ max: 50 }),
      (prime, seed, i, j) => {
        const field = new PrimeField(prime);
        const point = new Point(graph, field, seed);
        const times = (a: CirclePoint<number>, b: CirclePoint<number>): CirclePoint<number> => ({
          cos: field.subtract(field.multiply(a.cos, b.cos), field.multiply(a.sin, b.sin)),
          sin: field.add(field.multiply(a.sin, b.cos), field.multiply(a.cos, b.sin)),
        });
        const [atI, atJ] = [point.rotation(rotation, i), point.rotation(rotation, j)];
        expect(point.rotation(rotation, i + j)).toEqual(atI.map((turn, m) => times(turn, atJ[m]!)));
        for (const { cos, sin } of atI)
          expect(field.add(field.multiply(cos, cos), field.multiply(sin, sin))).toBe(1);
        expect(point.rotation(rotation, 0)).toEqual(Array(4).fill({ cos: 1, sin: 0 }));
        // The frequencies are 1, 1/10, 1/100, 1/1000.
        const later = point.rotation(rotation, 10 * i);
        expect(later.slice(1)).toEqual(atI.slice(0, 3));
      },
    ),
  );
});

test('the circle point is that of τ in the stream, at a large prime too', () => {
  const prime = 2n ** 61n - 1n;
  const field = new LargePrimeField(prime);
  const graph = graphOf({ kind: 'attention', normalization: 'none', headDim: 2, rotary: { base: 10000 } });
  const [turn] = new Point(graph, field, '5').rotation({ base: 10000, dim: 2 }, 1);
  const tau = new Stream('circle', '5', prime).nextUnit();
  // tan of half the angle is sin/(1 + cos).
  expect(field.multiply(tau, field.add(1n, turn!.cos))).toBe(turn!.sin);
});
