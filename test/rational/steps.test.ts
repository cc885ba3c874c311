import { expect, test } from 'vitest';
import {
  detOverQ,
  detOverQAsync,
  nullspaceOverQ,
  nullspaceOverQAsync,
  rankOverQ,
  rankOverQAsync,
  solveOverQ,
  solveOverQAsync,
} from '../../src/rational/index.ts';
import { finish, finishPaced } from '../../src/rational/steps.ts';
import type { Progress } from '../../src/index.ts';
import { generator, matrixOf, product, randomRows } from './integers.ts';

test('promises of the same results', async () => {
  const random = generator(61);
  const square = matrixOf(randomRows(random, 70, 70, 30), 70);
  const column = matrixOf(randomRows(random, 70, 1, 30), 1);
  const low = matrixOf(product(randomRows(random, 20, 9, 30), randomRows(random, 9, 30, 30), 30), 30);
  expect(await detOverQAsync(square)).toBe(detOverQ(square));
  expect(await solveOverQAsync(square, column)).toEqual(solveOverQ(square, column));
  expect(await rankOverQAsync(low)).toBe(rankOverQ(low));
  expect(await nullspaceOverQAsync(low, 'left')).toEqual(nullspaceOverQ(low, 'left'));
});

test('bad input rejects', async () => {
  await expect(detOverQAsync({ rows: 1, cols: 2, data: [1, 2] })).rejects.toThrow(RangeError);
  await expect(rankOverQAsync({ rows: 1, cols: 1, data: [NaN] })).rejects.toThrow(RangeError);
});

test('an abort rejects with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const matrix = { rows: 1, cols: 1, data: [3] };
  for (const promise of [
    detOverQAsync(matrix, { signal }),
    rankOverQAsync(matrix, { signal }),
    solveOverQAsync(matrix, matrix, { signal }),
    nullspaceOverQAsync(matrix, 'right', { signal }),
  ])
    await expect(promise).rejects.toThrow('enough');
});

test('a long computation reports, and stops between two slices', async () => {
  function* endless(): Generator<Progress, number, undefined> {
    for (let done = 0; ; done++) yield { phase: 'waiting', done, total: Infinity };
  }
  const controller = new AbortController();
  const seen: Progress[] = [];
  const running = finishPaced(endless, {
    signal: controller.signal,
    onProgress: (progress) => {
      seen.push(progress);
      if (seen.length === 2) controller.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(seen.map(({ phase }) => phase)).toEqual(['waiting', 'waiting']);
});

test('the synchronous driver runs to the end', () => {
  function* three(): Generator<Progress, string, undefined> {
    for (let done = 0; done < 3; done++) yield { phase: 'counting', done, total: 3 };
    return 'done';
  }
  expect(finish(three())).toBe('done');
});
