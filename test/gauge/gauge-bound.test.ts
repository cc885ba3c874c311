import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gaugeBound, gaugeFields } from '../../src/gauge/gauge-bound.ts';
import { Setting } from '../../src/gauge/setting.ts';
import { components } from '../../src/gauge/sparse-fields.ts';
import { rank } from '../../src/matrix/index.ts';
import { networkGraph } from '../../src/network/graph.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networks } from './networks.ts';

const prime = 67108859;
const format = { format: 'dimcert-network', version: 1 } as const;

/** The rank of all fields as one dense matrix. */
function denseRank(graph: ReturnType<typeof networkGraph>, seed: string): number {
  const fields = [...gaugeFields(new Setting(graph, prime, seed))];
  const cols = graph.parameters;
  const data = new Uint32Array(fields.length * cols);
  for (const [i, { tangent }] of fields.entries())
    for (const [column, value] of tangent) data[i * cols + column] = value;
  return rank({ rows: fields.length, cols, data }, prime);
}

test('is the rank of all fields, and the ranks of the families add up to it', () => {
  const seen = new Set<string>();
  const check = (network: ReturnType<typeof parseNetwork>, seed: string): void => {
    const graph = networkGraph(network);
    const bound = gaugeBound(graph, seed)!;
    expect(bound.rank).toBe(denseRank(graph, seed));
    expect(Object.values(bound.families).reduce((sum, count) => sum + count, 0)).toBe(bound.rank);
    for (const family of Object.keys(bound.families)) seen.add(family);
  };
  for (const network of Object.values(networks)) check(network, '1');
  fc.assert(
    fc.property(anyNetwork({ layers: 4 }), fc.nat(), (network, seed) => check(network, String(seed))),
    { numRuns: 150 },
  );
  expect(seen.size).toBeGreaterThan(4);
});

test('components: fields that share a column directly or through others, and no more', () => {
  const columnSets = fc.array(fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 4 }), { maxLength: 12 });
  fc.assert(
    fc.property(columnSets, (sets) => {
      const fields = sets.map((set) => {
        const columns = Uint32Array.from(set).sort();
        return { family: 'basis' as const, columns, values: columns.map(() => 1) };
      });
      const parts = components(fields, 12);
      expect(parts.flatMap((part) => [...part.fields]).length).toBe(fields.length);
      // Disjoint and complete …
      const all = parts.flatMap(({ columns }) => [...columns]).sort((a, b) => a - b);
      expect(all).toEqual([...new Set(sets.flat())].sort((a, b) => a - b));
      for (const part of parts) {
        const own = new Set(part.fields.flatMap(({ columns }) => [...columns]));
        expect([...part.columns]).toEqual([...own].sort((a, b) => a - b));
        // … and connected: what is reached from the first field is all of it.
        const reached = new Set(part.fields[0]!.columns);
        for (let size = 0; size < reached.size;) {
          size = reached.size;
          for (const { columns } of part.fields)
            if (columns.some((column) => reached.has(column)))
              for (const column of columns) reached.add(column);
        }
        expect(reached.size).toBe(own.size);
      }
    }),
  );
});

test('sixty residuals do not double anything', () => {
  const layers = Array.from({ length: 60 }, () => ({
    kind: 'residual',
    layers: [{ kind: 'linear', outputDim: 2, bias: true }],
  }));
  const deep = parseNetwork({ ...format, inputDim: 2, sequenceLength: 2, layers });
  // A change of basis goes through no sum with the input; each bias may be taken back by the last. All together are an affine map of two coordinates.
  expect(gaugeBound(networkGraph(deep))).toMatchObject({
    rank: 60 * 6 - 6,
    families: { shift: 59 * 2, polynomial: 59 * 4 },
  });
});

test('more symmetries than can be counted are no bound, at once', () => {
  const wide = parseNetwork({
    ...format,
    inputDim: 1,
    sequenceLength: 1,
    layers: [{ kind: 'linear', outputDim: 1e8 }],
  });
  expect(gaugeBound(networkGraph(wide))).toBeNull();
});
