import { expect, test, vi } from 'vitest';
import type { Residue } from '../../src/field/residue.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { blockSource } from '../../src/matrix/blocks.ts';
import { rank, rankAsync } from '../../src/matrix/rank.ts';
import { eliminateInThreads, type Pivots } from '../../src/parallel/index.ts';
import { generator, type Rows } from '../kernel/matrices.ts';
import { enlarged, ofRank, sequentialPivots, structures } from './matrices.ts';

/** Used again and again: browsers give out only so many memories. */
let kernel: Kernel<Residue> = Kernel.create(2);

function inThreads(matrix: Rows, columns: number, prime: number, threads: number): Promise<Pivots> {
  const flat = { rows: matrix.length, cols: columns, data: matrix.flat() };
  kernel = kernel.withPrime(prime);
  return eliminateInThreads(blockSource(flat, prime, 'matrix'), kernel, { threads, panelColumns: 16 });
}

/** Large enough to be computed for seconds. */
function large(n: number, prime: number): { rows: number; cols: number; data: Uint32Array } {
  const random = generator(9);
  return { rows: n, cols: n, data: Uint32Array.from({ length: n * n }, () => random(prime)) };
}

test.each([2, 3, 4093, 8191, 8209, 2147483647])(
  'p = %d: the pivots of the sequential elimination',
  async (prime) => {
    const random = generator(prime);
    const names = Object.keys(structures);
    for (const [i, [m, n, r]] of (
      [
        [90, 100, 70],
        [50, 170, 50],
        [170, 60, 60],
        [2, 40, 2],
      ] as const
    ).entries()) {
      const matrix = ofRank(r, m, n, prime, random);
      structures[names[(i + prime) % names.length]!]!(matrix, random);
      const expected = sequentialPivots(matrix, n, prime);
      for (const threads of [1, 2, 3, 4])
        expect(await inThreads(matrix, n, prime, threads)).toEqual(expected);
    }
  },
);

test('rankAsync: the same rank, with progress, from any kind of entries', async () => {
  const n = 600;
  const random = generator(4);
  const data = Uint32Array.from({ length: n * n }, () => random(4093));
  data.copyWithin(0, n, 3 * n);
  const reports: [string, number][] = [];
  const options = {
    threads: 2,
    onProgress: ({ phase, done, total }: { phase: string; done: number; total: number }): void => {
      expect(done).toBeLessThanOrEqual(total);
      reports.push([phase, total]);
    },
  };
  const expected = rank({ rows: n, cols: n, data }, 4093);
  const signed = Int32Array.from(data, (entry) => entry - 4093);
  const bigints = Array.from(data, (entry, i) => (i % 3 === 0 ? BigInt(entry) - 4093n * 10n ** 20n : entry));
  for (const entries of [data, signed, bigints])
    expect(await rankAsync({ rows: n, cols: n, data: entries }, 4093, options)).toBe(expected);
  for (const report of reports) expect(report).toEqual(['elimination', n]);
});

test('a large prime, from bigints, numbers and mixtures', async () => {
  const prime = 4611686018427387847n;
  const n = 300;
  const random = generator(5);
  const rows = ofRank(n, n, n, 2147483647, random);
  structures['repeated and zero rows']!(rows, random);
  const bigints = enlarged(rows, prime).flat();
  const expected = rank({ rows: n, cols: n, data: bigints }, prime);
  expect(expected).toBeLessThan(n);
  const mixed = bigints.map((entry, i) => (i % 2 ? entry - prime * 10n ** 9n : entry));
  for (const data of [bigints, mixed, BigInt64Array.from(bigints), BigUint64Array.from(bigints)])
    expect(await rankAsync({ rows: n, cols: n, data }, prime, { threads: 2 })).toBe(expected);
  for (const data of [rows.flat(), Uint32Array.from(rows.flat()), Float64Array.from(rows.flat())])
    expect(await rankAsync({ rows: n, cols: n, data }, prime, { threads: 2 })).toBe(
      rank({ rows: n, cols: n, data }, prime),
    );
  const bytes = Int8Array.from(rows.flat());
  expect(await rankAsync({ rows: n, cols: n, data: bytes }, 7, { threads: 2 })).toBe(
    rank({ rows: n, cols: n, data: bytes }, 7),
  );
});

test('a bound that is reached ends the elimination', async () => {
  const n = 600;
  const random = generator(6);
  const matrix = { rows: n, cols: n, data: Uint32Array.from({ length: n * n }, () => random(4093)) };
  for (const bound of [0, 100, 256, 300, 600, 10_000])
    expect(await rankAsync(matrix, 4093, { threads: 2, bound })).toBe(rank(matrix, 4093, { bound }));
  await expect(rankAsync(matrix, 4093, { threads: 2, bound: -1 })).rejects.toThrow('bound: expected');
});

test('long columns, in narrower panels', async () => {
  const [rows, cols] = [20_000, 300];
  const random = generator(7);
  const data = Uint32Array.from({ length: rows * cols }, () => random(2147483647));
  for (let i = 0; i < rows; i++) data[i * cols + 299] = data[i * cols + 10]!;
  expect(await rankAsync({ rows, cols, data }, 2147483647, { threads: 2 })).toBe(299);
});

test('empty matrices, and more threads than there is work for', async () => {
  for (const [rows, cols] of [
    [0, 0],
    [0, 5],
    [5, 0],
  ] as const)
    expect(await rankAsync({ rows, cols, data: [] }, 7, { threads: 3 })).toBe(0);
  expect(await rankAsync({ rows: 2, cols: 2, data: [1, 2, 3, 6] }, 7, { threads: 1000 })).toBe(1);
});

test('bad options, primes, shapes and entries are refused as they are without threads', async () => {
  const one = { rows: 1, cols: 1, data: [1] };
  const refused = (threads: unknown): Promise<number> => rankAsync(one, 7, { threads: threads as number });
  await expect(refused(0)).rejects.toThrow(new RangeError('threads: expected a positive integer, got 0'));
  await expect(refused(1.5)).rejects.toThrow(RangeError);
  await expect(refused('2')).rejects.toThrow(TypeError);
  await expect(rankAsync(one, 4, { threads: 2 })).rejects.toThrow(RangeError);
  await expect(rankAsync({ ...one, data: [] }, 7, { threads: 2 })).rejects.toThrow('expected 1 × 1 entries');
  await expect(rankAsync({ ...one, data: ['1'] as never }, 7, { threads: 2 })).rejects.toThrow(
    new TypeError('matrix.data[0]: expected a safe integer or a bigint, got "1"'),
  );
  await expect(rankAsync({ ...one, data: [0.5] }, 7, { threads: 2 })).rejects.toThrow(
    new RangeError('matrix.data[0]: expected a safe integer or a bigint, got 0.5'),
  );
  // Behind the last pivot, where no entry can change the rank.
  const wide = { rows: 1, cols: 2000, data: new Float64Array(2000).fill(1) };
  wide.data[1999] = NaN;
  await expect(rankAsync(wide, 7, { threads: 2 })).rejects.toThrow('matrix.data[1999]');
});

test('an abort ends the computation at once, with its reason', async () => {
  const matrix = large(2500, 2147483647);
  const reason = new Error('enough');
  const aborted = { threads: 2, signal: AbortSignal.abort(reason) };
  await expect(rankAsync(matrix, 2147483647, aborted)).rejects.toBe(reason);
  const atOnce = new AbortController();
  const starting = rankAsync(matrix, 2147483647, { threads: 2, signal: atOnce.signal });
  atOnce.abort(reason);
  await expect(starting).rejects.toBe(reason);
  const later = new AbortController();
  const onProgress = (): void => later.abort(reason);
  const running = rankAsync(matrix, 2147483647, { threads: 2, signal: later.signal, onProgress });
  await expect(running).rejects.toBe(reason);
});

test('what a progress callback throws ends the computation', async () => {
  const onProgress = (): never => {
    throw new Error('no interest');
  };
  const ranking = rankAsync(large(2500, 2147483647), 2147483647, { threads: 2, onProgress });
  await expect(ranking).rejects.toThrow('no interest');
});

test('where no worker can be started, the error says so', async () => {
  // Large enough for two threads; nothing is computed.
  const matrix = { rows: 2500, cols: 2500, data: new Uint8Array(2500 * 2500) };
  const started = (): Promise<number> => rankAsync(matrix, 7, { threads: 2 });
  class Refused {
    constructor() {
      throw new Error('refused by the policy');
    }
  }
  class Failing extends EventTarget {
    onerror: ((event: object) => void) | null = null;
    postMessage(): void {
      setTimeout(() => this.onerror?.({}), 0);
    }
    terminate(): void {}
  }
  try {
    vi.stubGlobal('Worker', Refused);
    await expect(started()).rejects.toThrow(
      'threads: expected 1 or an environment that starts workers, got refused by the policy',
    );
    vi.stubGlobal('Worker', Failing);
    await expect(started()).rejects.toThrow('a content security policy must allow worker-src blob:');
  } finally {
    vi.unstubAllGlobals();
  }
  expect(await started()).toBe(0);
});
