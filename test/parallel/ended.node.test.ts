import { expect, test } from 'vitest';
import { rankAsync } from '../../src/matrix/rank.ts';
import { generator } from '../kernel/matrices.ts';

const ports = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

test('when the promise settles, however it does, no thread is left', async () => {
  const n = 2000;
  const random = generator(1);
  const data = Uint32Array.from({ length: n * n }, () => random(2147483647));
  const controller = new AbortController();
  const before = ports();
  const ends: [options: object, pattern: RegExp][] = [
    [{}, /^2000$/],
    [{ onProgress: () => controller.abort(new Error('aborted')), signal: controller.signal }, /aborted/],
    [
      {
        onProgress: () => {
          expect(ports()).toBeGreaterThan(before);
          throw new Error('thrown');
        },
      },
      /thrown/,
    ],
  ];
  for (const [options, pattern] of ends) {
    const outcome = rankAsync({ rows: n, cols: n, data }, 2147483647, { threads: 3, ...options });
    expect(await outcome.then(String, String)).toMatch(pattern);
    expect(ports()).toBe(before);
  }
});
