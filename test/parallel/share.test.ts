import { expect, test } from 'vitest';
import type { Residue } from '../../src/field/residue.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import type { KernelBuild } from '../../src/kernel/load.ts';
import { dealPanels, ownPanels, panelCount, piecesOf } from '../../src/parallel/deal.ts';
import type { FactoredPanel } from '../../src/parallel/messages.ts';
import { Share } from '../../src/parallel/share.ts';
import { largeGenerator, largeOfRank } from '../kernel/large-matrices.ts';
import { generator } from '../kernel/matrices.ts';
import { enlarged, ofRank, sequentialPivots, structures, type Random } from './matrices.ts';

interface Setting {
  readonly matrix: Residue[][];
  readonly columns: number;
  readonly prime: Residue;
  readonly panelColumns: number;
  readonly threads: number;
  readonly build?: KernelBuild;
}

/** Kernels are used again: a share must not rely on a fresh memory. */
const kernels = { simd: [] as Kernel<Residue>[], scalar: [] as Kernel<Residue>[] };

/** Eliminates with shares that take turns in a random order, each message arriving as late as it may. */
function eliminate(
  { matrix, columns, prime, build = 'simd', ...rest }: Setting,
  random: Random,
): FactoredPanel[] {
  const deal = dealPanels(matrix.length, columns, rest.panelColumns, rest.threads);
  const panels: FactoredPanel[] = [];
  /** Of each thread: what waits for it. */
  const waiting: (() => void)[][] = Array.from({ length: deal.threads }, () => []);
  const shares = waiting.map((_, thread) => {
    const { elementBytes, exports } = (kernels[build][thread] =
      kernels[build][thread]?.withPrime(prime) ?? Kernel.create(prime, build));
    // Some threads take all columns at once, others 256 a step.
    const setup = { deal, thread, elementBytes, productsPerStep: random(2) ? Infinity : 1 };
    return new Share(setup, exports, (panel) => {
      panels.push(panel);
      // The owner must not need what it gave away.
      const { lower, ...others } = panel;
      const copy = { ...others, lower: lower.slice() };
      lower.fill(0x55);
      for (const [other, queue] of waiting.entries())
        if (other !== thread) queue.push(() => shares[other]!.receive(copy));
    });
  });
  for (const [thread, queue] of waiting.entries()) {
    const own = ownPanels(deal, thread).flatMap(({ from, to }) =>
      Array.from({ length: to - from }, (_, j) => from + j),
    );
    for (const piece of piecesOf(deal, thread)) {
      const rows = matrix.slice(piece.top, piece.bottom);
      const residues = rows.flatMap((row) => own.map((j) => row[j]!)) as never[];
      const entries = typeof prime === 'bigint' ? BigInt64Array.from(residues) : Float64Array.from(residues);
      queue.push(() => expect(shares[thread]!.place(piece, entries)).toBe(true));
    }
    if (thread === 0) queue.push(() => shares[0]!.begin());
  }
  while (waiting.some((queue) => queue.length > 0)) {
    const thread = random(deal.threads);
    const count = random(waiting[thread]!.length + 1);
    for (const step of waiting[thread]!.splice(0, count)) step();
    if (count > 0) for (const _ of shares[thread]!.advance());
  }
  expect(panels.map(({ index }) => index)).toEqual(Array.from({ length: panelCount(deal) }, (_, k) => k));
  return panels;
}

function pivotsOf(panels: FactoredPanel[]): { rows: number[]; columns: number[] } {
  return {
    rows: panels.flatMap(({ rows }) => [...rows]),
    columns: panels.flatMap(({ columns }) => [...columns]),
  };
}

const primes = [2, 3, 4093, 8191, 8209, 2147483647];
const shapes = [
  [100, 100, 100],
  [100, 100, 37],
  [60, 190, 60],
  [200, 70, 70],
  [150, 150, 149],
  [3, 100, 2],
  [100, 5, 4],
  [1, 1, 1],
] as const;

test.each(Object.entries(structures))(
  '%s: the pivots of the sequential elimination, in its order',
  (_, shape) => {
    const random = generator(1);
    for (const prime of primes)
      for (const [m, n, r] of shapes) {
        const matrix = ofRank(r, m, n, prime, random);
        shape(matrix, random);
        const expected = sequentialPivots(matrix, n, prime);
        for (const threads of [1, 2, 3, 4])
          for (const panelColumns of [16, 32]) {
            const setting = { matrix, columns: n, prime, panelColumns, threads };
            expect(pivotsOf(eliminate(setting, random))).toEqual(expected);
          }
      }
  },
);

test('panels as wide as they are in use, and rows in several pieces', () => {
  const random = generator(2);
  for (const prime of [4093, 2147483647]) {
    const [m, n] = [500, 1300];
    const matrix = ofRank(m, m, n, prime, random);
    structures['repeated and zero rows']!(matrix, random);
    const setting = { matrix, columns: n, prime, panelColumns: 256, threads: 2 };
    expect(pivotsOf(eliminate(setting, random))).toEqual(sequentialPivots(matrix, n, prime));
  }
  const wide = ofRank(30, 30, 9300, 4093, random);
  const setting = { matrix: wide, columns: 9300, prime: 4093, panelColumns: 256, threads: 2 };
  expect(pivotsOf(eliminate(setting, random))).toEqual(sequentialPivots(wide, 9300, 4093));
  const tall = ofRank(20, 70_000, 20, 3, random);
  const dealt = { columns: 20, panelColumns: 16, threads: 2 };
  expect(piecesOf(dealPanels(tall.length, 20, 16, 2), 0).length).toBeGreaterThan(1);
  const found = pivotsOf(eliminate({ matrix: tall, prime: 3, ...dealt }, random));
  expect(found).toEqual(sequentialPivots(tall, 20, 3));
});

test('large primes: the same', () => {
  const random = generator(4);
  const large = largeGenerator(4);
  for (const prime of [2147483659n, 4611686018427387847n]) {
    const matrices = Object.values(structures).map((shape) => {
      const matrix = ofRank(70, 70, 80, 2147483647, random);
      shape(matrix, random);
      return enlarged(matrix, prime);
    });
    matrices.push(largeOfRank(37, 60, 80, prime, large));
    for (const matrix of matrices) {
      const expected = sequentialPivots(matrix, 80, prime);
      for (const threads of [1, 2, 3])
        expect(
          pivotsOf(eliminate({ matrix, columns: 80, prime, panelColumns: 16, threads }, random)),
        ).toEqual(expected);
    }
  }
});

test('without vectors: the same', () => {
  const random = generator(3);
  for (const prime of [3, 2147483647]) {
    const matrix = ofRank(50, 90, 120, prime, random);
    structures['leading zeros in random rows']!(matrix, random);
    const setting = { matrix, columns: 120, prime, panelColumns: 32, threads: 3, build: 'scalar' } as const;
    expect(pivotsOf(eliminate(setting, random))).toEqual(sequentialPivots(matrix, 120, prime));
  }
});

test('an entry that is no safe integer is noticed', () => {
  const { elementBytes, exports } = Kernel.create(7);
  const deal = dealPanels(1, 2, 16, 1);
  const share = new Share({ deal, thread: 0, elementBytes, productsPerStep: 1 }, exports, () => {});
  const piece = { top: 0, bottom: 1 };
  for (const bad of [0.5, NaN, Infinity, 2 ** 53])
    expect(share.place(piece, Float64Array.of(1, bad))).toBe(false);
});

test('a share beyond 4 GiB is refused, with what it needs', () => {
  const { elementBytes, exports } = Kernel.create(2147483647);
  const deal = dealPanels(60_000, 60_000, 256, 2);
  const setup = { deal, thread: 0, elementBytes, productsPerStep: 1 };
  expect(() => new Share(setup, exports, () => {})).toThrow(
    /^memory: expected at most 4096 MiB in each thread, got 7\d\d\d MiB$/,
  );
});
